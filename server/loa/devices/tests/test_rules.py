# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a device does now, as a table: last words, what is due, and the answer."""

from datetime import timedelta

import pytest

from loa.devices.rules import LastWords, Now, believable, state
from loa.devices.tests.factories import NOW

SECOND = timedelta(seconds=1)


def words(ago=2, *, plays_until=NOW + timedelta(days=5), clock="known", playing="", silence=""):
    return LastWords(
        at=NOW - ago * SECOND,
        plays_until=plays_until,
        clock=clock,
        playing_item=playing,
        agenda_number=1,
        silence=silence,
    )


@pytest.mark.parametrize(
    ("last", "due_since", "now", "reason"),
    [
        (None, None, Now.UNKNOWN, "never_seen"),
        (None, NOW - 60 * SECOND, Now.UNKNOWN, "never_seen"),
        (words(14), None, Now.SOUNDING, "ready"),
        (words(15), None, Now.UNKNOWN, "lost_contact"),
        (words(15, playing="x"), NOW - 60 * SECOND, Now.UNKNOWN, "lost_contact"),  # news is old, not good
        (words(clock="unknown"), None, Now.SILENT, "no_time"),
        (words(clock="held"), None, Now.SOUNDING, "ready"),
        (words(plays_until=None), None, Now.SILENT, "no_agenda"),
        (words(plays_until=NOW), None, Now.SILENT, "agenda_ended"),
        (words(silence="approvers_expired"), None, Now.SILENT, "approvers_expired"),
        (words(15, silence="approvers_expired"), None, Now.UNKNOWN, "lost_contact"),
        (words(playing="x"), NOW - 60 * SECOND, Now.SOUNDING, "as_planned"),
        (words(), NOW - 60 * SECOND, Now.SILENT, "does_not_play"),
        (words(), NOW - 4 * SECOND, Now.SOUNDING, "ready"),  # its words are of two seconds after the start
    ],
)
def test_what_a_device_does_now(last, due_since, now, reason):
    found = state(last, "item" if due_since else "", due_since, NOW)
    assert (found.now, found.reason) == (now, reason)
    assert found.is_playing is (reason == "as_planned")


@pytest.mark.parametrize(
    ("known", "reports", "highest"),
    [
        (5, [], 5),
        (5, [3, 4], 5),
        (5, [7], 7),
        (5, [7, 900], 7),  # one leaps
        (5, [7, 80, 150], 150),  # each within a step of the one before
        (5, [900], 900),  # nobody else is led astray
        (5, [900, 950, 7], 950),  # most of them saw it
        (5, [900, 7, 8], 8),
    ],
)
def test_a_number_that_leaps_is_believed_when_most_devices_saw_it(known, reports, highest):
    assert believable(known, reports, 100) == highest
