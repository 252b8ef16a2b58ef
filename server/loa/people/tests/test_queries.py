# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from loa.people.queries import may
from loa.people.tests.factories import make_cast

pytestmark = pytest.mark.django_db


def test_an_editor_writes_in_her_commune_and_not_in_another() -> None:
    cast = make_cast()
    assert may(cast.editor, "message.write", organisation=cast.organisation, area=cast.villages[0])
    assert not may(cast.editor, "message.write", area=cast.other_commune)
