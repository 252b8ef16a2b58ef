# SPDX-License-Identifier: AGPL-3.0-or-later
"""The secret address under which a calendar program reads somebody's due dates."""

from django.db import models


class CalendarAddress(models.Model):
    """One for a person; a new one ends the one before. The address itself is nowhere stored (``seeing.address``)."""

    person = models.OneToOneField(
        "people.Person", on_delete=models.CASCADE, related_name="calendar_address", primary_key=True
    )
    seed = models.CharField(max_length=32)  # random; of no use without the installation's secret
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.person)
