# SPDX-License-Identifier: AGPL-3.0-or-later
"""What can stand against releasing, as errors for people."""

from loa.config.errors import ConflictError, LoaError


class BadRequestError(LoaError):
    """What was asked for cannot be released so; ``field`` says which answer to change."""

    code = "bad_release_request"


class MayNotSignError(ConflictError):
    """This person may not sign this; the sentence says why and who can."""

    code = "may_not_sign"


class WrongPasswordError(LoaError):
    """The password does not open the person's key."""

    code = "wrong_password"
    status = 403


class TooManyAttemptsError(LoaError):
    """Too many wrong passwords: the key stays closed for some minutes."""

    code = "too_many_attempts"
    status = 429


class ListNotSignedError(ConflictError):
    """The commune has no list yet that the administrators have signed."""

    code = "list_not_signed"


class NoCeremonyError(ConflictError):
    """The keys of a real installation still lie on the server: only tests may be released."""

    code = "no_ceremony"
