# SPDX-License-Identifier: AGPL-3.0-or-later
"""What devices send, as the gateway hands it over: each row is stored once, whatever is sent twice."""

from loa.devices.intake.beats import take_heartbeats
from loa.devices.intake.holding import take_holding
from loa.devices.intake.log import take_log

__all__ = ["take_heartbeats", "take_holding", "take_log"]
