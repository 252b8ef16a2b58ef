# SPDX-License-Identifier: AGPL-3.0-or-later
"""Web push with its real encryption, against a push service in this process."""

import base64
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.db import transaction

from loa.config import clock
from loa.config.home import Home
from loa.jobs import outbox
from loa.notices import actions, vapid
from loa.notices.actions.telling import TOPICS
from loa.notices.delivery import pushing
from loa.notices.models import DeliveryAttempt, Subscription, Use, Way, Ways
from loa.notices.tests.factories import KIND, NOW, make_subscription
from loa.people.tests.factories import make_person

pytestmark = pytest.mark.django_db
PUSH = TOPICS[Way.PUSH]
AUTH = b"0123456789abcdef"


def b64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


class PushService:
    """Takes pushes as a browser's maker does, and answers what it is told to."""

    def __init__(self) -> None:
        self.taken: list[tuple[str, Message, bytes]] = []
        self.status = 201
        self.location = ""
        self.may_answer = threading.Event()
        self.may_answer.set()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.taken.append((self.path, self.headers, body))
                service.may_answer.wait(10)
                self.send_response(service.status)
                if service.location:
                    self.send_header("Location", service.location)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_words: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self.may_answer.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


@pytest.fixture
def service(settings) -> Iterator[PushService]:
    running = PushService()
    settings.PUSH_ORIGINS = (running.origin,)
    yield running
    running.stop()


@pytest.fixture
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


@pytest.fixture
def reader(service, key):
    person = make_person()
    browser(person, service, key)
    return person


def point(key: ec.EllipticCurvePrivateKey) -> str:
    form = serialization.PublicFormat.UncompressedPoint
    return b64(key.public_key().public_bytes(serialization.Encoding.X962, form))


def browser(person, service, key, path="/one") -> Subscription:
    with clock.frozen(NOW):
        return actions.subscribe(
            actor=person, endpoint=service.origin + path, p256dh=point(key), auth=b64(AUTH), browser="Chrome"
        )


def tell(reader, **values):
    with clock.frozen(NOW), transaction.atomic():
        (notice,) = actions.tell(
            to=[reader], kind=KIND.key, title="Đến hạn: treo băng rôn", body="Lời kín.", url="/", about=None,
            dedupe="x", by=None, **values,
        )  # fmt: skip
    return notice


def run(at=NOW) -> None:
    with clock.frozen(at):
        outbox.run_due([PUSH])


def outcomes() -> list[str]:
    return list(DeliveryAttempt.objects.filter(way="push").order_by("pk").values_list("outcome", flat=True))


def test_a_browser_reads_the_title_and_the_service_in_between_reads_nothing(service, reader, key):
    import http_ece

    notice = tell(reader)
    run()
    ((path, headers, body),) = service.taken
    plain = http_ece.decrypt(body, private_key=key, auth_secret=AUTH, version="aes128gcm")
    assert json.loads(plain) == {
        "title": "Đến hạn: treo băng rôn",
        "url": f"/thong-bao/{notice.pk}/",
        "tag": notice.pk.hex,
    }
    assert "băng rôn".encode() not in body
    assert (path, headers["Topic"], headers["Urgency"]) == ("/one", notice.pk.hex, "normal")
    assert int(headers["TTL"]) == 86400
    assert outcomes() == ["sent"]


