# SPDX-License-Identifier: AGPL-3.0-or-later
"""Pair a virtual loudspeaker on this machine exactly as a real one: own key, code, approval, credential."""

import subprocess
import sys
from pathlib import Path

from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.config.errors import ConflictError
from loa.devices.actions import approve
from loa.devices.models import Device
from loa.devices.queries import waiting_enrolment
from loa.people.models import Person

LONGEST = 30  # seconds


def pair(folder: Path, *, village: Area, name: str, keeper: Person, server_url: str) -> Device:
    """Run ``loa-device enrol`` in ``folder`` and let ``keeper`` approve the code that it prints; a test device.

    Raises:
        ConflictError: it did not come through; the sentence says why.
    """
    folder.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "loa_device.cli", "enrol", "--server", server_url]
    command += ["--home", str(folder), "--name", name]
    device: Device | None = None
    printed: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:  # noqa: S603
        for line in process.stdout or ():
            printed.append(line.strip())
            if device is None and (code := code_in(line)):
                device = approve(
                    actor=keeper, enrolment=waiting_enrolment(code), village=village, name=name, is_test=True
                )
        status = process.wait(timeout=LONGEST)
    if device is None or status:
        raise ConflictError(
            _("Chưa ghép được loa ở %(village)s: %(why)s")
            % {"village": village.name, "why": " ".join(printed[-2:]) or _("máy không in mã")}
        )
    return device


def code_in(line: str) -> str:
    """Return the pairing code ("ABCD-EFGH") in a line that the agent printed, or ""."""
    words = [word.strip(".,:") for word in line.split()]
    return next((word for word in words if len(word) == 9 and word[4] == "-" and word.isascii()), "")
