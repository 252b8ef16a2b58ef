# SPDX-License-Identifier: AGPL-3.0-or-later
"""Seeing a plan: table, board, Gantt, calendar, map, matrix, workload, levels and the wall, over the same rows."""
