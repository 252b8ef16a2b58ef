# SPDX-License-Identifier: AGPL-3.0-or-later
"""The lexicon that holds for a text, who may change which part of it, and what pages list of it."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from loa.areas import tree
from loa.areas.folding import fold
from loa.areas.models import Area, AreaKind
from loa.areas.queries import communes_in
from loa.config.errors import NotFoundError, PermissionDeniedError
from loa.messages.models import Message, Revision
from loa.people.models import Organisation, Person
from loa.people.queries import areas_for, covered, may
from loa.people.rules import Permission
from loa.people.scope import scope
from loa.voice.lexicon.rules import Owner, entry_of, input_of, lower_first
from loa.voice.models import LexiconEdition, LexiconLevel, LexiconWord
from loa_speech.lexicon import Lexicon, LexiconEntry

AREAS_KEPT = 64  # lexicons of areas that a process keeps
INSTALLATION = "chung"  # in addresses: the whole installation's

# What was read before, by the area's path, with the edition that it was read from.
_kept: dict[str, tuple[str, Lexicon]] = {}


def edition() -> str:
    """Return the token of the lexicon as it stands. One query."""
    return LexiconEdition.objects.values_list("token", flat=True).first() or ""


def lexicon_of(area: Area, message: Message | None = None) -> Lexicon:
    """Return the words that hold in an area, and in one message of it.

    Two queries, whatever the lexicon holds; one more when it changed since this process read it.
    """
    lexicon = _lexicon_of_area(area, edition())
    if message is None:
        return lexicon
    own = LexiconWord.objects.filter(message=message)
    entries = [entry_of(LexiconLevel.MESSAGE, input_of(word)) for word in own]
    return joined(lexicon, entries)


def lexicon_for(revision: Revision) -> Lexicon:
    """Return the words by which a revision is read."""
    return lexicon_of(revision.message.organisation.area, revision.message)


def joined(lexicon: Lexicon, entries: Iterable[LexiconEntry]) -> Lexicon:
    """Return a lexicon with more words; the same one when there are none."""
    more = tuple(Lexicon.of(entries).entries)
    return Lexicon(lexicon.entries + more) if more else lexicon


def words_above(area: Area) -> QuerySet[LexiconWord]:
    """Return the words of the installation and of the areas from the province down to ``area``."""
    return LexiconWord.objects.filter(
        Q(level=LexiconLevel.INSTALLATION) | Q(area__path__in=tree.ancestor_paths(area.path))
    )


def _lexicon_of_area(area: Area, token: str) -> Lexicon:
    kept = _kept.get(area.path)
    if kept is not None and kept[0] == token:
        return kept[1]
    words = words_above(area) if token else ()
    lexicon = Lexicon.of(entry_of(LexiconLevel(word.level), input_of(word)) for word in words)
    if len(_kept) >= AREAS_KEPT:
        _kept.clear()
    _kept[area.path] = token, lexicon
    return lexicon


def administers_all(person: Person) -> bool:
    """Say whether the person manages the settings of every organisation here. One query besides the scope."""
    managed = scope(person).organisation_paths(Permission.SETTINGS_MANAGE)
    tops = Organisation.objects.filter(depth=1).values_list("path", flat=True)
    return bool(managed) and all(tree.is_within(path, managed) for path in tops)


def may_change(person: Person, owner: Owner) -> bool:
    """Say whether the person may change an owner's words.

    Whoever writes for an area, or manages its settings, changes its words; those of the whole installation
    are changed by who manages all of it.
    """
    if owner.message is not None:
        return may(person, Permission.MESSAGE_WRITE, organisation=owner.message.organisation)
    if owner.area is None:
        return administers_all(person)
    return any(
        may(person, permission, area=owner.area)
        for permission in (Permission.MESSAGE_WRITE, Permission.SETTINGS_MANAGE)
    )


def require_change(person: Person, owner: Owner) -> None:
    """Do nothing if the person may change an owner's words.

    Raises:
        PermissionDeniedError: with a sentence that says whose words they are.
    """
    if not may_change(person, owner):
        raise PermissionDeniedError(
            _("Bạn chưa có quyền sửa từ điển của %(owner)s. Hỏi người quản trị của cơ quan bạn.")
            % {"owner": owner_name(owner)}
        )


def owner_name(owner: Owner) -> str:
    """Return whose words they are, inside a sentence: "xã Đầm Hà", "cả hệ thống", "tin T-0001"."""
    if owner.message is not None:
        return _("tin %(code)s") % {"code": owner.message.code}
    if owner.area is None:
        return _("cả hệ thống")
    return lower_first(owner.area.name)


def owner_of(word: LexiconWord) -> Owner:
    """Return whose word it is."""
    return Owner(area=word.area, message=word.message)


def owner_at(person: Person, code: str) -> Owner:
    """Return the owner that an address names: an area's code, or the installation.

    A province's words are seen by everybody below it, because their messages are read by them.

    Raises:
        NotFoundError: there is no such area, or it is not for this person.
    """
    if code == INSTALLATION:
        return Owner()
    area = Area.objects.filter(code=code).exclude(kind=AreaKind.VILLAGE).first()
    seen = scope(person).area_paths(Permission.VIEW)
    is_seen = area is not None and (
        tree.is_within(area.path, seen) or any(path.startswith(area.path) for path in seen)
    )
    if not is_seen:
        raise NotFoundError(_("Không có từ điển của nơi này, hoặc nơi đó ở địa bàn khác."))
    return Owner(area=area)


@dataclass(frozen=True)
class Choice:
    """A part of the lexicon that the person sees, as the list offers it."""

    code: str
    name: str
    owner: Owner
    may_change: bool


def choices(person: Person) -> list[Choice]:
    """Return the parts that the person sees, the nearest first: communes, their provinces, the installation."""
    seen = areas_for(person, Permission.VIEW)
    communes = list(communes_in(seen))
    above = {commune.path[: tree.STEP_LENGTH] for commune in communes} | {area.path for area in seen}
    provinces = Area.objects.filter(path__in=above, kind=AreaKind.PROVINCE).order_by("path")
    areas = [*communes, *provinces]
    found = [
        Choice(area.code, area.name, Owner(area=area), may_change(person, Owner(area=area))) for area in areas
    ]
    return [*found, Choice(INSTALLATION, _("Cả hệ thống"), Owner(), may_change(person, Owner()))]


def words_of(owner: Owner, search: str = "") -> QuerySet[LexiconWord]:
    """Return an owner's words by their form, those that hold ``search`` in form or reading. One query."""
    words = LexiconWord.objects.filter(level=owner.level, area=owner.area, message=owner.message)
    if search.strip():
        words = words.filter(Q(written_key__contains=fold(search)) | Q(spoken__icontains=search.strip()))
    return words.select_related("changed_by").order_by("written_key", "pk")


def word(person: Person, pk: int) -> LexiconWord:
    """Return a word that the person may see: the installation's, an area's, or one of a message.

    Words of a province are seen by everybody below it, because their messages are read by them.

    Raises:
        NotFoundError: absent, or not for this person.
    """
    paths = scope(person).area_paths(Permission.VIEW)
    above = {path for seen in paths for path in tree.ancestor_paths(seen)}
    is_seen = (
        Q(level=LexiconLevel.INSTALLATION)
        | Q(area__path__in=above)
        | Q(covered(person, Permission.VIEW, field="area__path"), area__isnull=False)
        | Q(
            covered(person, Permission.VIEW, field="message__organisation__area__path"), message__isnull=False
        )
    )
    found = (
        LexiconWord.objects.filter(is_seen, pk=pk)
        .select_related("area", "message__organisation__area", "changed_by")
        .first()
    )
    if found is None:
        raise NotFoundError(_("Không có từ này trong từ điển, hoặc từ của địa bàn khác."))
    return found
