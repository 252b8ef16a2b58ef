# SPDX-License-Identifier: AGPL-3.0-or-later
"""The commands: enrol, run, status; one clear sentence for each thing that is wrong."""

import json
import threading
from pathlib import Path

import msgspec
import pytest
from simulator import Simulator

from loa_device import cli, enrolment
from loa_device.state import DeviceHome
from loa_device.web import StatusError, Web
from loa_protocol.enrolment import EnrolState


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loa_device.enrolment.POLL_SECONDS", 0.02)


def enrol(server: Simulator, home: DeviceHome) -> int:
    return cli.main(["enrol", "--server", server.url, "--home", str(home.root), "--name", "Thôn 1"])


def test_run_without_admission_says_so_and_ends_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["run", "--home", str(tmp_path / "nothing"), "--sink", "null"]) == 2
    said = capsys.readouterr().err
    assert "chưa được ghép" in said
    assert "loa-device enrol" in said
    assert said.count("\n") == 1
    assert not (tmp_path / "nothing").exists()


def test_enrol_shows_the_code_and_stores_the_credential_after_approval(
    server: Simulator, home: DeviceHome, capsys: pytest.CaptureFixture[str]
) -> None:
    approve = EnrolState(state="approved", credential=server.credential())
    threading.Timer(0.2, lambda: setattr(server, "decision", approve)).start()
    assert enrol(server, home) == 0
    assert "ABCD-EFGH" in capsys.readouterr().out
    assert enrolment.load_credential(home) == server.credential()
    assert home.credential.stat().st_mode & 0o077 == 0
    assert home.seed.stat().st_mode & 0o077 == 0


def test_a_restarted_enrolment_goes_on_with_the_same_code(server: Simulator, home: DeviceHome) -> None:
    web = Web()
    first = enrolment.ask(home, web, server.url, "Thôn 1")
    asked = len(server.requests)
    assert enrolment.ask(home, web, server.url, "Thôn 1") == first
    assert len(server.requests) == asked


@pytest.mark.parametrize(("state", "said"), [("refused", "từ chối"), ("expired", "hết hạn")])
def test_enrol_says_when_it_was_not_admitted(
    server: Simulator, home: DeviceHome, capsys: pytest.CaptureFixture[str], state: str, said: str
) -> None:
    server.decision = msgspec.convert({"state": state}, EnrolState)
    assert enrol(server, home) == 1
    assert said in capsys.readouterr().err
    assert enrolment.load_credential(home) is None


def test_enrol_without_a_server_says_so(home: DeviceHome, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["enrol", "--server", "http://127.0.0.1:9", "--home", str(home.root)]) == 1
    assert "Không liên lạc được" in capsys.readouterr().err


def test_enrol_says_when_the_server_takes_no_request(
    server: Simulator,
    home: DeviceHome,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object) -> bytes:
        raise StatusError(server.url, 429)

    monkeypatch.setattr(Web, "post_json", refuse)
    assert enrol(server, home) == 1
    assert "429" in capsys.readouterr().err


def test_a_sink_that_does_not_exist_is_said_to_be_none(
    server: Simulator, home: DeviceHome, capsys: pytest.CaptureFixture[str]
) -> None:
    server.enrolled(home)
    assert cli.main(["run", "--home", str(home.root), "--sink", "default"]) == 2
    assert "wav:" in capsys.readouterr().err


def test_a_folder_in_use_is_not_used_twice(
    server: Simulator, home: DeviceHome, capsys: pytest.CaptureFixture[str]
) -> None:
    server.enrolled(home)
    with home.locked():
        assert home.is_in_use()
        assert cli.main(["run", "--home", str(home.root), "--sink", "null"]) == 1
    assert not home.is_in_use()
    assert "Một tiến trình khác" in capsys.readouterr().err


def test_status_prints_json_for_scripts(
    server: Simulator, home: DeviceHome, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["status", "--home", str(home.root), "--json"]) == 1
    assert json.loads(capsys.readouterr().out) == {"enrolled": False, "running": False}
    server.enrolled(home)
    assert cli.main(["status", "--home", str(home.root)]) == 1
    assert "không có tiến trình" in capsys.readouterr().out


def test_a_renewal_changes_the_token_and_never_whom_the_device_believes(
    server: Simulator, home: DeviceHome, monkeypatch: pytest.MonkeyPatch
) -> None:
    from datetime import UTC, datetime

    from loa_protocol.enrolment import RenewReply, RenewRequest, check_proof, decode_json, encode_json

    mine = server.enrolled(home)
    evil = msgspec.structs.replace(
        mine,
        nats_jwt="new",
        is_test=True,
        trust=msgspec.structs.replace(mine.trust, admin_keys=mine.trust.admin_keys[::-1]),
    )

    def answer(self: Simulator, body: bytes) -> bytes:
        check_proof(decode_json(body, RenewRequest))
        return encode_json(RenewReply(credential=evil))

    monkeypatch.setattr(Simulator, "enrol", answer)
    renewed = enrolment.renew(home, Web(), mine, server.url, datetime.now(UTC))
    assert renewed == msgspec.structs.replace(mine, nats_jwt="new")
    assert enrolment.load_credential(home) == renewed
