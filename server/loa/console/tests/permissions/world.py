# SPDX-License-Identifier: AGPL-3.0-or-later
"""One of each thing that an address can be about, in one commune, and somebody of every part."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from loa.airtime.tests.factories import make_group, make_placement, make_programme
from loa.campaigns.seeing.tests.factories import calendar_arguments
from loa.campaigns.tests.factories import (
    make_activity,
    make_campaign,
    make_key_message,
    make_phase,
    make_plan_import,
)
from loa.campaigns.tests.whole_plan import plan_arguments
from loa.console.tests.permissions.answers import ANONYMOUS, OUTSIDER, WITHOUT_A_ROLE, Said
from loa.console.tests.permissions.table import TABLE
from loa.deliveries.models import StillOut
from loa.devices.models import Incident
from loa.devices.tests.factories import make_device, make_enrolment
from loa.jobs import actions as jobs
from loa.messages.tests.factories import make_message
from loa.notices.tests.factories import make_notice, make_subscription
from loa.people.models import Person, Role, RoleGrant
from loa.people.tests.factories import (
    PASSWORD,
    Cast,
    grant,
    make_cast,
    make_deputyship,
    make_member,
    make_person,
    make_proposal,
)
from loa.releases.models import PriorityClass, Release
from loa.releases.tests.factories import (
    make_key,
    make_list_proposal,
    make_mishap,
    make_policy_proposal,
    make_release,
    make_request,
    make_review,
)
from loa.reports.tests.factories import make_produced
from loa.voice.queries import job_key
from loa.voice.tests.factories import (
    make_heard,
    make_language,
    make_sound,
    make_spoken,
    make_trial,
    make_word,
)

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # 10:00 in Vietnam, a Tuesday
TOMORROW_AT_FIVE = datetime(2026, 11, 25, 10, tzinfo=UTC)  # 17:00 there, within the default hours
DEPUTY_DAYS = (date(2026, 11, 20), date(2026, 11, 30))
DRAFT, WAITING, RELEASED = "Giữ nước sạch đầu nguồn", "Tiêm phòng dại cho chó", "Đổi giờ họp thôn"
NOTICE = "Đến hạn: rửa bể nước thôn"
CAMPAIGN, DEVICE = "Tuần lễ nước sạch", "Cụm loa bến đò"

# What is sent where an empty form would say nothing: the form would be refused before anybody asks who sends.
BODIES: Mapping[str, Callable[[], dict[str, Any]]] = {
    "airtime:move": lambda: {"date": "2026-11-25", "time": "17:20"},
    "campaigns:set_activity_state": lambda: {"state": "in_progress"},
    "devices:confirm_gone": lambda: {"note": "đã rút nguồn"},
    "devices:note_incident": lambda: {"note": "đã thay nguồn"},
    "devices:rename": lambda: {"name": "Cụm loa chợ"},
    "notices:answer": lambda: {"text": "Đang làm."},
    "notices:object_to": lambda: {"text": "Sai giờ."},
    "releases:key": lambda: {"password": PASSWORD},
    "releases:return_release": lambda: {"reason": "Thiếu nguồn."},
    "releases:review": lambda: {"finding": "Đúng lúc."},
    "releases:sign": lambda: {"password": PASSWORD},
    "releases:withdraw": lambda: {"password": PASSWORD, "reason": "Giờ họp lại đổi."},
    "voice:record": lambda: {"file": SimpleUploadedFile("loi-doc.mp3", b"sound")},
}


@dataclass(frozen=True)
class World:
    """Who there is by part, what addresses are about, and what may not be read elsewhere."""

    cast: Cast
    people: Mapping[str, Person]  # by part; nobody for the anonymous
    arguments: Mapping[str, tuple[Any, ...]]  # by what an address is about
    secrets: tuple[str, ...]  # names that nobody of another commune may meet

    def url(self, name: str, about: str) -> str:
        """Return where an address about something lies."""
        return reverse(name, args=self.arguments[about])


class Visitors:
    """A browser for every part, signed in once."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._cookies: dict[str, Any] = {}
        self._said: dict[tuple[str, ...], Said] = {}
        for part, person in world.people.items():
            client = Client()
            client.force_login(person)
            self._cookies[part] = client.cookies

    def browser(self, part: str, **options: Any) -> Client:
        """Return a fresh browser of a part."""
        client = Client(**options)
        if part != ANONYMOUS:
            client.cookies.update(self._cookies[part])
        return client

    def ask(self, part: str, name: str, method: str, **options: Any) -> Said:
        """Ask an address as a part; a POST sends the body that the address has, else an empty one.

        What was asked in the same way before is not asked again: every test finds the same world.
        """
        asked = (part, name, method, *options)
        if asked not in self._said:
            url, browser = self._world.url(name, TABLE[name].about), self.browser(part, **options)
            body = BODIES.get(name, dict)()
            response = browser.get(url) if method == "GET" else browser.post(url, body)
            text = "" if response.streaming else response.content.decode()
            self._said[asked] = Said(response.status_code, response.headers, text)
        return self._said[asked]


def people_of(cast: Cast) -> dict[str, Person]:
    """Return who plays which part; the outsider holds every role where he is."""
    for role in Role:
        if not RoleGrant.objects.filter(person=cast.outsider, role=role).exists():
            grant(cast.outsider, cast.other_organisation, role)
    more = {
        role.value: make_member(cast.organisation, role, role.value)
        for role in (Role.EMERGENCY, Role.BREAK_GLASS)
    }
    roles = {role.value: getattr(cast, role.value, cast.approver_one) for role in Role} | more
    return {OUTSIDER: cast.outsider, WITHOUT_A_ROLE: make_person(), **roles}


