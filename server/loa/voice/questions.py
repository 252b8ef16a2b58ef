# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the machine asks about a reading, and in words which rule read a place."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.config.errors import ConflictError
from loa_speech.reading import Reading, Stretch

CONTEXT = 60  # characters shown to either side of a place
BESIDE, BESIDE_WORDS = 36, 3  # characters and words that tell one place from others; a reader looks at 40

RULES: dict[str, str | Promise] = {
    "abbreviation": gettext_lazy("bảng chữ viết tắt có sẵn"),
    "account": gettext_lazy("số tài khoản"),
    "address": gettext_lazy("địa chỉ trang hoặc thư điện tử"),
    "capitals": gettext_lazy("chữ in hoa"),
    "code": gettext_lazy("mã, số hiệu"),
    "date": gettext_lazy("ngày tháng"),
    "date-range": gettext_lazy("khoảng ngày"),
    "document": gettext_lazy("số, ký hiệu văn bản"),
    "emoji": gettext_lazy("hình vẽ, bỏ qua"),
    "fraction": gettext_lazy("phân số"),
    "house": gettext_lazy("số nhà"),
    "legal": gettext_lazy("điều, khoản, điểm"),
    "letter": gettext_lazy("chữ cái đứng riêng"),
    "lexicon-commune": gettext_lazy("từ điển của xã"),
    "lexicon-installation": gettext_lazy("từ điển của cả hệ thống"),
    "lexicon-message": gettext_lazy("cách đọc chọn riêng cho tin này"),
    "lexicon-province": gettext_lazy("từ điển của tỉnh"),
    "list": gettext_lazy("đầu mục danh sách"),
    "loan-word": gettext_lazy("bảng từ nước ngoài có sẵn"),
    "markup": gettext_lazy("dấu trình bày, bỏ qua"),
    "month": gettext_lazy("tháng"),
    "negative": gettext_lazy("số âm"),
    "number": gettext_lazy("số"),
    "number-range": gettext_lazy("khoảng số"),
    "other-script": gettext_lazy("chữ không phải chữ Việt"),
    "phone": gettext_lazy("số điện thoại"),
    "plate": gettext_lazy("biển số"),
    "post": gettext_lazy("cột mốc, lý trình"),
    "ratio": gettext_lazy("tỷ lệ"),
    "road": gettext_lazy("tên đường"),
    "roman": gettext_lazy("chữ số La Mã"),
    "score": gettext_lazy("tỷ số"),
    "sign": gettext_lazy("dấu, ký hiệu"),
    "slash": gettext_lazy("dấu gạch chéo"),
    "spelled": gettext_lazy("đọc từng chữ cái"),
    "time": gettext_lazy("giờ"),
    "time-range": gettext_lazy("khoảng giờ"),
    "unit": gettext_lazy("đơn vị đo"),
    "weekday": gettext_lazy("thứ trong tuần"),
    "year-range": gettext_lazy("khoảng năm"),
}


@dataclass(frozen=True)
class Question:
    """A form whose reading the machine only guessed; asked once for all places that it guessed alike."""

    number: int  # of its first stretch
    source: str
    spoken: str  # what the machine proposes
    alternatives: tuple[str, ...]
    before: str
    after: str
    places: tuple[int, ...]  # numbers of all its stretches

    @property
    def choices(self) -> tuple[str, ...]:
        """Return the readings to choose from, the proposal first, each once."""
        return tuple(dict.fromkeys((self.spoken, *self.alternatives)))


def rule_name(rule: str | None) -> str:
    """Return in words which rule read a place."""
    if rule is None:
        return _("đọc như chữ viết")
    return str(RULES.get(rule, rule))


def questions(reading: Reading) -> list[Question]:
    """Return what the machine asks, in the order of the text."""
    groups: dict[tuple[str, str], list[int]] = {}
    for number, stretch in enumerate(reading.stretches):
        if not stretch.sure:
            groups.setdefault((stretch.source.strip(), stretch.spoken.strip()), []).append(number)
    return [_question(reading, numbers) for numbers in groups.values()]


def _question(reading: Reading, numbers: list[int]) -> Question:
    stretch = reading.stretches[numbers[0]]
    before, after = around(reading, stretch)
    return Question(
        number=numbers[0],
        source=stretch.source.strip(),
        spoken=stretch.spoken.strip(),
        alternatives=stretch.alternatives,
        before=before,
        after=after,
        places=tuple(numbers),
    )


def around(reading: Reading, stretch: Stretch) -> tuple[str, str]:
    """Return a few words of the same line to either side of a place; "…" where more was there."""
    head = reading.source[: stretch.start].rpartition("\n")[2]
    tail = reading.source[stretch.end :].partition("\n")[0]
    before, after = head[-CONTEXT:], tail[:CONTEXT]
    if len(head) > CONTEXT:
        before = "…" + before.partition(" ")[2]
    if len(tail) > CONTEXT:
        after = after.rpartition(" ")[0] + "…"
    return before, after


def beside(reading: Reading, stretch: Stretch) -> tuple[str, str]:
    """Return the few words directly before and behind a place on its line, as a lexicon compares them."""
    head = reading.source[: stretch.start].rpartition("\n")[2][-BESIDE:].split()
    tail = reading.source[stretch.end :].partition("\n")[0][:BESIDE].split()
    return " ".join(head[-BESIDE_WORDS:]), " ".join(tail[:BESIDE_WORDS])


def stretch_at(reading: Reading, number: int, source: str | None = None) -> Stretch:
    """Return a stretch by its number.

    Raises:
        ConflictError: the text or its reading changed since the page was opened.
    """
    found = reading.stretches[number] if 0 <= number < len(reading.stretches) else None
    if found is None or (source is not None and found.source.strip() != source.strip()):
        raise ConflictError(_("Lời đọc vừa đổi nên chỗ này không còn như trên trang. Mở lại lời đọc."))
    return found
