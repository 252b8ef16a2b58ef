# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the person who was told can do: say that he received it, answer, pass it on, object."""

from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.folding import nfc
from loa.audit.actions import record
from loa.config import clock
from loa.config.errors import ConflictError, LoaError, NotFoundError, PermissionDeniedError
from loa.notices import kinds
from loa.notices.actions.telling import Telling, tell, tell_many
from loa.notices.models import ANSWER_LENGTH, Answer, Notice, Response
from loa.notices.queries import colleagues
from loa.people.models import Person


class AnswerError(LoaError):
    """The words of an answer are missing or too long."""

    code = "bad_answer"


class NotAllowedError(ConflictError):
    """This notice does not take such an answer."""

    code = "answer_not_taken"


class StrangerError(PermissionDeniedError):
    """It may not be passed on to this person."""

    code = "out_of_scope"


def acknowledge(*, actor: Person, notice: Notice) -> Response:
    """Say that it was received; saying it again changes nothing.

    Raises:
        NotFoundError: the notice is somebody else's.
    """
    with transaction.atomic():
        _own(actor, notice)
        known = Response.objects.filter(notice=notice, kind=Answer.ACKNOWLEDGE).first()
        return known or _respond(actor, notice, Answer.ACKNOWLEDGE)


def answer(*, actor: Person, notice: Notice, text: str) -> Response:
    """Answer in words; whoever sent the notice is told.

    Raises:
        AnswerError: no words, or too many.
        NotAllowedError: this notice takes no answer.
        NotFoundError: the notice is somebody else's.
    """
    with transaction.atomic():
        response = _respond(actor, _own(actor, notice), Answer.ANSWER, text=_words(text))
        _tell_sender(response, _("%(who)s trả lời: %(title)s"))
    return response


def object_to(*, actor: Person, notice: Notice, text: str) -> Response:
    """Object, with a reason; what follows is for the kind of the notice to decide.

    Raises:
        AnswerError: no reason, or too long a one.
        LoaError: the app that sent it refuses the objection.
        NotAllowedError: nothing can be objected to here.
        NotFoundError: the notice is somebody else's.
    """
    with transaction.atomic():
        response = _respond(actor, _own(actor, notice), Answer.OBJECT, text=_words(text))
        _tell_sender(response, _("%(who)s phản đối: %(title)s"))
    return response


def pass_on(*, actor: Person, notice: Notice, to: Person, text: str = "") -> Response:
    """Pass it on to a colleague, who is told the same with the same possible answers.

    Raises:
        AnswerError: the note is too long.
        NotAllowedError: this notice cannot be passed on.
        NotFoundError: the notice is somebody else's.
        StrangerError: the other one has no role where the actor sees something.
    """
    with transaction.atomic():
        _own(actor, notice)
        if not colleagues(actor).filter(pk=to.pk).exists():
            text = _("Không chuyển cho người này được. Chọn người có vai trò ở cơ quan mà bạn thấy.")
            raise StrangerError(text, field="to")
        known = Response.objects.filter(notice=notice, kind=Answer.PASS_ON, passed_to=to).first()
        if known:
            return known
        note = _words(text) if text.strip() else ""
        response = _respond(actor, notice, Answer.PASS_ON, text=note, passed_to=to)
        tell_many([_passed(notice, actor, to, note)])
    return response


def _passed(notice: Notice, actor: Person, to: Person, note: str) -> Telling:
    words = _("%(who)s chuyển cho bạn.") % {"who": actor.full_name}
    return Telling(
        to=(to,),
        kind=notice.kind,
        title=notice.title,
        body="\n\n".join(part for part in (f"{words} {note}".strip(), notice.body) if part),
        url=notice.url,
        about=None,
        dedupe=f"notices.pass:{notice.pk}",
        by=actor,
        urgent=notice.is_urgent,
        answers=tuple(Answer(value) for value in notice.answers),
        links=tuple((words, address) for words, address in notice.links),
        passed_from=notice,
    )


def _own(actor: Person, notice: Notice) -> Notice:
    """Return the notice, held for this transaction.

    Raises:
        NotFoundError: it is somebody else's: as if it were not there.
    """
    held = Notice.objects.select_for_update(of=("self",)).filter(pk=notice.pk, person=actor).first()
    if held is None:
        raise NotFoundError(_("Không tìm thấy thông báo này. Xem lại trong danh sách thông báo của bạn."))
    return held


def _words(text: str) -> str:
    words = "\n".join(nfc(line) for line in text.strip().splitlines())
    if not words:
        raise AnswerError(_("Chưa có lời nào. Viết một câu."), field="text")
    if len(words) > ANSWER_LENGTH:
        sentence = _("Dài quá %(limit)d chữ. Viết gọn lại, lời đã gõ vẫn còn trong ô.")
        raise AnswerError(sentence % {"limit": ANSWER_LENGTH}, field="text")
    return words


def _respond(
    actor: Person, notice: Notice, kind: Answer, *, text: str = "", passed_to: Person | None = None
) -> Response:
    if not notice.allows(kind):
        raise NotAllowedError(_("Thông báo này không nhận cách trả lời đó. Bấm “Đã nhận” là đủ."))
    now = clock.now()
    response = Response.objects.create(
        notice=notice, person=actor, kind=kind, text=text, passed_to=passed_to, at=now
    )
    Notice.objects.filter(pk=notice.pk, settled_at=None).update(settled_at=now)
    details = {"to": passed_to.full_name} if passed_to else {}
    record(actor=actor, action=f"notices.{kind.value}", obj=notice, details={**details, "kind": notice.kind})
    heard = kinds.kind_to_show(notice.kind).on_answer
    if heard is not None:
        heard(notice, response)
    return response


def _tell_sender(response: Response, title: str) -> None:
    """Tell whoever sent it what came back; a reply to a reply would never end."""
    notice = response.notice
    if notice.sent_by is None or notice.sent_by == response.person:
        return
    tell(
        to=[notice.sent_by],
        kind=kinds.REPLY.key,
        title=title % {"who": response.person.full_name, "title": notice.title},
        body=response.text,
        url=notice.url,
        about=None,
        dedupe=f"notices.reply:{response.pk}",
        by=response.person,
    )
