# SPDX-License-Identifier: AGPL-3.0-or-later
"""Messages, and the frozen revisions of what they say."""

from django.db import models


class Message(models.Model):
    """What is said; its words are in its revisions, its state is computed from releases and deliveries."""

    code = models.CharField(max_length=20, unique=True)  # "T-0147"
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="messages")
    campaign = models.ForeignKey(
        "campaigns.Campaign", null=True, blank=True, on_delete=models.PROTECT, related_name="messages"
    )
    key_messages = models.ManyToManyField("campaigns.KeyMessage", blank=True, related_name="messages")
    created_at = models.DateTimeField()
    created_by = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    is_test = models.BooleanField(default=False)  # a marked test message: sounds on test devices alone

    def __str__(self) -> str:
        return self.code


class Revision(models.Model):
    """One version of a message; the newest may be edited until it is frozen, the others never."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=200)
    text = models.TextField()
    author = models.ForeignKey("people.Person", on_delete=models.PROTECT, related_name="+")
    editors = models.ManyToManyField("people.Person", related_name="+")  # everyone who changed a word of it
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField()
    frozen_at = models.DateTimeField(null=True, blank=True)  # sent for release: bytes are fixed
    text_sha256 = models.CharField(max_length=64)  # of the canonical title, text and sources

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["message", "number"], name="messages_revision_number_once")
        ]

    def __str__(self) -> str:
        return self.title


class Source(models.Model):
    """Where a revision's facts come from: residents have a right to see it."""

    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="sources")
    order = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=300)
    link = models.URLField(blank=True)

    class Meta:
        ordering = ["order"]

    def __str__(self) -> str:
        return self.title
