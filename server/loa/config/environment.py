# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every setting that an operator can give, read once from the environment, typed and checked."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from loa.config.words import _

DEFAULT_PORT = 8420


class SettingError(ValueError):
    """A setting cannot be used; the text says which one, why and what to write instead."""


@dataclass(frozen=True)
class Environment:
    """What the operator set; see docs/operations.md for the table."""

    home: Path  # LOA_HOME: the one folder for all state
    port: int  # LOA_PORT: web; messaging is port + 1, its WebSocket port + 2
    host: str  # LOA_HOST: the address the web server listens on
    base_url: str  # LOA_BASE_URL: how people and devices reach this installation
    database_url: str  # LOA_DATABASE_URL: "" is SQLite in LOA_HOME
    nats_url: str  # LOA_NATS_URL: "" is the embedded server
    nats_websocket_url: str  # LOA_NATS_WEBSOCKET_URL: how a browser reaches messaging
    demo: bool  # LOA_DEMO: marks a demo installation
    debug: bool  # LOA_DEBUG: development pages
    second_factor: bool  # LOA_SECOND_FACTOR: nobody works after a password alone; 0 by default in a demo
    secret_key: str  # LOA_SECRET_KEY or LOA_SECRET_KEY_FILE: "" is made once in LOA_HOME/keys
    time_zone: str  # LOA_TIME_ZONE
    agenda_days: int  # LOA_AGENDA_DAYS: how long a device that is cut off goes on, 2 to 30
    installation: str  # LOA_INSTALLATION: name inside every signed file
    email_url: str  # LOA_EMAIL_URL or LOA_EMAIL_URL_FILE: the mail server; "" sends no e-mail
    email_from: str  # LOA_EMAIL_FROM: the address that e-mail comes from
    push_origins: tuple[str, ...]  # LOA_PUSH_ORIGINS: push services besides those of the browsers' makers

    @property
    def nats_port(self) -> int:
        return self.port + 1

    @property
    def websocket_port(self) -> int:
        return self.port + 2


@dataclass(frozen=True)
class Mail:
    """The mail server of LOA_EMAIL_URL; no host, no e-mail."""

    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    is_tls: bool = False  # from the first byte
    is_starttls: bool = False


_MAIL_PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}


def mail(url: str) -> Mail:
    """Read the address of a mail server: ``smtps://user:password@host:465``.

    Raises:
        SettingError: it is no such address; the text never repeats the password.
    """
    if not url:
        return Mail()
    text = _("LOA_EMAIL_URL phải như smtps://tên:mật-khẩu@máy-chủ:465, hoặc smtp+starttls://, smtp://.")
    try:
        parts = urlsplit(url)
        port = parts.port or _MAIL_PORTS[parts.scheme]
    except (ValueError, KeyError) as error:
        raise SettingError(text) from error
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if not parts.hostname:
        raise SettingError(text)
    if not (user + password).isascii():
        raise SettingError(_("Tên và mật khẩu trong LOA_EMAIL_URL chỉ dùng được chữ không dấu."))
    return Mail(
        host=parts.hostname,
        port=port,
        user=user,
        password=password,
        is_tls=parts.scheme == "smtps",
        is_starttls=parts.scheme == "smtp+starttls",
    )


def _email_from(environ: Mapping[str, str], url: str) -> str:
    mail(url)
    address = environ.get("LOA_EMAIL_FROM", "")
    if url and "@" not in address:
        raise SettingError(_("LOA_EMAIL_URL đã đặt; đặt cả LOA_EMAIL_FROM, địa chỉ mà thư của Loa gửi đi."))
    return address


def _boolean(environ: Mapping[str, str], name: str, default: str = "0") -> bool:
    value = environ.get(name) or default
    if value not in {"0", "1"}:
        raise SettingError(_("%(name)s là %(value)r; hãy viết 1 hoặc 0.") % {"name": name, "value": value})
    return value == "1"


def _port(environ: Mapping[str, str]) -> int:
    value = environ.get("LOA_PORT") or str(DEFAULT_PORT)
    if not value.isdigit() or not 1024 <= int(value) <= 65533:
        raise SettingError(_("LOA_PORT là %(value)r; hãy viết một số từ 1024 đến 65533.") % {"value": value})
    return int(value)


def _agenda_days(environ: Mapping[str, str]) -> int:
    value = environ.get("LOA_AGENDA_DAYS") or "7"
    if not (value.isascii() and value.isdigit() and 2 <= int(value) <= 30):
        raise SettingError(
            _("LOA_AGENDA_DAYS là %(value)r; hãy viết số ngày từ 2 đến 30.") % {"value": value}
        )
    return int(value)


def _secret(environ: Mapping[str, str], name: str) -> str:
    if file := environ.get(f"{name}_FILE"):
        try:
            return Path(file).read_text().strip()
        except OSError as error:
            text = _(
                "Không đọc được %(file)s mà %(name)s_FILE chỉ tới (%(why)s). Sửa đường dẫn hoặc quyền đọc."
            )
            raise SettingError(text % {"file": file, "name": name, "why": error.strerror}) from error
    return environ.get(name, "")


def _database(environ: Mapping[str, str]) -> str:
    url = environ.get("LOA_DATABASE_URL", "")
    if url and urlsplit(url).scheme not in {"postgresql", "sqlite"}:
        text = _("LOA_DATABASE_URL phải bắt đầu bằng postgresql:// hoặc sqlite:///, hoặc bỏ trống.")
        raise SettingError(text)
    return url


def read(environ: Mapping[str, str] | None = None) -> Environment:
    """Read the settings from ``environ`` (the process environment when left out).

    Raises:
        SettingError: a value cannot be used.
    """
    environ = os.environ if environ is None else environ
    port = _port(environ)
    host = environ.get("LOA_HOST") or "127.0.0.1"
    email_url = _secret(environ, "LOA_EMAIL_URL")
    demo = _boolean(environ, "LOA_DEMO")
    return Environment(
        home=Path(environ.get("LOA_HOME") or ".loa").expanduser().resolve(),
        port=port,
        host=host,
        base_url=(environ.get("LOA_BASE_URL") or f"http://localhost:{port}").rstrip("/"),
        database_url=_database(environ),
        nats_url=environ.get("LOA_NATS_URL", ""),
        nats_websocket_url=environ.get("LOA_NATS_WEBSOCKET_URL", ""),
        demo=demo,
        debug=_boolean(environ, "LOA_DEBUG"),
        second_factor=_boolean(environ, "LOA_SECOND_FACTOR", default="0" if demo else "1"),
        secret_key=_secret(environ, "LOA_SECRET_KEY"),
        time_zone=environ.get("LOA_TIME_ZONE") or "Asia/Ho_Chi_Minh",
        agenda_days=_agenda_days(environ),
        installation=environ.get("LOA_INSTALLATION", ""),
        email_url=email_url,
        email_from=_email_from(environ, email_url),
        push_origins=tuple(environ.get("LOA_PUSH_ORIGINS", "").split()),
    )
