# SPDX-License-Identifier: AGPL-3.0-or-later
"""Loa: from a campaign's plan to every village, and the proof back."""

__version__ = "0.1.0"
