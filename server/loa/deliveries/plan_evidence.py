# SPDX-License-Identifier: AGPL-3.0-or-later
"""The ledger as evidence of a plan: how often, and how long, a message really sounded.

A reference is the code of a message. What sounded at ten places in one round is one airing, and its minutes
are counted once: an office plans airtime, not loudspeakers. Test items never count.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Max
from django.utils.functional import Promise
from django.utils.timezone import localdate
from django.utils.translation import gettext_lazy as _

from loa.campaigns.models import Activity
from loa.campaigns.ports import DeliveryFact
from loa.deliveries.models import Outcome
from loa.deliveries.queries import in_force
from loa.releases.models import Release

SOUNDED = (Outcome.DELIVERED, Outcome.PARTIAL, Outcome.STOPPED)
SUGGESTED = 50  # messages that are offered for one activity


class Airings:
    """How many rounds of a message sounded at one place at least."""

    key = "airings"
    name: str | Promise = _("Lượt phát loa")
    unit: str | Promise = _("lượt phát")

    def amount(self, rounds: Collection[float]) -> Decimal:
        """Return what rounds count, given the longest time in seconds that each sounded."""
        return Decimal(len(rounds))

    def facts(self, references: Collection[str]) -> Mapping[str, DeliveryFact]:
        """Return what the ledger holds of messages, by code. Two queries."""
        releases = list(
            Release.objects.filter(
                revision__message__code__in=list(references), is_test=False
            ).select_related("revision__message")
        )
        rounds = _rounds([release.pk for release in releases])
        found: dict[str, list[tuple[float, date]]] = {}
        titles: dict[str, str] = {}
        for release in releases:
            code = release.revision.message.code
            titles[code] = release.revision.title
            found.setdefault(code, []).extend(rounds.get(release.pk, []))
        return {
            code: DeliveryFact(
                reference=code,
                title=titles[code],
                on=max(day for _seconds, day in heard),
                amount=self.amount([seconds for seconds, _day in heard]),
                unit=str(self.unit),
                proof="recorded",
            )
            for code, heard in found.items()
            if heard
        }

    def suggestions(self, activity: Activity) -> Sequence[DeliveryFact]:
        """Return the messages of the activity's campaign and key messages that sounded, newest first."""
        messages = Release.objects.filter(revision__message__campaign=activity.campaign_id, is_test=False)
        wanted = activity.key_messages.values_list("pk", flat=True)
        if wanted:
            messages = messages.filter(revision__message__key_messages__in=wanted)
        codes = messages.order_by("-pk").values_list("revision__message__code", flat=True)
        facts = self.facts(list(dict.fromkeys(codes))[:SUGGESTED])
        return sorted(facts.values(), key=lambda fact: fact.on, reverse=True)


class Minutes(Airings):
    """How many minutes of airtime a message had."""

    key = "minutes"
    name: str | Promise = _("Thời lượng phát loa")
    unit: str | Promise = _("phút")

    def amount(self, rounds: Collection[float]) -> Decimal:
        """Return the minutes of rounds, given the longest time in seconds that each sounded."""
        return (Decimal(str(sum(rounds))) / 60).quantize(Decimal("0.01"))


def _rounds(release_ids: Collection[UUID]) -> dict[Any, list[tuple[float, date]]]:
    """Return for each release how long each of its rounds sounded at most, and on which local day. One query."""
    rows = (
        in_force()
        .filter(release_id__in=release_ids, outcome__in=SOUNDED, seconds__gt=0)
        .values_list("release_id", "placement_id", "due_at")
        .annotate(longest=Max("seconds"))
        .order_by()
    )
    found: dict[Any, list[tuple[float, date]]] = {}
    for release, _placement, due_at, longest in rows:
        found.setdefault(release, []).append((longest, localdate(due_at)))
    return found
