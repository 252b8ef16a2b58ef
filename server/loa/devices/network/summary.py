# SPDX-License-Identifier: AGPL-3.0-or-later
"""The network in each morning's summary, for those who keep its devices."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.devices.models import Incident
from loa.devices.network.rates import Rates, rates_of
from loa.devices.sentences import INCIDENTS
from loa.notices.digest import LINES_SHOWN, Section
from loa.people.models import Person
from loa.people.queries import covered, may
from loa.people.rules import Permission
from loa.ui.dates import decimal, moment


def section(person: Person, now: datetime) -> Section | None:
    """Return yesterday's rates and what is open, for who keeps devices; None for everybody else."""
    if not may(person, Permission.DEVICE_MANAGE):
        return None
    total = rates_of(person, localdate(now) - timedelta(days=1), now).total
    waiting = (
        Incident.objects.filter(
            covered(person, Permission.DEVICE_MANAGE, field="device__village__path"), closed_at=None
        )
        .select_related("device")
        .order_by("-opened_at")
    )
    lines = [*_rates(total), *(_line(one) for one in waiting[: 2 * LINES_SHOWN])]
    return Section(_("Mạng loa hôm qua"), tuple(lines), reverse("devices:rates")) if lines else None


def _rates(total: Rates) -> list[str]:
    lines = []
    if total.online_percent is not None:
        words = _("Có tin từ máy %(percent)s %% thời gian, %(devices)s cụm loa")
        lines.append(words % {"percent": decimal(total.online_percent, 1), "devices": total.devices})
    if total.planned:
        words = _("Phát đủ %(played)s trên %(planned)s lượt, %(failed)s không phát, %(unknown)s chưa rõ")
        counted = {"played": total.played, "planned": total.planned, "failed": total.failed}
        lines.append(words % {**counted, "unknown": total.unknown})
    if total.judged:
        words = _("Micro nghe được %(heard)s trên %(judged)s lượt nó xét được")
        lines.append(words % {"heard": total.heard, "judged": total.judged})
    return lines


def _line(one: Incident) -> str:
    words = {
        "device": one.device.name,
        "what": INCIDENTS.get(one.kind, one.kind),
        "since": moment(one.opened_at),
    }
    taken = _("%(who)s đã nhận") % {"who": one.taken_by} if one.taken_by else _("chưa ai nhận")
    return _("%(device)s: %(what)s, từ %(since)s") % words + f", {taken}"
