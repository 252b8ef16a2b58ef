# SPDX-License-Identifier: AGPL-3.0-or-later
"""Measures of official documents: Nghị định 30/2020/NĐ-CP, Phụ lục I; of the Party: Hướng dẫn 36-HD/VPTW (2018).

Where the rule leaves a choice (margins of 30 to 35 mm), the value stands that offices use most.
Lengths are millimetres, sizes of letters are points.
"""

from dataclasses import dataclass
from pathlib import Path

FONT = "Times New Roman"
FONT_TWIN = "Liberation Serif"  # same widths, so the same line ends, where the other is absent
FONTS = Path(__file__).resolve().parent / "fonts"

PAGE_WIDTH, PAGE_HEIGHT = 210.0, 297.0  # A4
MARGIN_TOP, MARGIN_BOTTOM, MARGIN_LEFT, MARGIN_RIGHT = 20.0, 20.0, 30.0, 20.0
TEXT_WIDTH = PAGE_WIDTH - MARGIN_LEFT - MARGIN_RIGHT
LANDSCAPE_WIDTH = PAGE_HEIGHT - MARGIN_LEFT - MARGIN_RIGHT
PAGE_NUMBER_FROM_TOP = 10.0
PAGE_NUMBER = 14.0

BODY = 14.0
FIRST_LINE = 12.7
AFTER_PARAGRAPH = 6.0  # points
LINE_SPACING = 1.15
TABLE = 12.0  # words in a table: the rule is silent
CELL_PADDING = 1.5

HEAD_LEFT, HEAD_RIGHT = 60.0, 100.0  # columns of the letterhead
SIGN_LEFT, SIGN_RIGHT = 75.0, 85.0
ROOM_TO_SIGN = 60.0  # points between office and name
RECIPIENTS_TITLE, RECIPIENTS = 12.0, 11.0
SHORT_RULE = 0.4  # of the text above: a third to a half


@dataclass(frozen=True)
class Style:
    """What differs between a document of the State and one of the Party."""

    nation: str
    motto: str  # none in the Party's documents
    number_word: str
    nation_size: float
    motto_size: float
    parent_size: float
    issuer_size: float
    number_size: float
    date_size: float
    name_size: float
    subject_size: float
    star: bool  # under the issuing body instead of a rule
    dashes: bool  # under the subject instead of a rule
    recipients_underlined: bool  # instead of bold italic
    recipients_title: float
    recipients: float
    office_is_bold: bool  # the office above the signature


STATE = Style(
    nation="CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
    motto="Độc lập - Tự do - Hạnh phúc",
    number_word="Số:",
    nation_size=13,
    motto_size=14,
    parent_size=13,
    issuer_size=13,
    number_size=13,
    date_size=14,
    name_size=14,
    subject_size=14,
    star=False,
    dashes=False,
    recipients_underlined=False,
    recipients_title=RECIPIENTS_TITLE,
    recipients=RECIPIENTS,
    office_is_bold=True,
)
PARTY = Style(
    nation="ĐẢNG CỘNG SẢN VIỆT NAM",
    motto="",
    number_word="Số",
    nation_size=15,
    motto_size=14,
    parent_size=14,
    issuer_size=14,
    number_size=14,
    date_size=14,
    name_size=16,
    subject_size=14,
    star=True,
    dashes=True,
    recipients_underlined=True,
    recipients_title=14,
    recipients=12,
    office_is_bold=False,
)
