# SPDX-License-Identifier: AGPL-3.0-or-later
"""Keys that sign: the port, and keys that the server keeps, each sealed with its person's password.

``loa_protocol.keys.Signer`` is the port: actions take any signer. A passkey fills it with an assertion made
in the browser (``passkeys``); ``unlock`` opens a server-kept key for one signature (decision 0014).
"""

from datetime import datetime
from typing import Any

import msgspec
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.config import clock
from loa.people.models import Person
from loa.releases import sealing
from loa.releases.authority import installation
from loa.releases.errors import BadRequestError, TooManyAttemptsError, WrongPasswordError
from loa.releases.lists import publish_where_signing
from loa.releases.models import SigningKey, UnlockAttempt
from loa.releases.rules import UNLOCK_ATTEMPTS, UNLOCK_WINDOW
from loa_protocol.keys import Ed25519Signer, PublicKey, SignatureValue, Signer, new_ed25519

__all__ = [
    "Signer",
    "key_in_use",
    "make_signing_key",
    "public_key",
    "reseal",
    "retire_key",
    "revoke_key",
    "unlock",
]


def key_in_use(person: Person) -> SigningKey | None:
    """Return the server-kept key with which the person signs now, if any; passkeys are beside it."""
    return SigningKey.objects.filter(person=person, passkey=None, retired_at=None, revoked_at=None).first()


def public_key(key: SigningKey) -> PublicKey:
    """Return the public half as the protocol knows it."""
    return msgspec.convert(key.public, PublicKey)


def make_signing_key(
    *, person: Person, password: str, cost: sealing.Cost = sealing.DEFAULT_COST
) -> SigningKey:
    """Make the person's server-kept key; one that is in use is returned as it is.

    Raises:
        BadRequestError: no password was typed.
        WrongPasswordError: it is not the person's password.
        TooManyAttemptsError: it was wrong too often.
    """
    if existing := key_in_use(person):
        return existing
    _refuse_empty(password)
    _check_password(person, password)
    private, public = new_ed25519()
    sealed = sealing.seal(private, password, bound_to=_binding(person, public.keyid), cost=cost)
    with transaction.atomic():
        key = SigningKey.objects.create(
            person=person,
            keyid=public.keyid,
            keytype=public.keytype,
            public=msgspec.to_builtins(public),
            sealed=sealed.content,
            seal=sealed.parameters,
            created_at=clock.now(),
        )
        audit.record(actor=person, action="releases.make_signing_key", obj=key, details={"keyid": key.keyid})
        publish_where_signing(person)
    return key


def unlock(person: Person, password: str) -> Ed25519Signer:
    """Open the person's server-kept key for one signature.

    Raises:
        BadRequestError: the person has no such key, or no password was typed.
        WrongPasswordError: the password does not open it.
        TooManyAttemptsError: it was wrong too often.
    """
    key = key_in_use(person)
    if key is None or key.sealed is None:
        raise BadRequestError(_("Bạn chưa có khóa ký. Tạo khóa ở trang Chờ duyệt, rồi ký."), field="password")
    _refuse_empty(password)
    left = _count_attempt(person)
    try:
        private = sealing.unseal(
            sealing.Sealed(bytes(key.sealed), key.seal or {}), password, bound_to=_binding(person, key.keyid)
        )
    except sealing.WrongPasswordError as error:
        raise _wrong_password(left) from error
    _forget_attempts(person)
    return Ed25519Signer(private)


def retire_key(*, actor: Person, key: SigningKey) -> None:
    """Stop a key from signing; what it signed stays valid. "Already so" is no change."""
    _end_key(actor, key, "retired_at", "releases.retire_key")


def revoke_key(*, actor: Person, key: SigningKey) -> None:
    """Make a key and all that it signed void on every device, as after a theft. "Already so" is no change."""
    _end_key(actor, key, "revoked_at", "releases.revoke_key")


