# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of a commune's airtime rules."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from loa.airtime import actions, queries
from loa.airtime.forms import RuleForm, WindowsField
from loa.airtime.outside import coming_outside
from loa.airtime.queries import Rule
from loa.areas.models import Area
from loa.config import clock
from loa.config.errors import ConflictError
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import access_area
from loa.people.rules import Permission
from loa_protocol.times import to_local


@dataclass(frozen=True)
class EditedRule:
    """A rule and the form that changes it."""

    rule: Rule
    form: RuleForm


@require_http_methods(["GET", "POST"])
def rules(request: AuthenticatedHttpRequest, code: str) -> HttpResponse:
    """Show a commune's rules by class, and let who keeps its settings change one at a time."""
    commune = access_area(request.user, code, Permission.SETTINGS_MANAGE)
    effective = [rule for rule in queries.rules_for(commune) if rule.zone.pk == commune.pk]
    changed = request.POST.get("priority_class", "")
    edited = [EditedRule(rule, _form(request, rule, changed)) for rule in effective]
    for one in edited:
        if one.rule.priority_class == changed and one.form.is_valid():
            try:
                actions.set_rule(
                    actor=request.user, zone=commune, priority_class=changed, **one.form.cleaned_data
                )
            except ConflictError as error:
                one.form.add_error(error.field or None, error.message)
            else:
                messages.success(request, _("Đã lưu. Loa nhận quy định mới trong nửa phút."))
                _warn_of_outside(request, commune)
                return redirect("airtime:rules", commune.code)
    context = {
        "commune": commune,
        "edited": edited,
        "calendar_url": f"{reverse('airtime:calendar')}?xa={commune.code}",
    }
    is_wrong = any(one.form.errors for one in edited)
    return render(request, "airtime/rules.html", context, status=400 if is_wrong else 200)


def _warn_of_outside(request: AuthenticatedHttpRequest, commune: Area) -> None:
    """Say how many placed rounds the hours rule out, with a link to the week of the first."""
    outside = coming_outside(commune, clock.now())
    if not outside:
        return
    first_day = to_local(outside[0].starts_at, settings.TIME_ZONE).date()
    query = urlencode({"xa": commune.code, "tuan": first_day.isoformat()})
    words = ngettext(
        "%(count)d lượt đã đặt nay nằm ngoài giờ được phát nên loa sẽ không phát.",
        "%(count)d lượt đã đặt nay nằm ngoài giờ được phát nên loa sẽ không phát.",
        len(outside),
    ) % {"count": len(outside)}
    link = format_html(
        '<a href="{}?{}">{}</a>', reverse("airtime:calendar"), query, _("Mở lịch để dời hoặc bỏ.")
    )
    messages.warning(request, format_html("{} {}", words, link))


def _form(request: AuthenticatedHttpRequest, rule: Rule, changed: str) -> RuleForm:
    prefix = rule.priority_class
    if request.method == "POST" and rule.priority_class == changed:
        return RuleForm(request.POST, prefix=prefix)
    return RuleForm(
        prefix=prefix,
        initial={
            "windows": WindowsField.written(rule.windows),
            "minutes_per_day": rule.minutes_per_day,
            "volume_cap": rule.volume_cap,
            "note": rule.note,
        },
    )
