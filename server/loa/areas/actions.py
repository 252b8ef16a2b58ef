# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes the tree of areas. Permissions are checked by ``people.actions``, which lies above."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from loa.areas import tree
from loa.areas.folding import fold, nfc, spelling
from loa.areas.models import Area, AreaKind
from loa.areas.official import OfficialUnit, official_units
from loa.areas.outlines import centre_of, check_outline
from loa.audit import actions as audit
from loa.audit.actor import SYSTEM, Actor, PersonLike
from loa.config.errors import ConflictError, LoaError

NAME_LENGTH = 120  # characters, as the column
BATCH = 500  # rows a statement


class VillageError(LoaError):
    """A village cannot be added as it was typed."""

    code = "village"


@dataclass(frozen=True)
class VillageInput:
    """One village as somebody typed or imported it; the point is in degrees, WGS 84."""

    name: str
    households: int | None = None
    population: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    outline: str | dict[str, Any] | None = None  # GeoJSON; checked when the village is added


def _from_unit(unit: OfficialUnit) -> Area:
    path = tree.path_below("", int(unit.parent_code or unit.code))
    if unit.parent_code:
        path = tree.path_below(path, int(unit.code))
    return Area(
        code=unit.code,
        kind=AreaKind.COMMUNE if unit.parent_code else AreaKind.PROVINCE,
        name=unit.name,
        name_key=fold(unit.name),
        path=path,
        depth=len(path) // tree.STEP_LENGTH,
        latitude=unit.latitude,
        longitude=unit.longitude,
    )


def _count_children(province_codes: Sequence[str]) -> None:
    """Set treebeard's child counts of provinces after a bulk insertion."""
    for province in Area.objects.filter(code__in=province_codes):
        children = Area.objects.filter(path__startswith=province.path, depth=tree.COMMUNE_DEPTH).count()
        Area.objects.filter(pk=province.pk).update(numchild=children)


@transaction.atomic
def load_official_units(province_code: str | None = None) -> int:
    """Add the official provinces and communes that are not there yet, and mend names that changed.

    Args:
        province_code: load one province ("22"); all 34 when left out.

    Returns:
        How many areas were added.

    Raises:
        OfficialUnitsError: the packaged list is missing, or no province has this code.
    """
    units = official_units(province_code)
    there = Area.objects.in_bulk([unit.code for unit in units], field_name="code")
    added = [_from_unit(unit) for unit in units if unit.code not in there]
    renamed = []
    for unit in units:
        known = there.get(unit.code)
        if known is not None and known.name != unit.name:
            known.name, known.name_key = unit.name, fold(unit.name)
            renamed.append(known)
    Area.objects.bulk_create(added, batch_size=BATCH)
    Area.objects.bulk_update(renamed, ["name", "name_key"], batch_size=BATCH)
    if added or renamed:
        provinces = [unit.code for unit in units if not unit.parent_code]
        _count_children(provinces)
        first = Area.objects.get(code=provinces[0])
        audit.record(
            actor=SYSTEM,
            action="areas.load_official_units",
            obj=first,
            details={"provinces": provinces, "added": len(added), "renamed": len(renamed)},
            area_code=first.code if province_code else "",
        )
    return len(added)


def _checked(village: VillageInput) -> VillageInput:
    """Return the village as it is stored.

    Raises:
        VillageError: a value cannot be right.
        OutlineError: the outline cannot be used.
    """
    name = nfc(village.name)
    if not name:
        raise VillageError(_("Thiếu tên thôn. Ghi tên đầy đủ, ví dụ Thôn Đồng Sen."), field="name")
    if len(name) > NAME_LENGTH:
        raise VillageError(
            _("Tên thôn dài quá %(count)s chữ. Ghi gọn lại.") % {"count": NAME_LENGTH}, field="name"
        )
    if (village.latitude is None) != (village.longitude is None):
        raise VillageError(
            _("Vị trí cần cả vĩ độ và kinh độ. Ghi đủ hai số, hoặc bỏ trống cả hai."), field="latitude"
        )
    outline = check_outline(village.outline) if village.outline else None
    latitude, longitude = village.latitude, village.longitude
    if outline and latitude is None:
        latitude, longitude = centre_of(outline)
    if latitude is not None and not (-90 <= latitude <= 90 and -180 <= (longitude or 0) <= 180):
        raise VillageError(
            _("Vĩ độ hoặc kinh độ nằm ngoài khoảng. Ghi bằng độ, ví dụ 21,345."), field="latitude"
        )
    return VillageInput(name, village.households, village.population, latitude, longitude, outline)


