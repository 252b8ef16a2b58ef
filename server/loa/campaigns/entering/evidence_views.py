# SPDX-License-Identifier: AGPL-3.0-or-later
"""What shows that work was done: files, links, figures, recorded deliveries, photos over a broken line."""

from collections.abc import Callable
from functools import wraps
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import FileResponse, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from loa.campaigns import actions, files, parts, queries
from loa.campaigns.entering.activity_forms import (
    AboutForm,
    DeliveryForm,
    FiguresForm,
    FilesForm,
    LinkForm,
)
from loa.campaigns.entering.campaign_views import either
from loa.campaigns.entering.frame import context_of
from loa.campaigns.models import Activity
from loa.campaigns.photos import COPY_WIDTHS
from loa.config.errors import LoaError, NotFoundError
from loa.config.numbers import whole
from loa.people.http import AuthenticatedHttpRequest, posted, show_error

Given = Callable[[AuthenticatedHttpRequest, Activity, AboutForm], object]
View = Callable[..., HttpResponse]


def _form_page(
    request: AuthenticatedHttpRequest, found: Activity, form: AboutForm, words: str, add: Given
) -> HttpResponse:
    """Show a form of evidence, or add what it brings and go back to the activity."""
    actions.check_open(request.user, found)
    if form.is_valid():
        try:
            add(request, found, form)
        except LoaError as error:
            show_error(form, error)
        else:
            messages.success(request, _("Đã lưu minh chứng."))
            return redirect("campaigns:activity", found.campaign.key, found.pk)
    context = context_of(request, found.campaign, activity=found, form=form, words=words)
    return render(request, "campaigns/entering/evidence_form.html", context)


