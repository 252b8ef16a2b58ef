# SPDX-License-Identifier: AGPL-3.0-or-later
"""Named errors; each carries a stable reason code that logs, play rows and pages can translate."""


class ProtocolError(Exception):
    """Base of everything this package refuses.

    Args:
        code: stable reason code, listed in docs/protocol.md.
        message: one English sentence for a log; pages translate the code instead.
        expected: what would have been accepted, as text.
        found: what was there instead, as text.

    `file` names the file that was refused, where whoever caught the error knew it.
    """

    file = ""

    def __init__(self, code: str, message: str = "", *, expected: object = "", found: object = "") -> None:
        self.code = code
        self.message = message or code
        self.expected = str(expected)
        self.found = str(found)
        super().__init__(self._text())

    def _text(self) -> str:
        detail = f" (expected {self.expected}, found {self.found})" if self.expected or self.found else ""
        return f"{self.message}{detail}"


class MalformedError(ProtocolError, ValueError):
    """The bytes are not a well-formed file of the kind that was asked for."""


class WrongInstallationError(ProtocolError):
    """The file was signed for another installation."""


class WrongCommuneError(ProtocolError):
    """The file was signed for another commune."""


class SignatureError(ProtocolError):
    """One signature does not verify."""


class ThresholdError(ProtocolError):
    """Too few of the right people (or administrators) signed."""


class ExpiredError(ProtocolError):
    """The file is no longer in force."""


class RollbackError(ProtocolError):
    """The file is older than one that was already accepted."""


class NotCoveredError(ProtocolError):
    """A valid release does not permit this item here and now."""


class ChainError(ProtocolError):
    """A play log has a gap, a repetition or a changed row."""
