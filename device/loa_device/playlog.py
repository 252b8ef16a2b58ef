# SPDX-License-Identifier: AGPL-3.0-or-later
"""The device's own play log on disk: written before a sound starts, forgotten only after the server's reply.

An item has one open row from just before its first sample until it is final; then it becomes a numbered row
that holds the hash of the row before. Final rows stay here for some days after the server has stored them:
repeat limits count on them, and a server that was restored from a backup can be given them again.
"""

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from loa_device.state import free_bytes, sync_folder
from loa_protocol.errors import MalformedError
from loa_protocol.playlog import Outcome, PlayRow, decode_row, encode_row, row_hash
from loa_protocol.times import format_utc

log = logging.getLogger(__name__)

KEEP = timedelta(days=9)  # final rows that the server has stored stay longer than any rule counts back
SPARE = 2 * 1024 * 1024  # bytes put by, which are given up when the disk is full: a sound needs its row first
FULL = 256 * 1024  # bytes free at which it is

_SCHEMA = """
CREATE TABLE IF NOT EXISTS open (item_id TEXT PRIMARY KEY, row BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS final (
    seq INTEGER PRIMARY KEY, item_id TEXT NOT NULL UNIQUE, at REAL NOT NULL, row BLOB NOT NULL,
    stored INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS chain (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER, hash TEXT);
CREATE TABLE IF NOT EXISTS gone (
    release_id TEXT PRIMARY KEY, stopped_at TEXT NOT NULL, told INTEGER NOT NULL
);
INSERT OR IGNORE INTO chain VALUES (1, 0, '');
"""


