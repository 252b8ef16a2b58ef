# SPDX-License-Identifier: AGPL-3.0-or-later
"""Notices and browsers of the tests."""

from datetime import UTC, datetime
from itertools import count
from typing import Any

import loa.notices.jobs  # noqa: F401  (the handlers of effects, as the worker has them)
from loa.notices import kinds
from loa.notices.models import Answer, Notice, Response, Subscription
from loa.people.models import Person

NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)  # 10:00 in Vietnam
KIND = kinds.Kind("notices.test", "Việc thử", "Bạn nhận thông báo này vì bạn đang thử.")
EVERY_ANSWER = tuple(Answer)
P256DH = "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM"
AUTH = "tBHItJI5svbpez7KI4CCXg"
_number = count(1)

kinds.register(KIND)


def make_notice(person: Person, title: str = "Đến hạn: treo 12 băng rôn", **fields: Any) -> Notice:
    """Return a new notice that takes every answer."""
    values = {
        "person": person,
        "kind": KIND.key,
        "title": title,
        "body": "Hạn là ngày mai.",
        "url": "/",
        "dedupe": f"notices.test:{next(_number)}",
        "sent_by_name": "Hệ thống",
        "answers": [answer.value for answer in EVERY_ANSWER],
        "created_at": NOW,
    }
    return Notice.objects.create(**{**values, **fields})


def make_response(notice: Notice, kind: Answer = Answer.ACKNOWLEDGE, **fields: Any) -> Response:
    """Return what the person of a notice said to it."""
    Notice.objects.filter(pk=notice.pk).update(settled_at=NOW)
    return Response.objects.create(notice=notice, person=notice.person, kind=kind, at=NOW, **fields)


def make_subscription(person: Person, **fields: Any) -> Subscription:
    """Return a browser that shows a person's notices."""
    values = {
        "person": person,
        "endpoint": f"https://fcm.googleapis.com/fcm/send/{next(_number)}",
        "p256dh": P256DH,
        "auth": AUTH,
        "browser": "Chrome trên Android",
        "created_at": NOW,
    }
    return Subscription.objects.create(**{**values, **fields})
