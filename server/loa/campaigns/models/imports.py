# SPDX-License-Identifier: AGPL-3.0-or-later
"""A plan on its way in from a file: read, matched, looked at row by row, then taken or dropped."""

from django.db import models

from loa.campaigns.models.campaigns import Campaign


class ImportState(models.TextChoices):
    READING = "reading"  # the worker reads the file
    COLUMNS = "columns"  # somebody says which column is what
    CHECKING = "checking"  # the worker looks at every row
    CHECKED = "checked"  # somebody looks at the rows and decides
    IMPORTING = "importing"  # the worker adds the accepted rows
    DONE = "done"
    FAILED = "failed"  # the file cannot be read; nothing was added
    DROPPED = "dropped"


class PlanImport(models.Model):
    """One file and what became of it."""

    campaign = models.ForeignKey(Campaign, on_delete=models.CASCADE, related_name="imports")
    state = models.CharField(max_length=10, choices=ImportState, default=ImportState.READING)
    file_key = models.UUIDField(unique=True)  # its name below uploads/plan/parts; gone after three days
    file_name = models.CharField(max_length=200)
    made_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_index=True)
    tables = models.JSONField(default=list)  # what the file holds: importing.columns.Proposal
    choice = models.JSONField(default=dict)  # what somebody chose: importing.columns.Choice
    accepted = models.PositiveIntegerField(default=0)
    refused = models.PositiveIntegerField(default=0)
    imported = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)  # a sentence for people

    def __str__(self) -> str:
        return self.file_name


class ImportRowState(models.TextChoices):
    ACCEPTED = "accepted"
    REFUSED = "refused"
    SECTION = "section"


class PlanImportRow(models.Model):
    """One row of the file as it was last looked at."""

    plan_import = models.ForeignKey(PlanImport, on_delete=models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()  # in the file, from 1
    state = models.CharField(max_length=8, choices=ImportRowState)
    fields = models.JSONField(default=dict)  # column: words, as read or as they will be stored
    problems = models.JSONField(default=list)  # importing.reasons.Problem

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["plan_import", "number"], name="campaigns_planimportrow_once")
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.state}"
