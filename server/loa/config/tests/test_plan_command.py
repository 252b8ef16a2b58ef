# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa plan``: a plan goes in from a file, and comes out."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from loa.campaigns.importing import command
from loa.campaigns.importing.reasons import FileReason, PlanFileError, Reason
from loa.campaigns.importing.tests.plans import Offices, checked, make_offices, workbook
from loa.campaigns.importing.tests.test_importing import plan_file
from loa.campaigns.tests.factories import make_activity
from loa.config import plan_cli
from loa.config.plan_cli import plan

pytestmark = pytest.mark.django_db


@pytest.fixture
def offices() -> Offices:
    return make_offices()


@pytest.fixture
def loa(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(plan_cli, "set_up_django", lambda: None)

    def run(*words: str) -> Any:
        return CliRunner().invoke(plan, [str(word) for word in words])

    return run


def test_the_command_tells_every_row_and_adds_only_when_told(
    offices: Offices, tmp_path: Path, loa: Any
) -> None:
    path = plan_file(tmp_path)
    words = ("import", path, "--campaign", "dai-hoi", "--year", "2020")
    said = json.loads(loa(*words, "--json", "--dry-run", "--yes").output)
    assert [(row["row"], row["state"], row.get("code")) for row in said["rows"]] == [
        (2, "section", None),
        (3, "accepted", None),
        (4, "accepted", None),
        (5, "refused", "missing_title"),
    ]
    assert said["rows"][1]["fields"]["due"] == "31/03/2020"
    assert (said["accepted"], said["refused"], said["imported"]) == (2, 1, 0)
    assert "từ chối [missing_title]" in loa(*words).output
    assert not offices.campaign.activities.exists()
    assert "Đã nhập 2 đầu mối" in loa(*words, "--yes").output
    again = json.loads(loa(*words, "--yes", "--json").output)
    assert [row.get("code") for row in again["rows"]][1:] == [
        "already_there",
        "already_there",
        "missing_title",
    ]
    assert offices.campaign.activities.count() == 2


def test_the_command_maps_columns_and_says_what_it_cannot_read(
    offices: Offices, tmp_path: Path, loa: Any
) -> None:
    path = workbook(tmp_path / "k.xlsx", [["a", "b"], ["Treo cờ", offices.culture.name]])
    words = ("import", path, "--campaign", "dai-hoi", "--json")
    failed = loa(*words)
    assert (failed.exit_code, json.loads(failed.output)["error"]["code"]) == (1, FileReason.NO_TITLE_COLUMN)
    said = json.loads(loa(*words, "--map", "title=A,organisation=2").output)
    assert [row["state"] for row in said["rows"]] == ["refused", "accepted"]
    with pytest.raises(PlanFileError, match="không có bảng số 2"):
        command.look(path, "dai-hoi", command.Wanted(table=2))


def test_the_command_exports_what_it_imports(offices: Offices, tmp_path: Path, loa: Any) -> None:
    make_activity(offices.campaign, offices.posts["culture"], "Treo cờ", organisation=offices.culture)
    out = tmp_path / "xuat.xlsx"
    assert "Đã xuất 1 đầu mối" in loa("export", "--campaign", "dai-hoi", "-o", out).output
    assert [row.problems[0].reason for row in checked(out, offices.campaign)] == [Reason.ALREADY_THERE]
    assert "Không có chiến dịch mã" in str(loa("export", "--campaign", "khong-co", "-o", out).exception)
