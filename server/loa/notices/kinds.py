# SPDX-License-Identifier: AGPL-3.0-or-later
"""The kinds of notices: apps above register theirs with the reason that every reader is given."""

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from loa.notices.models import Notice, Response

Words = str | Promise


@dataclass(frozen=True)
class Kind:
    """What notices of a kind are called, why somebody gets one, and who hears of an answer.

    ``why`` is a whole sentence. ``on_answer`` runs in the transaction of the answer and may refuse it with a
    ``LoaError``; what an objection does, for one, is decided there.
    """

    key: str
    name: Words
    why: Words
    object_words: Words = ""  # what the button of an objection says; "" is the usual word
    on_answer: Callable[[Notice, Response], None] | None = None


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Add a kind, or replace the one of the same key; call it from ``AppConfig.ready``."""
    _kinds[kind.key] = kind


def kind_of(key: str) -> Kind:
    """Return a kind.

    Raises:
        ValueError: nobody registered it.
    """
    if key not in _kinds:
        raise ValueError(f"No app registered notices of the kind {key!r}.")
    return _kinds[key]


def kind_to_show(key: str) -> Kind:
    """Return a kind for a page; rows of an app that is gone are still readable."""
    return _kinds.get(key) or Kind(key, _("Thông báo"), _("Bạn nhận thông báo này từ Loa."))


DIGEST = Kind(
    "notices.digest",
    _("Tóm tắt trong ngày"),
    _("Bạn nhận bản tóm tắt này mỗi sáng vì có việc thuộc phần bạn phụ trách."),
)
REPLY = Kind(
    "notices.reply",
    _("Trả lời thông báo"),
    _("Bạn nhận thông báo này vì có người trả lời điều bạn đã gửi."),
)
