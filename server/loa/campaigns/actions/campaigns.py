# SPDX-License-Identifier: AGPL-3.0-or-later
"""Begin and change a campaign."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.folding import nfc
from loa.areas.models import Area
from loa.campaigns.actions.checks import (
    Actors,
    PlanError,
    changed,
    prose,
    record,
    require_plan,
    text,
    values_of,
)
from loa.campaigns.models import Campaign, LegalDocument, PlannedChannel
from loa.campaigns.rules import key_for
from loa.people.models import Organisation, Post

_WATCHED = (
    "title",
    "area",
    "number",
    "issued_on",
    "event_name",
    "event_note",
    "event_on",
    "purpose",
    "steering_body",
    "steering_head",
)


@dataclass(frozen=True, kw_only=True)
class CampaignInput:
    """A campaign as somebody planned it; the area is the organisation's unless given."""

    title: str
    organisation: Organisation
    event_name: str
    area: Area | None = None
    number: str = ""  # of the plan's document ("05/KH-UBND")
    issued_on: date | None = None
    event_note: str = ""
    event_on: date | None = None
    purpose: str = ""
    legal_basis: Sequence[str] = ()  # citations of a new campaign; later each is a document of its own
    channels: Sequence[PlannedChannel] = ()
    steering_body: str = ""
    steering_head: Post | None = None


@dataclass(frozen=True, kw_only=True)
class SampleMarks:
    """What marks a campaign as a sample, and where its facts are from."""

    key: str
    source_note: str
    shifted_days: int
    is_sample: bool = True


def _area(given: CampaignInput) -> Area:
    area = given.area or given.organisation.area
    if not area.path.startswith(given.organisation.area.path):
        raise PlanError(
            _("%(area)s nằm ngoài địa bàn của %(organisation)s. Chọn địa bàn bên trong.")
            % {"area": area.name, "organisation": given.organisation.name},
            field="area",
        )
    return area


def _fill(campaign: Campaign, given: CampaignInput) -> Campaign:
    campaign.area = _area(given)
    campaign.title = text(
        given.title, "title", 300, missing=_("Thiếu tên chiến dịch. Ghi như trong kế hoạch.")
    )
    campaign.number, campaign.issued_on = text(given.number, "number", 60), given.issued_on
    campaign.event_name = text(
        given.event_name, "event_name", 200, missing=_("Thiếu sự kiện. Ghi sự kiện mà đợt này phục vụ.")
    )
    campaign.event_note = text(given.event_note, "event_note", 300)
    campaign.event_on = given.event_on
    campaign.purpose = prose(given.purpose, "purpose")
    campaign.steering_body = text(given.steering_body, "steering_body", 200)
    campaign.steering_head = given.steering_head
    return campaign


@transaction.atomic
def create_campaign(
    *,
    actor: Actors,
    given: CampaignInput,
    sample: SampleMarks | None = None,
    upper: Campaign | None = None,
) -> Campaign:
    """Begin a campaign of an organisation, for its area or one inside it.

    Raises:
        PermissionDeniedError: the actor does not plan for the organisation.
        PlanError: a value is missing or too long, or the area lies elsewhere.
    """
    require_plan(actor, given.organisation)
    campaign = _fill(Campaign(organisation=given.organisation, upper=upper), given)
    campaign.channels = [asdict(channel) for channel in given.channels]
    if sample:
        campaign.source_note, campaign.shifted_days = sample.source_note, sample.shifted_days
        campaign.key, campaign.is_sample = sample.key, sample.is_sample
    else:
        campaign.key = key_for(
            campaign.title, set(Campaign.everything.values_list("key", flat=True)), length=50
        )
    campaign.save()
    citations = [citation for basis in given.legal_basis if (citation := nfc(basis))]
    LegalDocument.objects.bulk_create(
        LegalDocument(campaign=campaign, citation=text(citation, "legal_basis", 500), order=order)
        for order, citation in enumerate(citations, start=1)
    )
    record(actor, "create_campaign", campaign, campaign)
    return campaign


@transaction.atomic
def edit_campaign(*, actor: Actors, campaign: Campaign, given: CampaignInput) -> Campaign:
    """Change what stands at a campaign's top; its organisation stays, its documents are edited one by one.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: a value is missing or too long, or the area lies elsewhere.
    """
    require_plan(actor, campaign.organisation)
    if given.organisation.pk != campaign.organisation_id:
        raise PlanError(_("Cơ quan lập kế hoạch không đổi được. Lập một bản sao cho cơ quan khác."))
    before = values_of(campaign, _WATCHED)
    _fill(campaign, given).save(update_fields=[*_WATCHED])
    if given.channels:
        campaign.channels = [asdict(channel) for channel in given.channels]
        campaign.save(update_fields=["channels"])
    record(actor, "edit_campaign", campaign, campaign, changed(before, values_of(campaign, _WATCHED)))
    return campaign


@transaction.atomic
def set_channels(*, actor: Actors, campaign: Campaign, channels: Sequence[PlannedChannel]) -> Campaign:
    """Say over which channels a plan speaks, in its own words; none is a plan that names none.

    Raises:
        PermissionDeniedError: the actor does not plan for the campaign's organisation.
        PlanError: a name is too long.
    """
    require_plan(actor, campaign.organisation)
    before = [channel.name for channel in campaign.planned_channels]
    named = [PlannedChannel(key=one.key, name=text(one.name, one.key, 300)) for one in channels]
    after = [channel.name for channel in named]
    if before != after:
        campaign.channels = [asdict(channel) for channel in named]
        campaign.save(update_fields=["channels"])
        record(actor, "edit_campaign", campaign, campaign, {"channels": [before, after]})
    return campaign
