# SPDX-License-Identifier: AGPL-3.0-or-later
"""Leave, and deputies for some days."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.audit.actor import as_actor
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.people.actions.checks import PersonError, refuse_own, require_settings
from loa.people.actions.passkeys import require_managed
from loa.people.actions.proposals import propose_role
from loa.people.actions.roles import close_grant, write_grant
from loa.people.actions.seams import on_leave_change
from loa.people.models import Deputyship, Leave, Outcome, Person, Post, Proposal, Role, RoleGrant
from loa.people.queries import holder
from loa.people.rules import needs_two
from loa.people.scope import forget

LONGEST_LEAVE = timedelta(days=366)
LONGEST_DEPUTYSHIP = timedelta(days=92)  # longer than that is a new holder of the post


def _check_days(first_day: date, last_day: date, longest: timedelta) -> None:
    """Hold days to their order and length.

    Raises:
        PersonError: they end before they begin, are over already, or are too many.
    """
    if last_day < first_day:
        raise PersonError(_("Ngày cuối trước ngày đầu. Chọn lại."), field="last_day")
    if last_day < localdate(clock.now()):
        raise PersonError(_("Những ngày này đã qua. Chọn từ hôm nay trở đi."), field="last_day")
    if last_day - first_day >= longest:
        raise PersonError(
            _("Dài quá %(days)s ngày. Chọn ngắn hơn.") % {"days": longest.days}, field="last_day"
        )


@transaction.atomic
def record_leave(*, actor: Person, person: Person, first_day: date, last_day: date) -> Leave:
    """Record days on which a person does not sign: one's own, or of somebody whom one manages.

    Raises:
        PermissionDeniedError: it is another person, who has no role that the actor manages.
        PersonError: the days cannot be.
        ConflictError: he is on leave on some of these days already.
    """
    if actor.pk != person.pk:
        require_managed(actor, person)
    _check_days(first_day, last_day, LONGEST_LEAVE)
    if Leave.objects.filter(
        person=person, first_day__lte=last_day, last_day__gte=first_day, ended_at=None
    ).exists():
        raise ConflictError(_("Đã có ngày nghỉ trùng những ngày này. Kết thúc lần đó trước."))
    leave = Leave.objects.create(
        person=person,
        first_day=first_day,
        last_day=last_day,
        recorded_at=clock.now(),
        recorded_by=as_actor(actor).name[:200],
        is_own=actor.pk == person.pk,
    )
    _tell(actor, "people.record_leave", leave)
    return leave


@transaction.atomic
def end_leave(*, actor: Person, leave: Leave) -> None:
    """End a leave now, or one that has not begun; one that has ended stays so without a second entry.

    Raises:
        PermissionDeniedError: an administrator recorded it, and only one may end it.
    """
    if actor.pk != leave.person_id:
        require_managed(actor, leave.person)
    elif not leave.is_own:
        raise PermissionDeniedError(_("Người quản trị đã ghi lần nghỉ này. Nhờ người quản trị kết thúc."))
    rows = Leave.objects.filter(pk=leave.pk, ended_at=None)
    if rows.update(ended_at=clock.now(), ended_by=as_actor(actor).name[:200]):
        _tell(actor, "people.end_leave", leave)


def _tell(actor: Person, action: str, leave: Leave) -> None:
    forget(leave.person)
    days = {"first_day": leave.first_day.isoformat(), "last_day": leave.last_day.isoformat()}
    audit.record(actor=actor, action=action, obj=leave.person, details=days)
    for listener in on_leave_change:
        listener(leave.person)


@transaction.atomic
def appoint_deputy(
    *, actor: Person, post: Post, deputy: Person, first_day: date, last_day: date
) -> Deputyship:
    """Give somebody for some days the roles that the holder of a post has at the post's organisation.

    Roles that take two people wait for the second one.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation, or would be the deputy.
        PersonError: the days cannot be, or the holder is the deputy.
        ConflictError: nobody holds the post, its holder has no role there, or another deputy has these days.
    """
    require_settings(actor, post.organisation)
    refuse_own(actor, deputy)
    _check_days(first_day, last_day, LONGEST_DEPUTYSHIP)
    who = holder(post, max(first_day, localdate(clock.now())))
    if who is None:
        raise ConflictError(_("Chưa ai giữ chức danh này trong những ngày đó. Ghi người giữ trước."))
    if who == deputy:
        raise PersonError(_("Người này đang giữ chức danh. Chọn người khác."), field="deputy")
    roles = _roles_of(who, post)
    if not roles:
        raise ConflictError(
            _("%(name)s không có vai trò nào ở %(organisation)s, nên không có gì để thay.")
            % {"name": who.full_name, "organisation": post.organisation.name}
        )
    overlapping = Deputyship.objects.filter(
        post=post, ended_at=None, first_day__lte=last_day, last_day__gte=first_day
    )
    if overlapping.exists():
        raise ConflictError(_("Đã có người thay trong những ngày này. Kết thúc lần đó trước."))
    made = Deputyship.objects.create(
        post=post,
        holder=who,
        deputy=deputy,
        first_day=first_day,
        last_day=last_day,
        recorded_at=clock.now(),
        recorded_by=as_actor(actor).name[:200],
    )
    _record(actor, "people.appoint_deputy", made)
    for role in roles:
        _give(actor, made, role)
    return made


def _roles_of(person: Person, post: Post) -> list[Role]:
    grants = RoleGrant.objects.filter(person=person, organisation=post.organisation, until__isnull=True)
    return [role for role in Role if role in set(grants.values_list("role", flat=True))]


def _give(actor: Person, made: Deputyship, role: Role) -> None:
    if needs_two(role):
        propose_role(
            actor=actor,
            person=made.deputy,
            organisation=made.post.organisation,
            role=role,
            deputyship=made,
        )
        return
    write_grant(
        actor=actor,
        person=made.deputy,
        organisation=made.post.organisation,
        role=role,
        since=max(clock.now(), made.begins_at),
        until=made.ends_at,
        deputyship=made,
    )


@transaction.atomic
def end_deputyship(*, actor: Person, deputyship: Deputyship) -> None:
    """End a deputyship now with its roles, and what still waits for a second person.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation.
    """
    require_settings(actor, deputyship.post.organisation)
    now = clock.now()
    rows = Deputyship.objects.filter(pk=deputyship.pk, ended_at=None)
    if not rows.update(ended_at=now, ended_by=as_actor(actor).name[:200]):
        return
    Proposal.objects.filter(deputyship=deputyship, outcome=Outcome.WAITING).update(
        outcome=Outcome.WITHDRAWN, decided_by=actor, decided_at=now
    )
    for grant in deputyship.grants.select_related("organisation__area", "person"):
        close_grant(actor=actor, grant=grant)
    _record(actor, "people.end_deputyship", deputyship)


def _record(actor: Person, action: str, deputyship: Deputyship) -> None:
    audit.record(
        actor=actor,
        action=action,
        obj=deputyship.post,
        details={
            "deputy": deputyship.deputy.full_name,
            "holder": deputyship.holder.full_name,
            "first_day": deputyship.first_day.isoformat(),
            "last_day": deputyship.last_day.isoformat(),
        },
        area_code=deputyship.post.organisation.area.code,
    )
