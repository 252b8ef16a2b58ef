# SPDX-License-Identifier: AGPL-3.0-or-later
"""Why a file, or a row of it, is not taken: fixed codes, each with one sentence (docs/plan-import.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.config.errors import LoaError

Words = str | Promise
VALUE_SHOWN = 80  # characters of a cell that a sentence repeats


class FileReason(StrEnum):
    """Why nothing of a file can be read."""

    EMPTY_FILE = "empty_file"
    TOO_LARGE = "too_large"
    OLD_WORD = "old_word"
    OLD_EXCEL = "old_excel"
    ENCRYPTED = "encrypted"
    MACROS = "macros"
    PDF = "pdf"
    PICTURE = "picture"
    OPEN_DOCUMENT = "open_document"
    PRESENTATION = "presentation"
    PLAIN_TEXT = "plain_text"
    UNKNOWN_KIND = "unknown_kind"
    UNPACKS_TOO_LARGE = "unpacks_too_large"
    TOO_MANY_PARTS = "too_many_parts"
    FOREIGN_ENTITIES = "foreign_entities"
    BROKEN = "broken"
    NO_TABLE = "no_table"
    TOO_MANY_ROWS = "too_many_rows"
    NO_ROWS = "no_rows"
    NO_SUCH_TABLE = "no_such_table"
    NO_TITLE_COLUMN = "no_title_column"
    NO_HEAD_COLUMN = "no_head_column"
    BAD_MAP = "bad_map"
    GONE = "gone"


FILE_SENTENCES: dict[FileReason, Words] = {
    FileReason.EMPTY_FILE: gettext_lazy("Tệp rỗng. Chọn lại tệp."),
    FileReason.TOO_LARGE: gettext_lazy(
        "Tệp nặng quá %(limit)s MB. Bỏ ảnh trong tệp, hoặc chia làm nhiều tệp."
    ),
    FileReason.OLD_WORD: gettext_lazy(
        "Đây là tệp Word cũ (.doc). Mở bằng Word, lưu lại thành .docx rồi gửi."
    ),
    FileReason.OLD_EXCEL: gettext_lazy(
        "Đây là tệp Excel cũ (.xls). Mở bằng Excel, lưu lại thành .xlsx rồi gửi."
    ),
    FileReason.ENCRYPTED: gettext_lazy("Tệp có mật khẩu. Mở tệp, bỏ mật khẩu, lưu lại rồi gửi."),
    FileReason.MACROS: gettext_lazy("Tệp có macro. Lưu lại thành .xlsx hoặc .docx (không macro) rồi gửi."),
    FileReason.PDF: gettext_lazy("Đây là tệp PDF, không đọc được bảng. Gửi tệp .docx hoặc .xlsx gốc."),
    FileReason.PICTURE: gettext_lazy("Đây là ảnh, không đọc được bảng. Gửi tệp .docx hoặc .xlsx gốc."),
    FileReason.OPEN_DOCUMENT: gettext_lazy(
        "Đây là tệp OpenDocument. Lưu lại thành .docx hoặc .xlsx rồi gửi."
    ),
    FileReason.PRESENTATION: gettext_lazy("Đây là tệp trình chiếu. Chép bảng sang .docx hoặc .xlsx rồi gửi."),
    FileReason.PLAIN_TEXT: gettext_lazy(
        "Đây là tệp chữ hoặc trang web. Mở bằng Excel, lưu thành .xlsx rồi gửi."
    ),
    FileReason.UNKNOWN_KIND: gettext_lazy("Loại tệp này không nhận. Gửi .docx hoặc .xlsx."),
    FileReason.UNPACKS_TOO_LARGE: gettext_lazy(
        "Tệp bung ra quá lớn. Chỉ giữ bảng kế hoạch, lưu lại rồi gửi."
    ),
    FileReason.TOO_MANY_PARTS: gettext_lazy(
        "Tệp có quá nhiều phần bên trong. Chép riêng bảng sang tệp mới rồi gửi."
    ),
    FileReason.FOREIGN_ENTITIES: gettext_lazy(
        "Tệp gọi tới nội dung ở nơi khác nên không mở. Chép bảng sang tệp mới."
    ),
    FileReason.BROKEN: gettext_lazy("Tệp hỏng, không mở được. Mở bằng Word hoặc Excel, lưu lại rồi gửi."),
    FileReason.NO_TABLE: gettext_lazy("Tệp không có bảng nào. Gửi tệp có bảng kế hoạch."),
    FileReason.TOO_MANY_ROWS: gettext_lazy("Bảng có hơn %(limit)s dòng. Chia làm nhiều tệp."),
    FileReason.NO_ROWS: gettext_lazy("Dưới dòng tiêu đề không có dòng nào. Kiểm tra lại bảng."),
    FileReason.NO_SUCH_TABLE: gettext_lazy("Tệp không có bảng số %(number)s. Tệp có %(count)s bảng."),
    FileReason.NO_TITLE_COLUMN: gettext_lazy("Chưa biết cột nào là việc cần làm. Chọn cột đó."),
    FileReason.NO_HEAD_COLUMN: gettext_lazy(
        "Chưa biết cột nào là cơ quan hoặc chức danh chịu trách nhiệm. Chọn một cột."
    ),
    FileReason.BAD_MAP: gettext_lazy(
        "Không hiểu “%(value)s”. Ghi như title=B, organisation=4 hoặc due=Thời hạn."
    ),
    FileReason.GONE: gettext_lazy("Tệp gửi lên đã xóa sau 3 ngày. Gửi lại tệp; chưa nhập dòng nào."),
}


class PlanFileError(LoaError):
    """Nothing of the file can be taken; ``code`` is a ``FileReason``."""

    def __init__(self, reason: FileReason, **values: Any) -> None:
        super().__init__(str(FILE_SENTENCES[reason]) % values, field="file", **values)
        self.reason = reason
        self.code = reason.value


class Reason(StrEnum):
    """Why a row is refused. Codes never change their meaning: scripts match them."""

    MISSING_TITLE = "missing_title"
    TITLE_TOO_LONG = "title_too_long"
    TITLE_WITHOUT_LETTERS = "title_without_letters"
    TOTAL_ROW = "total_row"
    HEADING_AGAIN = "heading_again"
    FOOTER_ROW = "footer_row"
    CELL_ERROR = "cell_error"
    CELL_TOO_LONG = "cell_too_long"
    UNPRINTABLE = "unprintable"
    OLD_FONT = "old_font"
    BROKEN_LETTERS = "broken_letters"
    NOTHING_ABOVE = "nothing_above"
    MISSING_OFFICE = "missing_office"
    UNKNOWN_OFFICE = "unknown_office"
    AMBIGUOUS_OFFICE = "ambiguous_office"
    TWO_HEADS = "two_heads"
    EVERYBODY = "everybody"
    OFFICE_WITHOUT_POST = "office_without_post"
    HEAD_UNCLEAR = "head_unclear"
    UNKNOWN_HEAD = "unknown_head"
    AMBIGUOUS_HEAD = "ambiguous_head"
    HEAD_ELSEWHERE = "head_elsewhere"
    UNKNOWN_CONTRIBUTOR = "unknown_contributor"
    AMBIGUOUS_CONTRIBUTOR = "ambiguous_contributor"
    NO_SUCH_DAY = "no_such_day"
    DATE_UNREADABLE = "date_unreadable"
    DATE_VAGUE = "date_vague"
    DATE_WITHOUT_YEAR = "date_without_year"
    DATE_IS_NUMBER = "date_is_number"
    TWO_DATES = "two_dates"
    YEAR_OUT_OF_RANGE = "year_out_of_range"
    ENDS_BEFORE_START = "ends_before_start"
    DATE_NOTE_TOO_LONG = "date_note_too_long"
    QUANTITY_UNREADABLE = "quantity_unreadable"
    QUANTITY_ZERO = "quantity_zero"
    QUANTITY_NEGATIVE = "quantity_negative"
    QUANTITY_FRACTION = "quantity_fraction"
    QUANTITY_TOO_LARGE = "quantity_too_large"
    QUANTITY_RANGE = "quantity_range"
    QUANTITY_PERCENT = "quantity_percent"
    TWO_QUANTITIES = "two_quantities"
    UNIT_IS_NUMBER = "unit_is_number"
    UNIT_TOO_LONG = "unit_too_long"
    TWO_UNITS = "two_units"
    UNKNOWN_CHANNEL = "unknown_channel"
    UNKNOWN_AREA = "unknown_area"
    AMBIGUOUS_AREA = "ambiguous_area"
    DISTRICT_ABOLISHED = "district_abolished"
    UNKNOWN_PHASE = "unknown_phase"
    PHASE_CONFLICT = "phase_conflict"
    UNKNOWN_MESSAGE = "unknown_message"
    AMBIGUOUS_MESSAGE = "ambiguous_message"
    UNKNOWN_EVIDENCE = "unknown_evidence"
    PLACE_TOO_LONG = "place_too_long"
    NOTE_TOO_LONG = "note_too_long"
    REPEATED = "repeated"
    ALREADY_THERE = "already_there"


SENTENCES: dict[Reason, Words] = {
    Reason.MISSING_TITLE: gettext_lazy("Thiếu tên việc. Ghi việc cần làm."),
    Reason.TITLE_TOO_LONG: gettext_lazy(
        "Tên việc dài %(count)s chữ, quá %(limit)s. Ghi gọn, chuyển phần còn lại sang ghi chú."
    ),
    Reason.TITLE_WITHOUT_LETTERS: gettext_lazy(
        "Tên việc “%(value)s” không có chữ. Kiểm tra đã chọn đúng cột."
    ),
    Reason.TOTAL_ROW: gettext_lazy("Dòng cộng, không phải việc. Bỏ dòng này, không cần sửa."),
    Reason.HEADING_AGAIN: gettext_lazy("Dòng tiêu đề lặp lại ở trang sau. Bỏ dòng này, không cần sửa."),
    Reason.FOOTER_ROW: gettext_lazy("Phần ký hoặc nơi nhận dưới bảng. Bỏ dòng này, không cần sửa."),
    Reason.CELL_ERROR: gettext_lazy("Ô này báo lỗi %(value)s của bảng tính. Sửa công thức rồi lưu lại."),
    Reason.CELL_TOO_LONG: gettext_lazy("Ô này dài %(count)s chữ, quá %(limit)s. Ghi gọn lại."),
    Reason.UNPRINTABLE: gettext_lazy("Ô này có ký tự điều khiển không in được. Gõ lại ô này."),
    Reason.OLD_FONT: gettext_lazy("“%(value)s” gõ bằng phông chữ cũ (TCVN3). Chuyển sang Unicode rồi gửi."),
    Reason.BROKEN_LETTERS: gettext_lazy("“%(value)s” bị vỡ chữ. Lưu lại tệp bằng Unicode rồi gửi."),
    Reason.NOTHING_ABOVE: gettext_lazy("Ô ghi “như trên” nhưng ô trên trống. Ghi rõ."),
    Reason.MISSING_OFFICE: gettext_lazy("Thiếu cơ quan hoặc chức danh chịu trách nhiệm. Ghi đúng một."),
    Reason.UNKNOWN_OFFICE: gettext_lazy("Không có cơ quan “%(value)s”.%(near)s"),
    Reason.AMBIGUOUS_OFFICE: gettext_lazy("Có %(count)s cơ quan tên “%(value)s”. Ghi rõ, ví dụ %(near)s."),
    Reason.TWO_HEADS: gettext_lazy(
        "“%(value)s” là nhiều đầu mối. Chỉ một nơi chịu trách nhiệm; nơi khác ghi ở cột phối hợp."
    ),
    Reason.EVERYBODY: gettext_lazy(
        "“%(value)s” không phải một đầu mối. Ghi đúng một cơ quan; nơi khác ghi ở cột phối hợp."
    ),
    Reason.OFFICE_WITHOUT_POST: gettext_lazy(
        "%(value)s chưa có chức danh nào. Thêm chức danh ở trang Thiết lập."
    ),
    Reason.HEAD_UNCLEAR: gettext_lazy(
        "%(value)s có nhiều chức danh ngang nhau: %(near)s. Ghi rõ chức danh nào."
    ),
    Reason.UNKNOWN_HEAD: gettext_lazy("Không có chức danh “%(value)s”.%(near)s"),
    Reason.AMBIGUOUS_HEAD: gettext_lazy(
        "“%(value)s” có ở nhiều nơi: %(near)s. Ghi rõ cơ quan hoặc tên người giữ."
    ),
    Reason.HEAD_ELSEWHERE: gettext_lazy(
        "“%(value)s” thuộc %(near)s, không thuộc cơ quan ghi ở dòng này. Sửa một trong hai."
    ),
    Reason.UNKNOWN_CONTRIBUTOR: gettext_lazy("Không có cơ quan phối hợp “%(value)s”.%(near)s"),
    Reason.AMBIGUOUS_CONTRIBUTOR: gettext_lazy(
        "Có %(count)s cơ quan phối hợp tên “%(value)s”. Ghi rõ, ví dụ %(near)s."
    ),
    Reason.NO_SUCH_DAY: gettext_lazy("Không có ngày %(value)s. Sửa lại ngày."),
    Reason.DATE_UNREADABLE: gettext_lazy(
        "Không đọc được ngày “%(value)s”. Ghi như 15/04/2026, tháng 4/2026, quý II/2026 hoặc thường xuyên."
    ),
    Reason.DATE_VAGUE: gettext_lazy("“%(value)s” không phải hạn. Ghi một ngày, tháng hoặc quý."),
    Reason.DATE_WITHOUT_YEAR: gettext_lazy("“%(value)s” chưa ghi năm. Ghi năm, hoặc chọn năm cho cả bảng."),
    Reason.DATE_IS_NUMBER: gettext_lazy("“%(value)s” là số, không phải ngày. Định dạng lại ô thành ngày."),
    Reason.TWO_DATES: gettext_lazy("“%(value)s” có nhiều ngày. Chỉ ghi một hạn, hoặc tách thành nhiều dòng."),
    Reason.YEAR_OUT_OF_RANGE: gettext_lazy("Năm %(value)s ngoài khoảng 2000–2100. Sửa lại năm."),
    Reason.ENDS_BEFORE_START: gettext_lazy("Hạn %(due)s trước ngày bắt đầu %(start)s. Sửa một trong hai."),
    Reason.DATE_NOTE_TOO_LONG: gettext_lazy("Thời hạn ghi dài %(count)s chữ, quá %(limit)s. Ghi gọn lại."),
    Reason.QUANTITY_UNREADABLE: gettext_lazy(
        "Số lượng “%(value)s” không phải số. Ghi bằng chữ số, ví dụ 10."
    ),
    Reason.QUANTITY_ZERO: gettext_lazy("Số lượng là 0. Ghi từ 1 trở lên, không có số thì để trống."),
    Reason.QUANTITY_NEGATIVE: gettext_lazy("Số lượng %(value)s là số âm. Ghi từ 1 trở lên."),
    Reason.QUANTITY_FRACTION: gettext_lazy(
        "Số lượng %(value)s không phải số nguyên. Ghi số nguyên, hoặc đổi đơn vị."
    ),
    Reason.QUANTITY_TOO_LARGE: gettext_lazy("Số lượng %(value)s lớn quá. Ghi tối đa %(limit)s."),
    Reason.QUANTITY_RANGE: gettext_lazy("Số lượng “%(value)s” là một khoảng. Ghi một số phải đạt."),
    Reason.QUANTITY_PERCENT: gettext_lazy("Số lượng “%(value)s” là tỷ lệ. Ghi một số đếm được."),
    Reason.TWO_QUANTITIES: gettext_lazy("“%(value)s” có nhiều số lượng. Tách thành nhiều dòng."),
    Reason.UNIT_IS_NUMBER: gettext_lazy("Đơn vị tính “%(value)s” là số. Kiểm tra đã chọn đúng cột."),
    Reason.UNIT_TOO_LONG: gettext_lazy("Đơn vị tính dài %(count)s chữ, quá %(limit)s. Ghi gọn lại."),
    Reason.TWO_UNITS: gettext_lazy("Cột số lượng ghi “%(value)s”, cột đơn vị ghi “%(other)s”. Giữ một."),
    Reason.UNKNOWN_CHANNEL: gettext_lazy("Không có kênh “%(value)s”.%(near)s"),
    Reason.UNKNOWN_AREA: gettext_lazy("Không có địa bàn “%(value)s” trong chiến dịch.%(near)s"),
    Reason.AMBIGUOUS_AREA: gettext_lazy("Có %(count)s địa bàn tên “%(value)s”. Ghi rõ, ví dụ %(near)s."),
    Reason.DISTRICT_ABOLISHED: gettext_lazy(
        "%(value)s là cấp huyện, không còn từ 01/07/2025. Ghi xã, phường hoặc thôn."
    ),
    Reason.UNKNOWN_PHASE: gettext_lazy("Chiến dịch không có giai đoạn “%(value)s”.%(near)s"),
    Reason.PHASE_CONFLICT: gettext_lazy(
        "Dòng nằm dưới mục “%(other)s” nhưng cột giai đoạn ghi “%(value)s”. Sửa một trong hai."
    ),
    Reason.UNKNOWN_MESSAGE: gettext_lazy("Chiến dịch không có thông điệp “%(value)s”.%(near)s"),
    Reason.AMBIGUOUS_MESSAGE: gettext_lazy("Có %(count)s thông điệp bắt đầu bằng “%(value)s”. Ghi đủ câu."),
    Reason.UNKNOWN_EVIDENCE: gettext_lazy("Không có loại minh chứng “%(value)s”.%(near)s"),
    Reason.PLACE_TOO_LONG: gettext_lazy("Địa điểm dài %(count)s chữ, quá %(limit)s. Ghi gọn lại."),
    Reason.NOTE_TOO_LONG: gettext_lazy("Ghi chú dài %(count)s chữ, quá %(limit)s. Ghi gọn lại."),
    Reason.REPEATED: gettext_lazy("Giống hệt dòng %(row)s. Bỏ một dòng."),
    Reason.ALREADY_THERE: gettext_lazy(
        "Kế hoạch đã có việc này (đầu mối số %(pk)s). Không nhập lại, không cần sửa."
    ),
}

# What stands between the rows of a plan without being work: nobody has to mend it.
NOTHING_TO_MEND = frozenset({Reason.TOTAL_ROW, Reason.HEADING_AGAIN, Reason.FOOTER_ROW, Reason.ALREADY_THERE})


@dataclass(frozen=True)
class Problem:
    """Why a row is refused, and in which column (a ``columns.Column``, "" for the whole row)."""

    reason: Reason
    column: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return the sentence in the reader's language."""
        shown = {
            name: value if name == "near" or not isinstance(value, str) else shortened(value)
            for name, value in self.values.items()
        }
        return str(SENTENCES[self.reason]) % shown

    def as_dict(self) -> dict[str, Any]:
        """Return the form in which it is kept."""
        return {"code": self.reason.value, "field": self.column, "values": dict(self.values)}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> "Problem":
        """Return what ``as_dict`` kept."""
        return cls(Reason(kept["code"]), kept["field"], kept["values"])


class Refusal(Exception):  # noqa: N818  (told by its problem, and never leaves this folder)
    """A cell cannot be taken."""

    def __init__(self, reason: Reason, column: str = "", **values: Any) -> None:
        super().__init__(reason.value)
        self.problem = Problem(reason, column, values)


def shortened(value: str) -> str:
    """Return a cell as a sentence repeats it: one line, not too long."""
    line = " ".join(value.split())
    return line if len(line) <= VALUE_SHOWN else f"{line[: VALUE_SHOWN - 1]}…"


def meant(near: list[str]) -> str:
    """Return the end of a sentence that proposes names; empty when none is near."""
    if not near:
        return _(" Ghi đúng tên như trong hệ thống.")
    return _(" Có phải: %(names)s?") % {"names": "; ".join(near)}
