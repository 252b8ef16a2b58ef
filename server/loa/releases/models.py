# SPDX-License-Identifier: AGPL-3.0-or-later
"""Releases: the signed permission to place a revision; who may sign; and withdrawal."""

import uuid

from django.db import models

from loa.config import clock


class PolicyKind(models.TextChoices):
    STRICT = "strict"
    JOINED = "joined"
    SMALL_OFFICE = "small_office"
    BREAK_GLASS = "break_glass"  # one person, for an emergency alone, with a reason


class Policy(models.Model):
    """How many people release what an organisation says, and whether the author may be one of them.

    A row never changes but for its end: its key is inside signed bytes, and those keep their meaning.
    """

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="release_policies"
    )
    key = models.SlugField(max_length=60, unique=True)  # policy id inside the signed bytes
    kind = models.CharField(max_length=12, choices=PolicyKind)
    threshold = models.PositiveSmallIntegerField(default=2)
    is_weak = models.BooleanField(default=True)  # server-kept keys: said on every page
    must_hear = models.BooleanField(default=True)  # nobody signs before the sound was played to its end
    partners = models.ManyToManyField("people.Organisation", related_name="+")  # of a joined policy
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True, blank=True)  # an open one holds now

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(threshold__gte=2) | models.Q(kind=PolicyKind.BREAK_GLASS),
                name="releases_policy_never_one_person",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(until__isnull=True) & ~models.Q(kind=PolicyKind.BREAK_GLASS),
                name="releases_policy_one_holds",
            ),
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(until__isnull=True, kind=PolicyKind.BREAK_GLASS),
                name="releases_policy_one_breaks_glass",
            ),
        ]

    def __str__(self) -> str:
        return self.key


class ProposalOutcome(models.TextChoices):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by who proposed it


class PolicyProposal(models.Model):
    """A policy that one administrator proposes and another one confirms."""

    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.CASCADE, related_name="policy_proposals"
    )
    kind = models.CharField(max_length=12, choices=PolicyKind)
    is_weak = models.BooleanField()
    must_hear = models.BooleanField()
    partners = models.ManyToManyField("people.Organisation", related_name="+")
    proposed_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=ProposalOutcome, default=ProposalOutcome.WAITING)
    decided_by = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"],
                condition=models.Q(outcome="waiting"),
                name="releases_policyproposal_one_waits",
            ),
            models.CheckConstraint(
                condition=~models.Q(outcome="confirmed") | ~models.Q(decided_by=models.F("proposed_by")),
                name="releases_policyproposal_takes_two",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.kind}"


class SigningKey(models.Model):
    """A person's key; the private half is sealed with the password, or held elsewhere (passkey)."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="signing_keys")
    keyid = models.CharField(max_length=64, unique=True)
    keytype = models.CharField(max_length=20)
    public = models.JSONField()  # loa_protocol.PublicKey
    passkey = models.OneToOneField(
        "people.Passkey", null=True, blank=True, on_delete=models.PROTECT, related_name="signing_key"
    )
    sealed = models.BinaryField(null=True)  # encrypted private key; none for a passkey
    seal = models.JSONField(null=True)  # parameters of the key derivation
    created_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)  # signs no more; what it signed stays valid
    revoked_at = models.DateTimeField(null=True, blank=True)  # what it signed is void as well

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=models.Q(retired_at__isnull=True, revoked_at__isnull=True, passkey__isnull=True),
                name="releases_signingkey_one_in_use",
            ),
        ]

    def __str__(self) -> str:
        return self.keyid[:12]


class UnlockAttempt(models.Model):
    """A password tried at signing; a few wrong ones within minutes lock the person's key for a while."""

    person = models.ForeignKey("people.Person", on_delete=models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["person", "at"], name="releases_unlockattempt_recent")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.at:%Y-%m-%d %H:%M:%S}"


class ApproversList(models.Model):
    """A published, numbered, signed list of who may release in a commune."""

    commune = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="approvers_lists")
    number = models.PositiveIntegerField()
    envelope = models.BinaryField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["commune", "number"], name="releases_approverslist_number_once")
        ]

    def __str__(self) -> str:
        return f"{self.commune_id} {self.number}"


class ListKind(models.TextChoices):
    APPROVERS = "approvers"
    RULES = "rules"  # airtime rules; they are made in `airtime`, and signed by the same administrators


class ListOutcome(models.TextChoices):
    WAITING = "waiting"
    SIGNED = "signed"
    REPLACED = "replaced"  # before enough had signed, something else was to be said, or nothing any more


class ListProposal(models.Model):
    """A commune's list as two administrators are to sign it, who hold their keys themselves."""

    kind = models.CharField(max_length=9, choices=ListKind)
    commune = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="list_proposals")
    number = models.PositiveIntegerField()
    statement = models.BinaryField()  # canonical bytes that are signed
    before = models.BinaryField(default=bytes)  # envelope of the list that it replaces; empty without one
    created_at = models.DateTimeField()
    outcome = models.CharField(max_length=8, choices=ListOutcome, default=ListOutcome.WAITING)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "commune"],
                condition=models.Q(outcome="waiting"),
                name="releases_listproposal_one_waits",
            ),
            models.UniqueConstraint(
                fields=["kind", "commune", "number"],
                condition=models.Q(outcome="signed"),
                name="releases_listproposal_number_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.commune_id} {self.number}"


class ListSignature(models.Model):
    """One administrator's signature over a proposed list."""

    proposal = models.ForeignKey(ListProposal, on_delete=models.CASCADE, related_name="signatures")
    keyid = models.CharField(max_length=64)
    holder = models.CharField(max_length=200)  # of the key, as the root names him: people count, not keys
    value = models.JSONField()  # as the envelope holds it
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["proposal", "holder"], name="releases_listsignature_once")
        ]

    def __str__(self) -> str:
        return f"{self.holder} {self.proposal_id}"


