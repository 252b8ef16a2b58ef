# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a demo does at each start: loudspeakers, an item due soon, and how to sign in."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from loa.config import clock
from loa.config.failures import OperatorError
from loa.config.words import _
from loa.console import demo
from loa.people.demo import DEMO_PASSWORD

SOUND_SECONDS = 120  # s that the first sound may take on a slow machine
LOOK_SECONDS = 0.3


def start(say: Callable[[str], None]) -> None:
    """Enrol the loudspeakers, place an item that is due in two minutes, say how to sign in.

    Raises:
        OperatorError: the sound was not made in time.
    """
    demo.enrol_devices(settings.BASE_URL, say)
    revision = demo.write_due_message(clock.now())
    deadline = time.monotonic() + SOUND_SECONDS
    while not demo.has_sound(revision):
        if time.monotonic() > deadline:
            raise OperatorError(_("Chưa đọc xong tin mẫu sau %(seconds)d giây.") % {"seconds": SOUND_SECONDS})
        time.sleep(LOOK_SECONDS)
    starts_at = next_round(clock.now() + demo.DUE_AFTER)
    demo.release_and_place(revision, starts_at)
    local = starts_at.astimezone(ZoneInfo(settings.TIME_ZONE))
    say(_("Lượt phát mẫu đầu tiên lúc %(time)s ở ba cụm loa ảo.") % {"time": f"{local:%H:%M:%S}"})
    say(
        _("Mở %(url)s và đăng nhập (mật khẩu của mọi người: %(password)s):")
        % {
            "url": settings.BASE_URL,
            "password": DEMO_PASSWORD,
        }
    )
    for person in demo.sign_ins():
        say(f"  {person.username:<10} {person.name}: {person.what}")


def next_round(moment: datetime, seconds: int = 5) -> datetime:
    """Return the next full ``seconds`` at or after ``moment``: a time that people can say."""
    whole = moment.replace(microsecond=0)
    missing = -whole.second % seconds
    if moment > whole and not missing:
        missing = seconds
    return whole + timedelta(seconds=missing)
