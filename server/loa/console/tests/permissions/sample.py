# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sample campaign with everything that pages list, and a way to double it: for counting queries."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

from django.test import Client

from loa.airtime.models import Placement
from loa.airtime.tests.factories import make_group, make_placement, make_programme, make_release
from loa.areas.models import Area
from loa.areas.tests.factories import make_village
from loa.campaigns.models import Activity, Campaign, Inspection
from loa.campaigns.tests.factories import (
    make_activity,
    make_campaign,
    make_key_message,
    make_phase,
    make_plan_import,
)
from loa.campaigns.tests.whole_plan import fill_plan, plan_arguments
from loa.console import demo
from loa.console.tests.permissions.world import NOW, TOMORROW_AT_FIVE
from loa.deliveries.models import StillOut
from loa.deliveries.tests.factories import make_delivery
from loa.devices.intake import take_heartbeats
from loa.devices.models import Device, Incident
from loa.devices.tests.factories import make_beat, make_device, make_enrolment
from loa.jobs import actions as jobs
from loa.messages.models import Message, Revision
from loa.notices.models import Answer
from loa.notices.tests.factories import make_notice, make_response, make_subscription
from loa.people.actions import begin_code_app
from loa.people.models import Deputyship, Organisation, Person, Post, PostHolding, Role, RoleGrant
from loa.people.tests.factories import (
    grant,
    make_deputyship,
    make_leave,
    make_member,
    make_organisation,
    make_passkey,
    make_person,
    make_post,
    make_proposal,
)
from loa.releases.models import PolicyKind, Release, ReleaseState, Signature, SigningKey, Withdrawal
from loa.releases.statements import release_bytes
from loa.releases.tests.factories import make_list_proposal, make_mishap, make_policy_proposal, make_review
from loa.reports.tests.factories import make_narrative, make_produced
from loa.voice.models import Sound
from loa.voice.queries import job_key
from loa.voice.tests.factories import make_language, make_spoken, make_trial, make_word
from loa_speech.reading import normalise

NEW_VILLAGES = 50  # numbers from here on are free in the sample's commune
_number, _slot = count(1), count(2)


@dataclass
class Sample:
    """The sample's commune, who reads its pages, and what addresses are about."""

    office: Organisation
    reader: Person  # holds every role but the approver's, at every organisation
    approver: Person  # one of the sample's two
    editor: Person
    campaign: Campaign
    villages: list[Area]
    arguments: dict[str, tuple[Any, ...]] = field(default_factory=dict)

    # What a page of one thing is about; its own rows are doubled too.
    device: Device = field(init=False)
    release: Release = field(init=False)
    withdrawn: Release = field(init=False)


def load() -> Sample:
    """Load the sample and a first set of rows; call it in a demo with the clock at ``NOW``."""
    campaign = demo.load()
    office = Organisation.objects.select_related("area").get(is_sample=True, kind="authority")
    reader = make_person("moi-vai")
    for organisation in Organisation.objects.all():
        for role in Role:
            if role is not Role.APPROVER:
                grant(reader, organisation, role)
    villages = list(Area.objects.filter(kind="village").order_by("path"))
    approver, editor = (Person.objects.get(username=name) for name in (demo.APPROVERS[0], demo.EDITOR))
    sample = Sample(office, reader, approver, editor, campaign, villages)
    make_post(office, "Trưởng ban", reader)
    _point_at_one_of_each(sample)
    fill(sample)
    return sample


def fill(sample: Sample) -> None:
    """Add as many rows of everything as the first set has."""
    for _ in range(2):
        _people(sample)
        _plan(sample)
        _whole_plan(sample)
        device = _device(sample)
        for author in (sample.editor, sample.reader):
            _message_in_every_state(sample, author)
        _rows_of_one_release(sample, device)


