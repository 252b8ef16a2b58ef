# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people sign in with, and where they are signed in."""

from hashlib import sha256

from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

from loa_protocol.keys import PublicKey, passkey_public_key

KEY_SHOWN = 16  # digits of a key's id, by which people tell keys apart


class SignInFailure(models.Model):
    """A sign-in that was tried and has not succeeded; kept for minutes, to slow down guessing."""

    username = models.CharField(max_length=80)
    address = models.CharField(max_length=45, blank=True)  # of the network; IPv6 at its longest
    at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["username", "at"], name="people_signinfailure_username"),
            models.Index(fields=["address", "at"], name="people_signinfailure_address"),
            models.Index(fields=["at"], name="people_signinfailure_at"),
        ]

    def __str__(self) -> str:
        return f"{self.username} {self.address}"


class PasskeyEnd(models.TextChoices):
    """Why a passkey is used no more."""

    RETIRED = "retired"
    LOST = "lost"
    SHARED = "shared"
    REPLACED = "replaced"  # two administrators let its person begin anew


class Passkey(models.Model):
    """A passkey of a person: it signs in, confirms what is dangerous, and may sign releases."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="passkeys")
    credential_id = models.CharField(max_length=1400, unique=True)  # base64url, as the browser names it
    name = models.CharField(max_length=60)
    cose = models.BinaryField()  # the public key as the authenticator gave it
    spki = models.BinaryField()  # the same as SubjectPublicKeyInfo (DER)
    algorithm = models.SmallIntegerField()  # of COSE
    rp_id = models.CharField(max_length=253)
    keyid = models.CharField(max_length=64, unique=True)
    transports = models.CharField(max_length=100, blank=True)  # with commas: usb, nfc, ble, internal, hybrid
    is_synced = models.BooleanField(default=False)  # copied by its maker to other devices of the person
    sign_count = models.BigIntegerField(default=0)
    created_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    end_reason = models.CharField(max_length=10, blank=True, choices=PasskeyEnd)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, end_reason="")
                | (models.Q(ended_at__isnull=False) & ~models.Q(end_reason="")),
                name="people_passkey_ends_for_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def short_id(self) -> str:
        """Return the digits by which lists and ``loa keys sign`` name the key."""
        return self.keyid[:KEY_SHOWN]

    @property
    def public_key(self) -> PublicKey:
        """Return the key as lists of approvers name it."""
        return passkey_public_key(bytes(self.spki), self.algorithm, self.rp_id)


class CodeApp(models.Model):
    """The secret that a person's phone shares with us for codes of six digits (TOTP, RFC 6238)."""

    person = models.OneToOneField("people.Person", on_delete=models.PROTECT, related_name="code_app")
    sealed = models.BinaryField()  # the secret, closed with the installation's own key
    begun_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)  # before that it opens nothing
    last_step = models.BigIntegerField(default=0)  # of 30 s since 1970: a code and those before count once

    def __str__(self) -> str:
        return str(self.person)


class RecoveryCode(models.Model):
    """One of ten codes on paper, for whoever has lost the phone; only its hash is kept."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="recovery_codes")
    digest = models.CharField(max_length=64)
    made_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "digest"], name="people_recoverycode_once"),
        ]

    def __str__(self) -> str:
        return str(self.person)


class Session(AbstractBaseSession):
    """A browser that is signed in: the session that each request reads anyway, with who and where."""

    person = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.CASCADE, related_name="sessions"
    )
    address = models.CharField(max_length=45, blank=True)  # of the network, when it signed in
    device = models.CharField(max_length=200, blank=True)  # what the browser calls itself
    since = models.DateTimeField(null=True, blank=True)
    last_seen = models.DateTimeField(null=True, blank=True)  # to five minutes

    @property
    def label(self) -> str:
        """Return a name that tells it from others and opens nothing, unlike its key."""
        return sha256(self.session_key.encode()).hexdigest()[:16]
