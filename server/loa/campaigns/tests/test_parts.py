# SPDX-License-Identifier: AGPL-3.0-or-later
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from loa.campaigns import actions, files, parts
from loa.campaigns.history import history_of_campaign
from loa.campaigns.models import Phase, StoredFile
from loa.campaigns.tests.factories import make_campaign
from loa.campaigns.tests.world import World, make_world
from loa.config.errors import ConflictError, NotFoundError, PermissionDeniedError
from loa.config.home import Home
from loa.people.models import Person, Role
from loa.people.rules import Permission
from loa.people.tests.factories import make_member


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.HOME = Home(tmp_path)
    settings.HOME.make()
    return make_world()


@pytest.fixture
def reader(world: World) -> Person:
    return make_member(world.nodes["campaign"], Role.VIEWER)


def everything(world: World, reader: Person) -> dict[str, tuple[Callable[..., Any], Any]]:
    """Return one of each part with the function that gets it."""
    campaign, post = world.campaign, world.posts["accountable"]
    inspection = actions.plan_inspection(
        actor=None,
        campaign=campaign,
        given=actions.InspectionInput(title="Đợt một", planned_on=date(2026, 11, 20), inspectors=[reader]),
    )
    finding = actions.FindingInput(text="Thiếu", owner_post=post, due=date(2026, 11, 30))
    goal = actions.ObjectiveInput(text="Đủ", measure="Đếm", target=Decimal(9), unit="hộ")
    return {
        "legal_document": (
            parts.legal_document,
            actions.add_legal_document(
                actor=None, campaign=campaign, given=actions.LegalDocumentInput(citation="Chỉ thị 03")
            ),
        ),
        "objective": (parts.objective, actions.add_objective(actor=None, campaign=campaign, given=goal)),
        "audience": (
            parts.audience,
            actions.add_audience(actor=None, campaign=campaign, given=actions.AudienceInput(name="Hộ")),
        ),
        "budget_line": (
            parts.budget_line,
            actions.add_budget_line(
                actor=None, campaign=campaign, given=actions.BudgetLineInput(name="In", planned=1)
            ),
        ),
        "inspection": (parts.inspection, inspection),
        "finding": (
            parts.finding,
            actions.add_finding(actor=None, inspection=inspection, given=finding),
        ),
        "comment": (parts.comment, actions.add_comment(actor=reader, campaign=campaign, text="Được")),
        "evidence": (
            parts.evidence,
            actions.add_link(actor=None, activity=world.fresh(), url="https://example.vn/1"),
        ),
    }


def test_each_part_is_found_by_who_sees_the_campaign_and_by_nobody_else(world: World, reader: Person) -> None:
    other = make_campaign(world.nodes["campaign"])
    for name, (get, row) in everything(world, reader).items():
        assert get(reader, world.campaign.key, row.pk) == row, name
        for person, key, pk in (
            (world.holders["nobody"], world.campaign.key, row.pk),
            (reader, other.key, row.pk),
            (reader, world.campaign.key, 999_999),
        ):
            with pytest.raises(NotFoundError):
                get(person, key, pk)


def test_what_is_deleted_is_not_found(world: World, reader: Person) -> None:
    for name, (get, row) in everything(world, reader).items():
        if name == "inspection":
            continue  # taken with its finding below
        actions.remove(actor=None, row=row)
        with pytest.raises(NotFoundError):
            get(reader, world.campaign.key, row.pk)


def test_changing_needs_the_permission(world: World, reader: Person) -> None:
    rows = everything(world, reader)
    for name in ("legal_document", "objective", "audience", "budget_line"):
        get, row = rows[name]
        with pytest.raises(PermissionDeniedError):
            get(reader, world.campaign.key, row.pk, Permission.PLAN_EDIT)


def test_a_deletion_is_found_by_who_saw_the_campaign(world: World, reader: Person) -> None:
    actions.remove(actor=None, row=world.fresh())
    removal = parts.removals_of(world.campaign).get()
    assert parts.removal(reader, removal.pk) == removal
    whole = actions.remove(actor=None, row=world.campaign)
    assert list(parts.removed_campaigns(reader)) == [whole]
    assert parts.removal(reader, whole.pk) == whole
    stranger = world.holders["nobody"]
    assert not parts.removed_campaigns(stranger).exists()
    with pytest.raises(NotFoundError):
        parts.removal(stranger, whole.pk)


