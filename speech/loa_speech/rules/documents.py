# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers of official documents: 39/2020/TT-BTTTT, 18-NQ/TW, 05/KH-UBND, 112/SNNMT-CNTY.

They are read as announcers say them: number, year, kind, issuing body (Decree 30/2020 gives the parts). What the
sentence already says ("Thông tư số …", "… của Bộ …") is not said twice, and the mark of the unit that drafted a
document is not said at all.
"""

import re

from loa_speech.rules.codes import read_code
from loa_speech.rules.context import Context, Said
from loa_speech.rules.issuers import BODIES, KINDS, body_of
from loa_speech.rules.numbers import cardinal, padded

_CODE = r"[A-ZĐƯ][A-Za-zĐđƯưy]{0,13}\d{0,2}"
_NUMBER = re.compile(
    rf"(\d{{1,5}})([a-zA-ZĐđ]?)(?:/((?:19"
    rf"|20)\d\d))?\s?([/-])\s?({_CODE}(?:\s?[-/–&.]\s?{_CODE}){{0,5}})(?![\w])"
)
_SEPARATOR = re.compile(r"\s?[-/–&.]\s?")
_ASSEMBLY = re.compile(r"(QH|UBTVQH)(\d{1,2})")
_SHORT = "|".join(sorted((kind.lower() for kind in KINDS), key=len, reverse=True))
_NAMED_LEFT = re.compile(
    rf"(?:số|nghị quyết|quyết định|quy định|chỉ thị|thông báo|hướng dẫn|chương trình|kế hoạch|phương án"
    rf"|đề án|dự án"
    rf"|báo cáo|biên bản|tờ trình|công điện|công văn|giấy mời|thông tư|nghị định|kết luận|luật|pháp lệnh"
    rf"|văn bản|thông tri"
    rf"|bản án|quy chế|lệnh|vb|{_SHORT}|thông tư liên tịch|bộ luật"
    rf"|tài liệu|thư ngỏ)[\s:]+$"
)
_ISSUED_LEFT = re.compile(
    r"\b(?:ubnd|ủy ban nhân dân|hđnd|bộ|sở|chính phủ|đảng ủy)(?: [^\W\d_]{1,9}){0,4} (?:có|ban hành|ra"
    r"|ký) [^\d]{0,24}$"
)
_CLAUSE_END = re.compile(r"[.;\n]")
_SHORT_KINDS = {kind.lower(): name for kind, name in KINDS.items()}


def document_number(context: Context) -> Said | None:
    """Read the number of an official document."""
    match = _NUMBER.match(context.text, context.pos)
    if match is None:
        return None
    number, letter, year, mark, codes = match.groups()
    parts = [part for part in _SEPARATOR.split(codes) if part]
    named = _NAMED_LEFT.search(context.left) is not None
    if not _is_document(parts, has_year=year is not None, named=named, mark=mark):
        return None
    spoken = (
        padded(number)
        + (f" {read_code(letter)}" if letter else "")
        + (f" năm {cardinal(int(year))}" if year else "")
    )
    words, sure = _say_parts(parts, context, match.end())
    return Said(match.end(), spoken + words, "document", sure)


def _is_document(parts: list[str], *, has_year: bool, named: bool, mark: str) -> bool:
    """Tell a document's number from "5-7A" or "10/B": a kind or body that we know, or a year with codes."""
    known = any(part in KINDS or part in BODIES or _ASSEMBLY.fullmatch(part) for part in parts)
    long = all(len(part) > 1 for part in parts)
    return known or (long and (has_year or named)) or (len(parts) > 1 and mark == "/" and long)


def _say_parts(parts: list[str], context: Context, end: int) -> tuple[str, bool]:
    kind, bodies, unknown = "", [], []
    for place, part in enumerate(parts):
        assembly = _ASSEMBLY.fullmatch(part)
        if assembly:
            bodies.append(f"{BODIES[assembly[1]]} khóa {cardinal(int(assembly[2]))}")
        elif part in KINDS and not kind and place == 0:
            kind = KINDS[part]
        elif (name := body_of(part)) is not None:
            bodies.append(name)
        else:
            unknown.append(part)
    stated = _names_kind(context, kind)
    spoken = "" if stated or not kind else f", {kind}"
    if bodies and not _names_body(context.right(end, 120)) and not _names_it(context, parts, bodies, end):
        spoken += f" của {_joined(bodies, kind)}"
    known = stated or bool(bodies) or _names_body(context.right(end, 120))
    if unknown and not known:
        return spoken + ", " + ", ".join(read_code(part) for part in unknown), False
    return spoken, known or not unknown


def _joined(bodies: list[str], kind: str) -> str:
    """Name the issuer: "Ban Thường vụ Tỉnh ủy" of one body's parts, all of a joint circular, else the first."""
    if kind == "thông tư liên tịch":
        return " và ".join(bodies)
    if bodies[0] in ("Ban Thường vụ", "Ban Chấp hành") and len(bodies) > 1:
        return " ".join(bodies[:2])
    return bodies[0]


def _names_kind(context: Context, kind: str) -> bool:
    """Tell whether the sentence names the kind before the number, in words or short."""
    if kind and kind in context.left:
        return True
    named = _NAMED_LEFT.search(context.left)
    if named is None:
        return False
    words = named[0].strip(" :\n\t")
    if words == "số":
        before = re.search(r"([^\W\d_]+)\s+số[\s:]+$", context.left)
        return before is not None
    return True


def _names_it(context: Context, parts: list[str], bodies: list[str], end: int) -> bool:
    """Tell whether the sentence names the issuer elsewhere: behind, or as one of two before."""
    if bodies[0].split(" khóa")[0].lower() in context.right(end):
        return True
    if _ISSUED_LEFT.search(context.left):
        return True
    before = context.left.split()
    return len(bodies) > 1 and any(part.lower() in before for part in parts if body_of(part))


def _names_body(right: str) -> bool:
    """Tell whether the sentence goes on to name who issued the document."""
    clause = _CLAUSE_END.split(re.sub(r"(?<=\d)\.(?=\d)", "/", right), maxsplit=1)[0]
    return " của " in clause
