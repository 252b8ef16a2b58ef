# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from loa.areas.models import Area
from loa.areas.queries import villages_of
from loa.audit.models import Entry
from loa.campaigns.models import Activity, Campaign
from loa.campaigns.queries import phase_at
from loa.campaigns.sample import DEMO_PASSWORD, PEOPLE, load_sample
from loa.campaigns.sample_file import SampleError, read_sample, read_villages
from loa.people.models import Organisation, Person, Post
from loa.people.queries import may

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 24)
DATA = Path(__file__).parent.parent / "data" / "dam-ha-2020.yaml"


@pytest.fixture
def sample(settings: Any) -> Campaign:
    settings.DEMO = True
    return load_sample(TODAY).campaign


def test_outside_a_demo_nothing_is_loaded() -> None:
    with pytest.raises(SampleError, match="LOA_DEMO=1"):
        load_sample(TODAY)
    assert not Person.objects.exists()
    assert not Area.objects.exists()


def test_today_lies_in_the_first_phase_and_dates_keep_their_distance(sample: Campaign) -> None:
    phase = phase_at(sample, TODAY)
    assert phase is not None
    assert (phase.key, phase.start, phase.end) == ("before", date(2026, 7, 26), date(2026, 12, 9))
    assert sample.shifted_days == (date(2026, 12, 9) - date(2020, 4, 15)).days
    assert [phase.start for phase in sample.phases.exclude(key="before")] == [None, None]


def test_every_fact_of_the_file_is_there(sample: Campaign) -> None:
    facts = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    assert sample.title == facts["campaign"]["title"]
    assert sample.steering_body == facts["campaign"]["steering_body"]["name"]
    assert sample.steering_head is not None
    assert sample.steering_head.title == facts["campaign"]["steering_body"]["head"]
    assert [document.citation for document in sample.legal_documents.all()] == facts["campaign"]["follows"]
    assert [message.text for message in sample.key_messages.all()] == [
        m["text"] for m in facts["key_messages"]
    ]
    assert [phase.name for phase in sample.phases.all()] == [p["name"] for p in facts["campaign"]["phases"]]
    work = {(item["organisation"], text.lower()) for item in facts["assignments"] for text in item["work"]}
    assert {(a.organisation.name, a.title.lower()) for a in sample.activities.all()} == work


def test_a_comma_in_an_unquoted_name_cuts_nothing_off(sample: Campaign) -> None:
    names = {channel.key: channel.name for channel in sample.planned_channels}
    assert len(names) == 12
    assert names["conference"] == "Hội nghị tuyên truyền từ Đảng bộ huyện tới các chi, đảng bộ cơ sở"


def test_what_the_report_does_not_say_stays_empty(sample: Campaign) -> None:
    assert not sample.key_messages.filter(wanted_per_week__isnull=False).exists()
    assert not sample.activities.filter(due__isnull=False).exists()


def test_each_organisation_of_the_plan_has_one_head_and_whoever_holds_it_is_invented(
    sample: Campaign,
) -> None:
    heads = Post.objects.filter(activities__campaign=sample).distinct()
    assert heads.count() == 3
    assert heads.filter(holdings__person__is_sample=True).count() == 2
    assert heads.get(holdings__isnull=True).organisation.kind == "front"


def test_the_area_is_the_commune_with_its_official_code_and_twelve_invented_villages(
    sample: Campaign,
) -> None:
    assert (sample.area.code, sample.area.name, sample.area.is_sample) == ("06895", "Xã Đầm Hà", False)
    villages = list(villages_of(sample.area))
    assert len(villages) == 12
    assert all(village.is_sample and village.outline for village in villages)
    assert sum(village.households or 0 for village in villages) == 2067


def test_the_invented_outlines_tile_one_shape_around_the_communes_point(sample: Campaign) -> None:
    from shapely import Point, unary_union
    from shapely.geometry import shape

    outlines = [shape(village.outline) for village in read_villages()]
    whole = unary_union(outlines)
    assert whole.geom_type == "Polygon"
    assert not whole.interiors
    assert sum(outline.area for outline in outlines) == pytest.approx(whole.area, rel=1e-9)
    assert whole.contains(Point(sample.area.longitude, sample.area.latitude))


def test_everything_invented_is_marked_as_a_sample(sample: Campaign) -> None:
    assert sample.is_sample
    for model in (Person, Organisation, Post):
        assert model.objects.exists()
        assert not model.objects.filter(is_sample=False).exists()


@pytest.mark.parametrize(
    ("username", "permission"),
    [
        ("hau", "message.write"),
        ("uoc", "release.sign"),
        ("on", "release.sign"),
        ("lan", "plan.edit"),
        ("dinh", "device.manage"),
        ("quan-tri", "settings.manage"),
    ],
)
def test_the_demo_people_sign_in_and_may_do_their_part(
    sample: Campaign, username: str, permission: str
) -> None:
    person = Person.objects.get(username=username)
    assert person.check_password(DEMO_PASSWORD)
    authority = Organisation.objects.get(kind="authority")
    assert may(person, permission, organisation=authority, area=sample.area)


def test_the_planner_may_edit_the_plan_and_the_editor_may_not(sample: Campaign) -> None:
    planner, editor = Person.objects.get(username="lan"), Person.objects.get(username="hau")
    assert may(planner, "plan.edit", organisation=sample.organisation)
    assert not may(editor, "plan.edit", organisation=sample.organisation)


def test_loading_again_changes_nothing(sample: Campaign) -> None:
    entries = Entry.objects.count()
    again = load_sample(TODAY + timedelta(days=3))
    assert (again.is_new, again.moved_days, again.campaign) == (False, 0, sample)
    assert Entry.objects.count() == entries
    assert Person.objects.count() == len(PEOPLE)


def test_loading_months_later_moves_every_date_by_the_same_days(sample: Campaign) -> None:
    Activity.objects.filter(pk=sample.activities.all()[0].pk).update(due=date(2026, 12, 1))
    later = TODAY + timedelta(days=100)
    again = load_sample(later)
    assert again.moved_days == 100
    phase = phase_at(again.campaign, later)
    assert phase is not None
    assert phase.end == date(2026, 12, 9) + timedelta(days=100)
    assert again.campaign.activities.get(due__isnull=False).due == date(2026, 12, 1) + timedelta(days=100)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda facts: facts.pop("campaign"), "campaign"),
        (lambda facts: facts["area"].update(parent="Tỉnh Hải Ninh"), "Tỉnh Hải Ninh"),
        (lambda facts: facts["area"].update(communes_named=["Xã Không Có"]), "Xã Không Có"),
        (lambda facts: facts["campaign"]["phases"][0].update(end=None), "Giai đoạn đầu"),
    ],
)
def test_a_file_that_lacks_something_changes_nothing(  # type: ignore[no-untyped-def]
    settings: Any, tmp_path: Path, change, why: str
) -> None:
    settings.DEMO = True
    facts = yaml.safe_load(DATA.read_text(encoding="utf-8"))
    change(facts)
    path = tmp_path / "khac.yaml"
    path.write_text(yaml.safe_dump(facts, allow_unicode=True), encoding="utf-8")
    with pytest.raises(SampleError, match=why):
        load_sample(TODAY, path)
    assert not Area.objects.exists()


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SampleError, match="Không đọc được tệp mẫu"):
        read_sample(tmp_path / "khong-co.yaml")
