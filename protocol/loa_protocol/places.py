# SPDX-License-Identifier: AGPL-3.0-or-later
"""Where a device stands."""

from msgspec import Struct

from loa_protocol.statements import Code, CodeOrNone, Id


class Place(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a device stands, by area codes; `village` may be empty."""

    device_id: Id
    province: Code
    commune: Id
    village: CodeOrNone
    is_test: bool

    @property
    def codes(self) -> frozenset[str]:
        """The codes of all areas that hold this place."""
        return frozenset({self.province, self.commune, self.village} - {""})
