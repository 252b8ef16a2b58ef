# SPDX-License-Identifier: AGPL-3.0-or-later
"""Forms of the account and settings pages: they parse; the actions decide."""

from datetime import date
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from loa.areas.actions import NAME_LENGTH, VillageInput
from loa.areas.models import Area
from loa.people.models import Organisation, OrganisationKind, Person, Post, Role
from loa.people.plain_forms import PlainForm
from loa.people.rules import ROLE_NAMES

ROLE_CHOICES = [(role.value, ROLE_NAMES[role]) for role in Role]
INDENT = "\u2003"  # a wide space: options cannot be styled
KIND_NAMES = {
    OrganisationKind.AUTHORITY: _("Chính quyền"),
    OrganisationKind.PARTY: _("Đảng"),
    OrganisationKind.FRONT: _("Mặt trận"),
    OrganisationKind.ASSOCIATION: _("Đoàn thể"),
    OrganisationKind.OFFICE: _("Phòng, ban, trung tâm"),
}


def _password(autocomplete: str) -> forms.PasswordInput:
    return forms.PasswordInput(attrs={"autocomplete": autocomplete})


class DayField(forms.DateField):
    """A day, picked in the browser; typed days are read as they are written here (24/11/2026)."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    input_formats = ("%Y-%m-%d", "%d/%m/%Y")
    years = range(1900, 2101)  # others are slips, and days beside the first or last one could not be counted

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None and day.year not in self.years:
            raise forms.ValidationError(_("Năm chưa đúng. Ghi bốn chữ số, ví dụ 24/11/2026."), code="invalid")
        return day


class SignInForm(PlainForm):
    """Who signs in."""

    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=80,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
        error_messages={"required": _("Gõ tên đăng nhập.")},
    )
    password = forms.CharField(
        label=_("Mật khẩu"),
        strip=False,
        widget=_password("current-password"),
        error_messages={"required": _("Gõ mật khẩu.")},
    )


class ChangePasswordForm(PlainForm):
    """One's own password, old and new."""

    old_password = forms.CharField(
        label=_("Mật khẩu hiện tại"), strip=False, widget=_password("current-password")
    )
    new_password = forms.CharField(
        label=_("Mật khẩu mới"),
        strip=False,
        widget=_password("new-password"),
        help_text=_("Từ 10 chữ. Một câu ngắn dễ nhớ hơn và khó đoán hơn."),
    )
    again = forms.CharField(label=_("Mật khẩu mới, gõ lại"), strip=False, widget=_password("new-password"))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("new_password") != cleaned.get("again") and "again" in cleaned:
            self.add_error("again", _("Hai lần gõ khác nhau. Gõ lại mật khẩu mới."))
        return cleaned


class ResetPasswordForm(PlainForm):
    """A new password for somebody who forgot his."""

    password = forms.CharField(
        label=_("Mật khẩu mới"),
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_(
            "Đọc cho người đó nghe; người đó đổi lại sau khi đăng nhập. Khóa ký cũ không mở được nữa."
        ),
    )


