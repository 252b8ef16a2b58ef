# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa check``: one line for each thing that must be right, with what to do where it is not."""

import ctypes
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from smtplib import SMTPException
from typing import Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import get_connection
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from loa.config import clock, failures, nats_server
from loa.config.health import parts
from loa.config.words import _

State = Literal["ok", "weak", "bad"]
_TIME_ERROR = 5  # what adjtimex answers when nothing keeps the clock
_MARKS: dict[State, str] = {"ok": "✓", "weak": "!", "bad": "✗"}
MAIL_TIME_OUT = 5  # seconds
ROOT_SHORT, ROOT_TOO_SHORT = timedelta(days=365), timedelta(days=30)  # until the root ends
NAMED = 5  # organisations in a line
COMFORTABLE_FREE = 2 * 1024**3  # bytes


@dataclass(frozen=True)
class Finding:
    """What was found of one part: ``weak`` may run, ``bad`` must be mended first."""

    part: str
    state: State
    text: str
    todo: str = ""

    def line(self) -> str:
        """Return the line that a person reads."""
        return f"{_MARKS[self.state]} {self.part}: {self.text}" + (f" → {self.todo}" if self.todo else "")

    def as_dict(self) -> dict[str, str]:
        """Return the form for programs."""
        return {"part": self.part, "state": self.state, "text": self.text, "todo": self.todo}


def run() -> list[Finding]:
    """Look at every part."""
    return [finding for look in CHECKS for finding in look()]


def check_settings() -> Iterator[Finding]:
    """Addresses and development switches."""
    here, part = settings.ENVIRONMENT, _("Thiết lập")
    base = urlsplit(here.base_url)
    is_local = base.hostname in {"localhost", "127.0.0.1"}
    if here.debug:
        yield Finding(part, "bad", _("LOA_DEBUG đang bật"), _("bỏ LOA_DEBUG trên máy thật"))
    if base.scheme != "https" and not is_local and not here.demo:
        yield Finding(
            part,
            "bad",
            _("%(url)s không mã hóa đường truyền") % {"url": here.base_url},
            _("đặt LOA_BASE_URL thành địa chỉ https, xem docs/operations.md"),
        )
    else:
        yield Finding(
            part,
            "ok",
            _("địa chỉ %(url)s, múi giờ %(zone)s")
            % {
                "url": here.base_url,
                "zone": here.time_zone,
            },
        )


def check_sign_in() -> Iterator[Finding]:
    """Whether a password alone is enough."""
    part = _("Đăng nhập")
    if settings.SECOND_FACTOR:
        yield Finding(part, "ok", _("khóa truy cập, hoặc mật khẩu và mã"))
    else:
        yield Finding(part, "weak", _("mật khẩu là đủ"), _("đặt LOA_SECOND_FACTOR=1 trên máy thật"))


def check_python() -> Iterator[Finding]:
    """The interpreter."""
    yield Finding("Python", "ok", ".".join(map(str, sys.version_info[:3])))


