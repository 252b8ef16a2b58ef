# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa keys``: the key ceremony, rotation, and what is signed on another machine."""