class OrganisationChoice(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """An organisation, indented as it stands in the tree."""

    def label_from_instance(self, obj: Organisation) -> str:
        return INDENT * (int(obj.depth) - 1) + str(obj.name)


class PersonForm(PlainForm):
    """Somebody new with a first role."""

    full_name = forms.CharField(label=_("Họ và tên"), max_length=120)
    username = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=80,
        help_text=_("Chữ không dấu, số, dấu chấm hoặc gạch. Ví dụ nguyen.hau."),
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    password = forms.CharField(
        label=_("Mật khẩu ban đầu"),
        strip=False,
        help_text=_("Từ 10 chữ. Người đó đổi lại sau khi đăng nhập."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    organisation = OrganisationChoice(
        label=_("Cơ quan"), queryset=Organisation.objects.none(), empty_label=_("Chọn một cơ quan")
    )
    role = forms.ChoiceField(label=_("Vai trò"), choices=ROLE_CHOICES)

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class RoleForm(PlainForm):
    """One more role for somebody."""

    organisation = OrganisationChoice(
        label=_("Cơ quan"), queryset=Organisation.objects.none(), empty_label=_("Chọn một cơ quan")
    )
    role = forms.ChoiceField(label=_("Vai trò"), choices=ROLE_CHOICES)

    def __init__(self, *args: Any, organisations: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]


class OrganisationForm(PlainForm):
    """An organisation below another one."""

    name = forms.CharField(label=_("Tên đầy đủ"), max_length=200)
    short_name = forms.CharField(label=_("Tên gọn"), max_length=60, required=False)
    kind = forms.ChoiceField(label=_("Loại"), choices=list(KIND_NAMES.items()))
    parent = OrganisationChoice(
        label=_("Thuộc"), queryset=Organisation.objects.none(), empty_label=_("Chọn một cơ quan")
    )
    area = forms.ModelChoiceField(
        label=_("Địa bàn phục vụ"),
        queryset=Area.objects.none(),
        to_field_name="code",
        empty_label=_("Chọn một xã"),
    )

    def __init__(
        self, *args: Any, organisations: QuerySet[Organisation], areas: QuerySet[Area], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["area"].queryset = areas  # type: ignore[attr-defined]


class PostForm(PlainForm):
    """A post in an organisation."""

    organisation = OrganisationChoice(
        label=_("Cơ quan"), queryset=Organisation.objects.none(), empty_label=_("Chọn một cơ quan")
    )
    title = forms.CharField(
        label=_("Chức danh"), max_length=120, help_text=_("Ví dụ Chủ tịch UBND xã, Trưởng thôn Đồng Sen.")
    )
    reports_to = forms.ModelChoiceField(
        label=_("Cấp trên trực tiếp"),
        queryset=Post.objects.none(),
        required=False,
        empty_label=_("Chưa ghi"),
        help_text=_("Khi chức danh này trống, việc trễ được đôn đốc ở cấp trên."),
    )

    def __init__(
        self, *args: Any, organisations: QuerySet[Organisation], posts: QuerySet[Post], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].queryset = organisations  # type: ignore[attr-defined]
        self.fields["reports_to"].queryset = posts  # type: ignore[attr-defined]
        self.fields["reports_to"].label_from_instance = post_label  # type: ignore[attr-defined]


def post_label(post: Post) -> str:
    """Return a post with its organisation, as choices show it."""
    return f"{post.title}, {post.organisation.name}"


class HoldingForm(PlainForm):
    """Who holds a post from which day; nobody leaves it vacant."""

    person = forms.ModelChoiceField(
        label=_("Người giữ"),
        queryset=Person.objects.none(),
        required=False,
        empty_label=_("Để trống chức danh"),
    )
    since = DayField(label=_("Từ ngày"))

    def __init__(self, *args: Any, people: QuerySet[Person], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = people  # type: ignore[attr-defined]


class VillageForm(PlainForm):
    """One village."""

    name = forms.CharField(
        label=_("Tên"), max_length=NAME_LENGTH, help_text=_("Cả chữ thôn, bản hoặc khu phố: Thôn Đồng Sen.")
    )
    households = forms.IntegerField(label=_("Số hộ"), min_value=0, max_value=1_000_000, required=False)
    population = forms.IntegerField(label=_("Số dân"), min_value=0, max_value=10_000_000, required=False)
    latitude = forms.FloatField(
        label=_("Vĩ độ"), required=False, localize=True, help_text=_("Độ, ví dụ 21,345.")
    )
    longitude = forms.FloatField(
        label=_("Kinh độ"), required=False, localize=True, help_text=_("Độ, ví dụ 107,601.")
    )
    outline = forms.CharField(
        label=_("Đường ranh"),
        required=False,
        max_length=500_000,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("Nếu có: dán nội dung tệp GeoJSON. Chưa có thì thôn là một điểm trên bản đồ."),
    )

    def given(self) -> VillageInput:
        """Return the village as it was typed; the action checks it."""
        cleaned = self.cleaned_data
        return VillageInput(**{**cleaned, "outline": cleaned["outline"] or None})


class ImportForm(PlainForm):
    """Many villages, pasted."""

    text = forms.CharField(
        label=_("Danh sách thôn"),
        max_length=100_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 10, "spellcheck": "false"}),
        help_text=_("Mỗi thôn một dòng, dán từ bảng tính: tên, số hộ, số dân, vĩ độ, kinh độ. Chỉ cần tên."),
    )
