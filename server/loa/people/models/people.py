# SPDX-License-Identifier: AGPL-3.0-or-later
"""The tree of organisations, posts in them, people, and the roles that people hold."""

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from treebeard.mp_tree import MP_Node


class OrganisationKind(models.TextChoices):
    AUTHORITY = "authority"
    PARTY = "party"
    FRONT = "front"
    ASSOCIATION = "association"
    OFFICE = "office"


class Organisation(MP_Node):  # type: ignore[misc]  # treebeard has no types
    """An authority, Party body, Front, association or office, with the area that it serves."""

    name = models.CharField(max_length=200)
    short_name = models.CharField(max_length=60, blank=True)
    kind = models.CharField(max_length=12, choices=OrganisationKind)
    area = models.ForeignKey("areas.Area", on_delete=models.PROTECT, related_name="organisations")
    is_sample = models.BooleanField(default=False)

    objects: ClassVar[models.Manager["Organisation"]]  # treebeard's, for the type checker

    class Meta(MP_Node.Meta):  # type: ignore[misc]
        abstract = False

    def __str__(self) -> str:
        return self.name


class Post(models.Model):
    """A post (chức danh) in an organisation, held by one person at a time."""

    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="posts")
    title = models.CharField(max_length=120)
    reports_to = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="reports"
    )
    is_sample = models.BooleanField(default=False)

    def __str__(self) -> str:
        return self.title


class PersonManager(BaseUserManager["Person"]):
    def get_by_natural_key(self, username: str | None) -> "Person":
        return self.get(username=username)


class Person(AbstractBaseUser):
    """Whoever signs in; rights come from role grants alone, there is no superuser."""

    username = models.CharField(max_length=80, unique=True)
    full_name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    is_sample = models.BooleanField(default=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects = PersonManager()

    def __str__(self) -> str:
        return self.full_name

    @property
    def initials(self) -> str:
        """Return the last two words' first letters for the round picture ("Nguyễn Thị Hậu" is TH)."""
        return "".join(word[0] for word in self.full_name.split()[-2:]).upper()


class PostHolding(models.Model):
    """Who held a post from when to when; an open one is the holder now."""

    post = models.ForeignKey(Post, on_delete=models.PROTECT, related_name="holdings")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="holdings")
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["post"],
                condition=models.Q(until__isnull=True),
                name="people_postholding_one_holder_now",
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gte=models.F("since")),
                name="people_postholding_ends_after_it_began",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.post}"


class Role(models.TextChoices):
    VIEWER = "viewer"
    PLANNER = "planner"
    EDITOR = "editor"  # commune officer: writes, sends for release, places
    APPROVER = "approver"
    EMERGENCY = "emergency"  # signs and activates emergencies
    BREAK_GLASS = "break_glass"  # on duty: releases or withdraws an emergency alone, with a reason
    DEVICE_KEEPER = "device_keeper"
    ADMINISTRATOR = "administrator"


class RoleGrant(models.Model):
    """A role at an organisation; it covers the organisation's subtree and the area that each node serves."""

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="grants")
    organisation = models.ForeignKey(Organisation, on_delete=models.PROTECT, related_name="grants")
    role = models.CharField(max_length=16, choices=Role)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)
    granted_by = models.CharField(max_length=200)
    deputyship = models.ForeignKey(
        "people.Deputyship", null=True, blank=True, on_delete=models.PROTECT, related_name="grants"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["person", "organisation", "role"],
                condition=models.Q(until__isnull=True),
                name="people_rolegrant_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.role} {self.organisation}"
