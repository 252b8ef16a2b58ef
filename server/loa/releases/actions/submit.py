# SPDX-License-Identifier: AGPL-3.0-or-later
"""Send a revision for release: fix its bytes and ask people to sign them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from loa.areas import tree
from loa.areas.models import Area
from loa.areas.queries import communes_in
from loa.config import clock
from loa.config.errors import ConflictError
from loa.messages.actions import freeze
from loa.messages.models import Revision
from loa.messages.queries import is_newest, makers
from loa.people.models import Organisation, Person
from loa.people.queries import require
from loa.people.rules import Permission
from loa.releases import rules
from loa.releases.actions.change import record
from loa.releases.actions.policies import break_glass_policy_of, policy_of
from loa.releases.errors import BadRequestError
from loa.releases.models import Mishap, PriorityClass, Release, ReleaseState
from loa.releases.proposals import refuse_before_ceremony
from loa.releases.sentences import bad_period_sentence
from loa.releases.statements import REASON_LIMIT, release_bytes
from loa.voice.languages.queries import require_finished
from loa.voice.models import Sound
from loa.voice.queries import require_settled, spoken


def submit_for_release(
    *,
    actor: Person,
    revision: Revision,
    zones: Iterable[Area],
    priority_class: str = PriorityClass.NORMAL,
    not_before: datetime,
    not_after: datetime,
    repeat_limit: int = 2,
    is_test: bool = False,
    is_prepared: bool = False,
    break_glass: str = "",
) -> Release:
    """Freeze a revision with its sound and ask for its release.

    Args:
        zones: communes, villages or a province; those that lie below another one are left out. An apology goes
            to where the wrong message sounded, whatever is chosen.
        repeat_limit: plays a day at one place.
        is_test: sounds on test devices alone; always so for a test message.
        is_prepared: an emergency that sounds only when somebody activates it.
        break_glass: why one person alone is to release an emergency; empty as a rule.

    Raises:
        PermissionDeniedError: the actor may not send for the message's organisation, or not break the glass.
        BadRequestError, BadTextError: something that was asked for cannot be; ``field`` says what.
        NoCeremonyError: it is no test, and the keys that open everything lie on the server.
        ConflictError: another request for this message waits, its sound is not finished, or the machine
            still asks how to read something.
    """
    organisation = revision.message.organisation
    require(actor, Permission.MESSAGE_SUBMIT, organisation=organisation)
    is_test = is_test or revision.message.is_test
    refuse_before_ceremony(is_test=is_test)
    break_glass = break_glass.strip()
    if break_glass:
        require(actor, Permission.BREAK_GLASS, organisation=organisation)
    _check_exception(priority_class, is_prepared, break_glass)
    mishap = Mishap.objects.filter(apology=revision.message_id).first()
    chosen = _zones(zones if mishap is None else mishap.villages.all(), organisation)
    now = clock.now()
    _check_times(not_before, not_after, repeat_limit, now)
    with transaction.atomic():
        _refuse_double(revision)
        policy = break_glass_policy_of(organisation) if break_glass else policy_of(organisation)
        was_open = revision.frozen_at is None
        revision = freeze(actor=actor, revision=revision)
        if was_open:  # what was sent before cannot be answered any more
            require_settled(revision)
            require_finished(revision)
        sound = _sound(
            revision
        )  # of the words that are fixed now: somebody may have changed them a moment ago
        release = Release(
            id=uuid4(),
            revision=revision,
            organisation=organisation,
            policy=policy,
            policy_kind=policy.kind,
            sound=sound,
            priority_class=PriorityClass(priority_class),
            not_before=not_before.replace(microsecond=0),
            not_after=not_after.replace(microsecond=0),
            repeat_limit=repeat_limit,
            is_test=is_test,
            is_prepared=is_prepared,
            break_glass=break_glass,
            submitted_by=actor,
            submitted_at=now,
        )
        release.statement = release_bytes(release, chosen, makers(revision) | {actor.pk})
        release.save(force_insert=True)
        release.zones.set(chosen)
        details = {"zones": [zone.code for zone in chosen], "class": release.priority_class}
        record(release, actor, "releases.submit_for_release", details)
    return release


def _zones(zones: Iterable[Area], organisation: Organisation) -> list[Area]:
    by_path = {zone.path: zone for zone in zones}
    chosen = [by_path[path] for path in tree.topmost(by_path)]
    if not chosen:
        raise BadRequestError(_("Chưa chọn nơi phát. Chọn ít nhất một thôn, bản, khu phố."), field="zones")
    outside = [zone.name for zone in chosen if not tree.is_within(zone.path, [organisation.area.path])]
    if outside:
        raise BadRequestError(
            _("%(places)s nằm ngoài địa bàn của %(organisation)s. Bỏ chọn rồi gửi lại.")
            % {"places": ", ".join(outside[:5]), "organisation": organisation.name},
            field="zones",
        )
    if not communes_in(chosen).exists():
        raise BadRequestError(_("Nơi đã chọn chưa có xã nào. Chọn nơi khác."), field="zones")
    return chosen


def _check_exception(priority_class: str, is_prepared: bool, break_glass: str) -> None:
    if priority_class != PriorityClass.EMERGENCY and (is_prepared or break_glass):
        raise BadRequestError(
            _("Chỉ tin khẩn cấp mới chuẩn bị sẵn hoặc ký một mình được. Chọn loại khẩn cấp, hoặc bỏ mục đó."),
            field="break_glass" if break_glass else "is_prepared",
        )
    if is_prepared and break_glass:
        raise BadRequestError(
            _("Tin chuẩn bị sẵn cần hai người ký trước. Bỏ lý do ký một mình."), field="break_glass"
        )
    if len(break_glass) > REASON_LIMIT:
        raise BadRequestError(
            _("Lý do dài quá %(limit)s ký tự. Ghi gọn lại.") % {"limit": REASON_LIMIT}, field="break_glass"
        )


def _check_times(not_before: datetime, not_after: datetime, repeat_limit: int, now: datetime) -> None:
    bad = rules.bad_period(not_before, not_after, now)
    if bad is not None:
        first = timezone.localtime(max(not_before, now - timedelta(seconds=1)))
        raise BadRequestError(bad_period_sentence(bad, earliest=f"{first:%d/%m/%Y}"), field="not_after")
    if not 1 <= repeat_limit <= rules.REPEAT_LIMIT:
        raise BadRequestError(
            _("Số lần phát mỗi ngày là %(given)s. Chọn từ 1 đến %(limit)s.")
            % {"given": repeat_limit, "limit": rules.REPEAT_LIMIT},
            field="repeat_limit",
        )


def _refuse_double(revision: Revision) -> None:
    # The lock on the message keeps two people from sending at the same moment.
    type(revision.message).objects.select_for_update().get(pk=revision.message_id)
    if not is_newest(revision):
        raise ConflictError(
            _("Bản %(number)s đã có bản mới hơn. Gửi bản mới nhất.") % {"number": revision.number}
        )
    waiting = Release.objects.filter(
        revision__message=revision.message_id, state=ReleaseState.AWAITING
    ).first()
    if waiting is not None:
        raise ConflictError(
            _("Bản %(number)s của tin này đang chờ ký. Rút lại yêu cầu đó trước khi gửi yêu cầu khác.")
            % {"number": waiting.revision.number}
        )


def _sound(revision: Revision) -> Sound:
    now = spoken(revision)
    if not now.is_ready or now.sound is None:
        raise ConflictError(
            _("Lời đọc chưa xong hoặc đã cũ so với chữ. Tạo lời đọc, nghe thử, rồi gửi duyệt.")
        )
    return now.sound
