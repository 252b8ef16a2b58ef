# SPDX-License-Identifier: AGPL-3.0-or-later
"""The console leads to every channel that can carry a release, and knows none of them by name."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from loa.channels import registry
from loa.console import placing

RELEASE: Any = type("", (), {"pk": uuid4()})()


@pytest.fixture
def loudspeaker(monkeypatch: pytest.MonkeyPatch) -> registry.Channel:
    """The registry as it stands, put back afterwards."""
    known = registry.channel("loudspeaker")
    monkeypatch.setattr(registry, "_channels", {known.key: known})
    return known


def test_the_only_channel_needs_no_name(loudspeaker: registry.Channel) -> None:
    (link,) = placing.placing_links(RELEASE)
    assert (link.words, placing.placing_url(RELEASE)) == ("Đặt lịch", link.url)


def test_a_further_channel_is_offered_beside_it_by_name(loudspeaker: registry.Channel) -> None:
    registry.register(replace(loudspeaker, key="siren", app="sirens", name="Còi"))
    assert [link.words for link in placing.placing_links(RELEASE)] == ["Đặt lịch: Loa", "Đặt lịch: Còi"]


def test_a_channel_that_needs_what_no_release_holds_is_not_offered(loudspeaker: registry.Channel) -> None:
    registry.register(replace(loudspeaker, key="board", app="boards", rendition_kind="board"))
    assert len(placing.placing_links(RELEASE)) == 1
