# SPDX-License-Identifier: AGPL-3.0-or-later
"""The demo installation: the sample campaign, three test loudspeakers, and an item that is due in two minutes.

Everything here is made by the same actions as anywhere else, by demo people whose passwords stand in this
folder; ``loa check`` fails on those people in an installation that is not marked demo.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from loa.airtime.actions import place, set_rule
from loa.airtime.models import AirtimeRule, Placement
from loa.areas.models import Area
from loa.audit.actor import SYSTEM
from loa.campaigns.models import Campaign
from loa.campaigns.sample import DEMO_PASSWORD, load_sample
from loa.config import clock
from loa.config.errors import ConflictError, LoaError
from loa.console.pairing import pair
from loa.devices.models import Device
from loa.jobs import outbox
from loa.messages.actions import SourceInput, write_message
from loa.messages.models import Revision
from loa.people.actions import grant_role
from loa.people.models import Organisation, Person, Role
from loa.releases.actions import make_signing_key, set_policy, sign_release, submit_for_release
from loa.releases.models import Policy, PolicyKind, PriorityClass, Release, SigningKey
from loa.voice.actions import mark_heard, request_spoken
from loa.voice.models import SpokenRendition

LOUDSPEAKER_VILLAGES = ("Khu phố Chợ Mới", "Thôn Đồng Sen", "Bản Suối Mây")
DUE_AFTER = timedelta(seconds=110)  # from the start to the first sound
ALL_HOURS_NOTE = "demo: mọi giờ"
APPROVERS = ("uoc", "on")
EDITOR, DEVICE_KEEPER, ADMINISTRATOR = "hau", "dinh", "quan-tri"
TITLE = "Mời góp ý dự thảo Văn kiện Đại hội Đảng bộ huyện lần thứ XXV"
TEXT = (
    "Bà con đọc dự thảo Văn kiện Đại hội Đảng bộ huyện lần thứ XXV, nhiệm kỳ 2020-2025 tại nhà văn hóa thôn, bản, "
    "khu phố hoặc trên cổng thông tin điện tử thành phần. Hội nghị lấy ý kiến: 19h30-21h ngày 27/11. "
    "MTTQ và các đoàn thể cùng dự. Điểm mới: bầu trực tiếp 100% bí thư cấp ủy tại đại hội cấp cơ sở và cấp huyện."
)
SOURCES = (
    SourceInput("Kế hoạch của Tỉnh ủy", ""),
    SourceInput("Kế hoạch tuyên truyền của Tiểu ban Tuyên truyền - Khánh tiết", ""),
)


class NotDemoError(LoaError):
    """The installation is not marked demo; nothing was changed."""

    code = "not_demo"


@dataclass(frozen=True)
class SignIn:
    """A demo person's way in, as it is printed at the start."""

    username: str
    name: str
    what: str


def sign_ins() -> list[SignIn]:
    """Return the demo people in the order in which a visitor would try them."""
    what = {
        EDITOR: _("viết tin, gửi duyệt, đặt lịch"),
        APPROVERS[0]: _("nghe và ký"),
        APPROVERS[1]: _("nghe và ký"),
        DEVICE_KEEPER: _("giữ thiết bị"),
        "lan": _("lập kế hoạch"),
        ADMINISTRATOR: _("thiết lập"),
    }
    names = dict(Person.objects.filter(username__in=what).values_list("username", "full_name"))
    return [SignIn(username, names[username], text) for username, text in what.items() if username in names]


def demo_people_in_use() -> list[str]:
    """Return the names of sample people who could sign in here; outside a demo there must be none."""
    return list(Person.objects.filter(is_sample=True, is_active=True).values_list("full_name", flat=True))


