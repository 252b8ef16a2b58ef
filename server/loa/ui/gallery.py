# SPDX-License-Identifier: AGPL-3.0-or-later
"""Invented examples for the page of components; people, villages and figures are not real."""

import math
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone

from loa.config import clock
from loa.ui import dates, weeks
from loa.ui.states import STATES, STRENGTHS
from loa.ui.strips import Item, Stretch
from loa.ui.village_maps import Village
from loa.ui.weeks import Slot

STEPS = [
    {"name": "Viết", "state": "done", "lines": ["Nguyễn Thị Hậu", "22/11, 09:12"]},
    {"name": "Nghe thử", "state": "done", "lines": ["lời đọc đã nghe hết"]},
    {"name": "Duyệt", "state": "needs", "lines": ["cần một chữ ký nữa"]},
    {"name": "Đặt lịch", "state": "now", "lines": ["6 lượt đặt"]},
    {"name": "Phát", "state": "on_air", "lines": ["đang phát lượt 2/6", "10/12 cụm loa"]},
    {"name": "Bằng chứng", "state": "todo", "lines": ["chưa tới"]},
]
YEARS = "hai nghìn không trăm hai mươi đến hai nghìn không trăm hai mươi lăm"
STRETCHES: list[dict[str, Any]] = [
    {"source": "Bà con đọc dự thảo Văn kiện Đại hội Đảng bộ huyện lần thứ "},
    {"source": "XXV", "spoken": "hai mươi lăm", "rule": "roman"},
    {"source": ", nhiệm kỳ "},
    {"source": "2020-2025", "spoken": YEARS, "rule": "years"},
    {"source": " tại nhà văn hóa thôn, bản, khu phố. Hội nghị lấy ý kiến: "},
    {"source": "19h30-21h", "spoken": "mười chín giờ ba mươi đến hai mươi mốt giờ", "rule": "hours"},
    {"source": ". "},
    {"source": "MTTQ", "spoken": "Mặt trận Tổ quốc", "rule": "abbreviation"},
    {"source": " và các đoàn thể cùng dự. "},
    {"source": "ĐT", "spoken": "Điện thoại", "rule": "abbreviation", "sure": False},
    {"source": " hỏi đáp ghi ở bảng tin thôn."},
]  # fmt: skip
WAVE = [
    round(18 + 60 * abs(math.sin(n / 7)) * abs(math.sin(n / 31)) + 16 * abs(math.sin(n * 2.7)))
    for n in range(200)
]
PLACES = (
    ("Bản Suối Mây", 0.00, 0.9, "sounding", 1, "3 ngày"), ("Bản Nà Lúa", 0.9, 1.0, "unknown", None, "?"),
    ("Bản Đèo Thông", -0.7, 0.2, "silent", 4, "9 ngày"), ("Khu phố Chợ Mới", 0.5, 0.2, "sounding", 0, "hôm nay"),
    ("Thôn Sân Phơi", 1.5, 0.3, "late", 0, "hôm nay"), ("Thôn Gò Vàng", -0.5, -0.7, "ready", 3, "6 ngày"),
    ("Thôn Đầm Sậy", 0.6, -0.8, "sounding", 0, "1 ngày"),
)  # fmt: skip


