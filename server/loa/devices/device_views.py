# SPDX-License-Identifier: AGPL-3.0-or-later
"""What devices ask for over HTTP before they may speak on messaging. JSON in, JSON out, no session."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_POST

from loa.devices import enrolment
from loa.devices.enrolment import EnrolmentRefusedError
from loa.people.http import address_of
from loa_protocol.enrolment import EnrolRequest, RenewReply, RenewRequest, decode_json, encode_json
from loa_protocol.errors import MalformedError, ProtocolError, SignatureError

MAX_BODY = 4096  # bytes; a request is below 600
View = Callable[..., HttpResponse]


def device_view(view: View) -> View:
    """Open a view to devices, and answer what it refuses as ``{"error": code}``."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except EnrolmentRefusedError as error:
            return JsonResponse({"error": error.code}, status=error.status)
        except SignatureError as error:
            return JsonResponse({"error": error.code}, status=403)
        except ProtocolError as error:
            return JsonResponse({"error": error.code}, status=400)

    opened: View = csrf_exempt(login_not_required(never_cache(answer)))
    return opened


def _body(request: HttpRequest) -> bytes:
    length = request.headers.get("Content-Length", "")
    if not length.isdigit():
        raise EnrolmentRefusedError("length_required", 411)
    if int(length) > MAX_BODY:
        raise EnrolmentRefusedError("too_large", 413)
    body = request.read(MAX_BODY + 1)
    if len(body) > MAX_BODY:
        raise MalformedError("too_large")
    return body


def _address(request: HttpRequest) -> str | None:
    """Return who asks, behind a proxy on this machine too: or one flood would shut out every device."""
    try:
        return str(ip_address(address_of(request)))
    except ValueError:
        return None


def _json(content: bytes, status: int = 200) -> HttpResponse:
    return HttpResponse(content, content_type="application/json", status=status)


@device_view
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Let a device ask to be let in; it gets a code to show."""
    wanted = decode_json(_body(request), EnrolRequest)
    reply = enrolment.ask(wanted, address=_address(request))
    return _json(encode_json(reply), status=201)


@device_view
@require_GET
def state(request: HttpRequest, enrolment_id: UUID) -> HttpResponse:
    """Tell a device whether it was let in, with its credential."""
    return _json(encode_json(enrolment.state(enrolment_id)))


@device_view
@require_POST
def credential(request: HttpRequest) -> HttpResponse:
    """Give a device in service a fresh credential."""
    fresh = enrolment.renew(decode_json(_body(request), RenewRequest))
    return _json(encode_json(RenewReply(credential=fresh)))
