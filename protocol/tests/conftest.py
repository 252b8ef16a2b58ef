# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make the cast importable (tests are collected by path, not as a package) and keep hypothesis repeatable."""

import sys
from pathlib import Path

from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent))

settings.register_profile("protocol", deadline=None, derandomize=True, max_examples=60)
settings.load_profile("protocol")
