# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a person should know about a sound that was made all the same, and what to do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from loa_speech.errors import Value

TEMPLATES: Mapping[str, str] = {
    "quiet": "Bản ghi rất nhỏ, đã tăng %(decibels)s dB nên có thể ồn. Nếu được, ghi lại gần micro hơn.",
    "uneven": "Bản ghi có chỗ to vọt, đã ghìm %(decibels)s dB. Nghe lại cả bài trước khi gửi duyệt.",
    "off_target": "Độ to đạt %(lufs)s LUFS, không đúng mức −16. Nghe lại cả bài trước khi gửi duyệt.",
    "cut_short": "Tệp ghi %(claimed)s giây nhưng chỉ có %(found)s giây. Nghe đoạn cuối; nếu cụt thì gửi lại.",
    "damaged": "Đã bỏ qua %(count)s chỗ hỏng trong tệp. Nghe lại cả bài trước khi gửi duyệt.",
}


@dataclass(frozen=True, slots=True)
class Notice:
    """A code, and the Vietnamese template and values of its sentence."""

    code: str
    template: str
    values: Mapping[str, Value]

    @classmethod
    def of(cls, code: str, **values: Value) -> "Notice":
        """Make the notice of a code."""
        return cls(code, TEMPLATES[code], values)

    def __str__(self) -> str:
        return self.template % self.values

    def to_dict(self) -> dict[str, Any]:
        """Give plain data for JSON."""
        return {"code": self.code, "message": str(self), "values": dict(self.values)}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Notice":
        """Make a notice of `to_dict`."""
        return cls.of(str(data["code"]), **data["values"])
