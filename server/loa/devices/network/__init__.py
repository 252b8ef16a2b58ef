# SPDX-License-Identifier: AGPL-3.0-or-later
"""The network of loudspeakers as a whole: what is wrong where, how much of it works, what it proves."""
