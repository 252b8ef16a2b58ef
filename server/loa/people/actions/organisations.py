# SPDX-License-Identifier: AGPL-3.0-or-later
"""Organisations, the posts in them, and who holds a post."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from loa.areas.folding import nfc
from loa.areas.models import Area
from loa.audit import actions as audit
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.people.actions.checks import Actors, require_settings, text
from loa.people.models import Organisation, OrganisationKind, Person, Post, PostHolding
from loa.people.queries import require
from loa.people.rules import Permission


@transaction.atomic
def add_organisation(
    *,
    actor: Actors,
    name: str,
    kind: OrganisationKind | str,
    area: Area,
    parent: Organisation | None = None,
    short_name: str = "",
    is_sample: bool = False,
) -> Organisation:
    """Add an organisation below another one, or at the top.

    Raises:
        PermissionDeniedError: the actor does not manage the parent, or adds one at the top.
        PersonError: the name is missing or too long, or the kind is unknown.
    """
    if isinstance(actor, Person):
        if parent is None:
            raise PermissionDeniedError(_("Chỉ thêm được cơ quan trực thuộc. Chọn cơ quan cấp trên trước."))
        require(actor, Permission.SETTINGS_MANAGE, organisation=parent, area=area)
    values = {
        "name": text(name, field="name", length=200, missing=_("Thiếu tên cơ quan. Ghi tên đầy đủ.")),
        "short_name": nfc(short_name)[:60],
        "kind": OrganisationKind(kind),
        "area": area,
        "is_sample": is_sample,
    }
    manager = Organisation._default_manager  # treebeard's, which the type checker does not know
    if parent is None:
        added: Organisation = manager.add_root(values)
    else:
        added = manager.add_child(parent, values)
    audit.record(actor=actor, action="people.add_organisation", obj=added, area_code=area.code)
    return added


@transaction.atomic
def add_post(
    *,
    actor: Actors,
    organisation: Organisation,
    title: str,
    reports_to: Post | None = None,
    is_sample: bool = False,
) -> Post:
    """Add a post to an organisation; it is vacant until somebody holds it.

    Raises:
        PermissionDeniedError: the actor does not manage the organisation.
        ConflictError: the organisation has a post of this title.
        PersonError: the title is missing or too long.
    """
    require_settings(actor, organisation)
    title = text(title, field="title", length=120, missing=_("Thiếu tên chức danh, ví dụ Chủ tịch UBND xã."))
    if Post.objects.filter(organisation=organisation, title=title).exists():
        raise ConflictError(
            _("%(organisation)s đã có chức danh %(title)s.")
            % {"organisation": organisation.name, "title": title},
            field="title",
        )
    post = Post.objects.create(
        organisation=organisation, title=title, reports_to=reports_to, is_sample=is_sample
    )
    audit.record(actor=actor, action="people.add_post", obj=post, area_code=organisation.area.code)
    return post


def _end_current(post: Post, since: date) -> None:
    """End the open holding the day before ``since``.

    Raises:
        ConflictError: somebody held the post on that day or later.
    """
    current = PostHolding.objects.select_for_update().filter(post=post, until__isnull=True).first()
    if current is not None and current.since >= since:
        raise ConflictError(
            _("%(person)s giữ chức danh này từ ngày %(day)s. Chọn ngày sau đó.")
            % {"person": current.person.full_name, "day": date_format(current.since, "d/m/Y")},
            field="since",
        )
    if current is not None:
        current.until = since - timedelta(days=1)
        current.save(update_fields=["until"])


@transaction.atomic
def hold_post(*, actor: Actors, post: Post, person: Person, since: date) -> PostHolding:
    """Give a post to a person from a day on; who held it until then holds it no more.

    Already so: the holding is returned and nothing is written.

    Raises:
        PermissionDeniedError: the actor does not manage the post's organisation.
        ConflictError: somebody held the post on that day or later.
    """
    require_settings(actor, post.organisation)
    held = PostHolding.objects.filter(post=post, person=person, until__isnull=True).first()
    if held is not None:
        return held
    _end_current(post, since)
    overlapping = PostHolding.objects.filter(post=post, until__gte=since).select_related("person").first()
    if overlapping is not None and overlapping.until is not None:
        raise ConflictError(
            _("%(person)s giữ chức danh này đến hết ngày %(day)s. Chọn ngày sau đó.")
            % {"person": overlapping.person.full_name, "day": date_format(overlapping.until, "d/m/Y")},
            field="since",
        )
    holding = PostHolding.objects.create(post=post, person=person, since=since)
    audit.record(
        actor=actor,
        action="people.hold_post",
        obj=post,
        details={"person": str(person.pk), "name": person.full_name, "since": since.isoformat()},
        area_code=post.organisation.area.code,
    )
    return holding


@transaction.atomic
def vacate_post(*, actor: Actors, post: Post, since: date) -> None:
    """Leave a post vacant from a day on; a vacant post stays so without a second entry.

    Raises:
        PermissionDeniedError: the actor does not manage the post's organisation.
        ConflictError: its holder took it on that day or later.
    """
    require_settings(actor, post.organisation)
    if not PostHolding.objects.filter(post=post, until__isnull=True).exists():
        return
    _end_current(post, since)
    audit.record(
        actor=actor,
        action="people.vacate_post",
        obj=post,
        details={"since": since.isoformat()},
        area_code=post.organisation.area.code,
    )