@either
def add_link(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Add a published page."""
    found = queries.activity(request.user, key, pk)
    form = LinkForm(posted(request), activity=found)
    return _form_page(request, found, form, _("Thêm đường dẫn"), _link)


def _link(request: AuthenticatedHttpRequest, found: Activity, form: AboutForm) -> object:
    return actions.add_link(
        actor=request.user, activity=found, url=form.cleaned_data["url"], about=form.about()
    )


@either
def add_figures(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Add figures for the reports."""
    found = queries.activity(request.user, key, pk)
    form = FiguresForm(posted(request), activity=found)
    return _form_page(request, found, form, _("Thêm số liệu"), _figures)


def _figures(request: AuthenticatedHttpRequest, found: Activity, form: AboutForm) -> object:
    figures = form.figures() if isinstance(form, FiguresForm) else {}
    return actions.add_figures(actor=request.user, activity=found, figures=figures, about=form.about())


@either
def add_delivery(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Point at something that the system recorded."""
    found = queries.activity(request.user, key, pk)
    form = DeliveryForm(posted(request), activity=found)
    return _form_page(request, found, form, _("Thêm lượt hệ thống đã ghi"), _delivery)


def _delivery(request: AuthenticatedHttpRequest, found: Activity, form: AboutForm) -> object:
    source, _colon, reference = form.cleaned_data["recorded"].partition(":")
    return actions.add_delivery(
        actor=request.user, activity=found, source=source, reference=reference, about=form.about()
    )


@either
def add_files(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Add photos and documents that the form itself sends; each that was taken stays, whatever follows."""
    found = queries.activity(request.user, key, pk)
    actions.check_open(request.user, found)
    form = FilesForm(posted(request), request.FILES or None, activity=found)
    if form.is_valid():
        sent = form.cleaned_data["sent"]
        stored, refused = 0, []
        for file in sent:
            try:
                actions.add_file(
                    actor=request.user, activity=found, file=file, name=file.name, about=form.about()
                )
                stored += 1
            except LoaError as error:
                refused.append(f"{file.name}: {error.message}")
        said = _("Đã lưu %(stored)s/%(sent)s tệp.") % {"stored": stored, "sent": len(sent)}
        if not refused:
            messages.success(request, said)
            return redirect("campaigns:activity", key, pk)
        form.add_error("sent", " ".join([said, *refused]))
    words = _("Thêm ảnh hoặc tệp")
    context = context_of(request, found.campaign, activity=found, form=form, files_form=form, words=words)
    return render(request, "campaigns/entering/evidence_form.html", context)


def as_json(view: View) -> View:
    """Answer a ``LoaError`` as JSON with its sentence and its data, for whoever sends by script."""

    @wraps(view)
    def answered(*args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(*args, **kwargs)
        except LoaError as error:
            return JsonResponse(
                {"code": error.code, "message": error.message, **error.data}, status=error.status
            )

    return answered


class _Announced(forms.Form):
    """What a sender says of a file before it comes."""

    client_key = forms.UUIDField()
    name = forms.CharField(max_length=1000)
    size = forms.IntegerField(min_value=1)
    sha256 = forms.CharField(min_length=64, max_length=64)


@require_POST
@as_json
def begin_upload(request: AuthenticatedHttpRequest, key: str, pk: int) -> HttpResponse:
    """Announce a file; the answer says how much of it is there, and where the rest goes."""
    found = queries.activity(request.user, key, pk)
    actions.check_open(request.user, found)
    form = _Announced(request.POST)
    if not form.is_valid():
        return JsonResponse({"message": _("Thiếu tên, cỡ hoặc mã kiểm của tệp.")}, status=400)
    if parts.has_evidence(found, form.cleaned_data["client_key"]):
        return JsonResponse({"is_stored": True})
    upload = actions.begin_upload(actor=request.user, activity=found, **form.cleaned_data)
    address = reverse("campaigns:upload", args=[key, pk, upload.pk])
    return JsonResponse({"is_stored": False, "received": files.received(upload), "url": address})


@require_POST
@as_json
def upload(request: AuthenticatedHttpRequest, key: str, pk: int, client_key: UUID) -> HttpResponse:
    """Take the next block of a file (a body of bytes, ``?tu=`` says from where), or finish it (a form)."""
    found = queries.activity(request.user, key, pk)
    coming = actions.upload_of(request.user, client_key)
    if coming.activity_id != found.pk:
        raise NotFoundError(_("Không tìm thấy lần gửi này. Gửi lại từ đầu."))
    if request.content_type == "application/octet-stream":
        offset = whole(request.GET.get("tu", "")) or 0
        received = actions.append_block(actor=request.user, upload=coming, offset=offset, block=request.body)
        return JsonResponse({"received": received})
    form = AboutForm(request.POST, activity=found)
    about = form.about() if form.is_valid() else actions.About()
    evidence = actions.finish_upload(actor=request.user, upload=coming, about=about, as_photo=False)
    return JsonResponse({"is_stored": True, "evidence": evidence.pk})


@require_POST
def clear_match(request: AuthenticatedHttpRequest, key: str, pk: int, match: int) -> HttpResponse:
    """Say that two like photos are rightly there."""
    found = queries.activity(request.user, key, pk)
    pair = parts.photo_match(found, match)
    try:
        actions.clear_match(
            actor=request.user, activity=found, match=pair, note=request.POST.get("reason", "")
        )
    except actions.PlanError as error:
        messages.error(request, error.message)
    return redirect("campaigns:activity", key, pk)


@require_GET
def file(request: AuthenticatedHttpRequest, sha256: str, size: str = "") -> HttpResponseBase:
    """Give a stored file to whoever may open it: whole, or a photo's copy without what its camera wrote."""
    row = parts.stored_file(request.user, sha256)
    if size and (size not in COPY_WIDTHS or not row.is_photo):
        raise NotFoundError(_("Không tìm thấy tệp này."))
    path = files.copy_path(sha256, size) if size else files.path_of(sha256)
    try:
        opened = path.open("rb")
    except FileNotFoundError as error:
        raise NotFoundError(_("Không tìm thấy tệp này.")) from error
    kind = "image/jpeg" if size else row.media_type
    response = FileResponse(opened, content_type=kind)
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    response.headers["X-Content-Type-Options"] = "nosniff"
    if not size:
        name = f"{sha256[:12]}{files.SUFFIXES.get(row.media_type, '')}"
        response.headers["Content-Disposition"] = content_disposition_header(not row.is_photo, name) or ""
    return response