class ExampleForm(forms.Form):
    """A form with one field of each kind."""

    title = forms.CharField(label="Tên tin", help_text="Bà con không nghe tên này.")
    text = forms.CharField(label="Nội dung", widget=forms.Textarea)
    last = forms.CharField(label="Ngày kết thúc", help_text="Ngày cuối cùng được phát")
    kind = forms.ChoiceField(
        label="Loại tin", choices=[("a", "Thường"), ("b", "Ưu tiên")], widget=forms.RadioSelect
    )
    area = forms.ChoiceField(label="Nơi phát", choices=[("1", "Cả xã"), ("2", "Chọn thôn")])
    zones = forms.MultipleChoiceField(
        label="Vùng phát", choices=[(name, name) for name, *_ in PLACES], widget=forms.CheckboxSelectMultiple
    )
    post = forms.ChoiceField(
        label="Chức danh chịu trách nhiệm",
        choices=[("", "Chọn một chức danh"), *((name, f"Trưởng {name.lower()}") for name, *_ in PLACES)],
        widget=forms.Select(attrs={"data-searchable": True}),
        required=False,
    )
    offices = forms.MultipleChoiceField(
        label="Cơ quan phối hợp",
        choices=[(str(number), f"Chi hội {number}") for number in range(1, 18)],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    agree = forms.BooleanField(label="Cho phép phát thử", help_text="Chỉ ở loa thử.", required=False)
    sound = forms.FileField(label="Bản thu", help_text="MP3, WAV, M4A hoặc OGG, đến 60 phút.", required=False)

    def clean_last(self) -> str:
        raise forms.ValidationError("Trước ngày bắt đầu 25/11. Chọn từ 25/11 trở đi.")


def _villages(*, ramp: bool) -> list[Village]:
    drawn = []
    for name, x, y, state, step, value in PLACES:
        corners = [
            [x + 0.42 * math.cos(math.radians(60 * n + 30)), y + 0.42 * math.sin(math.radians(60 * n + 30))]
            for n in range(6)
        ]
        geometry = {
            "type": "Polygon",
            "coordinates": [[[107.6 + p[0] / 40, 21.35 + p[1] / 40] for p in corners]],
        }
        drawn.append(
            Village(
                name=name,
                geometry=geometry,
                url="#ban-do",
                is_current=name == "Thôn Gò Vàng",
                is_sample=True,
                state="" if ramp else state,
                ramp=step if ramp else None,
                value=value if ramp else "",
                words="" if ramp else "đúng lịch",
            )
        )
    return drawn


def _strip(now: datetime) -> list[Item]:
    def at(minutes: float, seconds: int, title: str, line: str, state: str) -> Item:
        start = now + timedelta(minutes=minutes)
        return Item(title, start, start + timedelta(seconds=seconds), line, "#", state)

    return [
        at(-2, 190, "Mời góp ý dự thảo Văn kiện Đại hội Đảng bộ", "10/12 cụm · đang phát", "on_air"),
        at(8, 150, "Điểm mới về quy trình lấy ý kiến", "12 cụm loa · 02:30", "planned"),
        at(9.5, 42, "Lịch treo cờ dịp Đại hội", "8 cụm loa · 00:42", "clash"),
        at(22, 190, "Gương điển hình: tổ tự quản bảo vệ môi trường", "8 cụm loa · 03:10", "planned"),
        at(58, 125, "Dự thảo Văn kiện tỉnh", "12 cụm loa · 02:05", "planned"),
    ]


def _week(today: date) -> weeks.Week:
    monday = today - timedelta(days=today.weekday())
    days = [monday + timedelta(days=n) for n in range(7)]

    def slot(day: int, hour: int, minute: int, title: str, state: str = "planned", note: str = "") -> Slot:
        start = timezone.make_aware(datetime.combine(days[day], time(hour, minute)))
        return Slot(start, title, "#", state, note, "12 cụm loa")

    slots = [
        slot(0, 5, 40, "Mời góp ý dự thảo", "played"), slot(1, 17, 2, "Mời góp ý dự thảo", "on_air", "đang phát"),
        slot(1, 17, 12, "Quy trình lấy ý kiến"), slot(2, 17, 20, "Bổ sung Gò Vàng", "waiting", "chờ duyệt"),
        slot(3, 17, 26, "Gương điển hình", "clash", "trùng"), slot(3, 17, 28, "Bầu trực tiếp 100%", "clash", "trùng"),
        slot(4, 17, 2, "Nhắc hội nghị tối nay", "withdrawn", "đã thu hồi"),
        slot(5, 9, 0, "Tin khẩn: mưa lũ", "emergency"),
        slot(0, 17, 2, "Mời góp ý dự thảo", "unknown", "không rõ"),
    ]  # fmt: skip
    windows: list[tuple[time, time | None]] = [(time(5, 30), time(6, 30)), (time(17), time(18))]
    return weeks.week(days, weeks.bands_of(windows, day="Ban ngày", night="Tối"), slots)


def examples() -> dict[str, Any]:
    """Return everything that the page of components shows."""
    now = dates.local(clock.now())
    form = ExampleForm(
        {"title": "MỜI GÓP Ý DỰ THẢO VĂN KIỆN", "last": "23/11/2026", "kind": "a", "area": "1"}
    )
    return {
        "states": [key for key in STATES if key not in {"normal", "priority", "emergency"}],
        "strengths": list(STRENGTHS),
        "steps_example": STEPS,
        "stretches": STRETCHES,
        "wave": WAVE,
        "form": form,
        "clean_form": ExampleForm(prefix="clean"),
        "strip_items": _strip(now),
        "strip_closed": [Stretch(now + timedelta(minutes=62), now + timedelta(hours=3))],
        "now": now,
        "soon": now + timedelta(seconds=72),
        "villages": _villages(ramp=False),
        "villages_by_days": _villages(ramp=True),
        "band": [
            Stretch(now - timedelta(hours=11), now - timedelta(hours=10), "on-air", ""),
            Stretch(now - timedelta(hours=5), now - timedelta(hours=3), "unknown", ""),
            Stretch(now - timedelta(hours=2), now, "silent", ""),
        ],
        "day_ago": now - timedelta(hours=24),
        "band_ticks": [
            {"at": now - timedelta(hours=n), "words": dates.clock_time(now - timedelta(hours=n))}
            for n in (24, 18, 12, 6, 0)
        ],
        "week": _week(now.date()),
    }
