# SPDX-License-Identifier: AGPL-3.0-or-later
"""The agent on a loudspeaker: fetches, verifies, plays to the second and proves it."""

from importlib.metadata import version

__version__ = version("loa-device")
