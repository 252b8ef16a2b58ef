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
from loa.releases.actions.policies import policy_of
from loa.releases.errors import BadRequestError
from loa.releases.models import PriorityClass, Release, ReleaseState
from loa.releases.sentences import bad_period_sentence
from loa.releases.statements import release_bytes
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
) -> Release:
    """Freeze a revision with its sound and ask for its release.

    Args:
        zones: communes, villages or a province; those that lie below another one are left out.
        repeat_limit: plays a day at one place.
        is_test: sounds on test devices alone; always so for a test message.

    Raises:
        PermissionDeniedError: the actor may not send for the message's organisation.
        BadRequestError, BadTextError: something that was asked for cannot be; ``field`` says what.
        ConflictError: another request for this message waits, its sound is not finished, or the machine
            still asks how to read something.
    """
    organisation = revision.message.organisation
    require(actor, Permission.MESSAGE_SUBMIT, organisation=organisation)
    chosen = _zones(zones, organisation)
    now = clock.now()
    _check_times(not_before, not_after, repeat_limit, now)
    with transaction.atomic():
        _refuse_double(revision)
        policy = policy_of(organisation)
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
            is_test=is_test or revision.message.is_test,
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
