# SPDX-License-Identifier: AGPL-3.0-or-later
"""Plans as offices write them, in and out: .docx tables and .xlsx."""