def load() -> Campaign:
    """Load the sample campaign with everything that its people need; running it again changes nothing.

    Raises:
        NotDemoError: LOA_DEMO is not set.
    """
    if not settings.DEMO:
        raise NotDemoError(
            _("Máy này không phải máy demo nên chưa nạp gì. Đặt LOA_DEMO=1 với một LOA_HOME mới.")
        )
    sample = load_sample(_today())
    commune = _office().area
    for username in APPROVERS:
        person = Person.objects.get(username=username)
        if not SigningKey.objects.filter(person=person, revoked_at=None).exists():
            make_signing_key(person=person, password=DEMO_PASSWORD)
        grant_role(actor=SYSTEM, person=person, organisation=_office(), role=Role.EMERGENCY)
    if not Policy.objects.filter(organisation=_office()).exists():
        set_policy(actor=SYSTEM, organisation=_office(), kind=PolicyKind.STRICT)
    if not AirtimeRule.objects.filter(zone=commune).exists():
        for priority_class in PriorityClass.values:
            set_rule(
                actor=_person(ADMINISTRATOR),
                zone=commune,
                priority_class=priority_class,
                windows=[("00:00", "24:00")],
                minutes_per_day=1440,
                note=ALL_HOURS_NOTE,
            )
    with transaction.atomic():
        outbox.put("publish", key=commune.code)
    return sample.campaign


def device_folders() -> list[Path]:
    """Return the three loudspeakers' folders, whether enrolled yet or not."""
    return [
        settings.HOME.demo / "devices" / str(number) for number in range(1, len(LOUDSPEAKER_VILLAGES) + 1)
    ]


def enrol_devices(server_url: str, say: Callable[[str], None] = print) -> None:
    """Enrol the three loudspeakers as real ones are: own key, code, approval by the device keeper, credential.

    Args:
        server_url: where the web server answers.
        say: told one line per loudspeaker.

    Raises:
        ConflictError: a loudspeaker did not come through; the sentence says why.
    """
    for folder, village_name in zip(device_folders(), LOUDSPEAKER_VILLAGES, strict=True):
        village = Area.objects.get(name=village_name, path__startswith=_office().area.path)
        if not Device.objects.filter(village=village, is_sample=True).exists() or not folder.exists():
            device = pair(
                folder,
                village=village,
                name=_("Cụm loa %(village)s") % {"village": village_name},
                keeper=_person(DEVICE_KEEPER),
                server_url=server_url,
            )
            Device.objects.filter(pk=device.pk).update(is_sample=True)
            say(_("Đã ghép cụm loa %(village)s.") % {"village": village_name})


def write_due_message(now: datetime) -> Revision:
    """Write the start's message and ask for its sound; the worker makes it."""
    editor = _person(EDITOR)
    campaign = Campaign.objects.get(is_sample=True)
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    message = write_message(
        actor=editor,
        organisation=_office(),
        title=TITLE,
        text=_("Đây là lượt phát mẫu lúc %(time)s. ") % {"time": f"{local:%Hh%M}"} + TEXT,
        sources=SOURCES,
        key_messages=[campaign.key_messages.order_by("order")[0]],
        campaign=campaign,
    )
    revision = message.revisions.get()
    request_spoken(actor=editor, revision=revision)
    return revision


def release_and_place(revision: Revision, starts_at: datetime) -> Placement:
    """Send the message for release, have both approvers hear and sign it, and place it."""
    release = release_as_demo_people(revision, starts_at)
    return place(
        actor=_person(EDITOR),
        release=release,
        channel="loudspeaker",
        zones=list(release.zones.all()),
        starts_at=starts_at,
    )


def release_as_demo_people(revision: Revision, starts_at: datetime) -> Release:
    """Let the editor submit and the two approvers hear and sign."""
    villages = Area.objects.filter(name__in=LOUDSPEAKER_VILLAGES, path__startswith=_office().area.path)
    release = submit_for_release(
        actor=_person(EDITOR),
        revision=revision,
        zones=list(villages),
        priority_class=PriorityClass.NORMAL,
        not_before=starts_at - timedelta(hours=1),
        not_after=starts_at + timedelta(days=7),
        repeat_limit=10,
    )
    for username in APPROVERS:
        person = _person(username)
        mark_heard(actor=person, sound=release.sound)
        release = sign_release(actor=person, release=release, password=DEMO_PASSWORD)
    return release


def has_sound(revision: Revision) -> bool:
    """Say whether the sound is ready.

    Raises:
        ConflictError: it could not be made; the sentence says why.
    """
    spoken = SpokenRendition.objects.get(revision=revision)
    if spoken.error:
        raise ConflictError(spoken.error)
    return spoken.sound_id is not None


def _office() -> Organisation:
    """Return the commune's authority, which publishes in the demo."""
    return Organisation.objects.select_related("area").get(
        is_sample=True, kind="authority", area__kind="commune"
    )


def _person(username: str) -> Person:
    return Person.objects.get(username=username)


def _today() -> date:
    return clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
