# SPDX-License-Identifier: AGPL-3.0-or-later
import errno
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner

from loa.config import bench, cli, environment, failures, up, words
from loa.config.failures import OperatorError
from loa.config.home import Home

ROOT = Path(__file__).resolve().parents[4]


def every_command(group: click.Group = cli.cli, before: str = "") -> list[tuple[str, click.Command]]:
    context = click.Context(group)
    found = []
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        found.append((f"{before}{name}", command))
        if isinstance(command, click.Group):
            found += every_command(command, f"{before}{name} ")
    return found


@pytest.mark.parametrize(("name", "command"), every_command())
def test_every_command_and_option_says_what_it_does(name: str, command: click.Command) -> None:
    if not command.hidden:
        assert command.help, name
    for parameter in command.params:
        if isinstance(parameter, click.Option) and parameter.name not in {"output"}:
            assert parameter.help, (name, parameter.name)


def test_every_command_stands_in_the_operators_page() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    missing = [name for name, command in every_command() if not command.hidden and f"`loa {name}" not in page]
    missing = [name for name in missing if name not in {"audit", "demo", "keys", "keys rotate", "speech"}]
    assert missing == []


def test_speech_loads_no_django() -> None:
    code = (
        "import sys; sys.argv = ['loa', 'speech', 'voices', '--json']; from loa.config import cli\n"
        "try: cli.main()\nexcept SystemExit: pass\nprint('django' in sys.modules, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "False"


def test_a_busy_port_is_one_sentence_with_its_number() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(OperatorError, match=str(port)):
            failures.check_ports("127.0.0.1", [port])
    failures.check_ports("127.0.0.1", [port])


def test_an_address_of_another_machine_is_one_sentence() -> None:
    with pytest.raises(OperatorError, match="LOA_HOST"):
        failures.check_ports("192.0.2.1", [8420])


def test_a_nearly_full_disk_is_one_sentence() -> None:
    with pytest.raises(OperatorError, match="MB"):
        failures.check_space(failures.LEAST_FREE - 1, Path("/srv/loa"))
    failures.check_space(failures.LEAST_FREE, Path("/srv/loa"))


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EACCES, errno.EROFS, errno.ENOTDIR])
def test_what_an_operator_can_mend_is_one_sentence_with_the_place(number: int) -> None:
    text = failures.sentence(OSError(number, "x", "/srv/loa/db"), Path("/srv/loa"))
    assert text is not None
    assert "/srv/loa" in text
    assert failures.sentence(OSError(errno.EIO, "x"), Path("/srv/loa")) is None


def test_a_file_in_place_of_the_folder_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "loa").write_text("")
    settings = environment.read({"LOA_HOME": str(tmp_path / "loa")})
    with pytest.raises(OperatorError, match="LOA_HOME"):
        up.prepare_folder(settings)


@pytest.mark.parametrize("days", ["1", "31", "7.5", "-7", "bảy"])
def test_days_that_no_agenda_lasts_are_one_sentence(days: str) -> None:
    assert environment.read({}).agenda_days == 7
    assert environment.read({"LOA_AGENDA_DAYS": "30"}).agenda_days == 30
    with pytest.raises(environment.SettingError, match="LOA_AGENDA_DAYS"):
        environment.read({"LOA_AGENDA_DAYS": days})


def test_two_starts_in_one_folder_are_refused(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.make()
    with up.alone(home), pytest.raises(OperatorError, match="LOA_HOME"), up.alone(home):
        pass
    with up.alone(home):
        pass


def test_a_wrong_setting_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LOA_PORT", "80")
    assert cli._run(lambda: cli.cli(["check"], standalone_mode=False)) == 1
    lines = capsys.readouterr().err.strip().splitlines()
    assert len(lines) == 1
    assert "LOA_PORT" in lines[0]


def test_a_wrong_python_is_one_sentence(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "OLDEST", (3, 99))
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 1
    assert "Python 3.11" in capsys.readouterr().err


def test_figures_are_held_against_their_targets(monkeypatch: pytest.MonkeyPatch) -> None:
    report = bench.Report(
        "x", (bench.Figure("a", 3, "MB", at_most=3), bench.Figure("b", 1, at_least=1), bench.Figure("c", 9))
    )
    assert report.held
    missed = bench.Report("x", (*report.figures, bench.Figure("d", 3.01, at_most=3)))
    assert not missed.held
    assert [figure["held"] for figure in missed.as_dict()["figures"]] == [True, True, None, False]
    monkeypatch.setattr(bench, "run", lambda name: missed)
    result = CliRunner().invoke(cli.cli, ["bench", "x"])
    assert result.exit_code == 1
    assert len(result.output.splitlines()) == 4


def test_an_unknown_measurement_names_those_there_are() -> None:
    assert {"start", "contention", "speech"} <= set(bench.names())
    with pytest.raises(OperatorError, match="start"):
        bench.run("no-such")


def test_an_english_terminal_is_spoken_to_in_english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    assert words._languages() == ["en"]
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    assert words._languages() == ["vi"]


def test_the_demo_begins_at_a_time_that_people_can_say() -> None:
    from loa.config.demo_start import next_round

    noon = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
    assert next_round(noon) == noon
    assert next_round(noon + timedelta(seconds=1.2)) == noon + timedelta(seconds=5)
    assert next_round(noon + timedelta(seconds=5, microseconds=1)) == noon + timedelta(seconds=10)


def test_health_of_what_does_not_answer_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{closed.getsockname()[1]}/healthz"
    assert up.health(address) == {}


@pytest.mark.django_db
def test_health_says_which_part_is_down(client: Any) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["parts"]["database"] == "up"
    assert answer.json()["parts"]["worker"] == "down"
