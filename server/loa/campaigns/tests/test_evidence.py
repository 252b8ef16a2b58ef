# SPDX-License-Identifier: AGPL-3.0-or-later
import io
import zipfile
from datetime import timedelta
from decimal import Decimal
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from loa.campaigns import actions, files, jobs
from loa.campaigns.actions import About, PlanError
from loa.campaigns.actions.uploads import BLOCK_LIMIT, STALE, forget_stale_uploads
from loa.campaigns.files import FileError
from loa.campaigns.matching import compare, doubts_of
from loa.campaigns.models import Activity, ActivityState, Evidence, PhotoMatch, StoredFile, Upload
from loa.campaigns.photos import PhotoError
from loa.campaigns.progress import standing
from loa.campaigns.tests.factories import make_activity
from loa.campaigns.tests.pictures import CANON, cut, exif, jpeg, picture, recoded
from loa.campaigns.tests.world import World, make_world
from loa.config import clock
from loa.config.errors import ConflictError, NotFoundError, PermissionDeniedError
from loa.config.home import Home
from loa.jobs import outbox


@pytest.fixture
def world(db: None, settings: Any, tmp_path: Path) -> World:
    settings.HOME = Home(tmp_path)
    settings.HOME.make()
    made = make_world()
    Activity.objects.filter(pk=made.activity.pk).update(state=ActivityState.IN_PROGRESS)
    return made


def add(world: World, content: bytes, activity: Activity | None = None, **more: Any) -> Evidence:
    return actions.add_file(
        actor=world.holders["accountable"] if activity is None else None,
        activity=activity or world.fresh(),
        file=io.BytesIO(content),
        name="anh.jpg",
        **more,
    )


def on_disk() -> list[str]:
    return sorted(path.name for path in files.folder().rglob("*") if path.is_file())


