# SPDX-License-Identifier: AGPL-3.0-or-later
"""The web process: Django by WSGI with threads on granian, static files by granian itself.

This module imports no Django: the serving process alone does.
"""

from granian import Granian
from granian.constants import Interfaces

from loa.config.environment import Environment

THREADS = 8
WAITING = 64  # requests held back before granian stops accepting


def serve(environment: Environment, workers: int = 1) -> None:
    """Serve until a signal ends it."""
    static = environment.home / "static"
    static.mkdir(parents=True, exist_ok=True)
    Granian(
        "loa.config.wsgi:application",
        address=environment.host,
        port=environment.port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=THREADS,
        backpressure=WAITING,
        websockets=False,
        respawn_failed_workers=True,
        static_path_route=["/static"],
        static_path_mount=[static],
    ).serve()