class PlayLog:
    """The play log and the reports of withdrawn releases, in one SQLite file.

    Every method commits with fsync before it returns and may be called from any thread.

    Args:
        path: the file; made when it is not there.
        device_id: goes into each row.

    Raises:
        sqlite3.OperationalError: the file cannot be written.
    """

    def __init__(self, path: Path, device_id: str) -> None:
        self.device_id = device_id
        self._folder = path.parent
        self._spare = path.with_suffix(".spare")
        self._lock = threading.Lock()
        self._history: tuple[PlayRow, ...] | None = None
        self._make_room()
        try:
            self._open(path)
        except (sqlite3.DatabaseError, MalformedError, TypeError) as error:
            if not _is_damage(error):
                raise
            log.critical("the play log is damaged and is set aside; its proof is lost: %s", error)
            self._set_aside(path)
            self._open(path)
            self._begin_beyond_the_former_numbers()
        sync_folder(path.parent)
        self._put_by()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def open_rows(self) -> list[PlayRow]:
        """Return the rows of items that sound, or sounded when the process ended."""
        return [decode_row(row) for (row,) in self._query("SELECT row FROM open ORDER BY rowid")]

    def open_row(self, item_id: str) -> PlayRow | None:
        """Return the open row of an item, or None."""
        return next((row for row in self.open_rows() if row.item_id == item_id), None)

    def history(self) -> Sequence[PlayRow]:
        """Return all rows that are still here, open ones last."""
        if self._history is None:
            final = [decode_row(row) for (row,) in self._query("SELECT row FROM final ORDER BY seq")]
            self._history = (*final, *self.open_rows())
        return self._history

    def begin(self, row: PlayRow) -> None:
        """Write an open row; call this before the first sample leaves.

        Raises:
            sqlite3.Error: it could not be written; then nothing may sound.
        """
        with self._changing() as db:
            db.execute("INSERT OR REPLACE INTO open VALUES (?, ?)", (row.item_id, encode_row(row)))

    def finish(self, row: PlayRow, outcome: Outcome) -> PlayRow:
        """Number a row, chain it and make it final; an item that is final already keeps its row.

        Args:
            row: everything but number, hash and outcome.

        Returns:
            The row as it is stored.
        """
        with self._changing() as db:
            kept = db.execute("SELECT row FROM final WHERE item_id = ?", (row.item_id,)).fetchone()
            if kept is not None:
                return decode_row(kept[0])
            seq, previous = db.execute("SELECT seq, hash FROM chain").fetchone()
            final = msgspec.structs.replace(row, seq=seq + 1, previous=previous, outcome=outcome)
            at = datetime.now(UTC).timestamp()
            db.execute("DELETE FROM open WHERE item_id = ?", (row.item_id,))
            db.execute(
                "INSERT INTO final (seq, item_id, at, row) VALUES (?, ?, ?, ?)",
                (final.seq, final.item_id, at, encode_row(final)),
            )
            db.execute("UPDATE chain SET seq = ?, hash = ?", (final.seq, row_hash(final)))
        return final

    def pending(self, limit: int) -> list[PlayRow]:
        """Return final rows that the server has not confirmed, oldest first."""
        rows = self._query("SELECT row FROM final WHERE stored = 0 ORDER BY seq LIMIT ?", limit)
        return [decode_row(row) for (row,) in rows]

    @property
    def backlog(self) -> int:
        """The number of final rows that the server has not confirmed."""
        return int(self._query("SELECT count(*) FROM final WHERE stored = 0")[0][0])

    def confirm(self, up_to: int) -> None:
        """Take note that the server has stored all rows up to this number; old ones are forgotten."""
        old = (datetime.now(UTC) - KEEP).timestamp()
        with self._changing() as db:
            db.execute("UPDATE final SET stored = 1 WHERE seq <= ? AND stored = 0", (up_to,))
            db.execute("DELETE FROM final WHERE stored = 1 AND at < ?", (old,))

    def rewind(self, stored_up_to: int) -> int:
        """Give rows to the server again that it has lost (it was restored from a backup).

        Returns:
            How many confirmed rows will be sent again.
        """
        with self._changing() as db:
            again = "UPDATE final SET stored = 0 WHERE seq > ? AND stored = 1"
            count: int = db.execute(again, (stored_up_to,)).rowcount
            return count

    def note_gone(self, release_id: str, stopped_at: datetime) -> bool:
        """Note that a withdrawn release stopped and is held no more; says whether that is new."""
        with self._changing() as db:
            text = format_utc(stopped_at)
            done = db.execute("INSERT OR IGNORE INTO gone VALUES (?, ?, 0)", (release_id, text))
            return done.rowcount > 0

    def is_gone(self, release_id: str) -> bool:
        """Say whether `note_gone` was called for a release."""
        return bool(self._query("SELECT 1 FROM gone WHERE release_id = ?", release_id))

    def untold_gone(self) -> dict[str, str]:
        """Return withdrawn releases whose end the server has not confirmed: id to UTC text."""
        return dict(self._query("SELECT release_id, stopped_at FROM gone WHERE told = 0 LIMIT 500"))

    def told_gone(self, release_ids: Sequence[str]) -> None:
        """Take note that the server knows of these ends."""
        with self._changing() as db:
            marks = [(release_id,) for release_id in release_ids]
            db.executemany("UPDATE gone SET told = 1 WHERE release_id = ?", marks)

    def _open(self, path: Path) -> None:
        """Open the file and read all of it once.

        Raises:
            sqlite3.DatabaseError: it is damaged.
            MalformedError, TypeError: a row in it is.
        """
        is_empty = path.exists() and not path.stat().st_size
        self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        if is_empty:  # SQLite would begin anew without a word
            raise sqlite3.DatabaseError("it is empty")
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=FULL")
        self._db.executescript(_SCHEMA)
        found = self._query("PRAGMA integrity_check")[0][0]
        chain = self._query("SELECT typeof(seq), typeof(hash) FROM chain")
        if found != "ok" or chain != [("integer", "text")]:
            raise sqlite3.DatabaseError(found)
        self.history()
        self.pending(1)
        self.untold_gone()

    def _set_aside(self, path: Path) -> None:
        """Keep the damaged file under another name, for a person to look at."""
        self._db.close()
        path.replace(path.with_suffix(".damaged"))
        for ending in ("-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)

    def _begin_beyond_the_former_numbers(self) -> None:
        """Number rows from the minutes since 1970 on: no device writes more than one row a minute for years.

        The server would take rows with numbers that it has for changed ones, and the new ones would be lost.
        """
        with self._changing() as db:
            db.execute("UPDATE chain SET seq = ?", (int(datetime.now(UTC).timestamp()) // 60,))

    def _put_by(self) -> None:
        """Take a little of the disk while there is plenty of it."""
        if self._spare.exists() or free_bytes(self._folder) < 4 * SPARE:
            return
        with self._spare.open("wb") as file:
            os.posix_fallocate(file.fileno(), 0, SPARE)

    def _make_room(self) -> None:
        if free_bytes(self._folder) < FULL and self._spare.exists():
            log.error("the disk is full; the play log uses what it had put by")
            self._spare.unlink()

    def _query(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        with self._lock:
            return list(self._db.execute(sql, values))

    @contextlib.contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            self._make_room()
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
            self._history = None


def _is_damage(error: Exception) -> bool:
    """Say whether a file's content is wrong; a full, locked or closed disk is another matter."""
    if not isinstance(error, sqlite3.OperationalError):
        return True
    # What was read as an unknown column or as no text comes as an OperationalError, too.
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) == sqlite3.SQLITE_ERROR