def office(name: str, *also: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        for one in (name, *also):
            archive.writestr(one, "<x/>")
    return out.getvalue()


def test_a_photo_is_on_disk_with_its_copies_before_success_is_said(world: World) -> None:
    content = jpeg(picture(1), exif=exif(**CANON))
    evidence = add(world, content)
    assert evidence.kind == "photo"
    assert evidence.file is not None
    digest = sha256(content).hexdigest()
    assert files.path_of(digest).read_bytes() == content
    assert on_disk() == sorted([digest, f"{digest}-1600.jpg", f"{digest}-400.jpg"])
    assert files.path_of(digest).stat().st_mode & 0o077 == 0
    assert (evidence.file.width, evidence.file.latitude) == (800, pytest.approx(21.3452, abs=1e-5))


def test_sending_the_same_photo_again_adds_nothing(world: World) -> None:
    content, key = jpeg(picture(1)), uuid4()
    first = add(world, content, client_key=key)
    assert add(world, content, client_key=key) == first
    assert add(world, content, client_key=uuid4()) == first
    assert add(world, content) == first
    assert Evidence.objects.count() == StoredFile.objects.count() == 1


def test_one_key_is_one_file(world: World) -> None:
    key = uuid4()
    add(world, jpeg(picture(1)), client_key=key)
    other = make_activity(world.campaign, world.posts["accountable"])
    with pytest.raises(ConflictError):
        add(world, jpeg(picture(2)), other, client_key=key)


def test_a_file_that_cannot_be_taken_leaves_nothing_behind(world: World) -> None:
    for content, error in (
        (b"", FileError),
        (b"MZ\x90\x00" + b"\0" * 100, FileError),
        (b"<html><script>", FileError),
        (office("nothing/x.xml"), FileError),
        (office("word/document.xml", "word/vbaProject.bin"), FileError),
        (jpeg(picture(1))[:900], PhotoError),
    ):
        with pytest.raises(error):
            add(world, content)
    with pytest.raises(PhotoError):
        add(world, b"%PDF-1.7 x", as_photo=True)
    assert on_disk() == []
    assert not Evidence.objects.exists()


@pytest.mark.parametrize(
    ("content", "suffix"),
    [
        (b"%PDF-1.7 x", ".pdf"),
        (office("word/document.xml"), ".docx"),
        (office("xl/workbook.xml"), ".xlsx"),
        ("Biên bản họp thôn\n".encode(), ".txt"),
    ],
)
def test_documents_are_known_by_their_content(world: World, content: bytes, suffix: str) -> None:
    evidence = add(world, content)
    assert evidence.kind == "file"
    assert evidence.file is not None
    assert files.SUFFIXES[evidence.file.media_type] == suffix


def test_a_file_above_the_limit_is_refused_while_it_comes(world: World, monkeypatch: Any) -> None:
    monkeypatch.setattr(files, "FILE_LIMIT", 1000)
    with pytest.raises(FileError, match="nặng quá"):
        files.spool(io.BytesIO(b"x" * 1001), 1000)
    assert on_disk() == []


def test_strangers_and_readers_add_no_evidence(world: World) -> None:
    for name in ("nobody", "above", "steering"):
        with pytest.raises(PermissionDeniedError):
            actions.add_file(
                actor=world.holders[name],
                activity=world.fresh(),
                file=io.BytesIO(jpeg(picture(1))),
                name="anh.jpg",
            )
    assert on_disk() == []


def begin(world: World, content: bytes, **more: Any) -> Upload:
    return actions.begin_upload(
        actor=world.holders["accountable"],
        activity=world.fresh(),
        client_key=more.pop("client_key", uuid4()),
        name="anh.jpg",
        size=more.pop("size", len(content)),
        sha256=more.pop("sha256", sha256(content).hexdigest()),
    )


def test_an_upload_goes_on_after_a_cut_where_the_disk_says(world: World) -> None:
    content, actor = jpeg(picture(1)), world.holders["accountable"]
    upload = begin(world, content)
    half = len(content) // 2
    assert actions.append_block(actor=actor, upload=upload, offset=0, block=content[:half]) == half
    with pytest.raises(ConflictError) as caught:
        actions.finish_upload(actor=actor, upload=upload)
    assert caught.value.data["received"] == half
    again = begin(world, content, client_key=upload.client_key)  # the phone was switched off
    assert files.received(again) == half
    with pytest.raises(ConflictError) as caught:
        actions.append_block(actor=actor, upload=again, offset=half + 10, block=content[half + 10 :])
    assert caught.value.data["received"] == half
    repeated = content[half - 50 :]  # a block of which a part had come
    assert actions.append_block(actor=actor, upload=again, offset=half - 50, block=repeated) == len(content)
    assert actions.append_block(actor=actor, upload=again, offset=0, block=content[:10]) == len(content)
    evidence = actions.finish_upload(actor=actor, upload=again)
    assert evidence.file is not None
    assert files.path_of(evidence.file.sha256).read_bytes() == content
    assert not Upload.objects.exists()


def test_an_answer_that_was_lost_is_given_again(world: World) -> None:
    content, actor = jpeg(picture(1)), world.holders["accountable"]
    upload = begin(world, content)
    actions.append_block(actor=actor, upload=upload, offset=0, block=content)
    key = upload.client_key
    evidence = actions.finish_upload(actor=actor, upload=upload)
    second = begin(world, content, client_key=key)
    assert actions.finish_upload(actor=actor, upload=second) == evidence
    assert Evidence.objects.count() == 1
    assert not Upload.objects.exists()


def test_what_arrived_differently_is_dropped_and_sent_anew(world: World) -> None:
    content, actor = jpeg(picture(1)), world.holders["accountable"]
    upload = begin(world, content, sha256="0" * 64)
    actions.append_block(actor=actor, upload=upload, offset=0, block=content)
    with pytest.raises(ConflictError) as caught:
        actions.finish_upload(actor=actor, upload=upload)
    assert caught.value.data["received"] == files.received(upload) == 0
    assert not Evidence.objects.exists()


def test_an_upload_belongs_to_who_began_it(world: World) -> None:
    upload = begin(world, jpeg(picture(1)))
    other = world.holders["contributor"]
    for attempt in (
        lambda: actions.upload_of(other, upload.client_key),
        lambda: actions.append_block(actor=other, upload=upload, offset=0, block=b"x"),
        lambda: actions.finish_upload(actor=other, upload=upload),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert actions.upload_of(world.holders["accountable"], upload.client_key) == upload


def test_blocks_and_announcements_have_limits(world: World) -> None:
    actor = world.holders["accountable"]
    upload = begin(world, b"x" * 100)
    with pytest.raises(PlanError):
        actions.append_block(actor=actor, upload=upload, offset=0, block=b"x" * 101)
    with pytest.raises(PlanError):
        actions.append_block(actor=actor, upload=upload, offset=0, block=b"x" * (BLOCK_LIMIT + 1))
    for wrong in ({"size": 0}, {"size": files.FILE_LIMIT + 1}, {"sha256": "abc"}):
        with pytest.raises(PlanError):
            begin(world, b"x", **wrong)
    with pytest.raises(ConflictError):
        begin(world, b"y" * 100, client_key=upload.client_key)


def test_an_upload_that_nobody_finished_is_forgotten(world: World) -> None:
    upload = begin(world, b"x" * 100)
    actions.append_block(actor=world.holders["accountable"], upload=upload, offset=0, block=b"x" * 50)
    assert forget_stale_uploads() == 0
    with clock.frozen(clock.now() + STALE + timedelta(minutes=1)):
        assert forget_stale_uploads() == 1
    assert on_disk() == []


def test_the_same_photo_of_two_activities_is_flagged_and_one_picture_cut_anew_too(world: World) -> None:
    image, other = picture(5), make_activity(world.campaign, world.posts["accountable"])
    third = make_activity(world.campaign, world.posts["accountable"])
    own = add(world, jpeg(image))
    same = add(world, jpeg(image), other)
    again = add(world, jpeg(recoded(cut(image, 0.15, 0.05, 0.1, 0.2))), third)
    add(world, jpeg(picture(6)), third)
    assert outbox.run_due([*outbox.handled_topics()]) == 3  # the file that came twice is looked for once
    found = doubts_of([world.fresh()])
    assert {(doubt.other, doubt.likeness == 1.0) for doubt in found} == {(same, True), (again, False)}
    assert all(doubt.evidence == own and doubt.is_open for doubt in found)
    compare(StoredFile.objects.get(pk=own.file_id))
    assert PhotoMatch.objects.count() == 1


def test_one_piece_of_work_on_two_levels_may_show_one_photo(world: World) -> None:
    upper = make_activity(world.campaign, world.posts["accountable"])
    Activity.objects.filter(pk=world.activity.pk).update(upper=upper)
    add(world, jpeg(picture(5)))
    add(world, jpeg(picture(5)), upper)
    assert doubts_of([world.fresh()]) == []


def test_who_stands_above_settles_a_doubt_with_a_reason(world: World) -> None:
    third = make_activity(world.campaign, world.posts["accountable"])
    add(world, jpeg(picture(5)))
    add(world, jpeg(recoded(cut(picture(5), 0.1, 0.1, 0.1, 0.1))), third)
    outbox.run_due([jobs.COMPARE])
    match = PhotoMatch.objects.get()
    with pytest.raises(PermissionDeniedError):
        actions.clear_match(
            actor=world.holders["accountable"], activity=world.fresh(), match=match, note="Đúng"
        )
    with pytest.raises(PlanError):
        actions.clear_match(actor=world.holders["above"], activity=world.fresh(), match=match, note=" ")
    actions.clear_match(
        actor=world.holders["above"], activity=world.fresh(), match=match, note="Một buổi chung hai thôn"
    )
    assert not doubts_of([world.fresh()])[0].is_open


def test_a_place_outside_the_campaign_and_a_negative_amount_are_refused(world: World) -> None:
    for about in (About(area=world.nodes["strange"].area), About(amount=Decimal(-1))):
        with pytest.raises(PlanError):
            add(world, jpeg(picture(1)), about=about)
    add(world, jpeg(picture(1)), about=About(area=world.villages[0], amount=Decimal("2.5")))
    assert standing(world.fresh()).counted == Decimal("2.5")


def test_a_file_goes_from_disk_when_nothing_could_bring_it_back(world: World) -> None:
    evidence = add(world, jpeg(picture(1)))
    actions.remove(actor=None, row=evidence)
    with clock.frozen(clock.now() + timedelta(days=29)):
        jobs.purge_removed()
    assert len(on_disk()) == 3
    with clock.frozen(clock.now() + timedelta(days=31)):
        jobs.purge_removed()
    assert on_disk() == []
    assert not StoredFile.objects.exists()
