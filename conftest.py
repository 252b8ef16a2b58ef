# SPDX-License-Identifier: AGPL-3.0-or-later
"""What every test of the workspace shares: property tests that draw the same examples everywhere."""

import gc

from hypothesis import HealthCheck, settings

settings.register_profile(
    "loa",
    deadline=None,  # a busy machine is not a failure
    derandomize=True,  # the same examples on every machine; `--hypothesis-seed` explores further
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile("loa")


def pytest_collection_finish() -> None:
    """Let the collector pass over what collecting made: it stays to the end, and each full round walks it."""
    gc.collect()
    gc.freeze()
