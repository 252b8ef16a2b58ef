# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an attack needs: messaging for all, and a commune with one real loudspeaker for each."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "device" / "tests"))

from nats_process import NatsProcess

from tests.attacks.stage import Stage


@pytest.fixture(scope="session")
def nats(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsProcess]:
    """Messaging, started once."""
    with NatsProcess(tmp_path_factory.mktemp("nats")) as process:
        yield process


@pytest.fixture
def empty_stage(tmp_path: Path, nats: NatsProcess) -> Iterator[Stage]:
    """The same before anything is published and before the loudspeaker was started."""
    with Stage(tmp_path, nats) as stage:
        yield stage


@pytest.fixture
def stage(tmp_path: Path, nats: NatsProcess) -> Iterator[Stage]:
    """A commune whose server is in strange hands, and its loudspeaker, which follows the honest files so far."""
    with Stage(tmp_path, nats) as stage:
        stage.publish_honestly()
        stage.start()
        yield stage
