# SPDX-License-Identifier: AGPL-3.0-or-later
"""The pages about devices: what sounds, what is silent, what is unknown, and why."""

from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST, require_safe

from loa.config import clock, messaging
from loa.config.errors import ConflictError, LoaError, NotFoundError
from loa.config.middleware import websocket_origin
from loa.deliveries.actions import confirm_by_hand
from loa.deliveries.queries import still_out_place
from loa.devices import actions, listing_filter, queries
from loa.devices.details import details
from loa.devices.forms import ApprovalForm, CodeForm, NameForm
from loa.devices.maps import villages_on_map
from loa.devices.models import Device, Enrolment
from loa.devices.network.choices import choices
from loa.people.http import AuthenticatedHttpRequest
from loa.people.queries import may, require
from loa.people.rules import Permission
from loa.releases import authority
from loa.ui.frame import Access
from loa_protocol.wire import device_subject, events_subject

ON_A_PAGE = 100


@require_GET
def listing(request: AuthenticatedHttpRequest) -> HttpResponse:
    """List the devices that the person may see; ``?xem=can`` keeps those that need a look, ``?xa=`` a commune."""
    require(request.user, Permission.DEVICE_VIEW)
    now = clock.now()
    chosen = listing_filter.Chosen.of(request.GET)
    everywhere = queries.devices_for(request.user, now=now)
    found = [one for one in everywhere if chosen.is_in_commune(one)]
    figures = queries.figures(found)
    page = Paginator([one for one in found if chosen.shows(one)], ON_A_PAGE).get_page(
        request.GET.get("trang")
    )
    communes = {one.device.commune_id: one.device.commune for one in everywhere}
    context = {
        "now": now,
        "page": page,
        "devices": page.object_list,
        "figures": figures,
        "chosen": chosen,
        "shows": choices(request, "xem", chosen.show, listing_filter.shows(figures)),
        "communes": sorted(communes.values(), key=lambda area: area.path),
        "villages": villages_on_map(found),
        "may_add": may(request.user, Permission.DEVICE_MANAGE),
    }
    template = "devices/_listing.html" if request.htmx else "devices/listing.html"
    return render(request, template, context)


@require_GET
def device(request: AuthenticatedHttpRequest, device_id: UUID) -> HttpResponse:
    """Show one device."""
    return _page(request, queries.device(request.user, device_id))


def _page(
    request: AuthenticatedHttpRequest,
    found: Device,
    form: NameForm | None = None,
    error: LoaError | None = None,
) -> HttpResponse:
    installation, commune = authority.installation(), found.commune.code
    context = {
        "now": clock.now(),
        "sound_subject": device_subject(installation, commune, str(found.pk), "sound"),
        "listen_subject": device_subject(installation, commune, str(found.pk), "listen"),
        "device": found,
        "details": details(found, clock.now()),
        "may_manage": may(request.user, Permission.DEVICE_MANAGE, area=found.village),
        "form": form or NameForm(initial={"name": found.name}),
        "error": error,
    }
    status = error.status if error else 400 if form and form.errors else 200
    return render(request, "devices/device.html", context, status=status)


@never_cache
@require_safe
def listen(request: AuthenticatedHttpRequest, device_id: UUID) -> JsonResponse:
    """Give the browser what it needs to listen to one device for ten minutes."""
    found = queries.device(request.user, device_id)
    credentials = messaging.browser_credentials(
        request.user, [found.commune.code], url=websocket_origin(request)
    )
    access = Access(
        url=credentials.url,
        jwt=credentials.jwt,
        seed=credentials.seed,
        subject=events_subject(authority.installation(), found.commune.code),
    )
    return JsonResponse(asdict(access))


@require_POST
def rename(request: AuthenticatedHttpRequest, device_id: UUID) -> HttpResponse:
    """Give a device another name."""
    found = queries.device(request.user, device_id)
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, found, form)
    actions.rename(actor=request.user, device=found, name=form.cleaned_data["name"])
    messages.success(request, _("Đã đổi tên."))
    return redirect("devices:device", found.pk)


