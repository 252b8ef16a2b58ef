# SPDX-License-Identifier: AGPL-3.0-or-later
"""Load the sample campaign: a real plan's organisations, posts and words; invented people and villages.

The report is from 2020. Its district no longer exists, so the area is the commune that it names, and every
date is moved by the same number of days so that today lies in the first phase. What the report does not say
(dates of the work, how often a message is wanted) stays empty. Everything made here is marked as a sample.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.actions import VillageInput, add_villages, load_official_units
from loa.areas.folding import fold
from loa.areas.models import Area, AreaKind
from loa.areas.official import official_units
from loa.audit import actions as audit
from loa.audit.actor import SYSTEM
from loa.campaigns.actions import (
    ActivityInput,
    CampaignInput,
    SampleMarks,
    add_activity,
    add_key_message,
    add_phase,
    create_campaign,
)
from loa.campaigns.models import Campaign, Phase, PlannedChannel
from loa.campaigns.rules import is_running
from loa.campaigns.sample_file import SampleError, SampleFile, read_sample, read_villages
from loa.people.actions import add_organisation, add_person, add_post, grant_role, hold_post
from loa.people.demo import DEMO_PASSWORD as DEMO_PASSWORD
from loa.people.models import Organisation, OrganisationKind, Post, Role

KEY = "dam-ha-2020"
DAYS_LEFT = 15  # of the first phase when the sample is loaded
AUTHORITY = "UBND xã Đầm Hà"
PARTY = "Huyện ủy Đầm Hà"
HEAD = "Người đứng đầu"


@dataclass(frozen=True)
class DemoPerson:
    """An invented person who signs in with ``DEMO_PASSWORD``."""

    username: str
    full_name: str
    role: Role
    everywhere: bool = False  # at every organisation of the sample, not only the commune's authority
    post: str = ""  # at the commune's authority
    heads: str = ""  # the organisation of the plan that he heads


PEOPLE = (
    DemoPerson("hau", "Nguyễn Thị Hậu", Role.EDITOR, heads="Phòng Văn hóa - Thông tin"),
    DemoPerson("uoc", "Trần Thế Ước", Role.APPROVER, post="Phó Chủ tịch UBND xã"),
    DemoPerson("on", "Đỗ Thị Ổn", Role.APPROVER, post="Công chức văn hóa - xã hội"),
    DemoPerson("lan", "Hoàng Thị Lan", Role.PLANNER, everywhere=True),
    DemoPerson("dinh", "Vũ Đình Ấn", Role.DEVICE_KEEPER),
    DemoPerson("duc-on", "Lê Đức Ổn", Role.VIEWER, heads="Trung tâm Truyền thông - Văn hóa"),
    DemoPerson("quan-tri", "Lê Văn Trị", Role.ADMINISTRATOR, everywhere=True),
)


@dataclass(frozen=True)
class SampleResult:
    """What is there after loading; ``is_new`` says whether this call made it."""

    campaign: Campaign
    commune: Area
    organisation: Organisation  # the commune's authority, which publishes
    is_new: bool
    moved_days: int  # by how many days this call moved the dates of a sample that was there


def load_sample(today: date, path: Path | None = None) -> SampleResult:
    """Load the sample campaign so that ``today`` lies in its first phase; loading again only moves its dates.

    Args:
        today: the local date.
        path: another file of the same form; the packaged one when left out.

    Raises:
        SampleError: this is no demo installation, or the file cannot be used. Nothing was changed.
    """
    if not settings.DEMO:
        raise SampleError(
            _("Máy này không phải máy demo nên chưa nạp gì. Đặt LOA_DEMO=1 với một LOA_HOME mới.")
        )
    with transaction.atomic():
        campaign = Campaign.objects.filter(key=KEY).select_related("area").first()
        if campaign is None:
            return _load(read_sample(path), today)
        moved = _move(campaign, today)
        authority = Organisation.objects.get(name=AUTHORITY, is_sample=True)
        return SampleResult(campaign, campaign.area, authority, is_new=False, moved_days=moved)


def _shift(phases: list[tuple[date | None, date | None]], today: date) -> int:
    """Return by how many days dates must move so that the first phase has ``DAYS_LEFT`` days to go."""
    _start, end = phases[0]
    if end is None:
        raise SampleError(_("Giai đoạn đầu của tệp mẫu chưa có ngày kết thúc. Ghi ngày rồi nạp lại."))
    return (today + timedelta(days=DAYS_LEFT) - end).days


def _moved(day: date | None, days: int) -> date | None:
    return None if day is None else day + timedelta(days=days)


def _move(campaign: Campaign, today: date) -> int:
    """Move a loaded sample's dates when its first phase does not run today, and return by how many days."""
    phases = list(campaign.phases.order_by("order"))
    if is_running(phases[0], today):
        return 0
    days = _shift([(phase.start, phase.end) for phase in phases], today)
    for phase in phases:
        phase.start, phase.end = _moved(phase.start, days), _moved(phase.end, days)
        phase.save(update_fields=["start", "end"])
    for activity in campaign.activities.all():
        activity.start, activity.due = _moved(activity.start, days), _moved(activity.due, days)
        activity.save(update_fields=["start", "due"])
    campaign.shifted_days += days
    campaign.save(update_fields=["shifted_days"])
    audit.record(actor=SYSTEM, action="campaigns.move_sample", obj=campaign, details={"days": days})
    return days