def _point_at_one_of_each(sample: Sample) -> None:
    office, campaign = sample.office, sample.campaign
    activity = campaign.activities.all()[0]
    sample.device = make_device(sample.villages[0], "Cụm loa chính", is_sample=True, is_test=True)
    incident = Incident.objects.create(device=sample.device, kind="refused", opened_at=NOW)
    enrolment = make_enrolment(asked_at=NOW, expires_at=NOW + timedelta(minutes=15))
    draft = _draft(sample, sample.reader)
    jobs.begin(job_key(draft.pk), "Đang tạo giọng đọc")
    request = _release(sample, sample.editor, ReleaseState.AWAITING)
    sample.release = _release(sample, sample.editor, ReleaseState.RELEASED)
    sample.withdrawn = _withdrawn(sample, sample.editor)
    for person in (sample.reader, sample.approver):
        begin_code_app(person=person)  # as when the page was opened before
    make_produced(campaign, NOW, kind="weekly", period="2026-W40")
    sample.arguments = {
        "": (),
        "campaign": (campaign.key,),
        "phase": (campaign.key, campaign.phases.all()[0].pk),
        "key_message": (campaign.key, campaign.key_messages.all()[0].pk),
        "activity": (campaign.key, activity.pk),
        "plan_import": (campaign.key, make_plan_import(campaign, sample.editor).pk),
        **plan_arguments(activity, sample.reader),
        "document": (campaign.key, "weekly", "2026-W40"),
        "document_file": (campaign.key, "weekly", "2026-W40", "pdf"),
        "draft": (draft.message.code,),
        "language": (draft.message.code, make_language(draft).pk),
        "job": (job_key(draft.pk),),
        "request": (request.pk,),
        "prepared": (sample.release.pk,),
        "mishap": (make_mishap(sample.release, draft.message, sample.editor).release_id,),
        "review": (make_review(sample.release, sample.editor).pk,),
        "release": (sample.release.pk,),
        "released_message": (sample.release.revision.message.code,),
        "withdrawn": (sample.withdrawn.pk,),
        "withdrawn_message": (sample.withdrawn.revision.message.code,),
        "placement": (make_placement(sample.release, sample.villages, TOMORROW_AT_FIVE).pk,),
        "programme": (make_programme(office.area, [sample.release]).pk,),
        "zone_group": (make_group(office.area, sample.villages[:2]).pk,),
        "device": (sample.device.pk,),
        "incident": (incident.pk,),
        "enrolment": (enrolment.pk,),
        "commune": (office.area.code,),
        "office": (office.pk,),
        "policy_proposal": (make_policy_proposal(office, sample.approver).pk,),
        "list_proposal": (make_list_proposal(office.area).pk,),
        "commune_table": (office.area.code, "csv"),
        "word": (make_word(sample.reader, office.area).pk,),
        "trial": (make_trial(),),
        "post": (activity.accountable_post_id,),
        "person": (sample.editor.pk,),
        "grant": (RoleGrant.objects.filter(person=sample.editor)[0].pk,),
        "notice": (make_notice(sample.reader).pk,),
        "subscription": (make_subscription(sample.reader).pk,),
        "proposal": (make_proposal(make_person(), office, sample.editor).pk,),
        "deputyship": (_deputyship(sample, activity.accountable_post).pk,),
    }


def _deputyship(sample: Sample, post: Post) -> Deputyship:
    days = (NOW.date(), NOW.date() + timedelta(days=7))
    made = make_deputyship(post, sample.editor, make_person(), *days)
    make_proposal(made.deputy, sample.office, sample.reader, deputyship=made)
    return made


def _people(sample: Sample) -> None:
    number = next(_number)
    organisation = make_organisation(sample.office.area, f"Trạm y tế {number}", parent=sample.office)
    sample.office.refresh_from_db()
    member = make_member(organisation, Role.EDITOR)
    grant(member, sample.office, Role.APPROVER)
    grant(sample.editor, organisation, Role.EDITOR)
    for notice in (make_notice(sample.reader), make_notice(sample.reader)):
        make_notice(sample.reader, passed_from=notice)
        make_response(notice, Answer.PASS_ON, passed_to=member)
    make_subscription(sample.reader)
    post = make_post(organisation, f"Trưởng trạm {number}", member)
    make_post(organisation, f"Phó trạm {number}", reports_to=post)
    make_proposal(member, organisation, sample.reader)
    make_leave(sample.editor, NOW.date(), NOW.date() + timedelta(days=number))
    make_leave(sample.reader, NOW.date() + timedelta(days=1), NOW.date() + timedelta(days=number))
    make_passkey(sample.editor)
    make_passkey(sample.reader)
    make_passkey(sample.reader, ended_at=NOW, end_reason="lost", ended_by="kiểm thử")
    for client in (Client(), Client()):  # each is one more place where they are signed in
        client.force_login(sample.editor)
    _deputyship(sample, Post.objects.get(pk=sample.arguments["post"][0]))
    PostHolding.objects.create(
        post=post, person=sample.editor, since=date(2024, 1, 1), until=date(2025, 6, 1)
    )
    sample.villages.append(make_village(sample.office.area, NEW_VILLAGES + number, f"Thôn mới {number}"))


def _plan(sample: Sample) -> None:
    number, today = next(_number), NOW.date()
    campaign, holder = sample.campaign, sample.editor
    written = make_produced(campaign, NOW, kind="weekly", period=f"{2027 + campaign.documents.count()}-W10")
    make_narrative(written, "direction", "Đã ban hành kế hoạch.", NOW)
    other = make_campaign(sample.office, key=f"dot-{number}", title=f"Đợt {number}")
    make_phase(campaign, key=f"phase-{number}", start=today, end=today)
    messages = [make_key_message(campaign, f"Thông điệp {number}"), make_key_message(other)]
    for due in (today - timedelta(days=3), today + timedelta(days=3)):
        for about in (campaign, other):
            post = make_post(sample.office, f"Cán bộ {next(_number)}", holder)
            activity = make_activity(about, post, due=due)
            activity.key_messages.set([one for one in messages if one.campaign_id == about.pk])
            activity.areas.set(sample.villages[:3])


