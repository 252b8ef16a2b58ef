# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which devices still follow an older list of approvers or older airtime rules than the one in force."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max

from loa.airtime.models import RulesList
from loa.areas.models import Area
from loa.devices.models import Device, DeviceState
from loa.releases.models import ApproversList


@dataclass(frozen=True)
class Behind:
    """A device that has not confirmed the lists in force; 0 is a number that it never reported."""

    device: Device
    approvers: int
    rules: int
    last_seen: datetime | None


@dataclass(frozen=True)
class CommuneLists:
    """A commune's lists in force, and the devices that have not confirmed them."""

    commune: Area
    approvers: int
    rules: int
    devices: int
    behind: list[Behind] = field(default_factory=list)

    @property
    def is_signed(self) -> bool:
        """Say whether both lists were ever signed."""
        return bool(self.approvers and self.rules)


def lists_on_devices(communes: Iterable[Area]) -> list[CommuneLists]:
    """Return for each commune with devices what is in force and who is behind. Three queries."""
    codes = {commune.pk: commune for commune in communes}
    devices = Device.objects.filter(commune__in=codes, state=DeviceState.ACTIVE)
    by_commune: dict[int, list[Device]] = {}
    for device in devices.select_related("status", "village").order_by("name", "pk"):
        by_commune.setdefault(device.commune_id, []).append(device)
    approvers, rules = _numbers(ApproversList, by_commune), _numbers(RulesList, by_commune)
    found = []
    for pk, here in by_commune.items():
        wanted = approvers.get(pk, 0), rules.get(pk, 0)
        behind = [one for device in here if (one := _behind(device, *wanted)) is not None]
        found.append(CommuneLists(codes[pk], *wanted, len(here), behind))
    return sorted(found, key=lambda one: one.commune.path)


def _numbers(model: type[ApproversList] | type[RulesList], communes: Iterable[int]) -> dict[int, int]:
    rows = model.objects.filter(commune__in=list(communes)).values_list("commune")
    return dict(rows.annotate(newest=Max("number")).values_list("commune", "newest"))


def _behind(device: Device, approvers: int, rules: int) -> Behind | None:
    status = getattr(device, "status", None)
    report = status.report if status else {}
    seen = int(report.get("approvers_number", 0)), int(report.get("rules_number", 0))
    if seen[0] >= approvers and seen[1] >= rules:
        return None
    return Behind(device, *seen, status.last_seen if status else None)
