# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every address answers every part as the table says, and the table holds every address."""

import pytest

from loa.console.tests.permissions.addresses import addresses
from loa.console.tests.permissions.answers import METHODS, PARTS, answer_of
from loa.console.tests.permissions.table import TABLE
from loa.console.tests.permissions.world import Visitors

pytestmark = pytest.mark.django_db

WITHOUT_A_SESSION = {
    "healthz",
    "repository_file",
    "media_file",
    "device_api:ask",
    "device_api:state",
    "device_api:credential",
    "people:sign_in",
}


def test_the_table_names_every_address_and_no_other() -> None:
    known = set(addresses())
    assert known - set(TABLE) == set(), "Say in table.py who may open these."
    assert set(TABLE) - known == set(), "These addresses are gone: take them out of table.py."


def test_the_components_are_shown_in_development_alone() -> None:
    assert not [name for name in addresses() if name.startswith("ui:")]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("name", TABLE)
def test_it_answers_as_the_table_says(visitors: Visitors, name: str, part: str, method: str) -> None:
    response = visitors.ask(part, name, method)
    assert answer_of(response, method) == TABLE[name].expected(part, method), response.status_code
