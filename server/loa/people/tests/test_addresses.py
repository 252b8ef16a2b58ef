# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every address of accounts, settings and plans, for every role: what each gets, and in how many queries."""

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from loa.campaigns import urls as campaign_urls
from loa.campaigns.tests.factories import make_activity, make_campaign, make_key_message, make_phase
from loa.people import settings_urls, urls
from loa.people.models import Role, RoleGrant
from loa.people.tests.factories import Cast, grant, make_cast, make_deputyship, make_proposal

pytestmark = pytest.mark.django_db
QUERIES_AT_MOST = 20
PARTS = ["viewer", "planner", "editor", "approver_one", "device_keeper", "administrator", "outsider"]
DAYS = (date(2026, 11, 20), date(2026, 11, 30))

SEEN = dict.fromkeys(PARTS, 200)
POSTS = dict.fromkeys(PARTS, 405)
ADMINISTRATOR = {**dict.fromkeys(PARTS, 403), "administrator": 200}
ADMINISTRATOR_POSTS = {**dict.fromkeys(PARTS, 403), "administrator": 405}  # this address takes no GET
IN_COMMUNE = {**SEEN, "outsider": 404}
PLANNER = {**dict.fromkeys(PARTS, 403), "planner": 200, "outsider": 404}

# name of the address: (what it is about, answer to a GET by each part)
TABLE: dict[str, tuple[str, dict[str, int]]] = {
    "people:account": ("", SEEN),
    "people:sign_in": ("", dict.fromkeys(PARTS, 302)),
    "people:sign_out": ("", dict.fromkeys(PARTS, 405)),
    "people:change_password": ("", SEEN),
    "people:sign_in_code": ("", dict.fromkeys(PARTS, 302)),
    "people:sign_in_passkey_options": ("", POSTS),
    "people:sign_in_passkey": ("", POSTS),
    "people:verify": ("", SEEN),
    "people:verify_passkey_options": ("", POSTS),
    "people:verify_passkey": ("", POSTS),
    "people:security": ("", SEEN),
    "people:add_passkey_options": ("", POSTS),
    "people:add_passkey": ("", POSTS),
    "people:end_passkey": ("", POSTS),
    "people:code_app": ("", SEEN),
    "people:drop_code_app": ("", POSTS),
    "people:renew_recovery_codes": ("", POSTS),
    "people:sessions": ("", SEEN),
    "people:end_sessions": ("", POSTS),
    "people:leave": ("", SEEN),
    "people:end_leave": ("", POSTS),
    "people_settings:index": ("", ADMINISTRATOR),
    "people_settings:areas": ("", {**ADMINISTRATOR, "administrator": 302}),
    "people_settings:area": ("commune", ADMINISTRATOR),
    "people_settings:add_village": ("commune", ADMINISTRATOR),
    "people_settings:import_villages": ("commune", ADMINISTRATOR),
    "people_settings:organisations": ("", ADMINISTRATOR),
    "people_settings:add_organisation": ("", ADMINISTRATOR),
    "people_settings:posts": ("", ADMINISTRATOR),
    "people_settings:add_post": ("", ADMINISTRATOR),
    "people_settings:post": ("post", ADMINISTRATOR),
    "people_settings:people": ("", ADMINISTRATOR),
    "people_settings:add_person": ("", ADMINISTRATOR),
    "people_settings:person": ("person", ADMINISTRATOR),
    "people_settings:grant_role": ("person", ADMINISTRATOR_POSTS),
    "people_settings:reset_password": ("person", ADMINISTRATOR_POSTS),
    "people_settings:end_role": ("grant", ADMINISTRATOR_POSTS),
    "people_settings:person_sign_in": ("person", ADMINISTRATOR),
    "people_settings:end_persons_passkey": ("person", ADMINISTRATOR_POSTS),
    "people_settings:end_persons_sessions": ("person", ADMINISTRATOR_POSTS),
    "people_settings:propose_recovery": ("person", ADMINISTRATOR_POSTS),
    "people_settings:record_persons_leave": ("person", ADMINISTRATOR_POSTS),
    "people_settings:end_persons_leave": ("person", ADMINISTRATOR_POSTS),
    "people_settings:proposals": ("", ADMINISTRATOR),
    "people_settings:confirm_proposal": ("proposal", ADMINISTRATOR_POSTS),
    "people_settings:refuse_proposal": ("proposal", ADMINISTRATOR_POSTS),
    "people_settings:deputies": ("post", ADMINISTRATOR),
    "people_settings:end_deputyship": ("deputyship", ADMINISTRATOR_POSTS),
    "campaigns:campaigns": ("", SEEN),
    "campaigns:create_campaign": ("", {**PLANNER, "outsider": 200}),  # he plans in his own commune
    "campaigns:add_activity": ("campaign", PLANNER),
    "campaigns:activity": ("activity", IN_COMMUNE),
    "campaigns:edit_activity": ("activity", PLANNER),
    "campaigns:set_activity_state": ("activity", dict.fromkeys(PARTS, 405)),
    "campaigns:key_messages": ("campaign", IN_COMMUNE),
    "campaigns:add_key_message": ("campaign", PLANNER),
    "campaigns:edit_key_message": ("key_message", PLANNER),
    "campaigns:phases": ("campaign", IN_COMMUNE),
    "campaigns:add_phase": ("campaign", PLANNER),
    "campaigns:edit_phase": ("phase", PLANNER),
}


