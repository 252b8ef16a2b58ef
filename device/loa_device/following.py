# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the device follows: the last set of files that passed every check, and what it says of an instant."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from loa_device.clock import Clock
from loa_device.media import MediaStore
from loa_device.playlog import PlayLog
from loa_device.repository import Files, RefreshError, Repository
from loa_device.state import DamagedError, DeviceHome, read_checked, write_checked
from loa_device.verification import Floors, Trusted, verify_files
from loa_protocol.enrolment import Credential
from loa_protocol.errors import ProtocolError
from loa_protocol.statements import AgendaItem, RenditionRef
from loa_protocol.timeline import Timeline, timeline
from loa_protocol.times import format_utc, local_to_utc, parse_utc
from loa_protocol.verify import VerifiedRelease, is_ahead, rendition_of

log = logging.getLogger(__name__)

RECENT = 5.0  # s
PAST_ITEM = timedelta(hours=1)  # files of items are kept so long after the item's planned time


class Following:
    """The trusted state of one device.

    Args:
        home: the device's folder.
        credential: who it is and whom it believes.
        repository: where verified files come from and are kept.
        clock: trusted time.
        play_log: what it has played.
        media: the sound files on disk.
    """

    def __init__(
        self,
        home: DeviceHome,
        credential: Credential,
        repository: Repository,
        clock: Clock,
        play_log: PlayLog,
        media: MediaStore,
    ) -> None:
        self._floors_path: Path = home.floors
        self._verified_path: Path = home.verified
        self._place = credential.place
        self._trust = credential.trust
        self._repository = repository
        self._clock = clock
        self._play_log = play_log
        self._media = media
        self.floors = _load_floors(home.floors)
        self.files: Files | None = None
        self.trusted: Trusted | None = None
        self.refused_set = ""  # reason code of the last set that was refused; empty when all is well
        self._refused_name = ""  # the file in it
        self._received: dict[str, str] = {}
        self._recent: tuple[datetime, Timeline] | None = None

    def load(self) -> None:
        """Take up the set that was kept on disk; no network is needed."""
        files = self._repository.load()
        if files is None:
            return
        try:
            now = self._trusted_now()
            self.trusted = self._verified(files, now)
        except ProtocolError as error:
            self._refuse(error.code, error.file)
            log.error("the stored files do not hold: %s", error)
            return
        self.files = files
        since = datetime.fromtimestamp(self._verified_path.stat().st_mtime, UTC)
        self._note_received(self.trusted, format_utc(since))

    def refresh(self) -> bool:
        """Look for a new set, check it, keep it; call it from a thread.

        Returns:
            Whether the state changed.

        Raises:
            RefreshError: the repository cannot be reached or its files are wrong.
            ProtocolError: the files are whole but do not hold; the former set stays in force.
            OSError: the disk cannot be written; the former set stays in force.
        """
        was_known = self._is_time_known
        files = self._fetched()
        if not was_known and self._is_time_known:  # the answers told the time: now judge by it
            files = self._fetched()
        files = self._with_former_withdrawals(files)
        if files == self.files:  # which are there only with what they were verified to
            self._refuse("")  # what was refused meanwhile is gone
            return False
        try:
            trusted = self._verified(files, self._trusted_now(), former=self.files)
        except ProtocolError as error:
            self._refuse(error.code, error.file)
            raise
        self._repository.keep(files)
        self.floors = trusted.floors(self.floors)
        write_checked(self._floors_path, msgspec.json.encode(self.floors))
        self._note_received(trusted, format_utc(self._clock.utc()))
        self.files, self.trusted, self._recent = files, trusted, None
        self._refuse("")
        return True

    def refused_files(self) -> dict[str, str]:
        """Return the files that were refused, by name, with the reason code."""
        refused = {self._refused_name: self.refused_set} if self.refused_set else {}
        if self.trusted is not None:
            refused |= {f"releases/{one}.json": code for one, code in self.trusted.bad_releases.items()}
            refused |= self.trusted.bad_files
        return refused

    def _fetched(self) -> Files:
        try:
            return self._repository.refresh(self.files, self._trusted_now())
        except RefreshError as error:
            if error.is_attack:
                self._refuse(error.code, error.file)
            raise

    def _with_former_withdrawals(self, files: Files) -> Files:
        """Keep withdrawals that an agenda no longer lists: what was ended by signature stays ended.

        Others are not kept: a server in strange hands could else fill the disk with them for good.
        """
        if self.files is None or self.trusted is None:
            return files
        ended = {*self.trusted.signed_withdrawals, *self.trusted.ended_activations}
        former = {one: content for one, content in self.files.withdrawals.items() if one in ended}
        return msgspec.structs.replace(files, withdrawals={**former, **files.withdrawals})

    @property
    def _is_time_known(self) -> bool:
        return self._clock.state != "unknown"

    def _refuse(self, code: str, file: str = "") -> None:
        self.refused_set, self._refused_name = code, file

    def _verified(self, files: Files, now: datetime, former: Files | None = None) -> Trusted:
        return verify_files(
            files, self._trust, self.floors, now=now, former=former, is_time_known=self._is_time_known
        )

    def say_state(self) -> None:
        """Write into the log what is followed now."""
        if self.trusted is None:
            log.warning("nothing to follow: %s", self.refused_set or "no_agenda")
            return
        agenda = self.trusted.agenda
        text = "agenda %d with %d items, until %s; %d releases, %d refused, %d withdrawn"
        good, bad = len(self.trusted.releases), len(self.trusted.bad_releases)
        log.info(
            text, agenda.number, len(agenda.items), agenda.valid_until, good, bad, len(self.trusted.withdrawn)
        )
        for name, code in self.refused_files().items():
            log.error("refused: %s: %s", name, code)

    def silence(self, now: datetime) -> str:
        """Return why nothing may play at all, as a reason code, or nothing."""
        if self._clock.state == "unknown":
            return "clock_unknown"
        if self.trusted is None:
            return self.refused_set or "no_agenda"
        if now >= parse_utc(self.trusted.agenda.valid_until):
            return "agenda_ended"
        if is_ahead(self.trusted.agenda, now):
            return "issued_ahead"
        if now >= parse_utc(self.trusted.approvers.expires_at):
            return "approvers_expired"
        return ""

    def recent_timeline(self, now: datetime) -> Timeline | None:
        """Return what `timeline` said within the last seconds; good enough to report, not to play by."""
        if self.silence(now):
            return None
        if self._recent is None or abs((now - self._recent[0]).total_seconds()) > RECENT:
            return self.timeline(now)
        return self._recent[1]

    def timeline(self, now: datetime) -> Timeline | None:
        """Work out what plays at `now`; None while nothing may play at all (`silence` says why)."""
        if self.trusted is None or self.silence(now):
            return None
        trusted = self.trusted
        line = timeline(
            trusted.agenda,
            trusted.rules,
            trusted.releases,
            trusted.withdrawn,
            self._play_log.history(),
            self._place,
            now,
            ready=self._media.ready,
            activations=trusted.activations,
        )
        refused = tuple(
            msgspec.structs.replace(one, code=trusted.bad_releases[one.release_id])
            if one.code == "no_release" and one.release_id in trusted.bad_releases
            else one
            for one in line.refused
        )
        line = replace(line, refused=refused)
        self._recent = (now, line)
        return line

    def item(self, item_id: str) -> AgendaItem | None:
        """Return the agenda's item of that id, or None."""
        items = self.trusted.agenda.items if self.trusted else []
        return next((one for one in items if one.item_id == item_id), None)

    def why_no_release(self, release_id: str) -> str:
        """Return why a release is not there, as a reason code, or nothing when it is."""
        if self.trusted is None or release_id in self.trusted.releases or self.is_withdrawn(release_id):
            return ""
        return self.trusted.bad_releases.get(release_id, "no_release")

    def length(self, item_id: str) -> float | None:
        """Return the length of an item's sound in s, or None when it is not known any more."""
        item = self.item(item_id)
        release = self.trusted.releases.get(item.release_id) if item and self.trusted else None
        rendition = rendition_of(item, release.statement) if item and release else None
        return rendition.duration_ms / 1000 if rendition else None

    def planned(self, item: AgendaItem) -> datetime:
        """Return the agenda's time of an item (UTC)."""
        assert self.trusted is not None
        return local_to_utc(item.starts, self.trusted.agenda.zone_name)

    def received(self, item_id: str) -> str | None:
        """Return when the device first had an item (UTC text), or None."""
        return self._received.get(item_id)

    def is_withdrawn(self, release_id: str) -> bool:
        """Say whether a release may not sound any more."""
        return self.trusted is not None and release_id in self.trusted.withdrawn

    def wanted(self, now: datetime) -> list[RenditionRef]:
        """Return the sound files that items here need, the most urgent first.

        Withdrawn and expired releases need none, nor do items of other places.
        """
        if self.trusted is None:
            return []
        ranked = []
        for item in self.trusted.agenda.items:
            release = self.trusted.releases.get(item.release_id)
            if release is None or not self._may_need(item, release, now):
                continue
            rendition = rendition_of(item, release.statement)
            if rendition is not None:
                is_urgent = item.priority_class == "emergency"
                ranked.append((not is_urgent, self.planned(item), rendition))
        ranked.sort(key=lambda one: one[:2])
        return list({one.sha256: one for _, _, one in ranked}.values())

    def urgent(self) -> set[str]:
        """Return the hashes of every file of an emergency, which no byte budget holds back."""
        releases = self.trusted.releases.values() if self.trusted else ()
        urgent = [one.statement for one in releases if one.statement.priority_class == "emergency"]
        return {rendition.sha256 for one in urgent for rendition in one.renditions}

    def holding(self) -> list[str]:
        """Return the releases of which a file is still on disk, withdrawn ones included.

        A file that a withdrawn release shares with one in force is held for the latter alone.
        """
        if self.trusted is None:
            return []
        needed = {ref.sha256 for ref in self.wanted(self._clock.utc())}
        held = []
        for release_id, release in self.trusted.releases.items():
            files = {one.sha256 for one in release.statement.renditions} & self._media.ready
            if files - needed if self.is_withdrawn(release_id) else files:
                held.append(release_id)
        return sorted(held)

    def _may_need(self, item: AgendaItem, release: VerifiedRelease, now: datetime) -> bool:
        return (
            not self.is_withdrawn(item.release_id)
            and parse_utc(release.statement.not_after) > now
            and not self._place.codes.isdisjoint(item.zones)
            and self._ends(item, release) > now - PAST_ITEM
        )

    def _ends(self, item: AgendaItem, release: VerifiedRelease) -> datetime:
        rendition = rendition_of(item, release.statement)
        milliseconds = rendition.duration_ms if rendition else 0
        return self.planned(item) + timedelta(seconds=item.cut_off_s, milliseconds=milliseconds)

    def _trusted_now(self) -> datetime:
        """Return the time for checks of expiry: with an unknown clock, the floor."""
        if self._is_time_known:
            return self._clock.utc()
        return datetime.fromtimestamp(self._clock.floor, UTC)

    def _note_received(self, trusted: Trusted, at: str) -> None:
        ids = [item.item_id for item in trusted.agenda.items]
        self._received = {item_id: self._received.get(item_id, at) for item_id in ids}


def _load_floors(path: Path) -> Floors:
    try:
        return msgspec.json.decode(read_checked(path), type=Floors)
    except FileNotFoundError:
        return Floors()
    except (DamagedError, msgspec.DecodeError) as error:
        log.error("the stored numbers are damaged; what TUF accepted last still holds: %s", error)
        return Floors()
