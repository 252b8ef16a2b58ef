# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where higher apps listen: each function is called with the release, inside the transaction of the change.

``on_released``: enough people have signed; it may be placed from now on.
``on_withdrawn``: it has ended before its time, ``release.state`` says whether it was withdrawn or superseded;
the ledger lists every place that may still hold it.
``coming``: each says how many rounds of the release sound now or are to come.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from loa.releases.models import Activation, Release

on_activated: list[Callable[["Activation"], None]] = []  # a prepared emergency is to sound now
on_released: list[Callable[["Release"], None]] = []
on_withdrawn: list[Callable[["Release"], None]] = []
coming: list[Callable[["Release"], int]] = []


def tell(listeners: list[Callable[["Release"], None]], release: "Release") -> None:
    """Call every listener in the order of registration; one that fails undoes the whole change."""
    for listener in listeners:
        listener(release)
