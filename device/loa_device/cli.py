# SPDX-License-Identifier: AGPL-3.0-or-later
"""The command `loa-device`: enrol, run, status."""

import argparse
import asyncio
import json
import logging
import os
import socket
import sys
from collections.abc import Sequence
from pathlib import Path
from sqlite3 import DatabaseError

import msgspec

from loa_device import __version__, enrolment
from loa_device.clock import Clock
from loa_device.report import Status, read_status
from loa_device.sinks import KINDS, Sink, SinkError, open_sink
from loa_device.state import DeviceHome, HomeInUseError
from loa_device.web import StatusError, Web, WebError
from loa_device.words import _
from loa_protocol.enrolment import Credential
from loa_protocol.errors import MalformedError

OK, FAILED, NOT_READY = 0, 1, 2
LONGEST_DELAY = 1500  # ms: what was handed over is remembered for two seconds


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code."""
    options = _parser().parse_args(arguments)
    home = DeviceHome(options.home.expanduser().resolve())
    code: int = options.command(options, home)
    return code


def enrol(options: argparse.Namespace, home: DeviceHome) -> int:
    """Ask for admission, show the code, wait for a person's decision."""
    server = options.server.rstrip("/")
    try:
        home.make()
        if enrolment.load_credential(home) is not None:
            return _say(_("Thiết bị này đã được ghép rồi. Muốn ghép lại, hãy dùng một thư mục mới."), OK)
        web = Web()
        reply = enrolment.ask(home, web, server, options.name)
        _say(_("Mã ghép thiết bị: {code}").format(code=reply.code), OK)
        _say(_("Nhờ người quản lý mở trang Thiết bị, so mã này rồi duyệt."), OK)
        state = enrolment.wait_for_approval(home, web, server, reply)
    except StatusError as error:
        text = _("Máy chủ {server} không nhận yêu cầu ghép (mã HTTP {status}).")
        return _fail(text.format(server=server, status=error.status), FAILED)
    except WebError as error:
        return _fail(
            _("Không liên lạc được với {server}: {error}.").format(server=server, error=error), FAILED
        )
    except (enrolment.EnrolmentError, MalformedError) as error:
        return _fail(_("Máy chủ trả lời sai: {error}.").format(error=error), FAILED)
    except OSError as error:
        return _fail(_unwritable(home, error), FAILED)
    if state.credential is not None:
        return _say(_("Đã được duyệt: {name}.").format(name=state.credential.name), OK)
    if state.state == "refused":
        return _fail(_("Yêu cầu ghép bị từ chối."), FAILED)
    return _fail(_("Mã đã hết hạn. Hãy chạy lại lệnh để lấy mã mới."), FAILED)


def run(options: argparse.Namespace, home: DeviceHome) -> int:
    """Play what the device's agenda says until told to end."""
    try:
        credential = enrolment.load_credential(home) if home.root.is_dir() else None
    except MalformedError as error:
        return _fail(
            _("Tệp chứng nhận hỏng ({error}). Hãy ghép lại thiết bị.").format(error=error), NOT_READY
        )
    if credential is None:
        text = _("Thiết bị ở {home} chưa được ghép. Hãy chạy: loa-device enrol --server URL --home {home}")
        return _fail(text.format(home=home.root), NOT_READY)
    set_up_log(verbose=options.verbose)
    try:
        home.make()
        with home.locked():
            return _run(home, credential, options)
    except SinkError as error:
        text = _("Không mở được đầu ra âm thanh ({error}). Hiện có: {kinds}.")
        return _fail(text.format(error=error, kinds=KINDS), NOT_READY)
    except HomeInUseError:
        return _fail(_("Một tiến trình khác đang chạy với {home}.").format(home=home.root), FAILED)
    except DatabaseError as error:
        return _fail(_("Nhật ký phát không dùng được: {error}.").format(error=error), FAILED)
    except OSError as error:
        return _fail(_unwritable(home, error), FAILED)


def status(options: argparse.Namespace, home: DeviceHome) -> int:
    """Show how the device stands: 0 when its agent runs and something may play."""
    seen = read_status(home)
    is_running = home.is_in_use()
    is_enrolled = home.credential.exists()
    if options.json:
        plain = msgspec.to_builtins(seen) if seen else {}
        print(  # noqa: T201
            json.dumps({"enrolled": is_enrolled, "running": is_running, **plain}, ensure_ascii=False)
        )
    elif not is_enrolled:
        _say(_("Chưa ghép."), OK)
    elif seen is None or not is_running:
        _say(_("Đã ghép, nhưng không có tiến trình nào đang chạy."), OK)
    else:
        _show(seen)
    return OK if is_running and seen is not None and not seen.silence else FAILED


