# SPDX-License-Identifier: AGPL-3.0-or-later
"""The base of every error that a person is shown: what happened, what was kept, what to do."""

from typing import Any


class LoaError(Exception):
    """An error with a sentence for people; pages, commands and interfaces render it alike.

    ``code`` is stable and may be matched by scripts; ``message`` is a translated, complete sentence.
    """

    code = "error"
    status = 400

    def __init__(self, message: str, *, field: str = "", **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        self.data = data

    def __str__(self) -> str:
        return str(self.message)


class PermissionDeniedError(LoaError):
    """The actor may see the thing but not do this."""

    code = "permission_denied"
    status = 403


class NotFoundError(LoaError):
    """Absent, or not for this actor: both look the same."""

    code = "not_found"
    status = 404


class ConflictError(LoaError):
    """The thing is not in a state in which this can be done."""

    code = "conflict"
    status = 409
