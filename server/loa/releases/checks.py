# SPDX-License-Identifier: AGPL-3.0-or-later
"""What ``loa check`` says about keys."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning, register

from loa.releases.authority import server_kept_admin_keys


@register("loa", deploy=True)
def check_administrators_keys(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Say that whoever holds this server could name approvers: both administrators' keys lie on it."""
    kept = server_kept_admin_keys()
    if not kept:
        return []
    return [
        Warning(
            f"Both administrators' keys lie on this server ({kept[0].parent}).",
            hint="This is the weak policy of decision 0014; keys outside of the server come with passkeys.",
            id="releases.W001",
        )
    ]


@register("loa")
def check_keys_folder_is_private(app_configs: Any, **options: Any) -> list[CheckMessage]:
    """Refuse keys that other accounts of the machine can read."""
    folder = settings.HOME.keys
    if not folder.exists() or not folder.stat().st_mode & 0o077:
        return []
    return [
        Error(
            f"The folder {folder} can be opened by other accounts.",
            hint=f"Run: chmod 700 {folder}",
            id="releases.E001",
        )
    ]
