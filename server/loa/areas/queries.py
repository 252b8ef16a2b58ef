# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages and jobs read from the tree of areas; each function says how many queries it makes."""

from collections.abc import Iterable

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from loa.areas import tree
from loa.areas.folding import fold
from loa.areas.models import Area, AreaKind
from loa.config.errors import NotFoundError


def area(code: str) -> Area:
    """Return the area with an official or village code. One query.

    Raises:
        NotFoundError: no area has this code.
    """
    found = Area.objects.filter(code=code).first()
    if found is None:
        raise NotFoundError(_("Không có địa bàn mã %(code)s. Chọn lại trong danh sách.") % {"code": code})
    return found


def below(areas: Iterable[Area]) -> QuerySet[Area]:
    """Return the areas given and everything below them, in tree order. One query; nothing for no areas."""
    wanted = Q(pk__in=[])
    for path in tree.topmost(area.path for area in areas):
        wanted |= Q(path__startswith=path)
    return Area.objects.filter(wanted).order_by("path")


def villages_of(area: Area) -> QuerySet[Area]:
    """Return the villages of an area, the area itself if it is one. One query."""
    return villages_in([area])


def villages_in(areas: Iterable[Area]) -> QuerySet[Area]:
    """Return each village in or below any of ``areas`` once, in tree order. One query."""
    return below(areas).filter(kind=AreaKind.VILLAGE)


def communes_in(areas: Iterable[Area]) -> QuerySet[Area]:
    """Return each commune that is one of ``areas``, lies below one, or holds one. One query."""
    areas = list(areas)
    wanted = Q(pk__in=[])
    for path in tree.topmost(area.path for area in areas):
        wanted |= Q(path__startswith=path)
    above = [
        area.path[: tree.COMMUNE_DEPTH * tree.STEP_LENGTH]
        for area in areas
        if area.depth > tree.COMMUNE_DEPTH
    ]
    if above:
        wanted |= Q(path__in=above)
    return Area.objects.filter(wanted, kind=AreaKind.COMMUNE).order_by("path")


def _ancestor_at(area: Area, depth: int) -> Area:
    if area.depth == depth:
        return area
    return Area.objects.get(path=area.path[: depth * tree.STEP_LENGTH])


def commune_of(area: Area) -> Area:
    """Return the commune that an area is or belongs to. At most one query.

    Raises:
        ValueError: the area is a province.
    """
    if area.depth < tree.COMMUNE_DEPTH:
        raise ValueError(f"{area.code} is a province and belongs to no commune.")
    return _ancestor_at(area, tree.COMMUNE_DEPTH)


def province_of(area: Area) -> Area:
    """Return the province that an area is or belongs to. At most one query."""
    return _ancestor_at(area, tree.PROVINCE_DEPTH)


def path_codes(area: Area) -> list[str]:
    """Return the codes from the province down to the area itself. One query."""
    return path_codes_of([area])[area.code]


def path_codes_of(areas: Iterable[Area]) -> dict[str, list[str]]:
    """Return for each area's code the codes from its province down to itself. One query for all."""
    areas = list(areas)
    paths = {path for area in areas for path in tree.ancestor_paths(area.path)}
    codes = dict(Area.objects.filter(path__in=paths).values_list("path", "code"))
    return {area.code: [codes[path] for path in tree.ancestor_paths(area.path)] for area in areas}


def search(text: str, *, within: Iterable[Area] | None = None) -> QuerySet[Area]:
    """Return the areas whose name holds ``text``, whatever its case and tone marks. One query."""
    found = Area.objects.filter(name_key__contains=fold(text))
    return found if within is None else found & below(within)
