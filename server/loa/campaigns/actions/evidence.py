# SPDX-License-Identifier: AGPL-3.0-or-later
"""Add what shows that work was done. A photo is on disk before success is said, and sent twice it is one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from loa.areas.models import Area
from loa.campaigns import files, ports
from loa.campaigns.actions.checks import Actors, PlanError, name_of, person_of, record, require_deed, text
from loa.campaigns.models import (
    Activity,
    ActivityState,
    Evidence,
    EvidenceKind,
    Figure,
    PhotoMatch,
)
from loa.campaigns.rules import Deed, Part, permits
from loa.campaigns.standing import parts_of
from loa.campaigns.words import MEASURES
from loa.config import clock
from loa.config.errors import ConflictError, PermissionDeniedError
from loa.jobs import outbox
from loa.people.models import Person

COMPARE = "compare_photo"  # outbox topic: look for the same picture, key: the file's hash
CLOSED = frozenset({ActivityState.SUBMITTED, ActivityState.VERIFIED, ActivityState.CANCELLED})
_LARGEST = Decimal("9999999999")


@dataclass(frozen=True, kw_only=True)
class About:
    """What the sender says of any evidence.

    Args:
        amount: how much it counts towards the planned quantity, in the activity's unit; None counts nothing
            (a link counts as one unless told otherwise).
        on: the day that it shows.
    """

    note: str = ""
    area: Area | None = None
    on: date | None = None
    amount: Decimal | None = None


NOTHING = About()


def _require(actor: Actors, activity: Activity, deed: Deed) -> None:
    if isinstance(actor, Person):
        require_deed(deed, parts_of(actor, activity))


def check_open(actor: Actors, activity: Activity) -> None:
    """Refuse evidence for work that is submitted, done or cancelled, and from whoever may not add any.

    Raises:
        PermissionDeniedError: the actor is nobody who may add evidence (``rules.DEEDS``).
        ConflictError: the activity takes none in its state.
    """
    _require(actor, activity, Deed.ADD_EVIDENCE)
    state = Activity.objects.filter(pk=activity.pk).values_list("state", flat=True).first()
    if state is None or state in CLOSED:
        raise ConflictError(
            _("Việc này đã nộp, đã xong hoặc đã bỏ nên không thêm minh chứng. Trả lại trước.")
        )


def _checked(activity: Activity, about: About) -> dict[str, Any]:
    if about.amount is not None and not 0 <= about.amount <= _LARGEST:
        raise PlanError(_("Số lượng không thể âm hay quá lớn."), field="amount")
    if about.on is not None and about.on > localdate(clock.now()):
        raise PlanError(_("Ngày này chưa tới. Ghi ngày đã làm."), field="on")
    if about.area is not None and not about.area.path.startswith(activity.campaign.area.path):
        raise PlanError(_("Địa bàn này nằm ngoài chiến dịch. Chọn địa bàn bên trong."), field="area")
    return {
        "note": text(about.note, "note", 500),
        "area": about.area,
        "on": about.on,
        "amount": about.amount,
    }


def _already(activity: Activity, client_key: UUID | None, identity: str = "") -> Evidence | None:
    """Return what the same sending, or the same thing, brought before."""
    if client_key is not None:
        found = Evidence.everything.filter(client_key=client_key).first()
        if found is not None:
            if found.activity_id != activity.pk or (identity and found.identity != identity):
                raise ConflictError(_("Mã gửi này đã dùng cho tệp khác. Gửi lại từ đầu."))
            return None if found.removal_id else found
    return Evidence.objects.filter(activity=activity, identity=identity).first() if identity else None


@transaction.atomic
def _add(
    actor: Actors,
    activity: Activity,
    kind: EvidenceKind,
    identity: str,
    about: About,
    client_key: UUID | None = None,
    also: Callable[[Evidence], None] | None = None,
    **fields: Any,
) -> Evidence:
    """Write one piece of evidence unless it is there; sending again gives what is there."""
    Activity.everything.select_for_update(no_key=True).filter(pk=activity.pk).first()
    known = _already(activity, client_key, identity)
    if known is not None:
        return known
    check_open(actor, activity)
    if client_key is not None and Evidence.everything.filter(client_key=client_key).exists():
        client_key = None  # it was deleted since; what comes now is a new sending
    evidence = Evidence.objects.create(
        activity=activity,
        kind=kind,
        identity=identity,
        client_key=client_key,
        added_by=person_of(actor),
        added_by_name=name_of(actor),
        added_at=clock.now(),
        **_checked(activity, about),
        **fields,
    )
    if also is not None:
        also(evidence)
    record(actor, "add_evidence", activity.campaign, activity, evidence=evidence.pk, kind=kind.value)
    return evidence


def add_file(
    *,
    actor: Actors,
    activity: Activity,
    file: IO[bytes],
    name: str,
    about: About = NOTHING,
    client_key: UUID | None = None,
    as_photo: bool = False,
) -> Evidence:
    """Store a photo or a document and add it as evidence; the same content twice is there once.

    Args:
        client_key: made by the sender for this one file; sending again with it returns what is there.
        as_photo: refuse anything but a photo.

    Raises:
        PermissionDeniedError: the actor is nobody who may add evidence.
        ConflictError: the activity takes none in its state, or the key belongs to another file.
        PhotoError, FileError: the file cannot be taken; nothing was stored.
    """
    known = _already(activity, client_key)
    if known is not None:
        return known
    check_open(actor, activity)
    return keep_file(
        actor=actor,
        activity=activity,
        spooled=files.spool(file),
        name=name,
        about=about,
        client_key=client_key,
        as_photo=as_photo,
    )


def keep_file(
    *,
    actor: Actors,
    activity: Activity,
    spooled: Path,
    name: str,
    about: About,
    client_key: UUID | None,
    as_photo: bool,
) -> Evidence:
    """Take a spooled file over as evidence: on disk first, then its row; raises as ``add_file``."""
    kept = files.keep(spooled, only_photos=as_photo)
    with transaction.atomic():
        row = files.stored(kept)
        evidence = _add(
            actor,
            activity,
            EvidenceKind.PHOTO if row.is_photo else EvidenceKind.FILE,
            f"sha256:{kept.sha256}",
            about,
            client_key,
            file=row,
            file_name=text(name, "name", 10_000)[-200:],
        )
        if row.is_photo:
            outbox.put(COMPARE, key=row.sha256)
    return evidence


def same_link(url: str) -> str:
    """Return the form of an address under which it is counted once: host in small letters, no fragment."""
    parts = urlsplit(url)
    path = parts.path.rstrip("/") or "/"
    return urlunsplit((parts.scheme.lower(), parts.netloc.lower(), path, parts.query, ""))


def add_link(*, actor: Actors, activity: Activity, url: str, about: About = NOTHING) -> Evidence:
    """Add a published page; unless told otherwise it counts as one, and the same page counts once.

    Raises:
        PermissionDeniedError, ConflictError: as ``add_file``.
        PlanError: it is no address of a page.
    """
    url = text(url, "url", 500)
    try:
        URLValidator(schemes=["http", "https"])(url)
    except ValidationError as error:
        raise PlanError(
            _("Đường dẫn này không mở được. Chép nguyên từ thanh địa chỉ, bắt đầu bằng https://."),
            field="url",
        ) from error
    amount = Decimal(1) if about.amount is None else about.amount
    about = About(note=about.note, area=about.area, on=about.on, amount=amount)
    same = same_link(url)
    identity = f"link:{same}" if len(same) <= 110 else f"link:{sha256(same.encode()).hexdigest()}"
    return _add(actor, activity, EvidenceKind.LINK, identity, about, url=url)


def add_figures(
    *,
    actor: Actors,
    activity: Activity,
    figures: Mapping[str, Decimal],
    about: About = NOTHING,
    client_key: UUID | None = None,
) -> Evidence:
    """Add figures for the reports, by key of ``words.MEASURES``; ``about.amount`` counts for the quantity.

    Raises:
        PermissionDeniedError, ConflictError: as ``add_file``.
        PlanError: there is no figure, an unknown one, or one below 0.
    """
    unknown = [key for key in figures if key not in MEASURES]
    if unknown:
        raise PlanError(_("Không có số liệu %(key)s.") % {"key": unknown[0]}, field="figures")
    if not figures and about.amount is None:
        raise PlanError(_("Chưa ghi con số nào."), field="figures")
    if any(not 0 <= value <= _LARGEST for value in figures.values()):
        raise PlanError(_("Số liệu không thể âm hay quá lớn."), field="figures")

    def write(evidence: Evidence) -> None:
        Figure.objects.bulk_create(
            Figure(evidence=evidence, measure=key, value=value) for key, value in figures.items()
        )

    client_key = client_key or uuid4()
    return _add(actor, activity, EvidenceKind.FIGURES, f"figures:{client_key}", about, client_key, write)


def add_delivery(
    *, actor: Actors, activity: Activity, source: str, reference: str, about: About = NOTHING
) -> Evidence:
    """Point at something that the system itself recorded; what it counts is asked of its source each time.

    Raises:
        PermissionDeniedError, ConflictError: as ``add_file``.
        PlanError: no installed part is this source, it does not know the reference, or an amount was given.
    """
    if about.amount is not None:
        raise PlanError(_("Lượt mà hệ thống ghi thì hệ thống tự đếm, không ghi tay."), field="amount")
    known = ports.source(source)
    if known is None or reference not in known.facts([reference]):
        raise PlanError(
            _("Không tìm thấy lượt này trong sổ lượt. Chọn lại trong danh sách."), field="reference"
        )
    return _add(
        actor,
        activity,
        EvidenceKind.DELIVERY,
        f"{source}:{reference}"[:120],
        about,
        source=source,
        reference=reference,
    )


@transaction.atomic
def clear_match(*, actor: Person, activity: Activity, match: PhotoMatch, note: str) -> PhotoMatch:
    """Say that two like photos are rightly there, and why; saying it again changes nothing.

    Args:
        activity: one whose evidence shows one of the photos, and over which the actor stands.

    Raises:
        PermissionDeniedError: the actor does not stand over the activity (``rules.DEEDS``).
        PlanError: the photos are not of this activity, or no reason is given.
    """
    parts = parts_of(actor, activity)
    if not permits(Deed.CLEAR_MATCH, parts) or Part.SUBMITTER in parts:
        raise PermissionDeniedError(_("Kết luận về ảnh trùng là việc của cấp trên, không của người nộp."))
    shown = {match.first_id, match.second_id}
    if not Evidence.objects.filter(activity=activity, file__in=shown).exists():
        raise PlanError(_("Ảnh này không thuộc đầu mối này. Chọn lại."), field="match")
    if match.cleared_at is None:
        match.cleared_note = text(note, "note", 300, missing=_("Ghi lý do để người sau hiểu."))
        match.cleared_at, match.cleared_by = clock.now(), actor.full_name
        match.save(update_fields=["cleared_at", "cleared_by", "cleared_note"])
        record(actor, "clear_match", activity.campaign, activity, match=match.pk)
    return match