def _names(module: Any) -> list[str]:
    return [
        f"{module.app_name}:{entry.name}" for entry in module.urlpatterns if isinstance(entry, URLPattern)
    ]


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def subjects(cast: Cast) -> dict[str, list[Any]]:
    """Return the arguments of each kind of address, all in the cast's commune, with a few rows behind them."""
    campaign = make_campaign(cast.organisation, key="dai-hoi")
    for _ in range(4):
        activity = make_activity(campaign, cast.head_post)
        key_message, phase = make_key_message(campaign), None
    phase = make_phase(campaign)
    return {
        "": [],
        "commune": [cast.commune.code],
        "post": [cast.head_post.pk],
        "person": [cast.editor.pk],
        "grant": [RoleGrant.objects.get(person=cast.editor).pk],
        "proposal": [make_proposal(cast.viewer, cast.organisation, cast.administrator).pk],
        "deputyship": [make_deputyship(cast.head_post, cast.head, cast.viewer, *DAYS).pk],
        "campaign": [campaign.key],
        "activity": [campaign.key, activity.pk],
        "key_message": [campaign.key, key_message.pk],
        "phase": [campaign.key, phase.pk],
    }


def test_no_address_is_missing_from_the_table() -> None:
    assert set(TABLE) == {name for module in (urls, settings_urls, campaign_urls) for name in _names(module)}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_gets_what_the_table_says_in_few_queries(
    client: Client, cast: Cast, subjects: dict[str, list[Any]], part: str, django_assert_max_num_queries: Any
) -> None:
    client.force_login(cast.people[part])
    answers = {}
    for name, (about, _expected) in TABLE.items():
        with django_assert_max_num_queries(QUERIES_AT_MOST):
            answers[name] = client.get(reverse(name, args=subjects[about])).status_code
    assert answers == {name: expected[part] for name, (_about, expected) in TABLE.items()}


def test_without_signing_in_only_signing_in_is_shown(client: Client, subjects: dict[str, list[Any]]) -> None:
    for name, (about, _expected) in TABLE.items():
        answer = client.get(reverse(name, args=subjects[about]))
        if name.startswith("people:sign_in_passkey"):
            assert answer.status_code == 405
        elif name == "people:sign_in":
            assert answer.status_code == 200
        else:
            assert answer["Location"].startswith("/tai-khoan/dang-nhap/"), name


def test_an_administrator_elsewhere_finds_nothing_of_this_commune(
    client: Client, cast: Cast, subjects: dict[str, list[Any]]
) -> None:
    grant(cast.outsider, cast.other_organisation, Role.ADMINISTRATOR)
    client.force_login(cast.outsider)
    for name, (about, _expected) in TABLE.items():
        if not name.startswith("people_settings:") or not about:
            continue
        address = reverse(name, args=subjects[about])
        answer = client.post(address) if client.get(address).status_code == 405 else client.get(address)
        assert answer.status_code == 404, name


def test_forbidden_and_absent_are_one_page(
    client: Client, cast: Cast, subjects: dict[str, list[Any]]
) -> None:
    client.force_login(cast.outsider)
    changing = re.compile(r'data-now="[^"]*"|"X-CSRFToken": "[^"]*"|value="[^"]*"')
    answers = [client.get(f"/chien-dich/{key}/dau-moi/") for key in ("dai-hoi", "khong-co")]
    assert len({changing.sub("", answer.content.decode()) for answer in answers}) == 1
