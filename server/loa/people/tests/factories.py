# SPDX-License-Identifier: AGPL-3.0-or-later
"""The fixed cast of the tests, and functions that make more of it."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

from loa.areas.models import Area
from loa.areas.tests.factories import make_commune, make_province, make_villages
from loa.config import clock
from loa.people.models import (
    Deputyship,
    Leave,
    Organisation,
    OrganisationKind,
    Passkey,
    Person,
    Post,
    PostHolding,
    Proposal,
    ProposalKind,
    Role,
    RoleGrant,
)

PASSWORD = "mat-khau-de-thu-2026"
SINCE = datetime(2025, 7, 1, tzinfo=UTC)  # every grant of the cast; before any moment that a test uses
_number = count(1)


def make_person(username: str = "", full_name: str = "", **fields: Any) -> Person:
    """Return a new person who signs in with ``PASSWORD``."""
    username = username or f"nguoi-{next(_number)}"
    person = Person(username=username, full_name=full_name or f"Nguyễn Văn {username}", **fields)
    person.set_password(PASSWORD)
    person.save()
    return person


def make_organisation(
    area: Area | None = None,
    name: str = "UBND xã Đầm Hà",
    *,
    parent: Organisation | None = None,
    kind: OrganisationKind = OrganisationKind.AUTHORITY,
    **fields: Any,
) -> Organisation:
    """Return a new organisation, at the top or below another."""
    values = {"name": name, "kind": kind, "area": area or make_commune(), **fields}
    if parent is None:
        made: Organisation = Organisation.objects.add_root(values)
    else:
        made = Organisation.objects.add_child(parent, values)
    return made


def make_post(
    organisation: Organisation, title: str = "Chủ tịch", holder: Person | None = None, **fields: Any
) -> Post:
    """Return a new post, held by somebody since July 2025 or vacant."""
    post = Post.objects.create(organisation=organisation, title=title, **fields)
    if holder is not None:
        PostHolding.objects.create(post=post, person=holder, since=date(2025, 7, 1))
    return post


def grant(
    person: Person, organisation: Organisation, role: Role | str, *, since: datetime = SINCE
) -> RoleGrant:
    """Return a new role of a person at an organisation."""
    return RoleGrant.objects.create(
        person=person, organisation=organisation, role=role, since=since, granted_by="kiểm thử"
    )


def make_member(
    organisation: Organisation, role: Role | str, username: str = "", full_name: str = ""
) -> Person:
    """Return a new person with a role at an organisation."""
    person = make_person(username, full_name)
    grant(person, organisation, role)
    return person


def make_proposal(
    person: Person,
    organisation: Organisation,
    proposed_by: Person,
    role: Role | str = Role.APPROVER,
    **fields: Any,
) -> Proposal:
    """Return a role that waits for a second administrator; with ``kind`` and no role a new beginning."""
    values = {"kind": ProposalKind.GRANT, "role": role, "proposed_at": clock.now(), **fields}
    return Proposal.objects.create(
        person=person, organisation=organisation, proposed_by=proposed_by, **values
    )


def make_passkey(person: Person, **fields: Any) -> Passkey:
    """Return a passkey that lists name and nobody can use."""
    number = next(_number)
    values = {
        "name": f"Khóa {number}",
        "credential_id": f"khoa-{number}",
        "cose": b"",
        "spki": b"",
        "algorithm": -7,
        "rp_id": "localhost",
        "keyid": f"{number:064x}",
        "created_at": clock.now(),
        **fields,
    }
    return Passkey.objects.create(person=person, **values)


def make_leave(person: Person, first_day: date, last_day: date, **fields: Any) -> Leave:
    """Return days on which a person is away, recorded by himself."""
    values = {"recorded_at": clock.now(), "recorded_by": person.full_name, "is_own": True, **fields}
    return Leave.objects.create(person=person, first_day=first_day, last_day=last_day, **values)


def make_deputyship(
    post: Post, holder: Person, deputy: Person, first_day: date, last_day: date, **fields: Any
) -> Deputyship:
    """Return somebody who stands in for the holder of a post, without roles."""
    values = {"recorded_at": clock.now(), "recorded_by": "kiểm thử", **fields}
    return Deputyship.objects.create(
        post=post, holder=holder, deputy=deputy, first_day=first_day, last_day=last_day, **values
    )


@dataclass(frozen=True)
class Cast:
    """Who plays in the tests: one commune with everybody, and another with the outsider."""

    province: Area
    commune: Area
    villages: list[Area]  # three
    other_commune: Area
    organisation: Organisation  # UBND of the commune: messages, roles and posts are here
    office: Organisation  # below it
    other_organisation: Organisation
    planner: Person
    editor: Person  # the officer of the commune
    approver_one: Person
    approver_two: Person
    head: Person  # holds the head's post and no role but viewer
    head_post: Post
    vacant_post: Post  # reports to the head's post
    device_keeper: Person
    administrator: Person
    viewer: Person
    outsider: Person  # editor, approver and planner of another commune

    @property
    def people(self) -> dict[str, Person]:
        """Return everybody by the name of his part, for tables of roles and answers."""
        return {
            name: value
            for name in self.__dataclass_fields__
            if isinstance(value := getattr(self, name), Person)
        }


def make_cast() -> Cast:
    """Make the whole cast."""
    province = make_province()
    commune = make_commune()
    other_commune = make_commune("06913", "Xã Quảng Tân")
    organisation = make_organisation(commune)
    office = make_organisation(
        commune, "Phòng Văn hóa - Xã hội", parent=organisation, kind=OrganisationKind.OFFICE
    )
    organisation.refresh_from_db()
    other = make_organisation(other_commune, "UBND xã Quảng Tân")
    head = make_member(organisation, Role.VIEWER, "chu-tich", "Phạm Văn Đầu")
    head_post = make_post(organisation, "Chủ tịch UBND xã", head)
    outsider = make_member(other, Role.EDITOR, "nguoi-ngoai", "Lý Văn Ngoài")
    grant(outsider, other, Role.APPROVER)
    grant(outsider, other, Role.PLANNER)
    return Cast(
        province=province,
        commune=commune,
        villages=make_villages(commune, 3),
        other_commune=other_commune,
        organisation=organisation,
        office=office,
        other_organisation=other,
        planner=make_member(organisation, Role.PLANNER, "ke-hoach", "Hoàng Thị Lan"),
        editor=make_member(organisation, Role.EDITOR, "bien-tap", "Nguyễn Thị Hậu"),
        approver_one=make_member(organisation, Role.APPROVER, "duyet-mot", "Trần Thế Ước"),
        approver_two=make_member(organisation, Role.APPROVER, "duyet-hai", "Đỗ Thị Ổn"),
        head=head,
        head_post=head_post,
        vacant_post=make_post(office, "Trưởng phòng", reports_to=head_post),
        device_keeper=make_member(organisation, Role.DEVICE_KEEPER, "thiet-bi", "Vũ Đình Ấn"),
        administrator=make_member(organisation, Role.ADMINISTRATOR, "quan-tri", "Lê Văn Trị"),
        viewer=make_member(organisation, Role.VIEWER, "nguoi-xem", "Bùi Thị Xem"),
        outsider=outsider,
    )
