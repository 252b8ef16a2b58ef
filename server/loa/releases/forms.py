# SPDX-License-Identifier: AGPL-3.0-or-later
"""The forms in which a revision is sent for release (where, when, how urgent, how often) and withdrawn."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from loa.areas.models import Area
from loa.areas.queries import below
from loa.config import clock
from loa.people.models import Organisation
from loa.releases.models import PriorityClass
from loa.releases.named_days import last_day_named
from loa.releases.rules import LONGEST, REPEAT_LIMIT, BadPeriod, bad_period
from loa.releases.sentences import bad_period_sentence

DEFAULT_DAYS = 5
ALL, SOME = "all", "some"  # the organisation's whole area, or the places that are ticked
CLASSES = [
    (PriorityClass.NORMAL, _("Thường")),
    (PriorityClass.PRIORITY, _("Ưu tiên")),
    (PriorityClass.EMERGENCY, _("Khẩn cấp")),
]


class RequestForm(forms.Form):
    """Whole days in local time: from the start of the first to the end of the last."""

    scope = forms.ChoiceField(
        label=_("Ở đâu"),
        choices=[(ALL, ALL), (SOME, SOME)],
        error_messages={
            "required": _("Chọn cả địa bàn, hoặc chỉ những nơi đánh dấu."),
            "invalid_choice": _("Chọn cả địa bàn, hoặc chỉ những nơi đánh dấu."),
        },
    )
    zones = forms.ModelMultipleChoiceField(
        queryset=Area.objects.none(),
        to_field_name="code",
        required=False,
        label=_("Ở đâu"),
        error_messages={"invalid_choice": _("Không có nơi mã %(value)s trong địa bàn này. Chọn lại.")},
        widget=forms.CheckboxSelectMultiple,
    )
    first_day = forms.DateField(
        label=_("Từ ngày"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Chọn ngày bắt đầu."), "invalid": _("Không có ngày này. Chọn lại.")},
    )
    last_day = forms.DateField(
        label=_("Đến hết ngày"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Chọn ngày kết thúc."), "invalid": _("Không có ngày này. Chọn lại.")},
    )
    priority_class = forms.ChoiceField(label=_("Loại tin"), choices=CLASSES, widget=forms.RadioSelect)
    repeat_limit = forms.IntegerField(
        label=_("Nhiều nhất mấy lần mỗi ngày ở một nơi"),
        min_value=1,
        max_value=REPEAT_LIMIT,
        error_messages={
            "required": _("Ghi số lần, từ 1."),
            "invalid": _("Ghi một số, ví dụ 2."),
            "min_value": _("Ghi ít nhất %(limit_value)s lần."),
            "max_value": _("Ghi %(show_value)s lần là quá nhiều. Chọn từ 1 đến %(limit_value)s."),
        },
    )

    is_prepared = forms.BooleanField(
        label=_("Chuẩn bị sẵn: chỉ phát khi có người bấm phát"),
        help_text=_("Cho tin khẩn cấp ký trước, như “đun sôi nước”. Khi cần, một người bấm là phát."),
        required=False,
    )
    is_test = forms.BooleanField(label=_("Tin kiểm tra: chỉ thiết bị kiểm tra phát"), required=False)
    break_glass = forms.CharField(
        label=_("Ký một mình, vì"),
        help_text=_(
            "Chỉ cho tin khẩn cấp, khi không kịp chờ người thứ hai. Mọi người liên quan được báo ngay."
        ),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        organisation: Organisation,
        text: str = "",
        chosen: QueryDict | None = None,
        may_break_glass: bool = False,
    ) -> None:
        """Offer the usual answers, or those of ``chosen``: what was chosen before something else was done.

        Where it may sound has no usual answer: whoever sends says it himself.

        Args:
            text: what is sent; the days that it names say until when it is true.
        """
        today = timezone.localtime(clock.now()).date()
        self.named = last_day_named(text, today)
        super().__init__(
            data,
            initial={
                "first_day": today,
                "last_day": self.named.day if self.named else today + timedelta(days=DEFAULT_DAYS),
                "priority_class": PriorityClass.NORMAL,
                "repeat_limit": 2,
                **self._answers(chosen or QueryDict()),
            },
        )
        self.area = organisation.area
        if not may_break_glass:
            del self.fields["break_glass"]
        field = self.fields["zones"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = below([organisation.area])

    @classmethod
    def _answers(cls, query: QueryDict) -> dict[str, Any]:
        """Return the answers in ``query`` that are this form's, checked only when they are sent."""
        names = [name for name in cls.base_fields if name in query]
        return {name: query.getlist(name) if name == "zones" else query[name] for name in names}

    def answers_query(self) -> str:
        """Return what was sent as the query of an address, for ``chosen``."""
        assert isinstance(self.data, QueryDict)  # only what was sent is kept
        query = QueryDict(mutable=True)
        for name in self.fields:
            query.setlist(name, self.data.getlist(name))
        return query.urlencode()

    def clean(self) -> dict[str, Any]:
        """Show everything that the places and days lack at once, each beside its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        self._check_places(cleaned.get("scope"), cleaned.get("zones"))
        self._check_days(cleaned.get("first_day"), cleaned.get("last_day"))
        return cleaned

    def _check_places(self, scope: str | None, ticked: QuerySet[Area] | None) -> None:
        """Refuse an answer that says both, everywhere and only here, or that names no place."""
        if ticked is None:
            return  # said already
        count = len(ticked)
        if scope == ALL and count:
            words = ngettext(
                "Đang chọn “%(all)s” mà lại đánh dấu %(count)s nơi. Chọn “Chỉ những nơi đánh dấu”, hoặc bỏ dấu.",
                "Đang chọn “%(all)s” mà lại đánh dấu %(count)s nơi. Chọn “Chỉ những nơi đánh dấu”, hoặc bỏ dấu.",
                count,
            )
            self.add_error("zones", words % {"all": self.all_name, "count": count})
        elif scope == SOME and not count:
            self.add_error("zones", _("Chưa chọn nơi phát. Chọn ít nhất một thôn, bản, khu phố."))

    def _check_days(self, first: date | None, last: date | None) -> None:
        if first is None or last is None:
            return  # said already
        now = clock.now()
        is_endless = last - first > LONGEST or last == date.max  # after it no day can be written
        bad = BadPeriod.TOO_LONG if is_endless else bad_period(self.not_before, self.not_after, now)
        if bad is not None:
            earliest = max(first, timezone.localtime(now).date())
            self.add_error("last_day", bad_period_sentence(bad, earliest=f"{earliest:%d/%m/%Y}"))

    @property
    def why_last_day(self) -> str:
        """Say why the form proposes this last day."""
        if self.named is None:
            words = _("Lời tin không nêu ngày nào sắp tới nên để sẵn %(count)s ngày. Chọn ngày khác nếu cần.")
            return str(words) % {"count": DEFAULT_DAYS}
        if self.named.is_relative:
            words = _("Lời tin có chữ “%(words)s”: phát sau hôm nay là sai, nên để đến hết hôm nay.")
            return str(words) % {"words": self.named.words}
        words = _("Lời tin nói tới “%(words)s” nên để đến hết ngày đó.")
        return str(words) % {"words": self.named.words}

    @property
    def all_name(self) -> str:
        """Return what the first choice is called: "Cả xã Đầm Hà"."""
        name = self.area.name
        return str(_("Cả %(area)s") % {"area": name[:1].lower() + name[1:]})

    @property
    def chosen(self) -> list[Area]:
        """Return the zones that were asked for."""
        return [self.area] if self.cleaned_data["scope"] == ALL else list(self.cleaned_data["zones"])

    @property
    def not_before(self) -> datetime:
        """Return the first moment of the first day."""
        return timezone.make_aware(datetime.combine(self.cleaned_data["first_day"], time.min))

    @property
    def not_after(self) -> datetime:
        """Return the moment at which the last day ends."""
        after = self.cleaned_data["last_day"] + timedelta(days=1)
        return timezone.make_aware(datetime.combine(after, time.min))


class WithdrawalForm(forms.Form):
    """Why a release ends, and the password that opens the reader's key; the action checks both."""

    reason = forms.CharField(
        label=_("Lý do"),
        help_text=_("Ghi vào lệnh thu hồi đã ký; ai xem tin cũng đọc được."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    password = forms.CharField(
        label=_("Mật khẩu của bạn"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    break_glass = forms.CharField(
        label=_("Thu hồi một mình, vì"),
        help_text=_("Chỉ khi không kịp chờ người thứ hai. Mọi người liên quan được báo ngay."),
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self, data: Any = None, *, is_asked_already: bool = False, may_break_glass: bool = False
    ) -> None:
        """Ask for no reason where the first signer gave it, nor for why one is alone where nobody may be."""
        super().__init__(data)
        if is_asked_already:
            del self.fields["reason"]
        if is_asked_already or not may_break_glass:
            self.fields["break_glass"].widget = forms.HiddenInput()