def _run(home: DeviceHome, credential: Credential, options: argparse.Namespace) -> int:
    from loa_device.agent import Agent  # TUF, PyAV and NATS cost 0.5 s that the other commands need not pay
    from loa_device.hearing import CardMicrophone

    def sink(clock: Clock) -> Sink:
        return open_sink(options.sink, clock, options.delay_ms / 1000)

    async def work() -> int:
        agent = Agent(
            home,
            credential,
            sink,
            daily_bytes=options.daily_mb * 1_000_000,
            microphone=CardMicrophone(options.microphone) if options.microphone else None,
        )
        return await agent.run()

    return asyncio.run(work())


def _show(seen: Status) -> None:
    beat = seen.heartbeat
    _say(f"{seen.name} · {beat['version']}", OK)
    _say(_("Máy chủ: {state}").format(state=_("có nối") if seen.is_connected else _("mất nối")), OK)
    _say(_("Đồng hồ: {state}").format(state=beat["clock"]), OK)
    number, until = beat["agenda_number"], beat["plays_until"]
    _say(_("Lịch số {number}, tự phát được đến {until}").format(number=number, until=until or "-"), OK)
    if beat["playing_item"]:
        _say(_("Đang phát: {item}").format(item=beat["playing_item"]), OK)
    elif seen.silence:
        _say(_("Im lặng vì: {reason}").format(reason=seen.silence), OK)
    if seen.next_item:
        _say(_("Kế tiếp: {item} lúc {at}").format(item=seen.next_item, at=seen.next_at), OK)
    _say(_("Nhật ký chờ gửi: {count}").format(count=beat["log_backlog"]), OK)
    for sha256, reason in seen.troubles.items():
        _say(_("Chưa tải được {file}: {reason}").format(file=sha256[:12], reason=reason), OK)
    for refused in beat["refused_files"]:
        _say(_("Từ chối {file}: {reason}").format(file=refused["name"], reason=refused["code"]), OK)
    if seen.line:
        _say(_("Kho tệp: {text}").format(text=seen.line), OK)


def _unwritable(home: DeviceHome, error: OSError) -> str:
    return _("Không ghi được vào {home}: {error}.").format(home=home.root, error=error.strerror or error)


def _say(text: str, code: int) -> int:
    print(text, flush=True)  # noqa: T201 (this is the command's output)
    return code


def _fail(text: str, code: int) -> int:
    print(text, file=sys.stderr, flush=True)  # noqa: T201
    return code


def set_up_log(*, verbose: bool) -> None:
    """Write what happens to the standard error."""
    level = logging.DEBUG if verbose else logging.INFO
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for chatty in ("tuf", "nats", "libav"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("urllib3").setLevel(
        logging.ERROR
    )  # what cannot be reached is said once, not every time


def _delay(text: str) -> int:
    value = int(text)
    if not 0 <= value <= LONGEST_DELAY:
        raise argparse.ArgumentTypeError(_("từ 0 đến {most} ms").format(most=LONGEST_DELAY))
    return value


def _megabytes(text: str) -> int:
    value = int(text)
    if value < 0:
        raise argparse.ArgumentTypeError(_("không được âm"))
    return value


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="loa-device", description=_("Chương trình chạy trên cụm loa."))
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(required=True, metavar="enrol|run|status")
    one = commands.add_parser("enrol", help=_("xin ghép với máy chủ và chờ duyệt"))
    one.add_argument("--server", required=True, metavar="URL", help=_("địa chỉ máy chủ"))
    one.add_argument("--name", default=socket.gethostname(), help=_("tên gợi ý của thiết bị"))
    one.set_defaults(command=enrol)
    two = commands.add_parser("run", help=_("phát theo lịch đã ký"))
    # From the environment, since what stands in a command line (a password) anybody on the machine can read.
    sink = os.environ.get("LOA_SINK", "default")
    two.add_argument(
        "--sink", default=sink, help=_("đầu ra, hoặc biến LOA_SINK: {kinds}").format(kinds=KINDS)
    )
    two.add_argument(
        "--delay-ms", type=_delay, default=0, metavar="MS",
        help=_("phát muộn hơn chừng này, để tiếng từ loa xa đến cùng lúc (290 ms cho 100 m)"),
    )  # fmt: skip
    two.add_argument(
        "--daily-mb", type=_megabytes, default=0, metavar="MB",
        help=_("mỗi ngày tải nhiều nhất chừng này MB âm thanh (0: không giới hạn; khẩn cấp thì luôn tải)"),
    )  # fmt: skip
    two.add_argument(
        "--microphone", default="", metavar="NAME",
        help=_("micrô cạnh loa, để biết loa có kêu thật không: default, tên hoặc số"),
    )  # fmt: skip
    two.add_argument("--verbose", action="store_true", help=_("ghi nhật ký chi tiết"))
    two.set_defaults(command=run)
    three = commands.add_parser("status", help=_("xem tình trạng"))
    three.add_argument("--json", action="store_true", help=_("in dạng JSON"))
    three.set_defaults(command=status)
    for command in (one, two, three):
        command.add_argument(
            "--home", required=True, type=Path, metavar="DIR", help=_("thư mục của thiết bị")
        )
    return parser


if __name__ == "__main__":
    sys.exit(main())
