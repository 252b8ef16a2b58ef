# SPDX-License-Identifier: AGPL-3.0-or-later
"""The signed, numbered list of a commune's airtime rules."""

from django.db import transaction

from loa.airtime import queries
from loa.airtime.models import RulesList
from loa.areas.models import Area
from loa.audit.actions import record as audit
from loa.config import clock
from loa.releases import authority, proposals
from loa.releases.models import ListKind
from loa_protocol import envelope
from loa_protocol.statements import RulesStatement, decode_statement


def publish_rules(commune: Area, *, above: int = 0) -> RulesList:
    """Sign the commune's airtime rules under the next number when they changed, or their number must rise.

    Args:
        above: the highest number that files or devices are known to have seen (after a restore).

    Returns:
        The list in force: the present one when nothing changed, or when the administrators, who hold their keys
        themselves, have not signed what changed yet.

    Raises:
        ListNotSignedError: they have never signed one for this commune.
    """
    now = clock.now()
    with transaction.atomic():
        Area.objects.select_for_update().get(pk=commune.pk)
        newest = queries.newest_rules(commune)
        for one in proposals.signed_after(ListKind.RULES, commune, newest.number if newest else 0):
            newest = _keep_rules(commune, one.number, proposals.signed(one))
        number = max(newest.number if newest else 0, above) + 1
        statement = queries.rules_statement(commune, number=number)
        if newest is not None and newest.number >= above and _says_the_same(newest, statement):
            proposals.drop(kind=ListKind.RULES, commune=commune, now=now)
            return newest
        if authority.is_held_by_people():
            before = bytes(newest.envelope) if newest else b""
            proposals.propose(
                kind=ListKind.RULES, commune=commune, statement=statement, before=before, now=now
            )
        else:
            newest = _keep_rules(commune, number, authority.sign_rules(statement))
    if newest is None:
        raise proposals.none_signed_yet()
    return newest


def adopt_rules(commune: Area, published: envelope.Envelope) -> None:
    """Take back signed rules that readers have seen and that a restored backup does not know."""
    statement = decode_statement(published.payload, RulesStatement)
    newest = queries.newest_rules(commune)
    if authority.is_signed(published) and (newest is None or statement.number > newest.number):
        with transaction.atomic():
            _keep_rules(commune, statement.number, published)


def _keep_rules(commune: Area, number: int, signed: envelope.Envelope) -> RulesList:
    made = RulesList.objects.create(
        commune=commune, number=number, envelope=envelope.encode(signed), created_at=clock.now()
    )
    audit(actor=None, action="airtime.publish_rules", obj=made, area_code=commune.code)
    return made


def _says_the_same(newest: RulesList, wanted: RulesStatement) -> bool:
    """Say whether a signed list still holds: same rules, same zone, signed by today's administrators."""
    signed = envelope.decode(bytes(newest.envelope))
    known = decode_statement(signed.payload, RulesStatement)
    return proposals.says_the_same(known, wanted) and authority.is_signed(signed)
