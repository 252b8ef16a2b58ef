# SPDX-License-Identifier: AGPL-3.0-or-later
"""The agent's parts put together without the agent, for tests that need no process."""

from dataclasses import replace

from loa_device.clock import Clock, Sources
from loa_device.following import Following
from loa_device.media import MediaStore
from loa_device.playlog import PlayLog
from loa_device.repository import Repository
from loa_device.state import DeviceHome
from loa_device.web import Web
from loa_protocol.enrolment import Credential

DISCIPLINED = replace(Sources(), is_disciplined=lambda: True)


class Parts:
    """Clock, log, media and what is followed, on one folder; the clock is right by default."""

    def __init__(self, home: DeviceHome, credential: Credential, sources: Sources = DISCIPLINED) -> None:
        self.home = home
        self.credential = credential
        self.clock = Clock(home.clock, sources)
        self.web = Web(self.clock.observe, sources.boot)
        self.log = PlayLog(home.play_log, credential.device_id)
        self.media = MediaStore(home.media, credential.media_url, self.web)
        self.repository = Repository(
            metadata=home.metadata,
            staging=home.staging,
            verified=home.verified,
            base_url=credential.repository_url,
            root=credential.tuf_root.encode(),
            web=self.web,
        )
        self.following = Following(home, credential, self.repository, self.clock, self.log, self.media)

    def close(self) -> None:
        """End, as a process would."""
        self.log.close()
