# SPDX-License-Identifier: AGPL-3.0-or-later
"""A real conversation with a mail server: small, in this process, on this machine alone."""

import asyncio
import base64
import re
import threading
from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.db import transaction

from loa.config import checks, clock
from loa.config.environment import SettingError, mail, read
from loa.jobs import outbox
from loa.notices import actions
from loa.notices.actions.telling import TOPICS
from loa.notices.delivery import gate
from loa.notices.models import DeliveryAttempt, Notice, Outcome, Way, Ways
from loa.notices.tests.factories import KIND, NOW
from loa.people.tests.factories import make_person


class MailServer:
    """Takes letters as a mail server does; refuses whom it is told to refuse."""

    def __init__(self) -> None:
        self.letters: list[bytes] = []
        self.heard: list[str] = []
        self.refuse = b""  # an answer to RCPT
        self.is_silent = False  # takes the call and says nothing
        self.port = 0
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def start(self) -> None:
        self._thread.start()
        assert self._ready.wait(10)

    def stop(self) -> None:
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(10)

    def _serve(self) -> None:
        server = self._loop.run_until_complete(asyncio.start_server(self._talk, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        self._loop.run_forever()
        server.close()
        for talk in asyncio.all_tasks(self._loop):
            talk.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))
        self._loop.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self.is_silent:
            writer.write(b"220 mail\r\n")
        while line := await reader.readline():
            self.heard.append(line.decode().strip())
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-mail\r\n250 AUTH PLAIN\r\n")
            elif verb == b"AUTH":
                writer.write(b"235 known\r\n")
            elif verb == b"RCPT" and self.refuse:
                writer.write(self.refuse)
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                self.letters.append(await reader.readuntil(b"\r\n.\r\n"))
                writer.write(b"250 taken\r\n")
            elif verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                break
            else:
                writer.write(b"250 yes\r\n")
        await writer.drain()
        writer.close()


@pytest.fixture
def server(settings) -> Iterator[MailServer]:
    running = MailServer()
    running.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", running.port
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "loa", "mat-khau"
    settings.DEFAULT_FROM_EMAIL = "loa@xa.example"
    yield running
    running.stop()


def tell(*, urgent: bool = False) -> None:
    reader = make_person()
    Ways.objects.create(person=reader, email="hau@xa.example")
    with clock.frozen(NOW), transaction.atomic():
        actions.tell(
            to=[reader], kind=KIND.key, title="Đến hạn: treo băng rôn", body="Hạn là ngày mai.\n.\nHết.", url="/",
            about=None, dedupe="x", by=None, urgent=urgent,
        )  # fmt: skip
    run()


def run(at=NOW) -> None:
    with clock.frozen(at):
        outbox.run_due([TOPICS[Way.EMAIL]])


def outcome() -> str:
    """Return how the last attempt by e-mail ended."""
    return DeliveryAttempt.objects.filter(way="email").order_by("-pk")[0].outcome


def read_letter(raw: bytes) -> EmailMessage:
    plain = raw[: -len(b".\r\n")].replace(b"\r\n..", b"\r\n.")
    letter = message_from_bytes(plain, policy=policy.default)
    assert isinstance(letter, EmailMessage)
    return letter


@pytest.mark.django_db
def test_a_letter_goes_through_a_mail_server_with_its_letters_whole(server):
    tell()
    (raw,) = server.letters
    letter = read_letter(raw)
    assert letter["Subject"] == "[Loa] Đến hạn: treo băng rôn"
    assert letter["To"] == "hau@xa.example"
    assert "Hạn là ngày mai.\n.\nHết." in letter.get_content().replace("\r\n", "\n")
    (known,) = [line for line in server.heard if line.startswith("AUTH PLAIN ")]
    assert base64.b64decode(known.split()[-1]).decode() == "\0loa\0mat-khau"
    assert outcome() == "sent"


@pytest.mark.django_db
def test_a_letter_is_one_plain_text_that_loads_nothing_and_answers_to_no_machine(server, settings):
    settings.BASE_URL = "https://loa.xa.example"
    tell()
    letter = read_letter(server.letters[0])
    assert letter.get_content_type() == "text/plain"
    assert (letter["From"], letter["Auto-Submitted"]) == ("loa@xa.example", "auto-generated")
    assert letter["Date"]
    notice = Notice.objects.get()
    assert letter["Message-ID"] == f"<notice-{notice.pk}@loa.xa.example>"
    links = re.findall(r"https?://[^\s)]+", letter.get_content())
    assert len(links) == 3
    assert set(links) == {
        "https://loa.xa.example",
        f"https://loa.xa.example/thong-bao/{notice.pk}/",
        "https://loa.xa.example/thong-bao/cach-nhan/",
    }


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "ended"), [(b"550 nobody\r\n", "gave_up"), (b"451 later\r\n", "failed")])
def test_what_a_mail_server_refuses_is_written_down(server, answer, ended):
    server.refuse = answer
    tell()
    assert server.letters == []
    assert outcome() == ended


