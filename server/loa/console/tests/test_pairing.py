# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest

from loa.console.pairing import code_in


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("Mã ghép: ABCD-EFGH. Đọc mã này cho người duyệt.", "ABCD-EFGH"),
        ("ABCD-EFGH", "ABCD-EFGH"),
        ("Đang chờ duyệt, còn 15 phút", ""),
        ("", ""),
    ],
)
def test_the_code_is_found_in_what_the_agent_prints(line: str, code: str) -> None:
    assert code_in(line) == code
