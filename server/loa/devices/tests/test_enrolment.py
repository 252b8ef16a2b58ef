# SPDX-License-Identifier: AGPL-3.0-or-later
"""A device asks, shows a code, is let in by a person, and renews what it got."""

from datetime import timedelta

import msgspec
import pytest
from django.urls import reverse

from loa.audit.models import Entry
from loa.config import clock
from loa.config.errors import ConflictError, NotFoundError, PermissionDeniedError
from loa.devices import enrolment, queries
from loa.devices.actions import approve, forget_enrolments, refuse, rename, retire
from loa.devices.models import Device, DeviceState, Enrolment, Incident
from loa.devices.network.actions import close_incident
from loa.devices.tests.factories import NOW, Key, make_device, make_enrolment
from loa.jobs.models import OutboxEntry
from loa.people.tests.factories import make_cast
from loa_protocol.enrolment import EnrolReply, EnrolState, RenewReply, decode_json, encode_json

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now():
    with clock.frozen(NOW):
        yield


@pytest.fixture
def cast():
    return make_cast()


def post(client, name, value, **headers):
    return client.post(reverse(name), encode_json(value), content_type="application/json", **headers)


def ask(client, key):
    return decode_json(post(client, "device_api:ask", key.enrol_request()).content, EnrolReply)


def state(client, reply):
    answer = client.get(reverse("device_api:state", args=[reply.enrolment_id]))
    return decode_json(answer.content, EnrolState)


def test_a_device_comes_in_by_its_code(client, cast, monkeypatch):
    key = Key()
    reply = ask(client, key)
    assert state(client, reply) == EnrolState(state="waiting")
    waiting = queries.waiting_enrolment(reply.code.lower().replace("-", " "))
    device = approve(
        actor=cast.device_keeper, enrolment=waiting, village=cast.villages[0], name="Cụm loa 1", is_test=True
    )
    got = state(client, reply).credential
    assert got is not None
    assert (got.device_id, got.name) == (str(device.pk), "Cụm loa 1")
    assert (got.province, got.commune, got.village) == ("22", cast.commune.code, cast.villages[0].code)
    assert got.is_test
    assert got.repository_url.endswith(f"/repo/{cast.commune.code}/")
    assert got.trust.commune == cast.commune.code
    assert got.nats_jwt.count(".") == 2
    assert Entry.objects.get(action="devices.approve").object_id == str(device.pk)
    assert OutboxEntry.objects.filter(topic="publish", key=cast.commune.code).count() == 1


def test_asking_again_shows_the_same_code(client):
    key = Key()
    assert ask(client, key) == ask(client, key)
    assert Enrolment.objects.count() == 1


def test_who_floods_through_the_proxy_shuts_out_nobody_else(client):
    def ask_from(address):
        forwarded = {"X-Forwarded-For": address}
        return post(client, "device_api:ask", Key().enrol_request(), headers=forwarded).status_code

    flood = [ask_from("192.0.2.1") for _number in range(enrolment.PER_ADDRESS + 1)]
    assert flood == [201] * enrolment.PER_ADDRESS + [429]
    assert ask_from("192.0.2.2") == 201
    assert ask_from("no address'; --") == 201


def test_a_code_ends_after_fifteen_minutes(client, cast):
    key = Key()
    reply = ask(client, key)
    with clock.frozen(NOW + timedelta(minutes=15)):
        assert state(client, reply).state == "expired"
        with pytest.raises(NotFoundError):
            queries.waiting_enrolment(reply.code)
        with pytest.raises(ConflictError):
            approve(
                actor=cast.device_keeper,
                enrolment=Enrolment.objects.get(),
                village=cast.villages[0],
                name="x",
            )
        assert ask(client, key).code != reply.code


def test_who_does_not_hold_the_key_is_refused(client):
    forged = msgspec.structs.replace(Key().enrol_request(), signature=Key().enrol_request().signature)
    answer = post(client, "device_api:ask", forged)
    assert (answer.status_code, answer.json()) == (403, {"error": "bad_signature"})
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize("body", [b" ", b"{}", b"no json", b'{"public_key": "U"}', b"\xff"])
def test_a_malformed_request_is_refused(client, body):
    answer = client.post(reverse("device_api:ask"), body, content_type="application/json")
    assert answer.status_code == 400


def test_a_request_without_a_body_is_refused(client):
    assert client.post(reverse("device_api:ask"), b"", content_type="application/json").status_code == 411


def test_a_large_request_is_refused_unread(client):
    answer = client.post(reverse("device_api:ask"), b"x" * 5000, content_type="application/json")
    assert (answer.status_code, answer.json()) == (413, {"error": "too_large"})


def test_too_many_requests_from_one_address_wait(client):
    for _number in range(enrolment.PER_ADDRESS):
        ask(client, Key())
    assert post(client, "device_api:ask", Key().enrol_request()).status_code == 429
    elsewhere = post(client, "device_api:ask", Key().enrol_request(), REMOTE_ADDR="10.1.1.1")
    assert elsewhere.status_code == 201
    with clock.frozen(NOW + timedelta(minutes=2)):
        assert post(client, "device_api:ask", Key().enrol_request()).status_code == 201


