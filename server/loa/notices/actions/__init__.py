# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes state: telling, answering, and how somebody wants to be reached."""

from loa.notices.actions.answering import acknowledge, answer, object_to, pass_on
from loa.notices.actions.reaching import (
    choose_ways,
    confirm_email,
    end_subscription,
    subscribe,
)
from loa.notices.actions.telling import Telling, digest, tell, tell_many

__all__ = [
    "Telling",
    "acknowledge",
    "answer",
    "choose_ways",
    "confirm_email",
    "digest",
    "end_subscription",
    "object_to",
    "pass_on",
    "subscribe",
    "tell",
    "tell_many",
]
