# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers of official documents: 39/2020/TT-BTTTT, 18-NQ/TW, 05/KH-UBND, 1273/BTTTT-TTCS.

They are read as announcers say them: number, year, kind, issuing body. What the sentence already says
("Thông tư số …", "… của Bộ …") is not said twice.
"""

import re

from loa_speech.rules.context import Context, Said
from loa_speech.rules.letters import read_code
from loa_speech.rules.numbers import cardinal, padded

_CODE = r"[A-ZĐƯ][A-Za-zĐđƯưy]{0,11}\d{0,2}"
_NUMBER = re.compile(
    rf"(\d{{1,5}})([a-z]?)(?:/((?:19|20)\d\d))?\s?([/-])\s?({_CODE}(?:\s?[-/–&.]\s?{_CODE}){{0,4}})(?![\w])"
)
_SEPARATOR = re.compile(r"\s?[-/–&.]\s?")
_ASSEMBLY = re.compile(r"QH(\d{1,2})")

KINDS = {
    "NQ": "nghị quyết",
    "QĐ": "quyết định",
    "CT": "chỉ thị",
    "QC": "quy chế",
    "QyĐ": "quy định",
    "QĐi": "quy định",
    "TC": "thông cáo",
    "TB": "thông báo",
    "HD": "hướng dẫn",
    "CTr": "chương trình",
    "CTHĐ": "chương trình hành động",
    "KH": "kế hoạch",
    "PA": "phương án",
    "ĐA": "đề án",
    "DA": "dự án",
    "BC": "báo cáo",
    "BB": "biên bản",
    "TTr": "tờ trình",
    "HĐ": "hợp đồng",
    "CĐ": "công điện",
    "GM": "giấy mời",
    "GGT": "giấy giới thiệu",
    "PC": "phiếu chuyển",
    "TT": "thông tư",
    "TTLT": "thông tư liên tịch",
    "NĐ": "nghị định",
    "KL": "kết luận",
    "L": "luật",
    "PL": "pháp lệnh",
    "CV": "công văn",
}
BODIES = {
    "CP": "Chính phủ",
    "TTg": "Thủ tướng Chính phủ",
    "CTN": "Chủ tịch nước",
    "UBTVQH": "Ủy ban Thường vụ Quốc hội",
    "TW": "Trung ương",
    "TƯ": "Trung ương",
    "BBT": "Ban Bí thư",
    "BCT": "Bộ Công Thương",
    "TU": "Tỉnh ủy",
    "HU": "Huyện ủy",
    "ĐU": "Đảng ủy",
    "ĐUX": "Đảng ủy xã",
    "BTV": "Ban Thường vụ",
    "BCH": "Ban Chấp hành",
    "BCĐ": "Ban Chỉ đạo",
    "BTG": "Ban Tuyên giáo",
    "BTGTW": "Ban Tuyên giáo Trung ương",
    "VPTW": "Văn phòng Trung ương Đảng",
    "VPCP": "Văn phòng Chính phủ",
    "UBND": "Ủy ban nhân dân",
    "HĐND": "Hội đồng nhân dân",
    "MTTQ": "Mặt trận Tổ quốc",
    "UBMTTQ": "Ủy ban Mặt trận Tổ quốc",
    "BTTTT": "Bộ Thông tin và Truyền thông",
    "BKHCN": "Bộ Khoa học và Công nghệ",
    "BYT": "Bộ Y tế",
    "BNV": "Bộ Nội vụ",
    "BTC": "Bộ Tài chính",
    "BCA": "Bộ Công an",
    "BQP": "Bộ Quốc phòng",
    "BTP": "Bộ Tư pháp",
    "BXD": "Bộ Xây dựng",
    "BGDĐT": "Bộ Giáo dục và Đào tạo",
    "BNNMT": "Bộ Nông nghiệp và Môi trường",
    "BNNPTNT": "Bộ Nông nghiệp và Phát triển nông thôn",
    "BTNMT": "Bộ Tài nguyên và Môi trường",
    "BVHTTDL": "Bộ Văn hóa, Thể thao và Du lịch",
    "BGTVT": "Bộ Giao thông vận tải",
    "BLĐTBXH": "Bộ Lao động, Thương binh và Xã hội",
    "SYT": "Sở Y tế",
    "STTTT": "Sở Thông tin và Truyền thông",
    "SGDĐT": "Sở Giáo dục và Đào tạo",
    "NHNN": "Ngân hàng Nhà nước",
    "TLĐ": "Tổng Liên đoàn Lao động Việt Nam",
}


def document_number(context: Context) -> Said | None:
    """Read the number of an official document."""
    match = _NUMBER.match(context.text, context.pos)
    if match is None:
        return None
    number, letter, year, mark, codes = match.groups()
    parts = _SEPARATOR.split(codes)
    if not _is_document(parts, has_year=year is not None, mark=mark):
        return None
    spoken = (
        padded(number)
        + (f" {read_code(letter)}" if letter else "")
        + (f" năm {cardinal(int(year))}" if year else "")
    )
    words, sure = _say_parts(parts, context, match.end())
    return Said(match.end(), spoken + words, "document", sure)


def _is_document(parts: list[str], *, has_year: bool, mark: str) -> bool:
    """Tell a document's number from "5-7A" or "10/B": a kind or body that we know, or a year with codes."""
    known = any(part in KINDS or part in BODIES or _ASSEMBLY.fullmatch(part) for part in parts)
    return known or (has_year and all(len(part) > 1 for part in parts)) or (len(parts) > 1 and mark == "/")


def _say_parts(parts: list[str], context: Context, end: int) -> tuple[str, bool]:
    kind, body, unknown = "", "", []
    for part in parts:
        assembly = _ASSEMBLY.fullmatch(part)
        if assembly:
            body = f"Quốc hội khóa {cardinal(int(assembly[1]))}"
        elif part in KINDS and not kind:
            kind = KINDS[part]
        elif part in BODIES:
            body = (
                f"{body} {BODIES[part]}"
                if body in ("Ban Thường vụ", "Ban Chấp hành")
                else body or BODIES[part]
            )
        else:
            unknown.append(part)
    spoken = f", {kind}" if kind and kind not in context.left else ""
    if body and not _names_body(context.right(end)):
        spoken += f" của {body}"
    if unknown:
        spoken += ", " + ", ".join(read_code(part) for part in unknown)
    return spoken, not unknown


def _names_body(right: str) -> bool:
    """Tell whether the sentence goes on to name who issued the document."""
    clause = re.split(r"[.;\n]", right, maxsplit=1)[0]
    return " của " in clause