def test_the_doors_take_one_method_each(client):
    assert client.get(reverse("device_api:ask")).status_code == 405
    assert client.get(reverse("device_api:credential")).status_code == 405
    assert client.post(reverse("device_api:state", args=[make_enrolment().pk])).status_code == 405


def test_an_unknown_enrolment_is_not_found(client):
    answer = client.get(reverse("device_api:state", args=["00000000-0000-0000-0000-000000000001"]))
    assert answer.status_code == 404


@pytest.mark.parametrize("who", ["viewer", "planner", "editor", "approver_one", "outsider"])
def test_only_keepers_let_devices_in(cast, who):
    with pytest.raises(PermissionDeniedError):
        approve(actor=getattr(cast, who), enrolment=make_enrolment(), village=cast.villages[0], name="x")
    assert not Device.objects.exists()


def test_a_keeper_lets_devices_into_his_own_area_alone(cast):
    with pytest.raises(PermissionDeniedError):
        approve(actor=cast.device_keeper, enrolment=make_enrolment(), village=cast.other_commune, name="x")


def test_approving_twice_makes_one_device(cast):
    waiting = make_enrolment()
    first = approve(actor=cast.device_keeper, enrolment=waiting, village=cast.villages[0], name="một")
    assert approve(actor=cast.device_keeper, enrolment=waiting, village=cast.villages[1], name="hai") == first
    assert Device.objects.get().name == "một"


def test_a_key_that_is_a_device_already_is_not_made_another(cast):
    key = Key()
    make_device(cast.villages[0], public_key=key.public)
    with pytest.raises(ConflictError):
        approve(actor=cast.device_keeper, enrolment=make_enrolment(key), village=cast.villages[0], name="x")


@pytest.mark.parametrize("name", ["", "   ", "x" * 121])
def test_a_device_needs_a_name(cast, name):
    with pytest.raises(ConflictError):
        approve(actor=cast.device_keeper, enrolment=make_enrolment(), village=cast.villages[0], name=name)


def test_a_refused_device_hears_so(client, cast):
    reply = ask(client, Key())
    refuse(actor=cast.device_keeper, enrolment=Enrolment.objects.get())
    assert state(client, reply).state == "refused"
    with pytest.raises(ConflictError):
        approve(
            actor=cast.device_keeper, enrolment=Enrolment.objects.get(), village=cast.villages[0], name="x"
        )


def test_a_device_renews_its_credential_by_its_key(client, cast):
    key = Key()
    device = make_device(cast.villages[0], public_key=key.public)
    answer = post(client, "device_api:credential", key.renew_request(str(device.pk), NOW))
    assert decode_json(answer.content, RenewReply).credential.device_id == str(device.pk)
    foreign = msgspec.structs.replace(
        key.renew_request(str(device.pk), NOW), signature=Key().renew_request(str(device.pk), NOW).signature
    )
    assert post(client, "device_api:credential", foreign).status_code == 403
    stale = key.renew_request(str(device.pk), NOW - timedelta(hours=1))
    assert post(client, "device_api:credential", stale).json() == {"error": "clock"}
    stranger = Key().renew_request(str(device.pk), NOW)
    assert post(client, "device_api:credential", stranger).status_code == 404


def test_a_retired_device_gets_nothing_more(client, cast, monkeypatch):
    revoked = []
    monkeypatch.setattr("loa.config.messaging.revoke_device", revoked.append)
    key = Key()
    device = make_device(cast.villages[0], public_key=key.public)
    with pytest.raises(PermissionDeniedError):
        retire(actor=cast.editor, device=device)
    retire(actor=cast.device_keeper, device=device)
    retire(actor=cast.device_keeper, device=device)
    assert device.state == DeviceState.RETIRED
    assert revoked == [key.public]
    answer = post(client, "device_api:credential", key.renew_request(str(device.pk), NOW))
    assert (answer.status_code, answer.json()) == (403, {"error": "retired"})


def test_renaming_is_audited_and_needs_the_keeper(cast):
    device = make_device(cast.villages[0], "cũ")
    with pytest.raises(PermissionDeniedError):
        rename(actor=cast.outsider, device=device, name="mới")
    assert rename(actor=cast.device_keeper, device=device, name=" mới ").name == "mới"
    assert Entry.objects.get(action="devices.rename").details == {"before": "cũ", "after": "mới"}


def test_closing_an_incident_is_one_change(cast):
    device = make_device(cast.villages[0])
    incident = Incident.objects.create(device=device, kind="refused", reason="expired", opened_at=NOW)
    with pytest.raises(PermissionDeniedError):
        close_incident(actor=cast.editor, incident=incident)
    for _time in range(2):
        close_incident(actor=cast.device_keeper, incident=incident)
    assert incident.closed_by == cast.device_keeper.full_name
    assert Entry.objects.filter(action="devices.close_incident").count() == 1


def test_enrolments_that_nobody_approved_are_forgotten_after_a_day(cast):
    make_enrolment()
    approved = make_enrolment(code="WXYZ-2345")
    approve(actor=cast.device_keeper, enrolment=approved, village=cast.villages[0], name="x")
    assert forget_enrolments(NOW + timedelta(hours=1)) == 0
    assert forget_enrolments(NOW + timedelta(days=2)) == 1
    assert list(Enrolment.objects.all()) == [approved]
