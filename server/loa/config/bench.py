# SPDX-License-Identifier: AGPL-3.0-or-later
"""``loa bench NAME``: run a measurement of the folder ``bench/`` and hold its figures against their targets.

A measurement is a module with ``measure() -> Iterable[Figure]`` and a docstring that says what it does.
"""

import importlib.util
import inspect
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from loa.config.failures import OperatorError
from loa.config.words import _

FOLDER = Path(__file__).resolve().parents[3] / "bench"


@dataclass(frozen=True)
class Figure:
    """One measured figure; without ``at_most`` and ``at_least`` it is there to compare with."""

    name: str
    value: float
    unit: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def held(self) -> bool | None:
        """Whether the target is held; None when there is none."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return None if self.at_least is None else self.value >= self.at_least

    def as_dict(self) -> dict[str, Any]:
        """Return the form for programs."""
        return {
            "name": self.name,
            "value": self.value,
            "unit": self.unit,
            "at_most": self.at_most,
            "at_least": self.at_least,
            "held": self.held,
        }


@dataclass(frozen=True)
class Report:
    """The figures of one measurement."""

    name: str
    figures: tuple[Figure, ...]

    @property
    def held(self) -> bool:
        return all(figure.held is not False for figure in self.figures)

    def as_dict(self) -> dict[str, Any]:
        """Return the form for programs."""
        return {
            "name": self.name,
            "held": self.held,
            "figures": [figure.as_dict() for figure in self.figures],
        }

    def lines(self) -> Iterator[str]:
        """Yield a table for people."""
        width = max((len(figure.name) for figure in self.figures), default=0)
        for figure in self.figures:
            target = ""
            if figure.at_most is not None:
                target = f"≤ {figure.at_most:g}"
            elif figure.at_least is not None:
                target = f"≥ {figure.at_least:g}"
            held = {True: _("đạt"), False: _("KHÔNG ĐẠT"), None: ""}[figure.held]
            value = f"{figure.value:.4g}" if figure.value < 1000 else f"{figure.value:.0f}"
            yield f"{figure.name:<{width}}  {value:>9} {figure.unit:<8} {target:<9} {held}".rstrip()


def names() -> list[str]:
    """Return the measurements that there are."""
    return sorted(path.stem for path in FOLDER.glob("[a-z]*.py") if "\ndef measure(" in path.read_text())


def run(name: str, **options: int) -> Report:
    """Run a measurement.

    Args:
        name: of its module.
        options: what its ``measure`` should take instead of its defaults, such as ``devices``.

    Raises:
        OperatorError: there is none of this name, it has no such option, or no ``bench`` folder lies beside an
            installed package.
    """
    if name not in names():
        raise OperatorError(
            _("Không có bài đo %(name)s. Có: %(names)s (cần mã nguồn, không chỉ gói cài).")
            % {"name": name, "names": ", ".join(names()) or "-"}
        )
    measure: Callable[..., Iterable[Figure]] = _load(name).measure
    strange = options.keys() - inspect.signature(measure).parameters.keys()
    if strange:
        raise OperatorError(
            _("Bài đo %(name)s không có lựa chọn %(options)s.")
            % {"name": name, "options": ", ".join(f"--{one}" for one in sorted(strange))}
        )
    return Report(name, tuple(measure(**options)))


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"loa_bench_{name}", FOLDER / f"{name}.py")
    if spec is None or spec.loader is None:
        raise OperatorError(name)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
