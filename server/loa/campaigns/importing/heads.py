# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who answers for a row: exactly one post, read from an office, a title, a name, or two of them."""

import re
from collections.abc import Callable

from loa.areas.folding import fold
from loa.campaigns.importing.catalogue import Catalogue, key_of, without_title
from loa.campaigns.importing.columns import Column
from loa.campaigns.importing.reasons import Reason, Refusal, meant
from loa.campaigns.importing.values import line_of, listed
from loa.people.models import Organisation, Post

_EVERYBODY = re.compile(
    r"^(?:cac|tat ca|toan the|moi)\b|\bcac (?:xa|phuong|thon|ban|don vi|co quan|phong|nganh|doan the|to chuc)\b"
)
_HARD = re.compile(r"[\n;]")


def find_post(catalogue: Catalogue, office_cell: str, head_cell: str) -> Post:
    """Return the one post that a row names.

    Raises:
        Refusal: none, several or an unknown one is named.
    """
    if not line_of(office_cell) and not line_of(head_cell):
        raise Refusal(Reason.MISSING_OFFICE, Column.ORGANISATION)
    if not line_of(head_cell):
        return _by_office(catalogue, office_cell)
    if not line_of(office_cell):
        return _by_head(catalogue, head_cell)
    return _by_both(catalogue, find_office(catalogue, office_cell), head_cell)


def find_office(catalogue: Catalogue, cell: str) -> Organisation:
    """Return the one office that a cell names.

    Raises:
        Refusal: none, several or an unknown one is named.
    """
    name = line_of(cell)
    found = catalogue.offices.get(name)
    if len(found) == 1:
        return found[0]
    if found:
        raise Refusal(
            Reason.AMBIGUOUS_OFFICE,
            Column.ORGANISATION,
            value=name,
            count=len(found),
            near="; ".join(catalogue.office_names[office.pk] for office in found[:3]),
        )
    _refuse_several(cell, Column.ORGANISATION, lambda part: bool(catalogue.offices.get(part)))
    raise Refusal(
        Reason.UNKNOWN_OFFICE, Column.ORGANISATION, value=name, near=meant(catalogue.offices.near(name))
    )


def _refuse_several(cell: str, column: Column, is_known: Callable[[str], bool]) -> None:
    """Refuse a cell with two heads in it, or one that names everybody."""
    name = line_of(cell)
    parts = listed(cell, is_known)
    known = [part for part in parts if is_known(part)]
    lines = [line for line in (line_of(part) for part in _HARD.split(cell)) if line]
    if len(known) > 1 or (len(lines) > 1 and known):
        raise Refusal(Reason.TWO_HEADS, column, value=name)
    if _EVERYBODY.search(fold(name)):
        raise Refusal(Reason.EVERYBODY, column, value=name)


def _by_office(catalogue: Catalogue, cell: str) -> Post:
    """Return the post at the top of an office; a cell of this column may also name a post ("Chủ tịch UBND xã")."""
    if not catalogue.offices.get(line_of(cell)):
        posts = catalogue.heads.get(line_of(cell)) or catalogue.titles.get(line_of(cell))
        if len(posts) == 1:
            return posts[0]
    office = find_office(catalogue, cell)
    posts = catalogue.posts_of.get(office.pk, [])
    if not posts:
        raise Refusal(Reason.OFFICE_WITHOUT_POST, Column.ORGANISATION, value=office.name)
    ids = {post.pk for post in posts}
    tops = [post for post in posts if post.reports_to_id not in ids]
    if len(tops) != 1:
        raise Refusal(
            Reason.HEAD_UNCLEAR,
            Column.HEAD,
            value=office.name,
            near="; ".join(catalogue.post_names[post.pk] for post in (tops or posts)[:4]),
        )
    return tops[0]


def _posts_named(catalogue: Catalogue, name: str) -> list[Post]:
    return catalogue.heads.get(name) or catalogue.titles.get(name)


def _by_head(catalogue: Catalogue, cell: str) -> Post:
    name = without_title(line_of(cell))
    found = _posts_named(catalogue, name)
    if len(found) == 1:
        return found[0]
    if found:
        raise _ambiguous(catalogue, name, found)
    if catalogue.offices.get(name):  # an office stands where a title is asked for
        return _by_office(catalogue, name)
    _refuse_several(
        cell,
        Column.HEAD,
        lambda part: bool(_posts_named(catalogue, without_title(part)) or catalogue.offices.get(part)),
    )
    near = catalogue.heads.near(name) or catalogue.offices.near(name)
    raise Refusal(Reason.UNKNOWN_HEAD, Column.HEAD, value=name, near=meant(near))


def _ambiguous(catalogue: Catalogue, name: str, found: list[Post]) -> Refusal:
    names = (
        f"{catalogue.post_names[post.pk]}, {catalogue.office_names.get(post.organisation_id, '')}"
        for post in found[:3]
    )
    return Refusal(Reason.AMBIGUOUS_HEAD, Column.HEAD, value=name, near="; ".join(names))


def _by_both(catalogue: Catalogue, office: Organisation, cell: str) -> Post:
    name = without_title(line_of(cell))
    if key_of(name) == key_of(office.name):
        return _by_office(catalogue, office_name(catalogue, office))
    named = [*catalogue.heads.get(name), *catalogue.titles.get(name)]
    found = {post.pk: post for post in named if post.organisation_id == office.pk}
    if len(found) == 1:
        return next(iter(found.values()))
    if found:
        raise _ambiguous(catalogue, name, list(found.values()))
    if named:
        elsewhere = catalogue.office_names.get(named[0].organisation_id, named[0].organisation.name)
        raise Refusal(Reason.HEAD_ELSEWHERE, Column.HEAD, value=name, near=elsewhere)
    _refuse_several(cell, Column.HEAD, lambda part: bool(_posts_named(catalogue, without_title(part))))
    own = [catalogue.post_names[post.pk] for post in catalogue.posts_of.get(office.pk, [])]
    raise Refusal(Reason.UNKNOWN_HEAD, Column.HEAD, value=name, near=meant(own[:4]))


def office_name(catalogue: Catalogue, office: Organisation) -> str:
    """Return the name by which no other office can be meant."""
    return catalogue.office_names.get(office.pk, office.name)
