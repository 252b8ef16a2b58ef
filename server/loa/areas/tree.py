# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a node stands in the tree of areas: its step is its official number, so no path ever moves.

treebeard's own sorted insertion rewrites the paths of later siblings, which would make every path held in
memory wrong. An official code is a number below 36⁴, so it is the step itself: bulk loading needs no look at
what is there, and loading twice gives the same paths.
"""

from collections.abc import Iterable
from typing import Protocol

from loa.areas.models import Area

STEP_LENGTH: int = Area.steplen
PROVINCE_DEPTH = 1
COMMUNE_DEPTH = 2
VILLAGE_DEPTH = 3


class HasPath(Protocol):
    """Anything that stands in a tree."""

    path: str


def path_below(parent_path: str, step: int) -> str:
    """Return the path of child number ``step`` (1 and up) below ``parent_path`` ("" for a root).

    Raises:
        ValueError: the number does not fit into a step.
    """
    path: str = Area._get_path(parent_path, len(parent_path) // STEP_LENGTH + 1, step)
    if step < 1 or len(path) != len(parent_path) + STEP_LENGTH:
        raise ValueError(f"Step {step} does not fit into a path below {parent_path!r}.")
    return path


def step_of(node: HasPath) -> int:
    """Return the number of a node among its siblings."""
    step: int = Area._str2int(node.path[-STEP_LENGTH:])
    return step


def is_within(path: str, roots: Iterable[str]) -> bool:
    """Say whether ``path`` is one of ``roots`` or lies below one."""
    return any(path.startswith(root) for root in roots)


def topmost(paths: Iterable[str]) -> list[str]:
    """Return the paths that lie below no other one, in order, each once."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not (kept and path.startswith(kept[-1])):
            kept.append(path)
    return kept


def ancestor_paths(path: str) -> list[str]:
    """Return the paths above ``path`` from the root down, and ``path`` itself last."""
    return [path[:end] for end in range(STEP_LENGTH, len(path) + 1, STEP_LENGTH)]
