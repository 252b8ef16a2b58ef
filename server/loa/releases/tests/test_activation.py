# SPDX-License-Identifier: AGPL-3.0-or-later
"""Emergencies that were released ahead: one person lets one sound, a device plays it, nobody else can."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.dateparse import parse_datetime

from loa.airtime.actions import place
from loa.airtime.models import Placement
from loa.channels.registry import channel
from loa.config import clock
from loa.config.errors import ConflictError
from loa.jobs.models import OutboxEntry
from loa.notices.models import Notice
from loa.people.models import Person, Role
from loa.people.tests.factories import PASSWORD, Cast, make_cast, make_member
from loa.releases.actions import activate, activate_with
from loa.releases.actions.activate import ActivationOrder, draft_activation
from loa.releases.approvers import publish_approvers, statement_in
from loa.releases.authority import trust
from loa.releases.errors import BadRequestError, MayNotSignError
from loa.releases.library import TEMPLATES, template
from loa.releases.models import Activation, PriorityClass, Release
from loa.releases.statements import statement_of
from loa.releases.tests.factories import make_key, make_passkey, make_release
from loa_protocol.envelope import decode
from loa_protocol.verify import verify_activation
from loa_protocol.webauthn import challenge_of

pytestmark = pytest.mark.django_db
REASON = "Nước sông vượt báo động ba"


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def prepared(cast: Cast) -> Release:
    return make_release(cast, priority_class=PriorityClass.EMERGENCY, is_prepared=True, repeat_limit=3)


@pytest.fixture
def keeper(cast: Cast) -> Person:
    """Who may sign emergencies and nothing else."""
    return make_member(cast.organisation, Role.EMERGENCY, "khan", "Lò Văn Khẩn")


def test_one_person_lets_it_sound_and_a_device_accepts_it_also_when_the_address_changed_since(
    cast: Cast, prepared: Release, keeper: Person, settings: Any
) -> None:
    made = activate_with(
        actor=keeper,
        release=prepared,
        signer=make_passkey(keeper),
        order=draft_activation(actor=keeper, release=prepared, reason=REASON),
    )
    settings.BASE_URL = "https://loa.dam-ha.vn"
    approvers = statement_in(publish_approvers(cast.commune))
    statement = verify_activation(
        decode(bytes(made.envelope)), trust(cast.commune.code), approvers, release=statement_of(prepared)
    )
    assert statement.activation_id == str(made.pk)
    assert statement.reason == REASON


def test_it_comes_at_once_on_every_loudspeaker_and_again_within_the_hour(
    cast: Cast, prepared: Release
) -> None:
    made = activate(actor=cast.approver_one, release=prepared, password=PASSWORD, reason=REASON)
    starts = list(Placement.objects.order_by("starts_at").values_list("starts_at", flat=True))
    assert len(starts) == prepared.repeat_limit
    assert starts[0] - made.not_before == timedelta(seconds=15)
    source = channel("loudspeaker").agenda
    assert source is not None
    now = clock.now()
    items = source.items(cast.commune, now - timedelta(hours=1), now + timedelta(hours=2))
    assert {item.activation_id for item in items} == {str(made.pk)}
    assert OutboxEntry.objects.filter(topic="publish", key=cast.commune.code).exists()
    assert Notice.objects.filter(
        kind="releases.break_glass", is_urgent=True, person=cast.administrator
    ).exists()


@pytest.mark.parametrize("who", ["editor", "viewer", "administrator", "device_keeper", "outsider"])
def test_nobody_else_lets_it_sound(cast: Cast, prepared: Release, who: str) -> None:
    person = getattr(cast, who)
    make_key(person)
    with pytest.raises(MayNotSignError, match="quyền khẩn cấp"):
        activate(actor=person, release=prepared, password=PASSWORD, reason=REASON)
    assert not Activation.objects.exists()
    assert not Placement.objects.exists()


def test_an_ordinary_release_is_not_activated_and_a_prepared_one_not_placed(
    cast: Cast, prepared: Release
) -> None:
    ordinary = make_release(cast, priority_class=PriorityClass.EMERGENCY)
    with pytest.raises(MayNotSignError, match="không phải tin chuẩn bị sẵn"):
        activate(actor=cast.approver_one, release=ordinary, password=PASSWORD, reason=REASON)
    with pytest.raises(ConflictError, match="không đặt lịch"):
        place(
            actor=cast.editor,
            release=prepared,
            channel="loudspeaker",
            zones=cast.villages,
            starts_at=clock.now() + timedelta(hours=1),
        )


def test_no_reason_an_old_order_or_a_refused_signature_lets_nothing_sound(
    cast: Cast, prepared: Release
) -> None:
    with pytest.raises(BadRequestError):
        activate(actor=cast.approver_one, release=prepared, password=PASSWORD, reason=" ")
    held = make_passkey(cast.approver_one)
    order = draft_activation(actor=cast.approver_one, release=prepared, reason=REASON)
    old = ActivationOrder(order.id, REASON, order.at - timedelta(hours=1))
    with pytest.raises(ConflictError, match="soạn đã lâu"):
        activate_with(actor=cast.approver_one, release=prepared, signer=held, order=old)
    held.user_verified = False
    with pytest.raises(ConflictError, match="user_not_verified"):
        activate_with(actor=cast.approver_one, release=prepared, signer=held, order=order)
    assert not Activation.objects.exists()


def test_one_tap_on_the_page_signs_the_order_that_was_drafted(cast: Cast, prepared: Release) -> None:
    held = make_passkey(cast.approver_one)
    client = Client(HTTP_HOST="localhost:8420")
    client.force_login(cast.approver_one)
    url = reverse("releases:activate_passkey_options", args=[prepared.pk])
    asked = client.post(url, json.dumps({"reason": REASON}), content_type="application/json")
    assert asked.status_code == 200, asked.content
    kept, reason, at = client.session[f"activating {prepared.pk}"]
    moment = parse_datetime(at)
    assert moment is not None
    order = ActivationOrder(kept, reason, moment)
    answer = held.authenticate(challenge_of(order.envelope(prepared).pae()))
    url = reverse("releases:activate_passkey", args=[prepared.pk])
    done = client.post(url, json.dumps(answer), content_type="application/json")
    assert done.status_code == 200, done.content
    assert Activation.objects.get().person == cast.approver_one
    assert client.post(url, json.dumps(answer), content_type="application/json").status_code == 400


def test_the_page_lists_what_is_ready_and_texts_to_begin_with(cast: Cast, prepared: Release) -> None:
    client = Client()
    client.force_login(cast.editor)
    page = client.get(reverse("releases:emergencies")).content.decode()
    assert prepared.revision.title in page
    assert all(str(one.title) in page for one in TEMPLATES)
    assert "Phát ngay…" not in page
    one = template("dun-soi-nuoc")
    assert one is not None
    begun = client.get(reverse("messages:write"), {"ten": str(one.title), "loi": str(one.text)})
    assert str(one.text)[:40] in begun.content.decode()
