# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every address answers every part as the table says; strangers, forged requests and what pages may load."""

import re
from html.parser import HTMLParser

import pytest
from django.db import transaction

from loa.console.tests.permissions.addresses import addresses
from loa.console.tests.permissions.answers import (
    ANONYMOUS,
    METHODS,
    OUTSIDER,
    PARTS,
    WITHOUT_A_ROLE,
    Answer,
    Said,
)
from loa.console.tests.permissions.table import PLACELESS, TABLE
from loa.console.tests.permissions.world import Visitors, World

pytestmark = pytest.mark.django_db

WITHOUT_A_SESSION = {
    "healthz",
    "repository_file",
    "media_file",
    "device_api:ask",
    "device_api:state",
    "device_api:credential",
    "people:sign_in",
    "notices:push_worker",
    "people:sign_in_code",
    "people:sign_in_passkey_options",
    "people:sign_in_passkey",
    "campaigns:own_feed",  # calendar programs: the address itself holds 160 secret bits
    "campaigns:campaign_feed",
}
WITHOUT_A_TOKEN = {"device_api:ask", "device_api:credential"}  # a device proves who it is with its own key
CHANGING = [name for name, entry in TABLE.items() if entry.takes("POST")]
MAY = {"GET": Answer.SEES, "POST": Answer.DOES}


def test_the_table_names_every_address_and_no_other() -> None:
    known = set(addresses())
    assert known - set(TABLE) == set(), "Say in table.py who may open these."
    assert set(TABLE) - known == set(), "These addresses are gone: take them out of table.py."


def test_the_components_are_shown_in_development_alone() -> None:
    assert not [name for name in addresses() if name.startswith("ui:")]


def _answer(visitors: Visitors, part: str, name: str, method: str) -> Answer:
    """Return what a part gets, and undo what its asking did."""
    with transaction.atomic():
        said = visitors.ask(part, name, method)
        transaction.set_rollback(True)
    return said.means(method)


@pytest.mark.parametrize("name", TABLE)
def test_it_answers_as_the_table_says(visitors: Visitors, name: str) -> None:
    asked = [(part, method) for part in PARTS for method in METHODS]
    answers = {(part, method): _answer(visitors, part, name, method) for part, method in asked}
    assert answers == {(part, method): TABLE[name].expected(part, method) for part, method in asked}


def test_nobody_gets_anywhere_without_signing_in_but_where_it_is_listed() -> None:
    opened = {name for name, entry in TABLE.items() if entry.parts_that(Answer.SIGNS_IN, "GET") == []}
    assert opened == WITHOUT_A_SESSION


def test_the_outsider_gets_nothing_that_belongs_to_another_commune() -> None:
    got = {
        (name, method, entry.expected(OUTSIDER, method))
        for name, entry in TABLE.items()
        for method in METHODS
        if entry.about not in PLACELESS and not entry.is_public
    }
    assert {answer for _name, _method, answer in got} == {Answer.NOT_FOUND, Answer.NO_METHOD}


@pytest.mark.parametrize("name", [name for name, entry in TABLE.items() if not entry.is_public])
def test_no_answer_to_the_outsider_names_anything_of_another_commune(
    visitors: Visitors, world: World, name: str
) -> None:
    for method in METHODS:
        said = visitors.ask(OUTSIDER, name, method).text
        assert [secret for secret in world.secrets if secret in said] == []


@pytest.mark.parametrize("name", [name for name, entry in TABLE.items() if not entry.is_public])
def test_who_has_no_role_gets_nothing_that_needs_one(visitors: Visitors, world: World, name: str) -> None:
    entry = TABLE[name]
    for method, needs in (("GET", entry.to_see), ("POST", entry.to_do)):
        said = visitors.ask(WITHOUT_A_ROLE, name, method)
        assert [secret for secret in world.secrets if secret in said.text] == []
        if needs:
            assert said.means(method) not in {Answer.SEES, Answer.DOES}


@pytest.mark.parametrize("name", [name for name in CHANGING if not TABLE[name].takes("GET")])
def test_what_changes_something_takes_no_get(visitors: Visitors, name: str) -> None:
    response = visitors.ask(TABLE[name].parts_that(Answer.DOES, "POST")[-1], name, "GET")
    assert (response.status, response.headers["Allow"]) == (405, "POST")


@pytest.mark.parametrize("name", CHANGING)
def test_a_request_from_another_site_is_refused(visitors: Visitors, name: str) -> None:
    part = TABLE[name].parts_that(Answer.DOES, "POST")[-1]
    response = visitors.ask(part, name, "POST", enforce_csrf_checks=True)
    refused = response.status == 403 and "Trang đã cũ" in response.text
    assert refused is (name not in WITHOUT_A_TOKEN)


class Blocked(HTMLParser):
    """What the policy would keep a page from doing: inline script and style, other hosts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        is_data = given.get("type") in {"application/json"}
        if tag == "style" or (tag == "script" and not given.get("src") and not is_data):
            self.found.append(f"<{tag}>")
        self.found += [f"{tag} {name}" for name in given if name == "style" or name.startswith("on")]
        for name in ("src", "action", "formaction", "poster", *(("href",) if tag == "link" else ())):
            if re.match(r"(\w+:)?//", given.get(name) or ""):
                self.found.append(f"{tag} {name}={given[name]}")


def _ask_whoever_may(visitors: Visitors, name: str, method: str) -> Said:
    entry = TABLE[name]
    parts = entry.parts_that(MAY[method], method) or entry.parts_that(Answer.NO_METHOD, method)
    return visitors.ask(parts[-1], name, method)


@pytest.mark.parametrize("name", TABLE)
def test_every_answer_carries_the_policy_and_no_page_breaks_it(visitors: Visitors, name: str) -> None:
    for method in METHODS:
        response = _ask_whoever_may(visitors, name, method)
        policy = response.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "*" not in policy
        if response.is_page:
            page = Blocked()
            page.feed(response.text)
            assert page.found == []


@pytest.mark.parametrize("part", PARTS)
def test_refusals_carry_the_policy_too(visitors: Visitors, part: str) -> None:
    for name in ("people_settings:index", "devices:device", "releases:sign", "console:message"):
        response = visitors.ask(part, name, "GET")
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]


def test_a_page_that_is_not_there_says_so_to_everybody_alike(visitors: Visitors) -> None:
    answers = {part: visitors.browser(part).get("/khong-co-trang-nay/").status_code for part in PARTS}
    assert set(answers.values()) == {404}, answers
    assert answers[ANONYMOUS] == 404
