# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a device's sound and clock stand, read out of its last heartbeat."""

from collections.abc import Iterator

import msgspec
from django.utils.translation import gettext as _

from loa.devices.models import DeviceStatus
from loa.ui.dates import decimal, thousands
from loa_protocol.wire import Health, Heartbeat


def health_of(status: DeviceStatus | None) -> Health | None:
    """Return what a device said of its health; None when it never did, as an agent of 2026-11 does not."""
    said = status.report.get("health") if status is not None else None
    try:
        return msgspec.convert(said, Health) if said else None
    except msgspec.ValidationError:  # of a newer agent that means something else by a name
        return None


def health_in(beat: Heartbeat) -> Health | None:
    """Return the health that a heartbeat tells of."""
    return None if isinstance(beat.health, msgspec.UnsetType) else beat.health


def health_words(status: DeviceStatus | None) -> list[tuple[str, str]]:
    """Return name and value of what a device said of its sound, clock and disk; nothing that it did not say."""
    if status is None:
        return []
    found = [] if status.disk_free is None else [(_("Đĩa còn trống"), _bytes(status.disk_free))]
    health = health_of(status)
    return found if health is None else [*_sound(health), *_time(health), *found, *_machine(health)]


def _bytes(count: int) -> str:
    if count >= 10**9:
        return _("%(count)s GB") % {"count": decimal(count / 10**9, 1)}
    return _("%(count)s MB") % {"count": thousands(count // 10**6)}


def _sound(health: Health) -> Iterator[tuple[str, str]]:
    sinks = {
        "default": _("loa, qua cổng âm thanh"),
        "alsa": _("loa, qua cổng âm thanh"),
        "hls": _("luồng HLS"),
        "icecast": _("luồng Icecast"),
        "wav": _("tệp ghi để thử"),
        "null": _("không ra đâu cả"),
    }
    words = sinks.get(health.sink, health.sink)
    trouble = _("%(sink)s; đang trục trặc: %(what)s") % {"sink": words, "what": health.trouble}
    yield _("Đường ra tiếng"), trouble if health.trouble else words
    heard = {
        "heard": _("nghe thấy lượt gần nhất"),
        "not_heard": _("không nghe thấy lượt gần nhất"),
        "not_yet": _("chưa xét được lượt nào"),
        "no_microphone": _("không có"),
    }
    yield _("Micro cạnh loa"), heard[health.heard]
    if health.delay_ms:
        yield _("Phát chậm có chủ ý"), _("%(count)s ms") % {"count": thousands(health.delay_ms)}


def _time(health: Health) -> Iterator[tuple[str, str]]:
    if health.clock_uncertainty_ms is not None:
        count = decimal(health.clock_uncertainty_ms, 1)
        yield _("Giờ chắc đến"), _("%(count)s ms") % {"count": count}
    if health.drift_ppm is not None:
        yield _("Đồng hồ trôi"), _("%(count)s phần triệu") % {"count": decimal(health.drift_ppm, 1)}


def _machine(health: Health) -> Iterator[tuple[str, str]]:
    if health.temperature_c is not None:
        yield _("Nhiệt độ máy"), _("%(count)s °C") % {"count": decimal(health.temperature_c, 0)}
    if health.deferred:
        words = _("%(count)s tệp, hết dung lượng mạng hôm nay")
        yield _("Hoãn tải"), words % {"count": thousands(health.deferred)}
