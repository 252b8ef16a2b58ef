# SPDX-License-Identifier: AGPL-3.0-or-later
"""The secret address of somebody's calendar: made of a stored seed and the installation's secret."""

from django.conf import settings
from django.urls import reverse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from loa.campaigns.models import CalendarAddress
from loa.config.errors import NotFoundError
from loa.config.numbers import whole
from loa.people.models import Person

SALT = "loa.campaigns.calendar"


def token_of(address: CalendarAddress) -> str:
    """Return what stands in the address: whose it is, and 160 bits that nobody else can make."""
    made = salted_hmac(SALT, f"{address.person_id}:{address.seed}", algorithm="sha256").hexdigest()[:40]
    return f"{address.person_id}-{made}"


def feed_url(address: CalendarAddress, campaign: str = "") -> str:
    """Return the whole address of a calendar: of one campaign by its key, else of one's own work."""
    token = token_of(address)
    path = (
        reverse("campaigns:campaign_feed", args=[token, campaign])
        if campaign
        else reverse("campaigns:own_feed", args=[token])
    )
    return f"{settings.BASE_URL.rstrip('/')}{path}"


def address_of(person: Person) -> CalendarAddress | None:
    """Return a person's address; None while he has none. One query."""
    return CalendarAddress.objects.filter(person=person).first()


def reader_of(token: str) -> Person:
    """Return whose calendar an address opens. One query.

    Raises:
        NotFoundError: nobody's, or it was renewed or ended, or he may sign in no more: all look the same.
    """
    pk = whole(token.partition("-")[0])
    found = None if pk is None else CalendarAddress.objects.select_related("person").filter(person=pk).first()
    if found is None or not found.person.is_active or not constant_time_compare(token, token_of(found)):
        raise NotFoundError(
            _("Địa chỉ lịch này không còn dùng. Lấy địa chỉ mới ở trang Lịch của chiến dịch.")
        )
    return found.person
