# SPDX-License-Identifier: AGPL-3.0-or-later
"""Entering a plan: forms and pages in which it is made, worked on, proved and inspected."""