def reseal(person: Person, old_password: str, new_password: str) -> None:
    """Seal the person's key with the new password; listens to ``people.actions.on_password_change``."""
    key = key_in_use(person)
    if key is None or key.sealed is None:
        return
    binding = _binding(person, key.keyid)
    try:
        private = sealing.unseal(
            sealing.Sealed(bytes(key.sealed), key.seal or {}), old_password, bound_to=binding
        )
    except sealing.WrongPasswordError:  # sealed with an older password than the account's: it cannot be saved
        retire_key(actor=person, key=key)
        return
    given = key.seal or {}
    sealed = sealing.seal(
        private,
        new_password,
        bound_to=binding,
        cost=sealing.Cost(int(given["n"]), int(given["r"]), int(given["p"])),
    )
    with transaction.atomic():
        key.sealed, key.seal = sealed.content, sealed.parameters
        key.save(update_fields=["sealed", "seal"])
        audit.record(actor=person, action="releases.reseal", obj=key, details={"keyid": key.keyid})


def retire_lost_key(person: Person) -> None:
    """Retire a key whose password is forgotten; listens to ``people.actions.on_password_reset``."""
    key = key_in_use(person)
    if key is not None and key.sealed is not None:
        retire_key(actor=person, key=key)


def signature_to_json(value: SignatureValue) -> dict[str, Any]:
    """Return a signature as it is stored."""
    return {"keyid": value.keyid, "sig": value.sig.hex()}


def signature_from_json(value: dict[str, Any]) -> SignatureValue:
    """Return a stored signature as the envelope takes it."""
    return SignatureValue(keyid=value["keyid"], sig=bytes.fromhex(value["sig"]))


def _binding(person: Person, keyid: str) -> bytes:
    return f"loa signing key {installation()} {person.pk} {keyid}".encode()


def _end_key(actor: Person, key: SigningKey, column: str, action: str) -> None:
    with transaction.atomic():
        ended = SigningKey.objects.filter(pk=key.pk, **{f"{column}__isnull": True})
        if not ended.update(**{column: clock.now()}):
            return
        audit.record(actor=actor, action=action, obj=key, details={"keyid": key.keyid})
        publish_where_signing(key.person)


def _refuse_empty(password: str) -> None:
    """Ask for a password that was forgotten, without counting it as an attempt."""
    if not password:
        raise BadRequestError(_("Gõ mật khẩu của bạn. Chưa làm gì."), field="password")


def _check_password(person: Person, password: str) -> None:
    left = _count_attempt(person)
    if not person.check_password(password):
        raise _wrong_password(left)
    _forget_attempts(person)


def _count_attempt(person: Person) -> int:
    """Count one more attempt before its password is looked at, so that parallel guesses count too.

    Returns:
        How many attempts are left after this one.

    Raises:
        TooManyAttemptsError: this one is not counted.
    """
    now = clock.now()
    attempts = UnlockAttempt.objects.filter(person=person)
    with transaction.atomic():
        attempts.filter(at__lte=now - UNLOCK_WINDOW).delete()
        recent = list(attempts.order_by("at").values_list("at", flat=True))
        if len(recent) >= UNLOCK_ATTEMPTS:
            raise _too_many(recent[0] + UNLOCK_WINDOW)
        UnlockAttempt.objects.create(person=person, at=now)
    return UNLOCK_ATTEMPTS - len(recent) - 1


def _forget_attempts(person: Person) -> None:
    UnlockAttempt.objects.filter(person=person).delete()


def _wrong_password(left: int) -> WrongPasswordError:
    if not left:
        return WrongPasswordError(
            _("Sai mật khẩu, chưa ký gì. Đã hết số lần thử, đợi 15 phút."), field="password"
        )
    return WrongPasswordError(
        _("Sai mật khẩu, chưa ký gì. Còn %(left)s lần thử.") % {"left": left}, field="password"
    )


def _too_many(opens_at: datetime) -> TooManyAttemptsError:
    return TooManyAttemptsError(
        _("Sai mật khẩu %(count)s lần nên khóa ký tạm đóng. Thử lại sau %(time)s.")
        % {"count": UNLOCK_ATTEMPTS, "time": f"{timezone.localtime(opens_at):%H:%M}"},
        field="password",
    )
