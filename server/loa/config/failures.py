# SPDX-License-Identifier: AGPL-3.0-or-later
"""Failures that an operator can mend, as one sentence each."""

import errno
import socket
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import click

from loa.config.words import _

LEAST_FREE = 200 * 1024 * 1024  # bytes; below this a start would soon break in the middle of a write


class OperatorError(click.ClickException):
    """A command ends with one sentence: what happened and what to do."""

    def format_message(self) -> str:
        return self.message


def sentence(error: OSError, folder: Path) -> str | None:
    """Return what an operator needs to know about ``error``, or None when it is none that he can mend."""
    where = error.filename or folder
    if error.errno == errno.ENOSPC:
        return _("Đĩa chứa %(folder)s đã đầy. Dọn bớt hoặc đặt LOA_HOME sang đĩa khác rồi chạy lại.") % {
            "folder": folder
        }
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return _("Không ghi được vào %(where)s. Cấp quyền ghi hoặc đặt LOA_HOME sang thư mục khác.") % {
            "where": where
        }
    if error.errno in {errno.ENOTDIR, errno.EEXIST}:
        return _("%(where)s không phải là thư mục. Đặt LOA_HOME sang chỗ khác.") % {"where": where}
    return None


def check_space(free: int, folder: Path) -> None:
    """Refuse to start on a disk that is nearly full.

    Args:
        free: bytes left.
        folder: the folder of the installation.

    Raises:
        OperatorError: less than ``LEAST_FREE`` is left.
    """
    if free < LEAST_FREE:
        raise OperatorError(
            _("Đĩa chứa %(folder)s chỉ còn %(free)d MB, cần ít nhất %(least)d MB. Dọn bớt hoặc đổi LOA_HOME.")
            % {"folder": folder, "free": free // 2**20, "least": LEAST_FREE // 2**20}
        )


def check_ports(host: str, ports: Iterable[int]) -> None:
    """Refuse to start when another program listens on one of ``ports``.

    Raises:
        OperatorError: one is busy, or the address is not one of this machine's.
    """
    for port in ports:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError as error:
                raise OperatorError(_port_sentence(error, host, port)) from error


def _port_sentence(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return _(
            "Cổng %(port)d đang có chương trình khác dùng. Tắt chương trình đó hoặc đặt LOA_PORT sang "
            "số khác; Loa dùng ba cổng liền nhau."
        ) % {"port": port}
    return _("Không mở được cổng %(port)d ở địa chỉ %(host)s. Kiểm tra LOA_HOST và LOA_PORT.") % {
        "port": port,
        "host": host,
    }


def write_probe(folder: Path) -> None:
    """Write and remove a small file, so that a folder that cannot be written is found at once.

    Raises:
        OSError: it cannot be written.
    """
    probe = folder / ".probe"
    try:
        probe.write_bytes(b"\0" * 4096)
    finally:
        with suppress(OSError):
            probe.unlink()