def _refuse_same_names(commune: Area, villages: Sequence[VillageInput]) -> None:
    taken = {
        spelling(name)
        for name in Area.objects.filter(path__startswith=commune.path, kind=AreaKind.VILLAGE).values_list(
            "name", flat=True
        )
    }
    for village in villages:
        if spelling(village.name) in taken:
            raise ConflictError(
                _(
                    "%(commune)s đã có %(name)s. Thêm chữ để phân biệt, "
                    "ví dụ tên xã cũ trong ngoặc: %(name)s (Tân Bình)."
                )
                % {"commune": commune.name, "name": village.name},
                field="name",
            )
        taken.add(spelling(village.name))


def add_village(
    *,
    actor: PersonLike | Actor | None,
    commune: Area,
    name: str,
    households: int | None = None,
    population: int | None = None,
    latitude: float | None = None,
    longitude: float | None = None,
    outline: str | dict[str, Any] | None = None,
    is_sample: bool = False,
) -> Area:
    """Add one village to a commune under the next free number.

    Raises:
        VillageError: a value cannot be right.
        OutlineError: the outline crosses itself or is no area.
        ConflictError: the commune has a village of this name.
    """
    village = VillageInput(name, households, population, latitude, longitude, outline)
    return add_villages(actor=actor, commune=commune, villages=[village], is_sample=is_sample)[0]


@transaction.atomic
def add_villages(
    *,
    actor: PersonLike | Actor | None,
    commune: Area,
    villages: Sequence[VillageInput],
    is_sample: bool = False,
) -> list[Area]:
    """Add villages to a commune, all or none.

    Raises:
        VillageError: a value cannot be right.
        OutlineError: an outline crosses itself or is no area.
        ConflictError: two villages would have one name.
    """
    if commune.kind != AreaKind.COMMUNE:
        raise VillageError(_("Thôn thuộc xã, phường hoặc đặc khu. Chọn xã trước."), field="commune")
    checked = [_checked(village) for village in villages]
    # Locks the commune's row where the database can, so that two people do not take one number.
    Area.objects.select_for_update().get(pk=commune.pk)
    _refuse_same_names(commune, checked)
    last = Area.objects.filter(path__startswith=commune.path, depth=commune.depth + 1).order_by("path").last()
    first_number = tree.step_of(last) + 1 if last else 1
    added = [
        _village(commune, number, village, is_sample) for number, village in enumerate(checked, first_number)
    ]
    added = Area.objects.bulk_create(added, batch_size=BATCH)
    Area.objects.filter(pk=commune.pk).update(numchild=F("numchild") + len(added))
    commune.refresh_from_db(fields=["numchild"])
    for area in added:
        audit.record(actor=actor, action="areas.add_village", obj=area, area_code=area.code)
    return added


def _village(commune: Area, number: int, village: VillageInput, is_sample: bool) -> Area:
    return Area(
        code=f"{commune.code}-{number:02d}",
        kind=AreaKind.VILLAGE,
        name=village.name,
        name_key=fold(village.name),
        path=tree.path_below(commune.path, number),
        depth=commune.depth + 1,
        households=village.households,
        population=village.population,
        latitude=village.latitude,
        longitude=village.longitude,
        outline=village.outline,
        is_sample=is_sample,
    )
