# SPDX-License-Identifier: AGPL-3.0-or-later
"""Make, renew and end the address under which one's own calendar program reads due dates."""

from secrets import token_hex

from django.db import transaction

from loa.audit import actions as audit
from loa.campaigns.models import CalendarAddress
from loa.config import clock
from loa.people.models import Person


@transaction.atomic
def renew_calendar_address(*, actor: Person) -> CalendarAddress:
    """Give a person a new address; the one before answers no more."""
    made, is_new = CalendarAddress.objects.update_or_create(
        person=actor, defaults={"seed": token_hex(16), "made_at": clock.now()}
    )
    audit.record(
        actor=actor, action="campaigns.renew_calendar_address", obj=actor, details={"is_new": is_new}
    )
    return made


@transaction.atomic
def end_calendar_address(*, actor: Person) -> None:
    """End a person's address; nothing happens when there is none."""
    ended, _of = CalendarAddress.objects.filter(person=actor).delete()
    if ended:
        audit.record(actor=actor, action="campaigns.end_calendar_address", obj=actor)
