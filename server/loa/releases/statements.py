# SPDX-License-Identifier: AGPL-3.0-or-later
"""From rows to the bytes that people sign, and from stored signatures to envelopes."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from loa.areas.models import Area
from loa.areas.queries import communes_in
from loa.messages.models import Revision
from loa.messages.rules import tidy
from loa.releases.authority import installation
from loa.releases.models import Release, Withdrawal
from loa.releases.signing import signature_from_json
from loa.voice.languages.queries import language_lines
from loa.voice.models import Sound
from loa_protocol.envelope import RELEASE_TYPE, WITHDRAWAL_TYPE, Envelope, encode
from loa_protocol.statements import (
    ActivationStatement,
    ReleaseStatement,
    RenditionRef,
    WithdrawalStatement,
    decode_statement,
    encode_statement,
)
from loa_protocol.times import format_utc

REASON_LIMIT = 1000  # characters of one line inside signed bytes


def release_bytes(release: Release, zones: Iterable[Area], excluded: Iterable[int]) -> bytes:
    """Return the canonical bytes of a release that is about to be stored: what every signer signs.

    Args:
        zones: the topmost areas.
        excluded: keys of everyone who wrote, edited or sent it.

    Raises:
        MalformedError: something in it cannot be written, which the checks before should have caught.
    """
    zones = list(zones)
    revision, sound, organisation = release.revision, release.sound, release.organisation
    return encode_statement(
        ReleaseStatement(
            installation=installation(),
            release_id=str(release.pk),
            communes=[commune.code for commune in communes_in(zones)],
            organisation=str(organisation.pk),
            organisation_name=organisation.name,
            message_code=revision.message.code,
            revision=revision.number,
            title=revision.title,
            text_sha256=revision.text_sha256,
            sources=_source_lines(revision),
            renditions=[
                _spoken(sound),
                *(_spoken(line.sound, line.code) for line in language_lines(revision) if line.sound),
            ],
            zones=sorted(zone.code for zone in zones),
            priority_class=release.priority_class,  # type: ignore[arg-type]  # the column has the same three choices
            not_before=format_utc(release.not_before),
            not_after=format_utc(release.not_after),
            repeat_limit=release.repeat_limit,
            is_test=release.is_test,
            policy_id=release.policy.key,
            excluded=[str(pk) for pk in sorted(excluded)],
            created_at=format_utc(release.submitted_at),
            prepared=release.is_prepared,
            break_glass=_one_line(release.break_glass),
        )
    )


def withdrawal_bytes(release: Release, reason: str, at: datetime, break_glass: str = "") -> bytes:
    """Return the canonical bytes that end a release.

    Args:
        break_glass: why one person alone ends an emergency.
    """
    return encode_statement(
        WithdrawalStatement(
            installation=installation(),
            communes=statement_of(release).communes,
            release_id=str(release.pk),
            priority_class=release.priority_class,  # type: ignore[arg-type]  # as above
            reason=_one_line(reason),
            at=format_utc(at),
            break_glass=_one_line(break_glass),
        )
    )


def activation_bytes(
    release: Release, activation_id: UUID, reason: str, at: datetime, not_after: datetime
) -> bytes:
    """Return the canonical bytes that let a prepared release sound in all its zones from ``at`` on."""
    released = statement_of(release)
    return encode_statement(
        ActivationStatement(
            installation=installation(),
            activation_id=str(activation_id),
            communes=released.communes,
            release_id=str(release.pk),
            zones=released.zones,
            not_before=format_utc(at),
            not_after=format_utc(not_after),
            reason=_one_line(reason),
            at=format_utc(at),
        )
    )


def statement_of(release: Release) -> ReleaseStatement:
    """Read back what was signed.

    Raises:
        MalformedError: the stored bytes were changed.
    """
    return decode_statement(bytes(release.statement), ReleaseStatement)


def names_a_language(release: Release) -> bool:
    """Say whether the signed bytes name a recording in another language; nothing is read for it.

    The field is left out where it is empty, and within a text its quotes would be escaped.
    """
    return b'"language":' in bytes(release.statement)


def unsigned_envelope(release: Release) -> Envelope:
    """Return the release's envelope before anybody signed."""
    return Envelope(payload_type=RELEASE_TYPE, payload=bytes(release.statement))


def signed_envelope(release: Release) -> Envelope:
    """Return the release's envelope with the signatures stored so far, in the order of signing."""
    envelope = unsigned_envelope(release)
    for signature in release.signatures.all():
        envelope = envelope.with_signature(signature_from_json(signature.value))
    return envelope


def unsigned_withdrawal(withdrawal: Withdrawal) -> Envelope:
    """Return the withdrawal's envelope before anybody signed."""
    return Envelope(payload_type=WITHDRAWAL_TYPE, payload=bytes(withdrawal.statement))


def signed_withdrawal(withdrawal: Withdrawal) -> Envelope:
    """Return the withdrawal's envelope with the signatures stored so far."""
    envelope = unsigned_withdrawal(withdrawal)
    for signature in withdrawal.signatures.order_by("at", "pk"):
        envelope = envelope.with_signature(signature_from_json(signature.value))
    return envelope


def envelope_bytes(release: Release) -> bytes:
    """Return the file that devices fetch."""
    return encode(signed_envelope(release))


def _spoken(sound: Sound, language: str = "") -> RenditionRef:
    return RenditionRef(
        kind="spoken",
        sha256=sound.sha256,
        media_type=sound.media_type,
        duration_ms=sound.duration_ms,
        size=sound.size,
        language=language,
    )


def _one_line(text: str) -> str:
    """Return a text as signed bytes hold it: without line breaks."""
    return " ".join(tidy(text).split())[:REASON_LIMIT]


def _source_lines(revision: Revision) -> list[str]:
    return [f"{source.title} {source.link}".strip() for source in revision.sources.all()]
