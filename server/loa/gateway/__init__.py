# SPDX-License-Identifier: AGPL-3.0-or-later
"""The process between messaging and database: takes what devices send, tells them and browsers what is new.

It imports no numpy and no PyAV, so that it stays small.
"""