def test_a_file_opens_for_who_sees_a_campaign_that_shows_it(
    world: World, reader: Person, tmp_path: Path
) -> None:
    path = tmp_path / "chi-thi"
    path.write_bytes(b"%PDF-1.7 x")
    file: StoredFile = files.stored(files.keep(path))
    with pytest.raises(NotFoundError):
        parts.stored_file(reader, file.sha256)
    document = actions.add_legal_document(
        actor=None,
        campaign=world.campaign,
        given=actions.LegalDocumentInput(citation="Chỉ thị", file=file, file_name="chi-thi.pdf"),
    )
    assert parts.stored_file(reader, file.sha256) == file
    for person, sha256 in ((world.holders["nobody"], file.sha256), (reader, "0" * 64)):
        with pytest.raises(NotFoundError):
            parts.stored_file(person, sha256)
    actions.remove(actor=None, row=document)
    with pytest.raises(NotFoundError):
        parts.stored_file(reader, file.sha256)


def test_lists_take_a_fixed_number_of_queries(
    world: World, reader: Person, django_assert_num_queries: Any
) -> None:
    for number in range(6):
        inspection = actions.plan_inspection(
            actor=None,
            campaign=world.campaign,
            given=actions.InspectionInput(
                title=f"Đợt {number}",
                planned_on=date(2026, 11, 20),
                inspectors=[reader],
                areas=world.villages,
            ),
        )
        given = actions.FindingInput(
            text="Thiếu", owner_post=world.posts["accountable"], due=date(2026, 11, 30)
        )
        actions.add_finding(actor=None, inspection=inspection, given=given)
        gone = actions.add_finding(actor=None, inspection=inspection, given=given)
        actions.remove(actor=None, row=gone)
        actions.add_comment(actor=reader, campaign=world.campaign, text="Được", mentions=[reader])
    with django_assert_num_queries(4):
        found = list(parts.inspections_of(world.campaign))
        assert {(one.finding_count, one.open_findings, len(one.findings.all())) for one in found} == {
            (1, 1, 1)
        }  # type: ignore[attr-defined]
        assert all(finding.owner_post.organisation for one in found for finding in one.findings.all())
    with django_assert_num_queries(2):
        assert [list(one.mentions.all()) for one in parts.comments_of(world.campaign)] == [[reader]] * 6


