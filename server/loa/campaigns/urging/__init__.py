# SPDX-License-Identifier: AGPL-3.0-or-later
"""Urging: reminders before and after the due date, escalation, by hand, and what comes back."""
