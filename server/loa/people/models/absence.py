# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is away, and who stands in for the holder of a post."""

from datetime import datetime, time, timedelta

from django.db import models
from django.utils.timezone import make_aware


class Leave(models.Model):
    """Days on which a person does not sign; he still reads."""

    person = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="leaves")
    first_day = models.DateField()
    last_day = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    is_own = models.BooleanField()  # recorded by the person: then he may end it himself
    ended_at = models.DateTimeField(null=True, blank=True)  # back earlier than planned
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="people_leave_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.first_day} {self.last_day}"


class Deputyship(models.Model):
    """Somebody has for some days the roles of the holder of a post, at the post's organisation."""

    post = models.ForeignKey("people.Post", on_delete=models.PROTECT, related_name="deputyships")
    holder = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="deputised")
    deputy = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="deputyships")
    first_day = models.DateField()
    last_day = models.DateField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_day__gte=models.F("first_day")),
                name="people_deputyship_ends_after_it_began",
            ),
            models.CheckConstraint(
                condition=~models.Q(deputy=models.F("holder")), name="people_deputyship_is_somebody_else"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.deputy} {self.post}"

    @property
    def begins_at(self) -> datetime:
        """Return the first moment of the first day here."""
        return make_aware(datetime.combine(self.first_day, time()))

    @property
    def ends_at(self) -> datetime:
        """Return the moment after the last day here."""
        return make_aware(datetime.combine(self.last_day + timedelta(days=1), time()))
