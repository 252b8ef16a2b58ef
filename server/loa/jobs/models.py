# SPDX-License-Identifier: AGPL-3.0-or-later
"""Work with progress that people see, and the outbox of effects that follow a commit (decision 9)."""

from django.db import models


class JobState(models.TextChoices):
    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    FAILED = "failed"


class Job(models.Model):
    """One piece of background work as its page shows it."""

    key = models.CharField(max_length=120, unique=True)  # "voice.rendition:12"
    title = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.WAITING)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    error = models.TextField(blank=True)  # a sentence for people
    created_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.key} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in {JobState.WAITING, JobState.WORKING}


class OutboxEntry(models.Model):
    """An effect to carry out after commit; the gateway or the worker marks it done when acknowledged."""

    topic = models.CharField(max_length=40)  # "publish", "look", "event"
    key = models.CharField(max_length=120, blank=True)  # what it is about: "06970"
    payload = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["topic", "not_before"],
                name="jobs_outbox_open",
                condition=models.Q(done_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic} {self.key}"


class ProcessBeat(models.Model):
    """A worker or gateway that lives: its row is renewed every few seconds, gone at its orderly end."""

    name = models.CharField(max_length=20)  # "worker", "gateway"
    identity = models.CharField(max_length=64, unique=True)  # host, process, start
    seen_at = models.DateTimeField()
    state = models.JSONField(default=dict)  # gateway: {"connected": true}

    def __str__(self) -> str:
        return f"{self.name} {self.identity}"