def test_nobody_but_the_planner_changes_what_stands_at_the_top(world: World, reader: Person) -> None:
    rows = {name: row for name, (_get, row) in everything(world, reader).items()}
    campaign = world.campaign
    document = actions.LegalDocumentInput(citation="Chỉ thị 05")
    goal = actions.ObjectiveInput(text="Đủ cả", measure="Đếm", target=Decimal(9), unit="hộ")
    audience, line = actions.AudienceInput(name="Trẻ em"), actions.BudgetLineInput(name="In ấn", planned=2)
    whole = actions.CampaignInput(title="Tên mới", organisation=campaign.organisation, event_name="Đại hội")

    def attempts(actor: Person) -> list[Callable[[], Any]]:
        by: Any = {"actor": actor}
        return [
            lambda: actions.add_legal_document(campaign=campaign, given=document, **by),
            lambda: actions.edit_legal_document(legal_document=rows["legal_document"], given=document, **by),
            lambda: actions.add_objective(campaign=campaign, given=goal, **by),
            lambda: actions.edit_objective(objective=rows["objective"], given=goal, **by),
            lambda: actions.add_reading(
                objective=rows["objective"], on=date(2026, 11, 20), value=Decimal(1), **by
            ),
            lambda: actions.add_audience(campaign=campaign, given=audience, **by),
            lambda: actions.edit_audience(audience=rows["audience"], given=audience, **by),
            lambda: actions.add_budget_line(campaign=campaign, given=line, **by),
            lambda: actions.edit_budget_line(budget_line=rows["budget_line"], given=line, **by),
            lambda: actions.edit_campaign(campaign=campaign, given=whole, **by),
        ]

    for attempt in attempts(reader):
        with pytest.raises(PermissionDeniedError):
            attempt()
    for attempt in attempts(make_member(world.nodes["campaign"], Role.PLANNER)):
        attempt()
    campaign.refresh_from_db()
    assert campaign.title == "Tên mới"
    assert rows["objective"].text == "Đủ cả"
    changed = [line for line in history_of_campaign(campaign) if line.verb == "sửa căn cứ"]
    assert [(one.field, one.before, one.after) for one in changed[0].changes] == [
        ("trích dẫn", "Chỉ thị 03", "Chỉ thị 05")
    ]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (actions.ObjectiveInput(text="x", measure="y", target=Decimal(0), unit="hộ"), "target"),
        (actions.ObjectiveInput(text="x", measure=" ", target=Decimal(1), unit="hộ"), "measure"),
        (actions.AudienceInput(name=" "), "name"),
        (actions.BudgetLineInput(name="In", planned=-1), "planned"),
        (actions.BudgetLineInput(name="In", planned=1, spent=-1), "spent"),
        (actions.LegalDocumentInput(citation=""), "citation"),
        (actions.LegalDocumentInput(citation="x", link="javascript:alert(1)"), "link"),
        (
            actions.LegalDocumentInput(
                citation="x", in_force_from=date(2026, 2, 1), in_force_until=date(2026, 1, 1)
            ),
            "in_force_until",
        ),
    ],
)
def test_what_cannot_be_is_refused_where_it_stands(world: World, given: Any, field: str) -> None:
    add: dict[type, Callable[..., Any]] = {
        actions.ObjectiveInput: actions.add_objective,
        actions.AudienceInput: actions.add_audience,
        actions.BudgetLineInput: actions.add_budget_line,
        actions.LegalDocumentInput: actions.add_legal_document,
    }
    with pytest.raises(actions.PlanError) as caught:
        add[type(given)](actor=None, campaign=world.campaign, given=given)
    assert caught.value.field == field


def test_at_most_five_messages_stand_on_top_and_frequencies_name_known_channels(world: World) -> None:
    add: Any = {"actor": None, "campaign": world.campaign}
    made = [actions.add_key_message(text=f"Một điều {number}", priority="top", **add) for number in range(5)]
    with pytest.raises(actions.PlanError, match="5 thông điệp hàng đầu"):
        actions.add_key_message(text="Thứ sáu", priority="top", **add)
    sixth = actions.add_key_message(text="Thứ sáu", frequencies={"loudspeaker": 3}, **add)
    assert list(world.campaign.key_messages.filter(priority="top")) == made
    for wrong in ({"telex": 1}, {"portal": 0}):
        with pytest.raises(actions.PlanError):
            actions.add_key_message(text="Khác", frequencies=wrong, **add)
    edit: Any = {"actor": None, "key_message": sixth, "phase": None, "wanted_per_week": None}
    actions.edit_key_message(text="Thứ sáu, sửa", frequencies={"portal": 1}, **edit)
    assert [(one.channel, one.per_week) for one in sixth.frequencies.all()] == [("portal", 1)]
    actions.edit_key_message(text="Thứ sáu, sửa", **edit)
    assert sixth.frequencies.count() == 1


def test_one_phase_of_a_campaign_is_open(world: World) -> None:
    add: Any = {"actor": None, "campaign": world.campaign}
    actions.add_phase(name="Giữ nếp", start=date(2026, 11, 1), is_open=True, **add)
    with pytest.raises(ConflictError, match="một giai đoạn để mở"):
        actions.add_phase(name="Mãi", start=date(2026, 11, 1), is_open=True, **add)
    with pytest.raises(actions.PlanError):
        actions.add_phase(name="Khác", is_open=True, **add)
    with pytest.raises(IntegrityError), transaction.atomic():
        Phase.objects.create(
            campaign=world.campaign, key="hai", name="Hai", order=9, start=date(2026, 11, 1), is_open=True
        )
