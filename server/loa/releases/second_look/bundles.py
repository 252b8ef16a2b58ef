# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the second page is given: one file with all that it needs to check a release by itself."""

import base64
from typing import Any

from loa.areas.queries import communes_in
from loa.releases.approvers import latest
from loa.releases.models import Release
from loa.releases.statements import signed_envelope, statement_of, unsigned_envelope
from loa.voice.storage import media_path
from loa_protocol.enrolment import CODE_ALPHABET
from loa_protocol.envelope import encode
from loa_protocol.webauthn import challenge_of

KIND, FORMAT = "loa-second-look", 1
CODE_LENGTH = 20  # signs of five bits: two releases of one code are out of reach


def short_code(release: Release) -> str:
    """Return the code of what a signature under the release is over, in fives; the second page shows the same."""
    bits = int.from_bytes(challenge_of(unsigned_envelope(release).pae()), "big") >> (256 - 5 * CODE_LENGTH)
    signs = [CODE_ALPHABET[(bits >> 5 * place) & 31] for place in reversed(range(CODE_LENGTH))]
    return "-".join("".join(signs[start : start + 5]) for start in range(0, CODE_LENGTH, 5))


def bundle(release: Release) -> dict[str, Any]:
    """Return the package of one release: envelope, words, sounds, and the list of approvers that says whose keys.

    Names of places and of those who made it are for reading alone: no signature covers them.
    """
    revision = release.revision
    people = {revision.author, release.submitted_by, *revision.editors.all()}
    sources = [[source.title, source.link] for source in revision.sources.all()]
    return {
        "kind": KIND,
        "format": FORMAT,
        "envelope": encode(signed_envelope(release)).decode(),
        "words": {"title": revision.title, "text": revision.text, "sources": sources},
        "sounds": _sounds(release),
        "approvers": _approvers(release),
        "people": {str(person.pk): person.full_name for person in people},
        "names": {zone.code: zone.name for zone in release.zones.all()},
    }


def _sounds(release: Release) -> list[dict[str, str]]:
    """Return the signed sounds; of one whose file is not there the page says that it is missing."""
    files = {one.sha256: media_path(one.sha256) for one in statement_of(release).renditions}
    return [
        {"sha256": name, "data": base64.b64encode(file.read_bytes()).decode()}
        for name, file in files.items()
        if file.exists()
    ]


def _approvers(release: Release) -> list[str]:
    """Return the list of the first commune: every one that the release names must accept it anyway."""
    commune = communes_in(release.zones.all()).first()
    published = None if commune is None else latest(commune)
    return [] if published is None else [bytes(published.envelope).decode()]
