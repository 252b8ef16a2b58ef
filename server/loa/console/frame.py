# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the console hangs into the frame: home, messages, the on-air pill and the way to events."""

from datetime import timedelta

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.airtime.models import Placement
from loa.config import clock
from loa.console.queries.home import count_tasks
from loa.devices.models import DeviceState, DeviceStatus
from loa.devices.rules import FRESH
from loa.people.models import Person
from loa.people.queries import covered
from loa.ui.frame import (
    OnAir,
    Place,
    register_below,
    register_events,
    register_news,
    register_on_air,
    register_place,
)


def register() -> None:
    """Register once, when Django starts."""
    register_place(
        Place(
            key="home",
            name=gettext_lazy("Việc của tôi"),
            short=gettext_lazy("Việc"),
            icon="home",
            url_name="console:home",
            order=10,
            count=_waiting,
            is_urgent=True,
        )
    )
    register_place(
        Place(
            key="messages",
            name=gettext_lazy("Tin"),
            short=gettext_lazy("Tin"),
            icon="message-2",
            url_name="console:messages",
            order=30,
        )
    )
    register_below("messages", "lexicon:index")
    register_on_air(on_air)
    register_events(_events)
    register_news("console:frame_news")


def _events(request: HttpRequest) -> str:
    return reverse("console:events") if isinstance(request.user, Person) else ""


def _waiting(request: HttpRequest) -> int:
    return count_tasks(request.user, clock.now()) if isinstance(request.user, Person) else 0


def on_air(request: HttpRequest) -> OnAir | None:
    """Say how many loudspeakers of the reader's areas sound now, by their own word of the last seconds."""
    if not isinstance(request.user, Person):
        return None
    now = clock.now()
    items = list(
        DeviceStatus.objects.filter(
            covered(request.user, field="device__village__path"),
            device__state=DeviceState.ACTIVE,
            last_seen__gt=now - FRESH,
        )
        .exclude(playing_item="")
        .values_list("playing_item", flat=True)
    )
    if not items:
        return None
    placement = (
        Placement.objects.filter(pk__in=set(items))
        .select_related("release__revision__message")
        .order_by("-starts_at")[:1]
    )
    words = _("Đang phát ở %(count)d cụm loa") % {"count": len(items)}
    for one in placement:
        address = reverse("console:message", args=[one.release.revision.message.code])
        return OnAir(words, address, one.starts_at + timedelta(milliseconds=one.duration_ms))
    return OnAir(words, reverse("devices:listing"))
