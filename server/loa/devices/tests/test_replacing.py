# SPDX-License-Identifier: AGPL-3.0-or-later
"""A machine is replaced or taken out of service: its old key is worth nothing, its connection is cut."""

import asyncio
from datetime import timedelta

import pytest
from django.db import connections
from django.urls import reverse
from nats.errors import Error as NatsError

from loa.config import clock, messaging
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.config.home import Home
from loa.config.tests.test_messaging import connect, run, server  # noqa: F401  a fixture
from loa.devices import actions
from loa.devices.models import Device, DeviceState
from loa.devices.tests.factories import NOW, Key, make_device, make_enrolment
from loa.people.tests.factories import make_cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return make_cast()


@pytest.fixture
def revoked(monkeypatch):
    found = []
    monkeypatch.setattr("loa.config.messaging.revoke_device", found.append)
    return found


@pytest.fixture
def home(tmp_path, settings):
    settings.HOME = Home(tmp_path / "home")
    settings.HOME.make()


@pytest.fixture
def old(cast):
    return make_device(cast.villages[0], "Cụm loa chợ")


@pytest.fixture
def _now():
    with clock.frozen(NOW):
        yield


@pytest.mark.usefixtures("_now", "home")
def test_the_new_machine_takes_place_and_name_and_the_old_key_is_revoked_once(cast, old, revoked):
    waiting = make_enrolment()
    for _time in range(2):
        made = actions.replace(actor=cast.device_keeper, device=old, enrolment=waiting)
    assert (made.name, made.village, made.replaces, made.state) == (old.name, old.village, old, "active")
    old.refresh_from_db()
    assert (old.state, old.retired_at) == (DeviceState.RETIRED, NOW)
    assert revoked == [old.public_key]


@pytest.mark.usefixtures("_now", "home")
def test_who_does_not_keep_the_devices_there_replaces_none(cast, old, revoked):
    with pytest.raises(PermissionDeniedError):
        actions.replace(actor=cast.editor, device=old, enrolment=make_enrolment())
    assert (Device.objects.count(), revoked) == (1, [])


@pytest.mark.usefixtures("_now", "home")
def test_neither_a_serving_machine_nor_one_out_of_service_is_drawn_in(cast, old, revoked):
    other = make_device(cast.villages[1])
    serving = make_enrolment(device=other)
    with pytest.raises(ConflictError):
        actions.replace(actor=cast.device_keeper, device=old, enrolment=serving)
    actions.retire(actor=cast.device_keeper, device=old)
    with pytest.raises(ConflictError):
        actions.replace(actor=cast.device_keeper, device=old, enrolment=make_enrolment(code="WXYZ-6789"))
    assert revoked == [old.public_key]


@pytest.mark.usefixtures("_now", "home")
def test_the_page_asks_for_the_code_on_the_new_machine(client, cast, old, revoked):
    waiting = make_enrolment()
    client.force_login(cast.device_keeper)
    address = reverse("devices:replace", args=[old.pk])
    assert client.post(address, {"code": "ZZZZ-9999"}).status_code == 400
    answer = client.post(address, {"code": waiting.code})
    made = Device.objects.get(state=DeviceState.ACTIVE)
    assert answer.url == reverse("devices:device", args=[made.pk])
    assert "Mở máy mới" in client.get(reverse("devices:device", args=[old.pk])).content.decode()


@pytest.mark.django_db(transaction=True)
def test_its_live_connection_is_cut_and_its_key_stays_out(cast, server):  # noqa: F811
    key = Key()
    device = make_device(cast.villages[0], public_key=key.public)
    allowed = messaging.device_permissions("test", cast.commune.code, str(device.pk))
    expires = clock.now() + timedelta(hours=1)
    token = messaging.user_jwt(
        key.public, name="x", publish=allowed.publish, subscribe=allowed.subscribe, expires=expires
    )
    held = messaging.Credentials(
        messaging.nats_url(), key.pair.seed.decode(), token, allowed.inbox_prefix, expires
    )

    def retire() -> None:
        try:
            actions.retire(actor=cast.device_keeper, device=device)
        finally:
            connections.close_all()

    async def story() -> None:
        gone = asyncio.Event()

        async def closed() -> None:
            gone.set()

        await connect(held, closed_cb=closed)
        await asyncio.to_thread(retire)
        server.reload()  # as `loa up` does when the file is new
        await gone.wait()
        with pytest.raises(NatsError):
            await connect(held)

    run(story)