class ReleaseState(models.TextChoices):
    AWAITING = "awaiting"
    RELEASED = "released"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    SUPERSEDED = "superseded"


class PriorityClass(models.TextChoices):
    NORMAL = "normal"
    PRIORITY = "priority"
    EMERGENCY = "emergency"


class Release(models.Model):
    """One request for release and, when enough people have signed the same bytes, the release itself."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    revision = models.ForeignKey("messages.Revision", on_delete=models.PROTECT, related_name="releases")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="releases")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="releases")
    policy_kind = models.CharField(max_length=12, choices=PolicyKind)  # as it was when sent: in the bytes
    sound = models.ForeignKey("voice.Sound", on_delete=models.PROTECT, related_name="releases")
    zones = models.ManyToManyField("areas.Area", related_name="+")
    priority_class = models.CharField(max_length=10, choices=PriorityClass, default=PriorityClass.NORMAL)
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    repeat_limit = models.PositiveSmallIntegerField(default=2)  # plays a day at one place
    is_test = models.BooleanField(default=False)
    is_prepared = models.BooleanField(default=False)  # sounds only while an activation holds
    break_glass = models.TextField(blank=True)  # why one person alone releases it
    statement = models.BinaryField()  # canonical bytes that are signed; fixed when sent
    state = models.CharField(max_length=10, choices=ReleaseState, default=ReleaseState.AWAITING)
    submitted_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    submitted_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True, blank=True)
    returned_by = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    returned_at = models.DateTimeField(null=True, blank=True)
    return_reason = models.TextField(blank=True)
    superseded_by = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="supersedes"
    )
    superseded_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(fields=["state", "submitted_at"], name="releases_release_waiting")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(not_after__gt=models.F("not_before")),
                name="releases_release_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Signature(models.Model):
    """One person's signature over the statement's bytes."""

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="signatures")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    value = models.JSONField()  # as the envelope holds it
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]
        constraints = [
            models.UniqueConstraint(fields=["release", "person"], name="releases_signature_one_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.release_id}"


class Withdrawal(models.Model):
    """The end of a release before its time; signed, so that a device knows who said so."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="withdrawal")
    reason = models.TextField()
    break_glass = models.TextField(blank=True)  # why one person alone ends an emergency
    statement = models.BinaryField()
    envelope = models.BinaryField(null=True)  # complete when enough have signed (emergency: two)
    requested_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    requested_at = models.DateTimeField()
    effective_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.release_id)


class WithdrawalSignature(models.Model):
    withdrawal = models.ForeignKey(Withdrawal, on_delete=models.CASCADE, related_name="signatures")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    value = models.JSONField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["withdrawal", "person"], name="releases_withdrawalsignature_one_per_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.withdrawal_id}"


class Broken(models.TextChoices):
    """What one person did alone."""

    RELEASE = "release"
    WITHDRAWAL = "withdrawal"


class Review(models.Model):
    """The glass was broken: somebody else looks at it within 24 hours, and it stays red until then."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="reviews")
    what = models.CharField(max_length=10, choices=Broken)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    opened_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reviewed_by = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reviewed_at = models.DateTimeField(null=True, blank=True)
    finding = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["release", "what"], name="releases_review_once"),
            models.CheckConstraint(
                condition=models.Q(reviewed_by__isnull=True) | ~models.Q(reviewed_by=models.F("person")),
                name="releases_review_by_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.release_id} {self.what}"


class Objection(models.Model):
    """An approver who was told of a release objects to it."""

    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="objections")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    text = models.TextField()
    at = models.DateTimeField()

    class Meta:
        ordering = ["at"]

    def __str__(self) -> str:
        return f"{self.release_id} {self.person_id}"


class Activation(models.Model):
    """A prepared emergency sounds now: one person who may sign emergencies says where, until when and why."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    release = models.ForeignKey(Release, on_delete=models.PROTECT, related_name="activations")
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    key = models.ForeignKey(SigningKey, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    not_before = models.DateTimeField()
    not_after = models.DateTimeField()
    envelope = models.BinaryField()
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.release_id} {self.at:%Y-%m-%d %H:%M:%S}"


class Mishap(models.Model):
    """Something wrong was broadcast: where it sounded, the apology that goes there, and what was found."""

    release = models.OneToOneField(Release, on_delete=models.PROTECT, related_name="mishap")
    apology = models.OneToOneField("messages.Message", on_delete=models.PROTECT, related_name="mishap")
    villages = models.ManyToManyField("areas.Area", related_name="+")  # where it sounded
    opened_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    account = models.TextField(blank=True)  # what happened, and what is done about it
    account_by = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    account_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return str(self.release_id)
