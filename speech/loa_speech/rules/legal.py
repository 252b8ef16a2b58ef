# SPDX-License-Identifier: AGPL-3.0-or-later
"""Citations of law: điểm b khoản 1 Điều 15, điểm a, b và đ, khoản 1a, K2 Đ5; tổ công tác 06, Đề án 06."""

import re

from loa_speech.rules.codes import read_code
from loa_speech.rules.context import LATIN, Context, Said
from loa_speech.rules.letters import spell
from loa_speech.rules.numbers import padded

_LETTER = re.compile(rf"[a-zđ](\d{{1,2}})?(?![{LATIN}\d])")
_POINT_LEFT = re.compile(r"(?:điểm|tiết|ý|mục|phần) (?:[a-zđ]\d?(?:, | và |; |,)){0,10}(?:và |điểm )?$")
_NAMED_LEFT = re.compile(
    r"(?:đề án|tổ công tác|nghị quyết|chỉ thị|kế hoạch|dự án|chương trình|quyết định|quy định|thông tư"
    r"|nghị định|kết luận"
    r"|công điện|mẫu|biểu|tổ đề án|luật|ct|nq|qđ|tt|kl|nđ)(?: số)?[\s:]+$"
)
_PADDED = re.compile(r"0\d{1,2}(?![\w/-]|[.,]\d)")


def point_letter(context: Context) -> Said | None:
    """Name the letter of a legal point: điểm b, điểm a, b và đ, điểm b1."""
    match = _LETTER.match(context.text, context.pos)
    if match is None or not _POINT_LEFT.search(context.left):
        return None
    spoken = read_code(match[0]) if match[1] else spell(match[0])
    return Said(match.end(), spoken, "legal") if spoken != match[0] else None


def named_number(context: Context) -> Said | None:
    """Read the zero of a number that names a document or programme: Đề án 06, Chỉ thị 05."""
    match = _PADDED.match(context.text, context.pos)
    if match is None or not _NAMED_LEFT.search(context.left):
        return None
    return Said(match.end(), padded(match[0]), "legal")
