# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who can do the next thing, by name, and who heard a sound: what a page says instead of "somebody else"."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from loa.people.models import Person
from loa.people.queries import people_with
from loa.releases import rules
from loa.releases.models import Release, SigningKey
from loa.releases.queries import permission_to_withdraw
from loa.voice.models import Heard


def who_may_withdraw(release: Release) -> list[Person]:
    """Return who can withdraw it now: approvers with a key who have not signed; all of them if none has a key.

    One query.
    """
    in_use = SigningKey.objects.filter(person=OuterRef("pk"), retired_at=None, revoked_at=None)
    people = people_with(permission_to_withdraw(release), release.organisation).annotate(
        has_key=Exists(in_use)
    )
    signed = (
        people.exclude(pk__in=release.withdrawal.signatures.values("person")) if _asked(release) else people
    )
    found: list[Any] = list(signed)  # with what the query added
    return [person for person in found if person.has_key] or found


def _asked(release: Release) -> bool:
    return getattr(release, "withdrawal", None) is not None


def heard_by(people: Iterable[int], release: Release) -> list[Person]:
    """Return which of these people (keys) played the release's sound to its end. One query."""
    rows = Heard.objects.filter(person__in=list(people), sound=release.sound_id).select_related("person")
    return [row.person for row in rows.order_by("at", "pk")]


def withdrawers(release: Release) -> str:
    """Name who can withdraw it now, as many as still must; empty when nobody can."""
    signed = release.withdrawal.signatures.count() if _asked(release) else 0
    missing = rules.WITHDRAWAL_THRESHOLD[release.priority_class] - signed
    return names_of(who_may_withdraw(release), missing)


def names_of(people: Iterable[Person], needed: int = 1) -> str:
    """Join names of whom ``needed`` sign, as a sentence lists them.

    One of them: "A, B hoặc C". All of them: "A và B". Some of them: "hai trong: A, B, C".
    """
    names = [person.full_name for person in people]
    if needed < 2:
        return either(names)
    if len(names) > needed:
        count = {2: _("hai"), 3: _("ba")}.get(needed, str(needed))
        return _("%(count)s trong: %(names)s") % {"count": count, "names": ", ".join(names)}
    return _joined(names, _("%(first)s và %(last)s"))


def either(names: list[str]) -> str:
    """Join some names of which one counts: "A, B hoặc C"."""
    return _joined(names, _("%(first)s hoặc %(last)s"))


def _joined(names: list[str], words: str) -> str:
    if len(names) < 2:
        return "".join(names)
    return words % {"first": ", ".join(names[:-1]), "last": names[-1]}
