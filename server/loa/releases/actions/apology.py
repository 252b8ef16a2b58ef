# SPDX-License-Identifier: AGPL-3.0-or-later
"""After something wrong was broadcast: one tap writes the apology for where it sounded and opens a record."""

from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.channels.registry import channels
from loa.config import clock
from loa.config.errors import ConflictError
from loa.messages.actions import SourceInput, write_message
from loa.people.models import Person
from loa.people.queries import require
from loa.people.rules import Permission
from loa.releases.actions.change import locked, record
from loa.releases.errors import BadRequestError
from loa.releases.models import Mishap, Release, ReleaseState
from loa.voice.actions import request_spoken

ACCOUNT_LIMIT = 4000  # characters


def where_it_sounded(release: Release) -> list[Area]:
    """Return the villages in which a channel played any part of a release. One query for each channel and one."""
    villages = {pk for one in channels() if one.sounded is not None for pk in one.sounded.villages(release)}
    return list(Area.objects.filter(pk__in=villages).order_by("path"))


def apologise(*, actor: Person, release: Release) -> Mishap:
    """Write the apology for a withdrawn release and open the record; one that is open is returned.

    The apology is released and placed like any message; it can go to the villages where the wrong one sounded
    and to no other.

    Raises:
        PermissionDeniedError: the actor may not write for the organisation.
        ConflictError: it was not withdrawn, or sounded nowhere.
    """
    require(actor, Permission.MESSAGE_WRITE, organisation=release.organisation)
    with transaction.atomic():
        release = locked(release)
        known = Mishap.objects.filter(release=release).first()
        if known is not None:
            return known
        if release.state != ReleaseState.WITHDRAWN:
            raise ConflictError(_("Thu hồi tin trước, rồi xin lỗi: tin sai không được phát tiếp."))
        villages = where_it_sounded(release)
        if not villages:
            raise ConflictError(_("Chưa loa nào báo đã phát tin này nên không cần xin lỗi ở đâu."))
        title = release.revision.title
        message = write_message(
            actor=actor,
            organisation=release.organisation,
            title=_("Xin lỗi vì phát sai: %(title)s") % {"title": title[:80]},
            text=_(
                "%(organisation)s xin lỗi bà con. Tin “%(title)s” vừa phát có sai sót và đã được thu hồi. "
                "Bà con không làm theo tin đó. Khi có thông tin đúng, chúng tôi báo ngay."
            )
            % {"organisation": release.organisation.name, "title": title},
            sources=[SourceInput(_("Lệnh thu hồi %(code)s") % {"code": release.revision.message.code}, "")],
            is_test=release.is_test,
        )
        mishap = Mishap.objects.create(
            release=release, apology=message, opened_by=actor, opened_at=clock.now()
        )
        mishap.villages.set(villages)
        record(release, actor, "releases.apologise", {"villages": [one.code for one in villages]})
        request_spoken(actor=actor, revision=message.revisions.get())
    return mishap


def account_for(*, actor: Person, mishap: Mishap, account: str) -> Mishap:
    """Write down what happened and what is done about it; a later account takes its place, both stay in the log.

    Raises:
        PermissionDeniedError: the actor neither writes nor releases for the organisation.
        BadRequestError: there are no words, or too many.
    """
    release = mishap.release
    require(actor, Permission.MESSAGE_WRITE, organisation=release.organisation)
    account = account.strip()
    if not account or len(account) > ACCOUNT_LIMIT:
        raise BadRequestError(_("Ghi việc gì đã xảy ra và đã làm gì để không lặp lại."), field="account")
    with transaction.atomic():
        release = locked(release)
        mishap.account, mishap.account_by, mishap.account_at = account, actor, clock.now()
        mishap.save(update_fields=["account", "account_by", "account_at"])
        record(release, actor, "releases.account_for", {"account": account})
    return mishap