@require_POST
def set_test(request: AuthenticatedHttpRequest, device_id: UUID) -> HttpResponse:
    """Set a device to test, or back."""
    is_test = request.POST.get("is_test") == "1"
    actions.set_test(actor=request.user, device=queries.device(request.user, device_id), is_test=is_test)
    words = (
        _("Máy này nhận tin thử khi có quy định giờ phát mới.")
        if is_test
        else _("Máy này thôi nhận tin thử.")
    )
    messages.success(request, words)
    return redirect("devices:device", device_id)


@require_POST
def retire(request: AuthenticatedHttpRequest, device_id: UUID) -> HttpResponse:
    """Take a device out of service."""
    found = actions.retire(actor=request.user, device=queries.device(request.user, device_id))
    messages.success(
        request,
        _("Đã ngừng dùng %(name)s. Máy còn phát theo lịch đã lưu đến khi lịch hết.") % {"name": found.name},
    )
    return redirect("devices:listing")


@require_http_methods(["GET", "POST"])
def replace(request: AuthenticatedHttpRequest, device_id: UUID) -> HttpResponse:
    """Let a new machine take the place of this one: ask for the code that it shows."""
    found = queries.device(request.user, device_id)
    require(request.user, Permission.DEVICE_MANAGE, area=found.village)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            waiting = queries.waiting_enrolment(form.cleaned_data["code"])
            made = actions.replace(actor=request.user, device=found, enrolment=waiting)
        except (ConflictError, NotFoundError) as error:
            form.add_error("code", error.message)
        else:
            words = _("Máy mới đã thay %(name)s. Máy cũ không còn vào được hệ thống.")
            messages.success(request, words % {"name": made.name})
            return redirect("devices:device", made.pk)
    status = 400 if form.errors else 200
    return render(request, "devices/replace.html", {"form": form, "device": found}, status=status)


@require_POST
def confirm_gone(request: AuthenticatedHttpRequest, pk: int) -> HttpResponse:
    """Note that a person saw to it that a device is silent about a withdrawn release."""
    place = still_out_place(pk)
    found = queries.device(request.user, place.place_key)
    try:
        confirm_by_hand(actor=request.user, place=place, note=request.POST.get("note", ""))
    except ConflictError as error:
        return _page(request, found, error=error)
    messages.success(request, _("Đã ghi: %(name)s không còn giữ tin này.") % {"name": found.name})
    return redirect("devices:device", found.pk)


@require_http_methods(["GET", "POST"])
def add(request: AuthenticatedHttpRequest) -> HttpResponse:
    """Ask for the code that the new device shows."""
    require(request.user, Permission.DEVICE_MANAGE)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            waiting = queries.waiting_enrolment(form.cleaned_data["code"])
        except LoaError as error:
            form.add_error("code", error.message)
        else:
            return redirect("devices:approve", waiting.pk)
    status = 400 if form.errors else 200
    return render(request, "devices/add.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
def approve(request: AuthenticatedHttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Say where the device stands, what it is called, and let it in."""
    require(request.user, Permission.DEVICE_MANAGE)
    waiting = queries.enrolment(enrolment_id)
    if waiting.device_id is not None:
        return redirect("devices:device", waiting.device_id)
    areas = queries.areas_to_keep(request.user)
    form = ApprovalForm(request.POST or None, areas=areas, initial={"name": waiting.name})
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.approve(
                actor=request.user,
                enrolment=waiting,
                village=form.chosen_village(),
                name=form.cleaned_data["name"],
                is_test=form.cleaned_data["is_test"],
            )
        except ConflictError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(
                request, _("Đã thêm %(name)s. Máy nhận lịch trong nửa phút.") % {"name": made.name}
            )
            return redirect("devices:device", made.pk)
    return _approval(request, waiting, form)


def _approval(request: AuthenticatedHttpRequest, waiting: Enrolment, form: ApprovalForm) -> HttpResponse:
    context = {"enrolment": waiting, "form": form, "is_over": waiting.expires_at <= clock.now()}
    return render(request, "devices/approve.html", context, status=400 if form.errors else 200)


@require_POST
def refuse(request: AuthenticatedHttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Refuse a device that nobody knows."""
    actions.refuse(actor=request.user, enrolment=queries.enrolment(enrolment_id))
    messages.success(request, _("Đã từ chối. Máy đó không nhận được gì."))
    return redirect("devices:listing")
