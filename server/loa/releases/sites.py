# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sites whose signatures by passkey devices accept: this one, and former ones while something signed there holds.

A signature names the page on which it was made. When the installation's address changes, what was signed before
must not fall silent, and a former name must not stay accepted for ever: somebody else may own it one day.
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from django.db.models import Q

from loa.releases.models import Activation, Release, ReleaseState, Signature, WithdrawalSignature
from loa.releases.passkeys import relying_parties
from loa.releases.signing import signature_from_json
from loa_protocol.envelope import decode
from loa_protocol.webauthn import RelyingParty, unpack


class _Page(msgspec.Struct):
    origin: str


def accepted_sites(reaching: Q, now: datetime) -> list[RelyingParty]:
    """Return the sites that a list of approvers names, this installation's own first. Three queries.

    Args:
        reaching: condition on releases, "may sound where the list holds".
    """
    origins = {party.rp_id: list(party.origins) for party in relying_parties()}
    for rp_id, origin in sorted(set(_signed_at(reaching, now))):
        known = origins.setdefault(rp_id, [])
        if origin not in known:
            known.append(origin)
    return [RelyingParty(rp_id=rp_id, origins=known) for rp_id, known in origins.items()]


def _signed_at(reaching: Q, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield relying party and origin of every passkey's signature that a device still needs."""
    states = (ReleaseState.AWAITING, ReleaseState.RELEASED, ReleaseState.WITHDRAWN)
    releases = Release.objects.filter(reaching, state__in=states, not_after__gt=now).values("pk")
    for rows in (
        Signature.objects.filter(release__in=releases, key__passkey__isnull=False),
        WithdrawalSignature.objects.filter(withdrawal__release__in=releases, key__passkey__isnull=False),
    ):
        for public, value in rows.values_list("key__public", "value"):
            yield _site(public, signature_from_json(value).sig)
    activated = Activation.objects.filter(
        release__in=releases, not_after__gt=now, key__passkey__isnull=False
    ).values_list("key__public", "envelope")
    for public, envelope in activated:
        yield from (_site(public, one.sig) for one in decode(bytes(envelope)).signatures)


def _site(public: dict[str, Any], signature: bytes) -> tuple[str, str]:
    page = msgspec.json.decode(unpack(signature).client_data, type=_Page)
    return public["keyval"]["rp_id"], page.origin
