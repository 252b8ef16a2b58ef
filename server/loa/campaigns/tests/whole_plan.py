# SPDX-License-Identifier: AGPL-3.0-or-later
"""A plan with one of everything that pages enter, and a way to add as much again."""

from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any
from uuid import uuid4

from loa.campaigns import actions, files
from loa.campaigns.models import (
    Activity,
    Comment,
    Evidence,
    Finding,
    Inspection,
    PhotoMatch,
    StoredFile,
    Upload,
)
from loa.config import clock
from loa.people.models import Person

_number = count(1)


def make_stored_photo(**fields: Any) -> StoredFile:
    """Return the row of a photo whose copies are two bytes long: for pages that only link to it."""
    name = f"{next(_number):064x}"
    for path in (files.path_of(name), files.copy_path(name, "large"), files.copy_path(name, "small")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\xff\xd8")
    values = {
        "size": 2,
        "media_type": "image/jpeg",
        "width": 4,
        "height": 3,
        "latitude": 21.34,
        "longitude": 107.6,
        "stored_at": clock.now(),
        **fields,
    }
    return StoredFile.objects.create(sha256=name, **values)


def make_photo_evidence(activity: Activity, person: Person, file: StoredFile | None = None) -> Evidence:
    """Return a photo as evidence of an activity."""
    file = file or make_stored_photo()
    return Evidence.objects.create(
        activity=activity,
        kind="photo",
        file=file,
        file_name="anh.jpg",
        identity=f"sha256:{file.sha256}",
        added_by=person,
        added_by_name=person.full_name,
        added_at=clock.now(),
    )


def make_whole_upload(activity: Activity, person: Person, content: bytes) -> Upload:
    """Return an upload of which everything came and that nobody finished."""
    upload = Upload.objects.create(
        client_key=uuid4(),
        activity=activity,
        name="bien-ban.txt",
        size=len(content),
        sha256=sha256(content).hexdigest(),
        begun_by=person,
        begun_at=clock.now(),
    )
    files.append(upload, content)
    return upload


def make_inspection(activity: Activity, person: Person) -> Inspection:
    """Return a visit that was made today, by one person."""
    made: Inspection = Inspection.objects.create(
        campaign=activity.campaign, title="Kiểm tra treo cờ", planned_on=_today(), made_on=_today()
    )
    made.inspectors.add(person)
    return made


def make_finding(inspection: Inspection, activity: Activity) -> Finding:
    """Return a finding about an activity, answered for by its post."""
    return Finding.objects.create(
        inspection=inspection,
        activity=activity,
        text="Cờ treo thiếu ở cổng chợ",
        owner_post=activity.accountable_post,
        due=_today() + timedelta(days=3),
    )


def _today() -> date:
    return clock.now().date()


def plan_arguments(activity: Activity, person: Person) -> dict[str, tuple[Any, ...]]:
    """Make one of each part of an activity's plan, and return what the addresses about it take."""
    campaign, key = activity.campaign, activity.campaign.key
    document = campaign.legal_documents.create(citation="Kế hoạch 05/KH-UBND")
    objective = campaign.objectives.create(
        text="Thôn nào cũng nghe", measure="Số thôn", target=3, unit="thôn"
    )
    photos = [make_photo_evidence(activity, person) for _ in range(2)]
    match = PhotoMatch.objects.create(
        first=photos[0].file, second=photos[1].file, likeness=0.9, found_at=clock.now()
    )
    inspection = make_inspection(activity, person)
    upload = make_whole_upload(activity, person, b"bien ban")
    removed = campaign.audiences.create(name="Hộ dân ven sông")
    shown = photos[0].file.sha256 if photos[0].file else ""
    return {
        "legal_document": (key, document.pk),
        "objective": (key, objective.pk),
        "audience": (key, campaign.audiences.create(name="Học sinh").pk),
        "budget_line": (key, campaign.budget_lines.create(name="In tờ rơi", planned=1_000_000).pk),
        "inspection": (key, inspection.pk),
        "finding": (key, make_finding(inspection, activity).pk),
        "match": (key, activity.pk, match.pk),
        "upload": (key, activity.pk, upload.pk),
        "removal": (actions.remove(actor=None, row=removed).pk,),
        "removable": (key, "legal_document", document.pk),
        "plan_file": (shown,),
        "plan_file_copy": (shown, "small"),
        "template": ("su-kien",),
    }


def fill_plan(activity: Activity, person: Person, inspection: Inspection) -> None:
    """Add one more of everything that the pages of a plan, an activity and a visit list."""
    campaign, number = activity.campaign, next(_number)
    campaign.legal_documents.create(citation=f"Kế hoạch {number}", file=make_stored_photo())
    campaign.audiences.create(name=f"Đối tượng {number}")
    campaign.budget_lines.create(name=f"Khoản {number}", planned=500_000, phase=campaign.phases.first())
    objective = campaign.objectives.create(text=f"Mục tiêu {number}", measure="Số hộ", target=9, unit="hộ")
    objective.readings.create(on=_today(), value=Decimal(4), by=person, by_name=person.full_name)
    photo = make_photo_evidence(activity, person)
    other = make_photo_evidence(activity, person)
    PhotoMatch.objects.create(first=photo.file, second=other.file, likeness=0.9, found_at=clock.now())
    figures = make_photo_evidence(activity, person)
    figures.figures.create(measure="participants", value=12)
    comment = Comment.objects.create(
        campaign=campaign,
        activity=activity,
        text=f"Lời {number}",
        author=person,
        author_name=person.full_name,
        at=clock.now(),
    )
    comment.mentions.add(person)
    Comment.objects.create(
        campaign=campaign, text=f"Lời {number}", author=person, author_name="", at=clock.now()
    ).mentions.add(person)
    finding = make_finding(inspection, activity)
    finding.photos.add(make_stored_photo())
    inspection.photos.add(make_stored_photo())
    inspection.activities.add(activity)
    make_finding(make_inspection(activity, person), activity)
    actions.remove(actor=None, row=campaign.audiences.create(name=f"Bỏ {number}"))
