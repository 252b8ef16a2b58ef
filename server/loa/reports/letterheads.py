# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who issues a document and who signs it: proposed from the organisations, changed by people.

What is printed is Vietnamese in whatever language the console is read, so nothing here is translated.
"""

import re
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from loa.campaigns.models import Campaign
from loa.people.models import Organisation, OrganisationKind, Post
from loa.people.queries import holder
from loa.reports.layout.tree import Letterhead, Signature
from loa.reports.layout.values import PARTY, STATE, Style
from loa.reports.models import Document, Kind

TYPE_CODES = {Kind.PLAN: "KH", Kind.ASSIGNMENT: "KH"}  # the others are reports, "BC"
_WHOLE = {"UBND": "Ủy ban nhân dân", "HĐND": "Hội đồng nhân dân", "MTTQ": "Mặt trận Tổ quốc"}
_PARTY_SYMBOLS = {"Đảng ủy": "ĐU", "Huyện ủy": "HU", "Tỉnh ủy": "TU", "Thành ủy": "TU", "Đảng bộ": "ĐB"}
_OWN_BODY = re.compile(r"\s+(UBND|HĐND|Ủy ban nhân dân|Hội đồng nhân dân)\b.*", re.IGNORECASE)
_DEPUTY = re.compile(r"Phó\s+(.+?)(?:\s+Thường trực)?", re.IGNORECASE)
_CHIEF = re.compile(r"(Chủ|Trưởng|Giám|Tổng|Chánh|Bí thư|\w+ trưởng)\b", re.IGNORECASE)
_AREA_KIND = re.compile(r"^(Xã|Phường|Đặc khu|Tỉnh|Thành phố)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Head:
    """The words around a document's content, each as it will be printed."""

    number: str
    issued_on: date | None
    place: str
    parent: str
    issuer: str  # lines
    authority: str  # lines
    office: str
    signer: str
    recipients: str  # lines


def style_of(organisation: Organisation) -> Style:
    """Return the layout that an organisation's documents follow."""
    return PARTY if organisation.kind == OrganisationKind.PARTY else STATE


def proposed(campaign: Campaign, kind: Kind, today: date) -> Head:
    """Return what a document says where nobody wrote otherwise. Four queries at most."""
    organisation = campaign.organisation
    parent = organisation.get_parent() if organisation.depth > 1 else None
    post = _signing_post(campaign)
    person = holder(post, today) if post else None
    office = _OWN_BODY.sub("", post.title) if post else ""  # the letterhead names the body already
    is_plan = kind in TYPE_CODES
    return Head(
        number=(campaign.number if is_plan else "") or _blank_number(organisation, kind),
        issued_on=campaign.issued_on if is_plan else None,
        place=_AREA_KIND.sub("", organisation.area.name),
        parent=_in_full(parent.name) if parent else "",
        issuer=_lines(_in_full(organisation.name)),
        authority=_authority(organisation, office),
        office=office,
        signer=person.full_name if person else "",
        recipients="Lưu: VT",
    )


def head_of(document: Document, today: date) -> Head:
    """Return the words around a document: what people wrote, else what is proposed."""
    given = proposed(document.campaign, Kind(document.kind), today)
    office = document.office or given.office
    return Head(
        number=document.number or given.number,
        issued_on=document.issued_on or given.issued_on,
        place=document.place or given.place,
        parent=document.parent or given.parent,
        issuer=document.issuer or given.issuer,
        authority=document.authority or _authority(document.campaign.organisation, office),
        office=office,
        signer=document.signer or given.signer,
        recipients=document.recipients or given.recipients,
    )


def letterhead(head: Head, style: Style) -> Letterhead:
    """Return the top of the first page."""
    return Letterhead(
        issuer=head.issuer.splitlines(),
        place=head.place,
        parent=head.parent,
        number=head.number,
        issued_on=head.issued_on,
        style=style,
    )


def signature(head: Head) -> Signature:
    """Return the end of the last page."""
    return Signature(
        authority=head.authority.splitlines(),
        office=head.office,
        name=head.signer,
        recipients=head.recipients.splitlines(),
    )


def _signing_post(campaign: Campaign) -> Post | None:
    """Return the head of the steering body where he is of this organisation, else its highest post."""
    steering = campaign.steering_head
    if steering is not None and steering.organisation_id == campaign.organisation_id:
        return steering
    posts = Post.objects.filter(organisation=campaign.organisation)
    return posts.order_by(F("reports_to").asc(nulls_first=True), "pk").first()


def _in_full(name: str) -> str:
    for short, whole in _WHOLE.items():
        name = re.sub(rf"\b{short}\b", whole, name)
    return name


def _lines(name: str) -> str:
    """Return an authority's name in two lines, as letterheads have it: the body, then the place."""
    return re.sub(r"\s+(?=(xã|phường|đặc khu|tỉnh|thành phố)\s)", "\n", name, count=1, flags=re.IGNORECASE)


def _authority(organisation: Organisation, office: str) -> str:
    """Return for whom is signed, in lines: the body, then the chief for whom a deputy signs (Nghị định 30/2020)."""
    whole = _in_full(organisation.name)
    if organisation.kind == OrganisationKind.PARTY:
        return "T/M Ban Thường vụ"
    collective = next((body for body in list(_WHOLE.values())[:2] if whole.startswith(body)), "")
    chief = _chief_of(office)
    return "\n".join(
        line for line in (f"TM. {collective}" if collective else "", f"KT. {chief}" if chief else "") if line
    )


def _chief_of(office: str) -> str:
    """Return the office whose deputy this is ("Phó Chủ tịch", "Phó phòng"); "" where it is no deputy's."""
    found = _DEPUTY.fullmatch(office.strip())
    if found is None:
        return ""
    chief = found[1]
    return f"{chief[:1].upper()}{chief[1:]}" if _CHIEF.match(chief) else f"Trưởng {chief}"


def _blank_number(organisation: Organisation, kind: Kind) -> str:
    code = TYPE_CODES.get(kind, "BC")
    between = "-" if organisation.kind == OrganisationKind.PARTY else "/"
    after = "/" if organisation.kind == OrganisationKind.PARTY else "-"
    return f"{between}{code}{after}{symbol_of(organisation)}"


def symbol_of(organisation: Organisation) -> str:
    """Return the letters that stand for an organisation in a document's number ("UBND", "ĐU")."""
    name = organisation.short_name or organisation.name
    for start, symbol in _PARTY_SYMBOLS.items():
        if name.startswith(start):
            return symbol
    first = name.split()[0]
    if first.isupper() and len(first) > 1:
        return first
    return "".join(word[0] for word in re.findall(r"\w+", name)).upper()
