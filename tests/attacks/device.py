# SPDX-License-Identifier: AGPL-3.0-or-later
"""A loudspeaker's checks without its processes: it fetches over HTTP, verifies, and says what it would play."""

from datetime import datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from loa_device.media import MediaStore
from loa_device.repository import Files, Repository
from loa_device.verification import Floors, Trusted, verify_files
from loa_device.web import Web
from loa_protocol.timeline import Timeline, timeline
from loa_protocol.verify import Place, Trust


class PublicFolder:
    """Any web server that serves the public files; ``folder`` may be changed at any time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        here = self

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, directory=str(here.folder), **kwargs)

            def log_message(self, *_words: Any) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


class Loudspeaker:
    """What a device keeps, and what it believes: the trust of its enrolment and floors that never fall."""

    def __init__(self, home: Path, url: str, root: str, trust: Trust, place: Place) -> None:
        self.home, self.url, self.root, self.trust, self.place = home, url, root, trust, place
        self.floors = Floors()
        self.files: Files | None = None
        self.trusted: Trusted | None = None
        self._web = Web()
        for name in ("metadata", "staging", "media"):
            (home / name).mkdir(parents=True)
        self.media = MediaStore(home / "media", f"{url}/media", self._web)

    def repository(self, commune: str = "") -> Repository:
        return Repository(
            metadata=self.home / "metadata",
            staging=self.home / "staging",
            verified=self.home / "verified",
            base_url=f"{self.url}/repo/{commune or self.trust.commune}",
            root=self.root.encode(),
            web=self._web,
        )

    def look(self, now: datetime, commune: str = "") -> Trusted:
        """Look again as the agent does: everything holds, or nothing is taken over."""
        repository = self.repository(commune)
        files = repository.refresh(self.files, now)
        trusted = verify_files(files, self.trust, self.floors, now=now, former=self.files)
        repository.keep(files)
        self.files, self.trusted, self.floors = files, trusted, trusted.floors(self.floors)
        return trusted

    def plays(self, now: datetime, ready: set[str]) -> Timeline:
        assert self.trusted is not None
        one = self.trusted
        return timeline(one.agenda, one.rules, one.releases, one.withdrawn, [], self.place, now, ready=ready)
