# SPDX-License-Identifier: AGPL-3.0-or-later
"""The two data files of the sample: a real campaign's facts, and the invented villages of the demo."""

import json
from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import yaml
from django.utils.translation import gettext as _

from loa.config.errors import LoaError


class SampleError(LoaError):
    """The sample cannot be loaded."""

    code = "sample"


class Source(msgspec.Struct, forbid_unknown_fields=True):
    """Where the facts were reported."""

    kind: str
    published: datetime
    place: str


class SampleArea(msgspec.Struct, forbid_unknown_fields=True):
    """The area as the report names it; its kind need not exist any more."""

    name: str
    kind: str
    parent: str
    communes_named: list[str]


class Event(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    month: str
    note: str


class SteeringBody(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    head: str


class SamplePhase(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    name: str
    start: date | None
    end: date | None


class SampleCampaign(msgspec.Struct, forbid_unknown_fields=True):
    title: str
    event: Event
    plan_issued: str
    follows: list[str]
    steering_body: SteeringBody
    phases: list[SamplePhase]


class SampleKeyMessage(msgspec.Struct, forbid_unknown_fields=True):
    phase: str | None
    text: str


class SampleChannel(msgspec.Struct, forbid_unknown_fields=True):
    key: str
    name: str


class Assignment(msgspec.Struct, forbid_unknown_fields=True):
    """What one organisation was told to do; the report names no person and no date."""

    organisation: str
    channels: list[str]
    work: list[str]


class SampleFile(msgspec.Struct, forbid_unknown_fields=True):
    """The facts of one campaign."""

    source: Source
    area: SampleArea
    campaign: SampleCampaign
    key_messages: list[SampleKeyMessage]
    channels: list[SampleChannel]
    assignments: list[Assignment]


@dataclass(frozen=True)
class InventedVillage:
    """A village that does not exist, with an outline that fits its neighbours'."""

    name: str
    households: int
    population: int
    outline: dict[str, Any]


def _with_its_commas(channel: dict[str, Any]) -> dict[str, Any]:
    """Give back to a name what an unquoted comma cut off: "{name: a, b}" is read as name and empty key."""
    cut = [key for key, value in channel.items() if value is None]
    kept = {key: value for key, value in channel.items() if value is not None}
    return {**kept, "name": ", ".join([kept["name"], *cut])} if cut else kept


def read_sample(path: Path | None = None) -> SampleFile:
    """Read a campaign's facts, from the packaged file unless told otherwise.

    Raises:
        SampleError: the file cannot be read or lacks something; the sentence says what.
    """
    try:
        text = (path or files("loa.campaigns") / "data" / "dam-ha-2020.yaml").read_text(encoding="utf-8")
        facts = yaml.safe_load(text)
        facts["channels"] = [_with_its_commas(channel) for channel in facts["channels"]]
        return msgspec.convert(facts, SampleFile)
    except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError, msgspec.ValidationError) as error:
        raise SampleError(_("Không đọc được tệp mẫu: %(why)s.") % {"why": error}) from error


def read_villages() -> list[InventedVillage]:
    """Read the invented villages with their outlines."""
    text = (files("loa.campaigns") / "data" / "villages.geojson").read_text(encoding="utf-8")
    return [
        InventedVillage(outline=feature["geometry"], **feature["properties"])
        for feature in json.loads(text)["features"]
    ]