def check_disk() -> Iterator[Finding]:
    """Room in the installation's folder."""
    part = _("Đĩa")
    free = shutil.disk_usage(settings.HOME.root).free
    text = _("còn %(free)d MB ở %(folder)s") % {"free": free // 2**20, "folder": settings.HOME.root}
    try:
        failures.write_probe(settings.HOME.root)
    except OSError as error:
        yield Finding(part, "bad", failures.sentence(error, settings.HOME.root) or str(error))
        return
    if free < failures.LEAST_FREE:
        yield Finding(part, "bad", text, _("dọn bớt hoặc chuyển LOA_HOME sang đĩa lớn hơn"))
    elif free < COMFORTABLE_FREE:
        yield Finding(part, "weak", text, _("dọn bớt trước khi đầy"))
    else:
        yield Finding(part, "ok", text)


def check_database() -> Iterator[Finding]:
    """Reachable, and with the tables of this version."""
    part = _("Cơ sở dữ liệu")
    try:
        executor = MigrationExecutor(connection)
        missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError as error:
        yield Finding(part, "bad", str(error).strip(), _("xem LOA_DATABASE_URL và máy chủ cơ sở dữ liệu"))
        return
    if missing:
        yield Finding(
            part, "bad", _("thiếu %(count)d bước nâng cấp") % {"count": len(missing)}, "loa prepare"
        )
    else:
        yield Finding(part, "ok", connection.display_name)


def check_keys() -> Iterator[Finding]:
    """Who could read the keys, and which ought not to lie here."""
    from loa.devices.repository_keys import server_kept_root_keys
    from loa.releases.authority import is_held_by_people, server_kept_admin_keys

    part, folder = _("Khóa"), settings.HOME.keys
    open_to_others = [
        path for path in (folder, *folder.rglob("*")) if path.stat().st_mode & 0o077 and _is_secret(path)
    ]
    if open_to_others:
        yield Finding(
            part,
            "bad",
            _("người khác trên máy đọc được %(path)s") % {"path": open_to_others[0]},
            f"chmod -R go= {folder}",
        )
    if is_held_by_people():
        left = [*server_kept_root_keys(folder), *server_kept_admin_keys()]
        if left:
            yield Finding(
                part, "bad", _("khóa còn sót trên máy chủ: %(path)s") % {"path": left[0]}, "loa keys status"
            )
        elif not open_to_others:
            yield Finding(part, "ok", _("khóa gốc và khóa quản trị do người giữ, ngoài máy chủ"))
    else:
        yield Finding(
            part,
            "weak",
            _("chưa làm lễ khóa: khóa gốc và khóa quản trị nằm trên máy chủ, chỉ phát được tin thử")
            if settings.RELEASES_NEED_CEREMONY
            else _("khóa gốc và khóa quản trị nằm trên máy chủ: ai chiếm được máy thì phát được mọi thứ"),
            _("chạy loa keys init, xem docs/operations.md"),
        )


def check_root() -> Iterator[Finding]:
    """When the root ends, and what waits for signatures."""
    from loa.config.keys import report

    part = _("Bản gốc")
    try:
        found = report.read()
    except DatabaseError:
        return  # said by the database's own check
    if found.root_ends is None:
        yield Finding(part, "ok", _("chưa công bố gì"))
        return
    left = found.root_ends - clock.now()
    text = _("dùng đến %(until)s") % {"until": f"{found.root_ends:%d/%m/%Y}"}
    if left < ROOT_TOO_SHORT:
        yield Finding(part, "bad", text, "loa keys renew")
    elif left < ROOT_SHORT:
        yield Finding(part, "weak", text, "loa keys renew")
    else:
        yield Finding(part, "ok", text)
    if found.waiting or found.root_missing:
        count = {"count": len(found.waiting) + bool(found.root_missing)}
        yield Finding(
            part, "weak", _("%(count)d thứ chờ ký nên chưa có hiệu lực trên loa") % count, "loa keys status"
        )


def check_policies() -> Iterator[Finding]:
    """Organisations where keys on the server count as people."""
    from loa.releases.models import Policy

    part = _("Cách ký")
    try:
        weak = list(
            Policy.objects.filter(until=None, is_weak=True)
            .values_list("organisation__name", flat=True)
            .order_by("organisation__path")
            .distinct()
        )
    except DatabaseError:
        return  # said by the database's own check
    if weak:
        names = ", ".join(weak[:NAMED]) + ("…" if len(weak) > NAMED else "")
        yield Finding(
            part,
            "weak",
            _("%(count)d cơ quan nhận chữ ký yếu, khóa do máy chủ giữ: %(names)s")
            % {"count": len(weak), "names": names},
            _("mỗi người duyệt thêm hai khóa truy cập, rồi đổi ở Thiết lập, Ai ký duyệt"),
        )
    else:
        yield Finding(part, "ok", _("chỉ nhận khóa truy cập"))


def check_demo() -> Iterator[Finding]:
    """Sample people whose passwords are public must not sign or sign in on a real installation."""
    from loa.console.demo import demo_people_in_use

    part = _("Người mẫu")
    try:
        people = demo_people_in_use()
    except DatabaseError:
        return  # said by the database's own check
    if people and not settings.DEMO:
        yield Finding(
            part,
            "bad",
            _("%(count)d người mẫu có mật khẩu công khai còn đăng nhập và ký được") % {"count": len(people)},
            _("dùng một LOA_HOME mới cho máy thật, hoặc đặt LOA_DEMO=1 nếu đây là máy demo"),
        )
    elif settings.DEMO:
        yield Finding(part, "weak", _("máy demo: ai cũng biết mật khẩu"), _("không dùng cho việc thật"))
    else:
        yield Finding(part, "ok", _("không có"))


def check_clock() -> Iterator[Finding]:
    """Whether something keeps this machine's clock; devices hold theirs against it."""
    part = _("Đồng hồ")
    if sys.platform != "linux":
        yield Finding(part, "weak", _("không xem được có đồng bộ không"), _("bật đồng bộ giờ (NTP)"))
        return
    room = ctypes.create_string_buffer(512)  # more than struct timex; zeros change nothing
    state = ctypes.CDLL(None, use_errno=True).adjtimex(room)
    if state in {-1, _TIME_ERROR}:
        yield Finding(part, "weak", _("hệ thống báo giờ chưa được đồng bộ"), _("bật đồng bộ giờ (NTP)"))
    else:
        yield Finding(part, "ok", _("được đồng bộ"))


def check_engines() -> Iterator[Finding]:
    """Voices that can read a message."""
    from loa_speech.commands import voice_rows
    from loa_speech.voices import ESPEAK

    part = _("Giọng đọc")
    spoke: dict[str, list[str]] = {}
    for row in voice_rows(settings.HOME.voices):
        if row["ready"]:
            spoke.setdefault(row["engine"], []).append(row["name"])
        elif row["engine"] == ESPEAK:
            yield Finding(part, "bad", f"{row['name']}: {row['detail']}", _("chạy lại make install"))
        else:
            advice = _("xem docs/speech.md, hoặc bỏ giọng này khỏi thư mục voices")
            yield Finding(part, "weak", f"{row['name']}: {row['detail']}", advice)
    for engine, names in spoke.items():
        yield Finding(part, "ok", f"{engine}: {', '.join(names)}")


def check_messaging() -> Iterator[Finding]:
    """The embedded server's program, or the address of another."""
    part = _("Nhắn tin")
    if settings.ENVIRONMENT.nats_url:
        yield Finding(part, "ok", settings.ENVIRONMENT.nats_url)
        return
    try:
        yield Finding(part, "ok", nats_server.binary())
    except FileNotFoundError:
        yield Finding(
            part, "bad", _("không tìm thấy nats-server"), _("chạy lại make install hoặc đặt LOA_NATS_URL")
        )


def check_mail() -> Iterator[Finding]:
    """The mail server: whether it answers and takes our name; nothing is sent."""
    part = _("Thư")
    if not settings.EMAIL_HOST:
        yield Finding(
            part,
            "weak",
            _("chưa có máy chủ thư; thông báo chỉ tới trang và trình duyệt"),
            _("đặt LOA_EMAIL_URL và LOA_EMAIL_FROM"),
        )
        return
    where = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        mail = get_connection(timeout=MAIL_TIME_OUT)
        mail.open()
        mail.close()
    except (SMTPException, OSError) as error:
        text = _("%(where)s không nhận: %(why)s") % {"where": where, "why": error}
        yield Finding(part, "bad", text, _("xem LOA_EMAIL_URL, mật khẩu và tường lửa"))
        return
    is_open = not (settings.EMAIL_USE_SSL or settings.EMAIL_USE_TLS)
    if is_open and settings.EMAIL_HOST not in {"localhost", "127.0.0.1", "::1"}:
        yield Finding(
            part,
            "weak",
            _("%(where)s, không mã hóa") % {"where": where},
            _("dùng smtps:// hoặc smtp+starttls://"),
        )
    else:
        words = _("%(where)s, thư từ %(sender)s") % {"where": where, "sender": settings.DEFAULT_FROM_EMAIL}
        yield Finding(part, "ok", words)


def check_running() -> Iterator[Finding]:
    """Which processes run now; none at all is fine, some is not."""
    part = _("Tiến trình")
    state = parts()
    up = [name for name, value in state.items() if value == "up"]
    running = set(up) - {"database"}
    if not running:
        yield Finding(part, "ok", _("Loa đang tắt"))
    elif len(up) == len(state):
        yield Finding(part, "ok", ", ".join(up))
    else:
        down = ", ".join(name for name, value in state.items() if value != "up")
        yield Finding(
            part, "bad", _("đang tắt: %(names)s") % {"names": down}, _("xem nhật ký trong LOA_HOME/logs")
        )


def _is_secret(path: object) -> bool:
    return not str(path).endswith((".pub", ".lock"))


CHECKS: tuple[Callable[[], Iterator[Finding]], ...] = (
    check_settings,
    check_sign_in,
    check_python,
    check_disk,
    check_database,
    check_keys,
    check_root,
    check_policies,
    check_demo,
    check_clock,
    check_engines,
    check_messaging,
    check_mail,
    check_running,
)