def _load(sample: SampleFile, today: date) -> SampleResult:
    commune = _commune(sample)
    add_villages(
        actor=SYSTEM,
        commune=commune,
        villages=[
            VillageInput(village.name, village.households, village.population, outline=village.outline)
            for village in read_villages()
        ],
        is_sample=True,
    )
    authority = _organisation(AUTHORITY, OrganisationKind.AUTHORITY, commune)
    party = _organisation(PARTY, OrganisationKind.PARTY, commune)
    head = _post(party, sample.campaign.steering_body.head)
    posts = _heads(sample, commune, authority, head)
    _add_people([authority, party, *(post.organisation for post in posts.values())], authority, posts, today)
    campaign = _campaign(sample, party, head, today)
    _add_plan(sample, campaign, posts)
    return SampleResult(campaign, commune, authority, is_new=True, moved_days=campaign.shifted_days)


def _commune(sample: SampleFile) -> Area:
    """Load the province that the file names and return the commune that stands for the old district."""
    province = next(
        (unit for unit in official_units() if not unit.parent_code and unit.name == sample.area.parent), None
    )
    if province is None:
        raise SampleError(
            _("Tệp mẫu ghi tỉnh %(name)s, không có trong danh mục.") % {"name": sample.area.parent}
        )
    load_official_units(province.code)
    name = sample.area.communes_named[0]
    commune = Area.objects.filter(
        kind=AreaKind.COMMUNE, name_key=fold(name), path__startswith=Area.objects.get(code=province.code).path
    ).first()
    if commune is None:
        raise SampleError(_("Tệp mẫu ghi %(name)s, không có trong danh mục.") % {"name": name})
    return commune


def _organisation(
    name: str, kind: OrganisationKind, area: Area, parent: Organisation | None = None
) -> Organisation:
    return add_organisation(actor=SYSTEM, name=name, kind=kind, area=area, parent=parent, is_sample=True)


def _post(organisation: Organisation, title: str, reports_to: Post | None = None) -> Post:
    return add_post(
        actor=SYSTEM, organisation=organisation, title=title, reports_to=reports_to, is_sample=True
    )


def _heads(sample: SampleFile, commune: Area, authority: Organisation, above: Post) -> dict[str, Post]:
    """Make the organisations that were given work, and return the post of each one's head."""
    posts = {}
    for assignment in sample.assignments:
        is_front = "MTTQ" in assignment.organisation
        organisation = _organisation(
            assignment.organisation,
            OrganisationKind.FRONT if is_front else OrganisationKind.OFFICE,
            commune,
            parent=None if is_front else authority,
        )
        posts[assignment.organisation] = _post(organisation, HEAD, reports_to=above)
    return posts


def _add_people(
    organisations: list[Organisation], authority: Organisation, heads: dict[str, Post], today: date
) -> None:
    """Add the invented people; one head's post stays without a holder, as posts do."""
    since = date(today.year, 1, 1)
    for demo in PEOPLE:
        person = add_person(
            actor=SYSTEM,
            username=demo.username,
            full_name=demo.full_name,
            password=DEMO_PASSWORD,
            organisation=authority,
            role=demo.role,
            is_sample=True,
        )
        if demo.everywhere:
            for organisation in organisations:
                if organisation.is_root() and organisation != authority:
                    grant_role(actor=SYSTEM, person=person, organisation=organisation, role=demo.role)
        if demo.post:
            hold_post(actor=SYSTEM, post=_post(authority, demo.post), person=person, since=since)
        if demo.heads:
            hold_post(actor=SYSTEM, post=heads[demo.heads], person=person, since=since)


def _campaign(sample: SampleFile, organisation: Organisation, head: Post, today: date) -> Campaign:
    facts = sample.campaign
    published = f"{sample.source.published:%d/%m/%Y}"
    return create_campaign(
        actor=SYSTEM,
        given=CampaignInput(
            title=facts.title,
            organisation=organisation,
            event_name=facts.event.name,
            event_note=facts.event.note,
            legal_basis=facts.follows,
            channels=[PlannedChannel(channel.key, channel.name) for channel in sample.channels],
            steering_body=facts.steering_body.name,
            steering_head=head,
        ),
        sample=SampleMarks(
            key=KEY,
            source_note=_("Theo bài báo ngày %(day)s, %(place)s. Ngày đã dời; người và thôn là mẫu.")
            % {"day": published, "place": sample.source.place},
            shifted_days=_shift([(phase.start, phase.end) for phase in facts.phases], today),
        ),
    )


def _add_plan(sample: SampleFile, campaign: Campaign, posts: dict[str, Post]) -> None:
    phases: dict[str | None, Phase | None] = {None: None}
    for phase in sample.campaign.phases:
        phases[phase.key] = add_phase(
            actor=SYSTEM,
            campaign=campaign,
            key=phase.key,
            name=phase.name,
            start=_moved(phase.start, campaign.shifted_days),
            end=_moved(phase.end, campaign.shifted_days),
        )
    for message in sample.key_messages:
        add_key_message(actor=SYSTEM, campaign=campaign, text=message.text, phase=phases[message.phase])
    for assignment in sample.assignments:
        for work in assignment.work:
            add_activity(
                actor=SYSTEM,
                campaign=campaign,
                given=ActivityInput(
                    title=work[0].upper() + work[1:],
                    accountable_post=posts[assignment.organisation],
                    channels=assignment.channels,
                ),
            )
