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
    "only_noise": "Bản ghi dường như chỉ có tiếng ồn. Kiểm tra micro, nghe lại rồi ghi lại.",
    "clipped": (
        "Tiếng bị vỡ ở %(count)s chỗ, chỗ đầu lúc %(at)s, vì ghi quá to. "
        "Giảm mức ghi hoặc lùi micro ra rồi ghi lại."
    ),
    "dead_left": "Kênh trái không có tiếng nên chỉ dùng kênh phải. Nghe lại; nếu rè thì kiểm tra dây micro.",
    "dead_right": "Kênh phải không có tiếng nên chỉ dùng kênh trái. Nghe lại; nếu rè thì kiểm tra dây micro.",
    "opposed": "Hai kênh ngược pha nên chỉ dùng kênh trái. Nghe lại; nếu rè thì kiểm tra dây micro.",
    "hum": (
        "Có tiếng ù điện lưới, thấp hơn giọng %(decibels)s dB. "
        "Rút sạc, để micro xa dây điện và loa rồi ghi lại."
    ),
    "silence_inside": (
        "Có %(count)s chỗ im lặng lâu, dài nhất %(seconds)s giây từ %(at)s. Cắt bớt hoặc ghi lại liền mạch."
    ),
    "too_fast": (
        "Đọc nhanh, khoảng %(rate)s âm tiết một giây; ngoài trời khó nghe rõ. "
        "Đọc chậm lại hoặc giảm tốc độ giọng, dưới %(limit)s là vừa."
    ),
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
        return {
            "code": self.code,
            "message": str(self),
            "template": self.template,
            "values": dict(self.values),
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Notice":
        """Make a notice of `to_dict`."""
        return cls.of(str(data["code"]), **data["values"])