@pytest.mark.django_db
def test_what_is_refused_for_now_is_taken_later_with_the_same_name(server):
    server.refuse = b"451 later\r\n"
    tell()
    server.refuse = b""
    run(NOW + timedelta(minutes=2))
    assert (len(server.letters), outcome()) == (1, "sent")
    run(NOW + timedelta(hours=12))
    assert len(server.letters) == 1


@pytest.mark.django_db
def test_a_mail_server_that_is_not_there_is_tried_again(server, settings):
    server.stop()
    tell()
    assert outcome() == "failed"


@pytest.mark.django_db
def test_a_mail_server_that_says_nothing_is_left_after_the_time_limit(server, settings):
    assert settings.EMAIL_TIMEOUT == 10  # seconds; shorter here
    settings.EMAIL_TIMEOUT = 0.2
    server.is_silent = True
    tell()
    assert outcome() == "failed"
    server.is_silent = False
    run(NOW + timedelta(minutes=2))
    assert outcome() == "sent"


def die(*_arguments: object, **_named: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.django_db
@pytest.mark.parametrize(("urgent", "letters", "ended"), [(False, 1, "unknown"), (True, 2, "sent")])
def test_a_worker_that_dies_after_sending_sends_again_only_what_is_urgent(
    server, monkeypatch, urgent, letters, ended
):
    keep = gate.write
    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(gate, "write", lambda *a, **b: keep(*a) if Outcome.STARTED in a else die())
        tell(urgent=urgent)
    assert len(server.letters) == 1
    for minutes in (2, 4, 60):
        run(NOW + timedelta(minutes=minutes))
    assert (len(server.letters), outcome()) == (letters, ended)
    assert len({read_letter(raw)["Message-ID"] for raw in server.letters}) == 1


@pytest.mark.django_db
def test_a_worker_that_dies_before_it_began_sends_when_it_is_back(server, monkeypatch):
    with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
        dying.setattr(gate, "begin", die)
        tell()
    assert server.letters == []
    run(NOW + timedelta(minutes=2))
    assert (len(server.letters), outcome()) == (1, "sent")


def test_the_check_talks_to_the_mail_server(server, settings):
    assert [finding.state for finding in checks.check_mail()] == ["ok"]
    assert server.letters == []
    server.stop()
    (finding,) = checks.check_mail()
    assert finding.state == "bad"
    assert "mat-khau" not in finding.text


def test_the_check_says_that_there_is_no_mail_server(settings):
    settings.EMAIL_HOST = ""
    (finding,) = checks.check_mail()
    assert (finding.state, bool(finding.todo)) == ("weak", True)


def test_a_line_to_a_far_mail_server_that_anybody_can_read_is_called_weak(settings, monkeypatch):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "mail.tinh.example", 25
    assert [finding.state for finding in checks.check_mail()] == ["weak"]
    settings.EMAIL_USE_TLS = True
    assert [finding.state for finding in checks.check_mail()] == ["ok"]


@pytest.mark.parametrize(
    ("url", "port", "is_tls", "is_starttls"),
    [
        ("smtps://loa:b%40c@mail.tinh.example", 465, True, False),
        ("smtp+starttls://loa:b%40c@mail.tinh.example", 587, False, True),
        ("smtp://loa:b%40c@mail.tinh.example:2525", 2525, False, False),
    ],
)
def test_the_setting_names_server_user_and_encryption(url, port, is_tls, is_starttls):
    found = mail(url)
    assert (found.host, found.user, found.password) == ("mail.tinh.example", "loa", "b@c")
    assert (found.port, found.is_tls, found.is_starttls) == (port, is_tls, is_starttls)


@pytest.mark.parametrize(
    "url",
    [
        "mail.tinh.example",
        "https://a:secret@b",
        "smtps://",
        "smtps://a:secret@b:x",
        "smtps://a:secret%E1%BA%AD@b",
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_without_its_password(url):
    with pytest.raises(SettingError) as raised:
        read({"LOA_EMAIL_URL": url, "LOA_EMAIL_FROM": "loa@xa.example"})
    assert "secret" not in str(raised.value)


def test_a_mail_server_needs_a_sender(tmp_path):
    with pytest.raises(SettingError):
        read({"LOA_EMAIL_URL": "smtps://mail.tinh.example"})
    file = tmp_path / "url"
    file.write_text("smtps://mail.tinh.example\n")
    given = read(
        {"LOA_EMAIL_URL_FILE": str(file), "LOA_EMAIL_FROM": "loa@xa.example", "LOA_PUSH_ORIGINS": "a b"}
    )
    assert (given.email_url, given.email_from) == ("smtps://mail.tinh.example", "loa@xa.example")
    assert given.push_origins == ("a", "b")
    assert read({}).email_url == ""