def _whole_plan(sample: Sample) -> None:
    """Fill the pages of the plan, of its first activity and of one visit."""
    activity = Activity.objects.get(pk=sample.arguments["activity"][1])
    fill_plan(activity, sample.reader, Inspection.objects.get(pk=sample.arguments["inspection"][1]))


def _device(sample: Sample) -> Device:
    village = sample.villages[Device.objects.count() % len(sample.villages)]
    device = make_device(village, f"Cụm loa {next(_number)}", is_sample=True, is_test=True)
    for about in (device, sample.device):
        Incident.objects.create(device=about, kind="refused", reason="wrong_place", opened_at=NOW)
    return device


def _draft(sample: Sample, author: Person) -> Revision:
    number = next(_number)
    message = Message.objects.create(
        code=f"N-{number:04d}",
        organisation=sample.office,
        campaign=sample.campaign,
        created_at=NOW,
        created_by=author,
    )
    message.key_messages.set(sample.campaign.key_messages.all()[:2])
    revision = Revision.objects.create(
        message=message,
        number=1,
        title=f"Nháp {number}",
        text="Bà con đến nhà văn hóa lúc 19h30.",
        author=author,
        created_at=NOW,
        edited_at=NOW,
    )
    revision.sources.create(title="Kế hoạch", order=1)
    _speak(revision)
    return revision


def _speak(revision: Revision, sound: Sound | None = None) -> None:
    """Let a revision be read aloud, its reading kept, as the worker leaves it."""
    rendition = make_spoken(revision, sound)
    rendition.reading = normalise(revision.text).to_dict()
    rendition.save(update_fields=["reading"])


def _release(sample: Sample, author: Person, state: ReleaseState, **fields: Any) -> Release:
    release = make_release(
        sample.office, author, sample.villages[:4], state=state, policy_kind=PolicyKind.STRICT, **fields
    )
    if state in {ReleaseState.AWAITING, ReleaseState.RETURNED}:
        Release.objects.filter(pk=release.pk).update(released_at=None)
    release.revision.editors.set([sample.editor])
    for key in SigningKey.objects.filter(person__username__in=demo.APPROVERS):
        if state is not ReleaseState.AWAITING:
            Signature.objects.create(release=release, person_id=key.person_id, key=key, value={}, at=NOW)
    message = release.revision.message
    message.key_messages.set(sample.campaign.key_messages.all())
    release.revision.sources.create(title="Kế hoạch", order=1)
    _speak(release.revision, release.sound)
    release.statement = release_bytes(release, release.zones.all(), {author.pk})
    release.save(update_fields=["statement"])
    return release


def _withdrawn(sample: Sample, author: Person) -> Release:
    release = _release(sample, author, ReleaseState.WITHDRAWN)
    Withdrawal.objects.create(
        release=release,
        reason="Sai giờ.",
        statement=b"{}",
        requested_by=author,
        requested_at=NOW,
        effective_at=NOW,
    )
    return release


def _message_in_every_state(sample: Sample, author: Person) -> None:
    _draft(sample, author)
    _release(sample, author, ReleaseState.AWAITING)
    _release(sample, author, ReleaseState.RETURNED, returned_by=sample.reader, return_reason="Thiếu nguồn.")
    _release(sample, author, ReleaseState.RELEASED)  # not placed yet
    for release in (_withdrawn(sample, author), sample.withdrawn):
        for device in (sample.device, *Device.objects.all()[:1]):
            _still_out(release, device)
    placed = _release(sample, author, ReleaseState.RELEASED)
    make_placement(placed, sample.villages[:2], NOW + _next_free())
    make_placement(placed, sample.villages[:2], NOW - timedelta(days=1) + _next_free())


def _still_out(release: Release, device: Device) -> None:
    StillOut.objects.create(
        release_id=release.pk,
        channel="loudspeaker",
        place_key=f"{device.pk}-{next(_number)}",
        place_name=device.name,
        village=device.village,
        since=NOW,
    )


def _rows_of_one_release(sample: Sample, device: Device) -> None:
    """Place one release once more yesterday, now and later, with what its loudspeakers said of it."""
    over = make_placement(sample.release, sample.villages, NOW - timedelta(days=1) + _next_free())
    _deliver(over, sample.device)
    _deliver(over, device)
    make_placement(sample.release, sample.villages, NOW + _next_free())
    now = make_placement(sample.release, [device.village], NOW - timedelta(seconds=20))
    beats = [make_beat(one, NOW, playing_item=str(now.pk)) for one in (device, sample.device)]
    take_heartbeats(beats, now=NOW)


def _deliver(placement: Placement, device: Device) -> None:
    make_delivery(
        device.village,
        placement_id=placement.pk,
        release_id=placement.release_id,
        place_key=str(device.pk),
        place_name=device.name,
        due_at=placement.starts_at,
        sequence=next(_number),
    )


def _next_free() -> timedelta:
    """Return a time of a day that no other placement of the sample has."""
    return timedelta(minutes=2 * next(_slot))
