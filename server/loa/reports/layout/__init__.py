# SPDX-License-Identifier: AGPL-3.0-or-later
"""Official documents on paper: one tree of content (``tree``), written as .docx or PDF. No Django in here."""
