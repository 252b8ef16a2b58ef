# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes messages: write, edit, begin a new revision, freeze. Nothing else saves these models."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.campaigns.models import Campaign, KeyMessage
from loa.config import clock
from loa.config.errors import ConflictError
from loa.messages import seams
from loa.messages.models import Message, Revision, Source
from loa.messages.rules import BadTextError, SourceInput, Words, check_words
from loa.people.models import Organisation, Person
from loa.people.queries import require
from loa.people.rules import Permission

CODE_ATTEMPTS = 20

__all__ = ["SourceInput", "edit_revision", "freeze", "new_revision", "note_editor", "write_message"]


def write_message(
    *,
    actor: Person,
    organisation: Organisation,
    title: str,
    text: str,
    sources: Sequence[SourceInput] = (),
    key_messages: Iterable[KeyMessage] = (),
    campaign: Campaign | None = None,
    is_test: bool = False,
) -> Message:
    """Write a message with its first revision.

    Args:
        sources: may be empty now; one is needed before the message is sent for release.
        is_test: a marked test message sounds on test devices alone.

    Raises:
        PermissionDeniedError: the actor may not write for ``organisation``.
        BadTextError: the words cannot be a message.
    """
    require(actor, Permission.MESSAGE_WRITE, organisation=organisation)
    words = check_words(title, text, sources)
    now = clock.now()
    with transaction.atomic():
        message = _create_message(
            organisation=organisation, campaign=campaign, created_at=now, created_by=actor, is_test=is_test
        )
        message.key_messages.set(_of_campaign(key_messages, campaign))
        revision = _create_revision(message, 1, words, actor)
        audit.record(
            actor=actor,
            action="messages.write_message",
            obj=message,
            details={"revision": 1, "title": words.title, "sha256": words.sha256},
            area_code=organisation.area.code,
        )
        _tell(revision, None, actor)
    return message


def edit_revision(
    *,
    actor: Person,
    revision: Revision,
    title: str,
    text: str,
    sources: Sequence[SourceInput] = (),
    key_messages: Iterable[KeyMessage] | None = None,
    campaign: Campaign | None = None,
    seen_sha256: str = "",
) -> Revision:
    """Change the words of a revision that was not yet sent for release, and note who changed them.

    Args:
        key_messages: None leaves key messages and campaign as they are.
        seen_sha256: hash of the words that the actor began from; "" does not look at it.

    Raises:
        PermissionDeniedError: the actor may not write for the message's organisation.
        ConflictError: the revision is frozen, or somebody changed it meanwhile.
        BadTextError: the words cannot be a message.
    """
    message = revision.message
    require(actor, Permission.MESSAGE_WRITE, organisation=message.organisation)
    words = check_words(title, text, sources)
    with transaction.atomic():
        revision = _editable(revision)
        if seen_sha256 not in {"", revision.text_sha256}:
            raise ConflictError(
                _("Người khác vừa sửa bản này lúc %(time)s. Mở bản mới ở thẻ khác, chép chữ của bạn sang.")
                % {"time": f"{timezone.localtime(revision.edited_at):%H:%M}"}
            )
        if key_messages is not None:
            message.campaign = campaign
            message.save(update_fields=["campaign"])
            message.key_messages.set(_of_campaign(key_messages, campaign))
        if words.sha256 != revision.text_sha256:
            _store(revision, words, actor)
            audit.record(
                actor=actor,
                action="messages.edit_revision",
                obj=message,
                details={"revision": revision.number, "title": words.title, "sha256": words.sha256},
                area_code=message.organisation.area.code,
            )
            _tell(revision, None, actor)
    return revision


def new_revision(*, actor: Person, message: Message) -> Revision:
    """Begin the next revision from the words of the last; who made those words may not sign it either.

    An open last revision is returned as it is.

    Raises:
        PermissionDeniedError: the actor may not write for the message's organisation.
    """
    require(actor, Permission.MESSAGE_WRITE, organisation=message.organisation)
    with transaction.atomic():
        Message.objects.select_for_update().get(pk=message.pk)
        last = Revision.objects.filter(message=message).order_by("-number")[0]
        if last.frozen_at is None:
            return last
        words = Words(
            last.title, last.text, tuple(SourceInput(one.title, one.link) for one in last.sources.all())
        )
        revision = _create_revision(message, last.number + 1, words, actor)
        revision.editors.add(last.author, *last.editors.all())
        audit.record(
            actor=actor,
            action="messages.new_revision",
            obj=message,
            details={"revision": revision.number},
            area_code=message.organisation.area.code,
        )
        _tell(revision, last, actor)
    return revision


