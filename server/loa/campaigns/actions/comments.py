# SPDX-License-Identifier: AGPL-3.0-or-later
"""Say something about a plan, and mention people who may see it."""

import re
from collections.abc import Iterable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from loa.campaigns.actions.checks import PlanError, prose, record
from loa.campaigns.models import Activity, Campaign, Comment
from loa.campaigns.queries import may_see
from loa.config import clock
from loa.config.errors import PermissionDeniedError
from loa.notices.actions import tell
from loa.notices.models import Answer
from loa.people.models import Person

MENTIONS = 20  # people whom one comment may call
MENTION = "campaigns.mention"  # kind of the notice that somebody gets who is mentioned
_NAMED = re.compile(r"(?<![\w@])@([\w.+-]{1,80})")


def _mentioned(campaign: Campaign, text: str, chosen: Iterable[Person]) -> list[Person]:
    """Return who is mentioned, by "@name" in the text or chosen beside it; a name that nobody has is text."""
    named = {name.rstrip(".-") for name in _NAMED.findall(text)}
    people = {one.pk: one for one in Person.objects.filter(username__in=named, is_active=True)}
    people |= {one.pk: one for one in chosen}
    if len(people) > MENTIONS:
        raise PlanError(_("Nhắc tối đa %(count)s người trong một lời.") % {"count": MENTIONS}, field="text")
    blind = [one for one in people.values() if not may_see(one, campaign)]
    if blind:
        raise PlanError(
            _("%(name)s không xem được chiến dịch này nên chưa nhắc được. Bỏ tên rồi gửi lại.")
            % {"name": f"@{blind[0].username}"},  # as it was typed: the name of a stranger is not given away
            field="text",
        )
    return list(people.values())


def _tell(comment: Comment, people: list[Person]) -> None:
    """Tell those who are mentioned, with the words and the way to where they stand."""
    if not people:
        return
    key, activity = comment.campaign.key, comment.activity
    page = reverse("campaigns:activity", args=[key, activity.pk]) if activity else None
    tell(
        to=people,
        kind=MENTION,
        title=_("%(name)s nhắc bạn: %(what)s")
        % {"name": comment.author_name, "what": activity or comment.campaign},
        body=comment.text,
        url=page or reverse("campaigns:activities", args=[key]),
        about=comment,
        dedupe=f"{MENTION}:{comment.pk}",
        by=comment.author,
        answers=(Answer.ACKNOWLEDGE, Answer.ANSWER, Answer.PASS_ON),
    )


@transaction.atomic
def add_comment(
    *,
    actor: Person,
    campaign: Campaign,
    text: str,
    activity: Activity | None = None,
    mentions: Iterable[Person] = (),
) -> Comment:
    """Say something about a campaign or one of its activities.

    Args:
        mentions: people chosen from a list, besides those whom the text calls by "@user-name".

    Raises:
        PermissionDeniedError: the actor may not see the campaign.
        PlanError: the text is missing or too long, or somebody mentioned may not see the campaign.
    """
    if not may_see(actor, campaign):
        raise PermissionDeniedError(_("Bạn không xem được chiến dịch này."))
    if activity is not None and activity.campaign_id != campaign.pk:
        raise PlanError(_("Đầu mối này thuộc chiến dịch khác. Chọn lại."), field="activity")
    text = prose(text, "text", 4000)
    if not text:
        raise PlanError(_("Chưa có lời nào. Ghi điều muốn trao đổi."), field="text")
    people = _mentioned(campaign, text, mentions)
    comment = Comment.objects.create(
        campaign=campaign,
        activity=activity,
        text=text,
        author=actor,
        author_name=actor.full_name,
        at=clock.now(),
    )
    comment.mentions.set(people)
    _tell(comment, [one for one in people if one.pk != actor.pk])
    record(actor, "add_comment", campaign, activity or campaign, comment=comment.pk)
    return comment
