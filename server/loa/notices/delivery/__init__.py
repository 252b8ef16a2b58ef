# SPDX-License-Identifier: AGPL-3.0-or-later
"""How a notice reaches a person besides the console; run by the worker, each way in a thread of its own."""
