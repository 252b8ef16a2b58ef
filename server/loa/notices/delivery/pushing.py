# SPDX-License-Identifier: AGPL-3.0-or-later
"""A notice as a web push (RFC 8030, 8291, 8292): encrypted for one browser, its title and where to look."""

import json

from django.conf import settings
from django.urls import reverse

from loa.config import clock
from loa.jobs.models import OutboxEntry
from loa.notices import rules, vapid
from loa.notices.delivery import gate
from loa.notices.models import Notice, Outcome, Subscription, Way

KEPT_FOR = 24 * 3600  # seconds that a push service keeps it for a phone that is off
TIME_OUT = 10.0  # seconds without a byte
_GONE, _TOO_MANY = {404, 410}, 429


def send_notice(entry: OutboxEntry) -> None:
    """Send the notice of an effect to every browser of its person that has not shown it yet."""
    notice = gate.to_send(entry.key, Way.PUSH)
    if notice is None:
        return
    ended = gate.ended_browsers(notice)
    for browser in Subscription.objects.filter(person=notice.person_id, ended_at=None):
        if browser.pk not in ended:
            outcome, detail = _send(notice, browser)
            gate.write(notice, Way.PUSH, outcome, detail=detail, subscription=browser)
            if outcome is Outcome.GONE:
                Subscription.objects.filter(pk=browser.pk).update(ended_at=clock.now())


def payload(notice: Notice) -> str:
    """Return what the browser is sent: no word of the text, for a locked phone shows it to anybody."""
    path = reverse("notices:notice", args=[notice.pk])
    return json.dumps({"title": notice.title, "url": path, "tag": notice.pk.hex}, ensure_ascii=False)


def _send(notice: Notice, browser: Subscription) -> tuple[Outcome, str]:
    # Brings requests and aiohttp with it, some 35 MB: in the worker alone, and only where somebody uses it.
    from pywebpush import WebPushException, webpush
    from requests import RequestException, Session

    if not rules.is_push_service(browser.endpoint, settings.PUSH_ORIGINS):
        return Outcome.GAVE_UP, "This is no push service."
    with Session() as session:
        session.max_redirects = 0  # a push service sends nobody elsewhere
        try:
            webpush(
                {
                    "endpoint": browser.endpoint,
                    "keys": {"p256dh": browser.p256dh, "auth": browser.auth},
                },
                data=payload(notice),
                vapid_private_key=str(vapid.key_file()),
                vapid_claims={"sub": _contact()},
                ttl=KEPT_FOR,
                timeout=TIME_OUT,
                headers={"Urgency": "high" if notice.is_urgent else "normal", "Topic": notice.pk.hex},
                requests_session=session,
            )
        except WebPushException as error:
            status = getattr(error.response, "status_code", 0)
            return _outcome_of(status), f"HTTP {status}"
        except (RequestException, OSError) as error:
            return Outcome.FAILED, f"{type(error).__name__}: {error}"
        except ValueError as error:  # a key that only looked like one
            return Outcome.GAVE_UP, f"{type(error).__name__}: {error}"
    return Outcome.SENT, browser.browser


def _outcome_of(status: int) -> Outcome:
    if status in _GONE:
        return Outcome.GONE
    if status == _TOO_MANY or status >= 500 or status == 0:
        return Outcome.FAILED
    return Outcome.GAVE_UP


def _contact() -> str:
    """Return whom a push service may write to about us."""
    if settings.DEFAULT_FROM_EMAIL:
        return f"mailto:{settings.DEFAULT_FROM_EMAIL}"
    return settings.BASE_URL if settings.BASE_URL.startswith("https:") else "mailto:loa@localhost"
