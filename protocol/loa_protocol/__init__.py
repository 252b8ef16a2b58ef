# SPDX-License-Identifier: AGPL-3.0-or-later
"""Wire formats that Loa's server and loudspeakers share: encode, decode, verify.

Pure functions only: no disk, no network, no clock. Every module can be read alone; docs/protocol.md
describes the same formats for people who write another device.
"""

FORMAT = 1  # the format number that every signed statement carries
