# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notices to people, what they said to them, how they want to be reached, and every attempt to reach them."""

import uuid

from django.conf import settings
from django.db import models

TITLE_LENGTH = 200  # characters
DEDUPE_LENGTH = 160
ANSWER_LENGTH = 1000


class Answer(models.TextChoices):
    """What a person can say to a notice; the first is always possible."""

    ACKNOWLEDGE = "acknowledge"
    ANSWER = "answer"
    PASS_ON = "pass_on"  # noqa: S105  (no password)
    OBJECT = "object"


class Way(models.TextChoices):
    CONSOLE = "console"
    EMAIL = "email"
    PUSH = "push"


class Use(models.TextChoices):
    """For what a person lets a way be used; the console is always used."""

    OFF = "off"
    URGENT = "urgent"
    ALL = "all"


class Outcome(models.TextChoices):
    STARTED = "started"  # written down before the letter goes out: a second one is not sent blindly
    SENT = "sent"
    UNKNOWN = "unknown"  # the worker stopped while it sent; what is not urgent is not sent a second time
    FAILED = "failed"  # tried again later
    GAVE_UP = "gave_up"
    GONE = "gone"  # the browser ended its subscription
    OVER_LIMIT = "over_limit"  # so many came that day that this one waits in the console alone
    NOT_NEEDED = "not_needed"  # received meanwhile, or the way was switched off


class Notice(models.Model):
    """Something one person is told; the same thing is told to him once (``dedupe``)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notices")
    kind = models.CharField(max_length=60)  # a key of ``notices.kinds``
    title = models.CharField(max_length=TITLE_LENGTH)
    body = models.TextField(blank=True)
    url = models.CharField(max_length=300, blank=True)  # a path of ours: where the thing is seen
    links = models.JSONField(default=list)  # [[words, path], …] below the text
    about_type = models.CharField(max_length=60, blank=True)  # "campaigns.activity"
    about_id = models.CharField(max_length=60, blank=True)
    dedupe = models.CharField(max_length=DEDUPE_LENGTH)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="notices_sent"
    )
    sent_by_name = models.CharField(max_length=200)  # also of what is no person: the system
    is_urgent = models.BooleanField(default=False)
    answers = models.JSONField(default=list)  # values of ``Answer``
    passed_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="passed")
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)  # the first answer of any kind

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "dedupe"], name="notices_notice_once"),
        ]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="notices_notice_listed"),
            models.Index(
                fields=["person"], name="notices_notice_open", condition=models.Q(settled_at__isnull=True)
            ),
            models.Index(fields=["about_type", "about_id"], name="notices_notice_about"),
            models.Index(fields=["dedupe"], name="notices_notice_dedupe"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def is_settled(self) -> bool:
        return self.settled_at is not None

    def allows(self, answer: Answer) -> bool:
        """Say whether this answer can be given to this notice."""
        return answer is Answer.ACKNOWLEDGE or answer.value in self.answers


class Response(models.Model):
    """What a person said to a notice; nothing here is ever changed."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="responses")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Answer)
    text = models.TextField(blank=True)
    passed_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice"],
                condition=models.Q(kind=Answer.ACKNOWLEDGE),
                name="notices_response_acknowledged_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.person}"


class Ways(models.Model):
    """How one person wants to be reached besides the console; who has no row wants what stands here."""

    person = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="ways")
    email = models.EmailField(blank=True)  # confirmed
    pending_email = models.EmailField(blank=True)  # asked for; waits for its confirmation
    asked_at = models.DateTimeField(null=True)  # when the last confirmation was asked for
    email_use = models.CharField(max_length=6, choices=Use, default=Use.ALL)
    push_use = models.CharField(max_length=6, choices=Use, default=Use.ALL)

    def __str__(self) -> str:
        return f"{self.person} {self.email_use} {self.push_use}"


class Subscription(models.Model):
    """A browser that a person asked to show notices; it ends by his word or by its push service's."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="subscriptions"
    )
    endpoint = models.CharField(max_length=1000, unique=True)
    p256dh = models.CharField(max_length=120)  # the browser's public key, base64url
    auth = models.CharField(max_length=40)  # its secret, base64url
    browser = models.CharField(max_length=80)  # in words
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.browser


class DeliveryAttempt(models.Model):
    """One try to bring a notice to a person by a way; "every reminder is logged" is a question to this table."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="attempts")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    way = models.CharField(max_length=8, choices=Way)
    subscription = models.ForeignKey(Subscription, null=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=Outcome)
    detail = models.CharField(max_length=300, blank=True)  # for operators

    class Meta:
        indexes = [
            models.Index(fields=["notice", "way"], name="notices_attempt_of_notice"),
            models.Index(fields=["person", "way", "at"], name="notices_attempt_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.outcome}"


class DigestDay(models.Model):
    """How far the digests of a day have come, so that a restart goes on where it stopped."""

    day = models.DateField(unique=True)
    up_to = models.BigIntegerField(default=0)  # the last person who was looked at
    done_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return str(self.day)