def test_the_service_knows_the_installation_by_its_key(service, reader):
    tell(reader, urgent=True)
    run()
    headers = service.taken[0][1]
    assert headers["Urgency"] == "high"
    token, public = (
        part.partition("=")[2] for part in headers["Authorization"].removeprefix("vapid ").split(",")
    )
    assert public == vapid.public_key()
    signed, _dot, signature = token.rpartition(".")
    raw = unb64(signature)
    known = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unb64(public))
    whole = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    known.verify(whole, signed.encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        known.verify(whole, b"other", ec.ECDSA(hashes.SHA256()))
    assert json.loads(unb64(signed.split(".")[1]))["aud"] == service.origin


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_ended_and_not_asked_again(service, reader, status):
    service.status = status
    tell(reader)
    run()
    assert outcomes() == ["gone"]
    assert Subscription.objects.get().ended_at == NOW
    with clock.frozen(NOW), transaction.atomic():
        actions.tell(to=[reader], kind=KIND.key, title="x", body="", url="", about=None, dedupe="y", by=None)
    run(NOW + timedelta(hours=1))
    assert len(service.taken) == 1


@pytest.mark.parametrize(
    ("status", "outcome"),
    [(429, "failed"), (503, "failed"), (400, "gave_up"), (403, "gave_up"), (413, "gave_up")],
)
def test_a_refusal_for_now_is_tried_again_and_one_for_good_is_not(service, reader, status, outcome):
    service.status = status
    tell(reader)
    run()
    assert outcomes() == [outcome]
    service.status = 201
    run(NOW + timedelta(minutes=2))
    assert outcomes() == ([outcome, "sent"] if outcome == "failed" else [outcome])
    assert Subscription.objects.get().ended_at is None


def test_a_browser_that_has_it_does_not_get_it_again_when_another_failed(service, reader, key):
    tell(reader)
    lost = browser(reader, service, key, "/two")
    Subscription.objects.filter(pk=lost.pk).update(endpoint="http://127.0.0.1:9/two")
    run()
    assert sorted(outcomes()) == ["gave_up", "sent"]  # the changed address is no push service's
    Subscription.objects.filter(pk=lost.pk).update(endpoint=service.origin + "/three")
    assert [path for path, *_rest in service.taken] == ["/one"]


def test_a_service_sends_the_server_nowhere_else(service, reader):
    service.status, service.location = 307, f"{service.origin}/elsewhere"
    tell(reader)
    run()
    assert [path for path, *_rest in service.taken] == ["/one"]
    assert outcomes() == ["failed"]


def test_a_service_that_is_not_there_is_tried_again(service, reader):
    service.stop()
    tell(reader)
    run()
    assert outcomes() == ["failed"]


def test_a_service_that_says_nothing_is_left_after_the_time_limit(service, reader, monkeypatch):
    assert pushing.TIME_OUT == 10  # seconds; shorter here
    monkeypatch.setattr(pushing, "TIME_OUT", 0.2)
    service.may_answer.clear()
    tell(reader)
    run()
    assert outcomes() == ["failed"]
    assert "Timeout" in DeliveryAttempt.objects.get(way="push").detail


def test_a_push_that_comes_twice_after_a_worker_died_takes_the_place_of_the_first(
    service, reader, key, monkeypatch
):
    import http_ece

    def die(*_arguments, **_named):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(pushing.gate, "write", die)
        tell(reader)
        run()
    run(NOW + timedelta(minutes=2))
    (_path, first, one), (_path, second, two) = service.taken
    assert first["Topic"] == second["Topic"]
    given = {"private_key": key, "auth_secret": AUTH, "version": "aes128gcm"}
    assert http_ece.decrypt(one, **given) == http_ece.decrypt(two, **given)  # its tag too
    assert outcomes() == ["sent"]


def test_a_key_that_is_no_point_is_given_up(service, reader):
    Subscription.objects.update(p256dh=b64(b"\4" + bytes(64)))
    tell(reader)
    run()
    assert outcomes() == ["gave_up"]
    assert service.taken == []


def test_push_can_be_kept_for_what_is_urgent(service, reader):
    Ways.objects.create(person=reader, push_use=Use.URGENT)
    tell(reader)
    run()
    assert service.taken == []


def test_the_key_is_made_once_and_closed_to_others(settings, tmp_path):
    settings.HOME = Home(tmp_path)
    settings.HOME.make()
    first = vapid.public_key()
    assert vapid.public_key() == first
    assert vapid.key_file().stat().st_mode & 0o077 == 0
    assert [path.name for path in settings.HOME.keys.iterdir()] == [vapid.NAME]
    assert len(unb64(first)) == 65


def test_two_processes_that_start_at_once_keep_one_key(settings, tmp_path, monkeypatch):
    settings.HOME = Home(tmp_path)
    settings.HOME.make()
    first = vapid.public_key()
    monkeypatch.setattr("pathlib.Path.exists", lambda self: False)
    assert vapid.public_key() == first


def test_a_browser_of_another_person_shows_his_notices_from_now_on():
    one, two = make_person(), make_person()
    held = make_subscription(one)
    with clock.frozen(NOW):
        given = {"p256dh": held.p256dh, "auth": held.auth, "browser": "Edge"}
        moved = actions.subscribe(actor=two, endpoint=held.endpoint, **given)
    assert (moved.pk, moved.person) == (held.pk, two)
