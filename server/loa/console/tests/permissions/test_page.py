# SPDX-License-Identifier: AGPL-3.0-or-later
from pathlib import Path

import loa
from loa.console.tests.permissions.addresses import addresses
from loa.console.tests.permissions.page import page

DOCS = Path(loa.__file__).parents[2] / "docs"


def test_the_page_of_permissions_is_the_table() -> None:
    assert (DOCS / "permissions.md").read_text(encoding="utf-8") == page(), (
        "Write it anew: python -m loa.console.tests.permissions.page > docs/permissions.md"
    )


def test_every_address_says_in_one_sentence_what_it_does() -> None:
    silent = [one.name for one in addresses().values() if not one.says.endswith((".", "…"))]
    assert silent == []
