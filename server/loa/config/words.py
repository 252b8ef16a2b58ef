# SPDX-License-Identifier: AGPL-3.0-or-later
"""What commands say to operators: the project's catalogue, read without Django."""

import gettext
import os
from pathlib import Path

LOCALE = Path(__file__).resolve().parent.parent / "locale"


def _languages() -> list[str]:
    """Return the terminal's language when it is English; everybody else reads the Vietnamese originals."""
    chosen = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or ""
    return ["en"] if chosen.lower().startswith("en") else ["vi"]


_ = gettext.translation("django", LOCALE, languages=_languages(), fallback=True).gettext