def freeze(*, actor: Person, revision: Revision) -> Revision:
    """Fix the bytes of a revision for good; called when it is sent for release.

    Raises:
        PermissionDeniedError: the actor may not send for the message's organisation.
        BadTextError: no source is named.
    """
    message = revision.message
    require(actor, Permission.MESSAGE_SUBMIT, organisation=message.organisation)
    with transaction.atomic():
        revision = Revision.objects.select_for_update().get(pk=revision.pk)
        if revision.frozen_at is not None:
            return revision
        if not revision.sources.exists():
            raise BadTextError(
                _("Tin chưa có nguồn. Thêm ít nhất một nguồn: bà con có quyền biết tin từ đâu."),
                field="sources",
            )
        revision.frozen_at = clock.now()
        revision.save(update_fields=["frozen_at"])
        audit.record(
            actor=actor,
            action="messages.freeze",
            obj=message,
            details={"revision": revision.number, "sha256": revision.text_sha256},
            area_code=message.organisation.area.code,
        )
    return revision


def note_editor(*, actor: Person, revision: Revision) -> None:
    """Note that ``actor`` made part of what is heard (a recording): such a person may not sign it.

    Raises:
        ConflictError: the revision is frozen.
    """
    with transaction.atomic():
        _editable(revision).editors.add(actor)


def _create_message(**fields: Any) -> Message:
    """Store a message under the next free code, "T-0001" and up; who comes second takes the code after."""
    for _attempt in range(CODE_ATTEMPTS):
        last = Message.objects.order_by("-pk").values_list("code", flat=True).first()
        code = f"T-{int(last.removeprefix('T-')) + 1 if last else 1:04d}"
        try:
            with transaction.atomic():
                return Message.objects.create(code=code, **fields)
        except IntegrityError:
            continue
    raise ConflictError(_("Nhiều người đang viết tin cùng lúc. Bấm lưu lần nữa; chữ đã gõ vẫn còn ở đây."))


def _create_revision(message: Message, number: int, words: Words, actor: Person) -> Revision:
    now = clock.now()
    revision = Revision.objects.create(
        message=message,
        number=number,
        title=words.title,
        text=words.text,
        author=actor,
        created_at=now,
        edited_at=now,
        text_sha256=words.sha256,
    )
    _store_sources(revision, words)
    return revision


def _store(revision: Revision, words: Words, actor: Person) -> None:
    revision.title, revision.text, revision.text_sha256 = words.title, words.text, words.sha256
    revision.edited_at = clock.now()
    revision.save(update_fields=["title", "text", "text_sha256", "edited_at"])
    revision.sources.all().delete()
    _store_sources(revision, words)
    if actor.pk != revision.author_id:
        revision.editors.add(actor)


def _store_sources(revision: Revision, words: Words) -> None:
    Source.objects.bulk_create(
        Source(revision=revision, order=order, title=one.title, link=one.link)
        for order, one in enumerate(words.sources, start=1)
    )


def _editable(revision: Revision) -> Revision:
    fresh = Revision.objects.select_for_update().get(pk=revision.pk)
    if fresh.frozen_at is not None:
        raise ConflictError(frozen_sentence(fresh))
    return fresh


def frozen_sentence(revision: Revision) -> str:
    """Return why a revision is not edited any more, and what to do."""
    return _("Bản %(number)s đã gửi duyệt nên không sửa được nữa. Bấm “Viết bản mới” để sửa tiếp.") % {
        "number": revision.number
    }


def _of_campaign(key_messages: Iterable[KeyMessage], campaign: Campaign | None) -> list[KeyMessage]:
    return [one for one in key_messages if campaign is not None and one.campaign_id == campaign.pk]


def _tell(revision: Revision, former: Revision | None, actor: Person) -> None:
    for listener in seams.on_saved:
        listener(revision, former, actor)
