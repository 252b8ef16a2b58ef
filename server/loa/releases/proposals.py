# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lists that wait for two administrators who hold their keys themselves: proposed, signed, taken up.

The lists are made where they always were (``approvers``, ``airtime``); here they only wait for signatures.
"""

from collections.abc import Collection
from datetime import datetime, timedelta

import msgspec
from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.audit import actions as audit
from loa.audit.actor import Actor
from loa.config import clock
from loa.config.errors import ConflictError
from loa.jobs import outbox
from loa.people.models import Person
from loa.releases import authority
from loa.releases.errors import ListNotSignedError, MayNotSignError, NoCeremonyError
from loa.releases.list_telling import list_name, tell_of_list
from loa.releases.models import ListKind, ListOutcome, ListProposal, ListSignature
from loa.releases.signing import signature_from_json, signature_to_json
from loa_protocol.envelope import APPROVERS_TYPE, RULES_TYPE, Envelope, decode
from loa_protocol.errors import ProtocolError
from loa_protocol.keys import PublicKey, SignatureValue, Signer, check_signature
from loa_protocol.statements import (
    Administrators,
    ApproversStatement,
    RulesStatement,
    decode_statement,
    encode_statement,
)

List = ApproversStatement | RulesStatement

KEPT = timedelta(days=30)  # a list that nobody signs is drawn up anew, so that it does not end too soon
_BEGIN, _END = "2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z"  # for lists that are compared
_TYPES: dict[str, str] = {ListKind.APPROVERS: APPROVERS_TYPE, ListKind.RULES: RULES_TYPE}


def propose(*, kind: ListKind, commune: Area, statement: List, before: bytes, now: datetime) -> ListProposal:
    """Ask the administrators to sign a list, in the caller's transaction; the same one is asked for once.

    Another list that waits is replaced, with the signatures that it had.

    Args:
        before: the envelope of the list in force, empty without one.
    """
    waiting = _waiting(kind, commune)
    if waiting is not None:
        is_fresh = waiting.number >= statement.number and now - waiting.created_at < KEPT
        if is_fresh and says_the_same(read(waiting), statement):
            return waiting
        _replace(waiting, now)
    made = ListProposal.objects.create(
        kind=kind,
        commune=commune,
        number=statement.number,
        statement=encode_statement(statement),
        before=before,
        created_at=now,
    )
    audit.record(
        actor=None,
        action="releases.propose_list",
        obj=made,
        details={"kind": kind, "number": made.number},
        area_code=commune.code,
    )
    tell_of_list(made, administrators())
    return made


def drop(*, kind: ListKind, commune: Area, now: datetime) -> None:
    """Ask for nothing any more: the list in force says what is wanted."""
    waiting = _waiting(kind, commune)
    if waiting is not None:
        _replace(waiting, now)


def says_the_same(one: List, other: List) -> bool:
    """Say whether two lists differ in nothing but number and dates."""
    return _timeless(one) == _timeless(other)


def read(proposal: ListProposal) -> List:
    """Return the list that a proposal asks for."""
    if proposal.kind == ListKind.APPROVERS:
        return decode_statement(bytes(proposal.statement), ApproversStatement)
    return decode_statement(bytes(proposal.statement), RulesStatement)


def read_before(proposal: ListProposal) -> List | None:
    """Return the list that a proposal would replace."""
    if not proposal.before:
        return None
    payload = decode(bytes(proposal.before)).payload
    if proposal.kind == ListKind.APPROVERS:
        return decode_statement(payload, ApproversStatement)
    return decode_statement(payload, RulesStatement)


def unsigned(proposal: ListProposal) -> Envelope:
    """Return what administrators sign."""
    return Envelope(payload_type=_TYPES[proposal.kind], payload=bytes(proposal.statement))


def signed(proposal: ListProposal) -> Envelope:
    """Return the proposal with the signatures that it has."""
    envelope = unsigned(proposal)
    for one in proposal.signatures.all():
        envelope = envelope.with_signature(signature_from_json(one.value))
    return envelope


def signed_after(kind: ListKind, commune: Area, number: int) -> list[ListProposal]:
    """Return the lists above a number that enough administrators have signed, by number."""
    found = ListProposal.objects.filter(
        kind=kind, commune=commune, outcome=ListOutcome.SIGNED, number__gt=number
    )
    return list(found.order_by("number"))


def title(proposal: ListProposal) -> str:
    """Return what a list is called, with its commune."""
    return f"{list_name(proposal.kind)}, {proposal.commune.name}"


def all_waiting() -> QuerySet[ListProposal]:
    """Return every list that waits, oldest first."""
    waiting = ListProposal.objects.filter(outcome=ListOutcome.WAITING)
    return waiting.select_related("commune").prefetch_related("signatures").order_by("created_at", "pk")


def waiting_for(person: Person) -> QuerySet[ListProposal]:
    """Return the lists that wait for this administrator, oldest first; none for anybody else."""
    if not is_administrator(person):
        return ListProposal.objects.none()
    return all_waiting().exclude(signatures__holder=str(person.pk))


def has_signed(person: Person, proposal: ListProposal) -> bool:
    """Say whether a person is among those who have signed a list."""
    return any(one.holder == str(person.pk) for one in proposal.signatures.all())


def is_administrator(person: Person) -> bool:
    """Say whether the root names a key of this person."""
    return authority.is_held_by_people() and str(person.pk) in _holders()


def administrators() -> list[Person]:
    """Return the people whose keys the root names."""
    numbers = [int(one) for one in _holders() if one.isdigit()]
    return list(Person.objects.filter(pk__in=numbers).order_by("pk"))


def sign_list(*, actor: Person, proposal: ListProposal, signer: Signer) -> ListProposal:
    """Add an administrator's signature by a passkey; the last one needed puts the list in force.

    Raises:
        MayNotSignError: the key is none of this administrator's.
        ConflictError: the list waits no more, he signed already, or the signature does not verify.
    """
    value = signer.sign(unsigned(proposal).pae())
    if authority.administrators().admin_people.get(value.keyid) != str(actor.pk):
        raise MayNotSignError(_("Khóa này không phải khóa quản trị của bạn. Chưa ký gì."))
    return take_signature(actor=actor, proposal=proposal, value=value)


def take_signature(*, actor: Person | Actor, proposal: ListProposal, value: SignatureValue) -> ListProposal:
    """Add a signature that an administrator made here or on another machine.

    Raises:
        MayNotSignError: it is of no administrator's key.
        ConflictError: the list waits no more, he signed already, or the signature does not verify.
    """
    with transaction.atomic():
        proposal = ListProposal.objects.select_for_update(of=("self",)).get(pk=proposal.pk)
        if proposal.outcome != ListOutcome.WAITING:
            raise ConflictError(_("Danh sách này không còn chờ ký: đã đủ chữ ký, hoặc đã có danh sách khác."))
        named = authority.administrators()
        key = next((one for one in named.admin_keys if one.keyid == value.keyid), None)
        if key is None:
            raise MayNotSignError(_("Chữ ký này không phải của quản trị nào. Chưa nhận gì."))
        _check(key, value, proposal, named)
        holder = named.admin_people.get(key.keyid, key.keyid)
        try:
            with transaction.atomic():
                ListSignature.objects.create(
                    proposal=proposal,
                    keyid=key.keyid,
                    holder=holder,
                    value=signature_to_json(value),
                    at=clock.now(),
                )
        except IntegrityError as error:
            raise ConflictError(_("Người này đã ký. Chữ ký còn lại phải của quản trị khác.")) from error
        audit.record(
            actor=actor,
            action="releases.sign_list",
            obj=proposal,
            details={"kind": proposal.kind, "number": proposal.number, "keyid": key.keyid, "holder": holder},
            area_code=proposal.commune.code,
        )
        _finish(proposal)
    return proposal


def refuse_before_ceremony(*, is_test: bool) -> None:
    """Let a real installation release tests alone until people hold the keys.

    Raises:
        NoCeremonyError: this is no test, and the keys that open everything still lie on the server.
    """
    if settings.RELEASES_NEED_CEREMONY and not is_test and not authority.is_held_by_people():
        raise NoCeremonyError(
            _(
                "Khóa gốc và khóa quản trị còn nằm trên máy chủ nên chỉ phát được tin thử. "
                "Nhờ người quản trị máy chạy loa keys init, rồi gửi lại."
            )
        )


def none_signed_yet() -> ListNotSignedError:
    """Return the error of a commune that has no signed list at all."""
    return ListNotSignedError(
        _("Danh sách người duyệt và giờ phát của xã này chưa đủ chữ ký của hai quản trị. Nhờ họ ký trước.")
    )


def _check(key: PublicKey, value: SignatureValue, proposal: ListProposal, named: Administrators) -> None:
    try:
        check_signature(key, value, unsigned(proposal).pae(), named.relying_parties)
    except ProtocolError as error:
        raise ConflictError(
            _("Chữ ký không đạt khi kiểm tra như thiết bị kiểm tra (%(code)s). Chưa nhận gì.")
            % {"code": error.code},
            protocol_code=error.code,
        ) from error


def _finish(proposal: ListProposal) -> None:
    """Put the list in force when enough administrators have signed; the worker takes it up and publishes it."""
    if not authority.is_signed(signed(proposal)):
        return
    proposal.outcome, proposal.decided_at = ListOutcome.SIGNED, clock.now()
    proposal.save(update_fields=["outcome", "decided_at"])
    outbox.put("publish", key=proposal.commune.code)


def _waiting(kind: ListKind, commune: Area) -> ListProposal | None:
    found = ListProposal.objects.select_for_update(of=("self",))
    return found.filter(kind=kind, commune=commune, outcome=ListOutcome.WAITING).first()


def _replace(proposal: ListProposal, now: datetime) -> None:
    proposal.outcome, proposal.decided_at = ListOutcome.REPLACED, now
    proposal.save(update_fields=["outcome", "decided_at"])


def _holders() -> Collection[str]:
    return set(authority.administrators().admin_people.values())


def _timeless(statement: List) -> List:
    if isinstance(statement, ApproversStatement):
        return msgspec.structs.replace(statement, number=1, issued_at=_BEGIN, expires_at=_END)
    return msgspec.structs.replace(statement, number=1, issued_at=_BEGIN)
