# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages about lists that wait for two administrators show."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from loa.areas.models import Area
from loa.people.models import Person
from loa.releases import authority, proposals
from loa.releases.list_words import changes, contents
from loa.releases.models import ListOutcome, ListProposal
from loa_protocol.statements import RulesStatement

SHOWN = 3  # changes named in the list of lists


@dataclass(frozen=True)
class ListLine:
    """One list that waits, with its first changes."""

    proposal: ListProposal
    title: str
    changes: tuple[str, ...]
    more: int  # further changes
    signed: int
    needed: int
    is_yours: bool  # waits for the reader


@dataclass(frozen=True)
class Given:
    """One administrator who has signed or could."""

    name: str
    at: datetime | None
    is_you: bool


@dataclass(frozen=True)
class ListPage:
    """One list with everything that it says."""

    proposal: ListProposal
    title: str
    changes: list[str]
    contents: list[str]
    signers: list[Given]
    signed: int
    needed: int
    is_waiting: bool
    is_yours: bool
    has_passkey: bool  # the reader signs here; otherwise with his key file


def list_line(proposal: ListProposal, reader: Person) -> ListLine:
    """Return a line of the list of lists."""
    after = proposals.read(proposal)
    found = changes(proposals.read_before(proposal), after, _names([after]))
    return ListLine(
        proposal=proposal,
        title=proposals.title(proposal),
        changes=tuple(found[:SHOWN]),
        more=max(0, len(found) - SHOWN),
        signed=len(proposal.signatures.all()),
        needed=authority.administrators().admin_threshold,
        is_yours=_is_yours(proposal, reader),
    )


def list_page(proposal: ListProposal, reader: Person) -> ListPage:
    """Return the page of one list."""
    named, before, after = (
        authority.administrators(),
        proposals.read_before(proposal),
        proposals.read(proposal),
    )
    names = _names([after, before])
    at = {one.holder: one.at for one in proposal.signatures.all()}
    own = [key for key in named.admin_keys if named.admin_people.get(key.keyid) == str(reader.pk)]
    return ListPage(
        proposal=proposal,
        title=proposals.title(proposal),
        changes=changes(before, after, names),
        contents=contents(after, names),
        signers=[
            Given(one.full_name, at.get(str(one.pk)), one.pk == reader.pk)
            for one in proposals.administrators()
        ],
        signed=len(at),
        needed=named.admin_threshold,
        is_waiting=proposal.outcome == ListOutcome.WAITING,
        is_yours=_is_yours(proposal, reader),
        has_passkey=any(key.keytype == "webauthn" for key in own),
    )


def _names(lists: Iterable[object]) -> dict[str, str]:
    """Return the names of the areas that airtime rules are about. One query."""
    codes = {rule.zone for one in lists if isinstance(one, RulesStatement) for rule in one.rules}
    return dict(Area.objects.filter(code__in=codes).values_list("code", "name")) if codes else {}


def _is_yours(proposal: ListProposal, reader: Person) -> bool:
    waits = proposal.outcome == ListOutcome.WAITING and not proposals.has_signed(reader, proposal)
    return waits and proposals.is_administrator(reader)
