# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the agent says to people: Vietnamese, translatable without Django.

Log lines for technicians are English; sentences on a terminal are Vietnamese message ids.
"""

import gettext
from pathlib import Path

_catalogue = gettext.translation("loa-device", Path(__file__).parent / "locale", fallback=True)
_ = _catalogue.gettext
