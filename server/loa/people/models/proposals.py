# SPDX-License-Identifier: AGPL-3.0-or-later
"""What one administrator proposes and a second one confirms."""

from django.db import models

from loa.people.models.people import Role


class ProposalKind(models.TextChoices):
    GRANT = "grant"
    RECOVERY = "recovery"  # begin anew: new passkeys, a new password


class Outcome(models.TextChoices):
    WAITING = "waiting"
    CONFIRMED = "confirmed"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"  # by who proposed it, or with the deputyship that it was for


class Proposal(models.Model):
    """A role for somebody, or a new beginning of his sign-in, that waits for a second administrator."""

    kind = models.CharField(max_length=10, choices=ProposalKind)
    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="proposals")
    organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="proposals"
    )
    role = models.CharField(max_length=16, blank=True, choices=Role)
    deputyship = models.ForeignKey(
        "people.Deputyship", null=True, blank=True, on_delete=models.PROTECT, related_name="proposals"
    )
    proposed_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="proposed")
    proposed_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    decided_by = models.ForeignKey(
        "people.Person", null=True, blank=True, on_delete=models.PROTECT, related_name="decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "person", "organisation", "role"],
                condition=models.Q(outcome="waiting", deputyship__isnull=True),
                name="people_proposal_once",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | models.Q(outcome="withdrawn")
                | ~models.Q(decided_by=models.F("proposed_by")),
                name="people_proposal_takes_two",
            ),
            models.CheckConstraint(
                condition=models.Q(decided_by__isnull=True)
                | models.Q(outcome="withdrawn")
                | ~models.Q(decided_by=models.F("person")),
                name="people_proposal_never_for_oneself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person} {self.role}"