def make_world() -> World:
    """Make one of each; call it with the clock at ``NOW``."""
    cast = make_cast()
    arguments = {"": (), **_plan(cast), **_messages(cast), **_devices(cast), **_settings(cast), **_own(cast)}
    names = [person.full_name for person in cast.people.values() if person != cast.outsider]
    secrets = (DRAFT, WAITING, RELEASED, CAMPAIGN, DEVICE, NOTICE, cast.organisation.name, *names)
    return World(cast, people_of(cast), arguments, secrets)


def _plan(cast: Cast) -> dict[str, tuple[Any, ...]]:
    campaign = make_campaign(cast.organisation, CAMPAIGN, key="nuoc-sach")
    phase = make_phase(campaign, start=date(2026, 11, 20), end=date(2026, 11, 30))
    key_message = make_key_message(campaign)
    activity = make_activity(campaign, cast.head_post)
    make_produced(campaign, NOW)
    whole = (campaign.key, "plan", "ca-chien-dich")
    return {
        **plan_arguments(activity, cast.planner),
        "document": whole,
        "document_file": (*whole, "docx"),
        **calendar_arguments(campaign, cast.planner),
        "campaign": (campaign.key,),
        "phase": (campaign.key, phase.pk),
        "key_message": (campaign.key, key_message.pk),
        "activity": (campaign.key, activity.pk),
        "plan_import": (campaign.key, make_plan_import(campaign, cast.planner).pk),
    }


def _messages(cast: Cast) -> dict[str, tuple[Any, ...]]:
    draft = make_message(cast, title=DRAFT)
    revision = draft.revisions.get()
    sound = make_sound()
    make_spoken(revision, sound)
    jobs.begin(job_key(revision.pk), "Đang tạo giọng đọc")
    request = make_request(cast, revision=make_message(cast, title=WAITING).revisions.get())
    make_key(cast.approver_one)
    make_heard(cast.approver_one, request.sound)
    release = make_release(cast, revision=make_message(cast, title=RELEASED).revisions.get())
    placement = make_placement(release, cast.villages, TOMORROW_AT_FIVE)
    folder = settings.HOME.repositories / cast.commune.code
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "root.json").write_text("{}")
    return {
        "draft": (draft.code,),
        "language": (draft.code, make_language(revision).pk),
        "sound": (sound.sha256,),
        "media_file": (f"{sound.sha256}.opus",),
        "repository_file": (f"{cast.commune.code}/root.json",),
        "job": (job_key(revision.pk),),
        "request": (request.pk,),
        "prepared": (_prepared(cast).pk,),
        "mishap": (make_mishap(release, make_message(cast), cast.editor).release_id,),
        "review": (make_review(release, cast.head).pk,),
        "release": (release.pk,),
        "released_message": (release.revision.message.code,),
        "placement": (placement.pk,),
        "programme": (make_programme(cast.commune, [release]).pk,),
        "zone_group": (make_group(cast.commune, cast.villages[:2]).pk,),
    }


def _prepared(cast: Cast) -> Release:
    revision = make_message(cast, title="Đun sôi nước").revisions.get()
    made = make_release(cast, revision=revision, priority_class=PriorityClass.EMERGENCY, is_prepared=True)
    RoleGrant.objects.filter(
        role=Role.EMERGENCY
    ).delete()  # who signed it plays the part of an approver alone
    return made


def _devices(cast: Cast) -> dict[str, tuple[Any, ...]]:
    device = make_device(cast.villages[0], DEVICE)
    incident = Incident.objects.create(device=device, kind="refused", opened_at=NOW)
    enrolment = make_enrolment(asked_at=NOW, expires_at=NOW + timedelta(minutes=15))
    place = StillOut.objects.create(
        release_id=uuid4(), channel="loudspeaker", place_key=str(device.pk), place_name=DEVICE,
        village=device.village, since=NOW,
    )  # fmt: skip
    return {
        "device": (device.pk,),
        "incident": (incident.pk,),
        "enrolment": (enrolment.pk,),
        "still_out": (place.pk,),
    }


def _own(cast: Cast) -> dict[str, tuple[Any, ...]]:
    return {
        "notice": (make_notice(cast.viewer, NOTICE).pk,),
        "subscription": (make_subscription(cast.viewer).pk,),
    }


def _settings(cast: Cast) -> dict[str, tuple[Any, ...]]:
    second = make_member(cast.organisation, Role.ADMINISTRATOR, "quan-tri-hai")
    return {
        "commune": (cast.commune.code,),
        "commune_table": (cast.commune.code, "csv"),
        "word": (make_word(cast.editor, cast.commune).pk,),
        "trial": (make_trial(),),
        "post": (cast.vacant_post.pk,),
        "person": (cast.editor.pk,),
        "grant": (RoleGrant.objects.get(person=cast.editor).pk,),
        "office": (cast.organisation.pk,),
        "policy_proposal": (make_policy_proposal(cast.organisation, second).pk,),
        "list_proposal": (make_list_proposal(cast.commune).pk,),
        "proposal": (make_proposal(cast.head, cast.organisation, second).pk,),
        "deputyship": (make_deputyship(cast.head_post, cast.head, cast.viewer, *DEPUTY_DAYS).pk,),
    }
