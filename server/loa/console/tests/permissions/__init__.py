# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who may open and do what at every address: one table, held to the URLs, to the views and to its page."""
