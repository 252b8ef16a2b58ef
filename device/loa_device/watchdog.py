# SPDX-License-Identifier: AGPL-3.0-or-later
"""Telling systemd that the agent runs and still plays: it starts an agent anew that says nothing for a minute.

The protocol of sd_notify(3): one datagram to the socket that the environment names.
"""

import os
import socket


def notify(state: str) -> None:
    """Tell the service manager a state such as `READY=1` or `WATCHDOG=1`; nothing where there is none."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as sender:
        sender.setblocking(False)
        try:
            sender.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)
        except OSError:
            return  # a manager that does not listen starts the agent anew by itself
