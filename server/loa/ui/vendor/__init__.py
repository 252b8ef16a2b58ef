# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the pages borrow from others: which files, which versions, how to fetch and check them again."""
