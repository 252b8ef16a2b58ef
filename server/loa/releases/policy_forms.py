# SPDX-License-Identifier: AGPL-3.0-or-later
"""The form in which an administrator proposes how many people release what an organisation says."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from loa.areas import tree
from loa.people.models import Organisation, OrganisationKind
from loa.releases.models import Policy, PolicyKind
from loa.releases.rules import fitting_policy

KINDS = [
    (PolicyKind.STRICT, _("Hai người ký, không ai viết, sửa hoặc gửi tin")),
    (PolicyKind.JOINED, _("Ghép ký: một người của cơ quan này, một người của cơ quan khác")),
    (PolicyKind.SMALL_OFFICE, _("Cơ quan ít người: hai người ký, một trong hai có thể là người viết")),
]
MOST_OFFICERS = 999


class OfficersForm(forms.Form):
    """How many people there are; the policy that suits them follows."""

    officers = forms.IntegerField(
        label=_("Bao nhiêu người viết, sửa hoặc duyệt tin ở cơ quan này?"),
        min_value=1,
        max_value=MOST_OFFICERS,
        required=False,
        error_messages={
            "invalid": _("Ghi một số, ví dụ 3."),
            "min_value": _("Ghi ít nhất 1 người."),
            "max_value": _("Ghi nhiều nhất 999 người."),
        },
    )


class PolicyForm(forms.Form):
    """Which policy is proposed."""

    kind = forms.ChoiceField(
        label=_("Ai ký"),
        choices=KINDS,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Chọn một trong ba cách ký duyệt."),
            "invalid_choice": _("Chọn một trong ba cách ký duyệt."),
        },
    )
    partners = forms.ModelMultipleChoiceField(
        label=_("Cơ quan cùng ký"),
        help_text=_(
            "Chỉ dùng khi ghép ký. Người duyệt của các cơ quan này xem và ký được tin gửi duyệt ở đây."
        ),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Không ghép ký được với cơ quan đã chọn. Chọn lại.")},
    )
    is_weak = forms.BooleanField(
        label=_("Nhận cả chữ ký bằng mật khẩu"),
        help_text=_("Yếu hơn: khóa do máy chủ giữ. Trang của mỗi tin ghi rõ điều đó."),
        required=False,
    )
    must_hear = forms.BooleanField(label=_("Nghe hết một lần rồi mới ký được"), required=False)

    def __init__(self, data: Any = None, *, organisation: Organisation, initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        field = self.fields["partners"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = possible_partners(organisation)


def possible_partners(organisation: Organisation) -> QuerySet[Organisation]:
    """Return who could sign with an organisation: those above it, and authorities beside it."""
    area = organisation.area
    above = tree.ancestor_paths(organisation.path)
    province = area.path[: len(area.path) - area.steplen] if area.depth > 1 else area.path
    beside = Q(area__depth=area.depth, area__path__startswith=province, kind=OrganisationKind.AUTHORITY)
    return (
        Organisation.objects.filter(Q(path__in=above) | beside).exclude(pk=organisation.pk).order_by("name")
    )


def starting_answers(policy: Policy | None, officers: int | None, *, has_partner: bool) -> dict[str, Any]:
    """Return what the form shows at first: what holds now, or what suits so many people."""
    kind = policy.kind if policy else PolicyKind.STRICT
    return {
        "kind": fitting_policy(officers, has_partner=has_partner) if officers else kind,
        "partners": list(policy.partners.all()) if policy else [],
        "is_weak": policy.is_weak if policy else False,
        "must_hear": policy.must_hear if policy else True,
    }
