# SPDX-License-Identifier: AGPL-3.0-or-later
"""Record files of the present version under recorded/v<n>/; an existing file is never written again.

Run it by hand, once, when a version is added: `python protocol/tests/record.py`. Keys are made from names and
signatures are deterministic, so it always writes the same bytes. A recorded file is never changed or removed.
"""

import sys
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).parent))

import protocol_cast as cast
from protocol_cast import ADMIN_1, ADMIN_2, BINH, CHI

from loa_protocol import FORMAT
from loa_protocol.envelope import encode
from loa_protocol.playlog import row_hash
from loa_protocol.statements import encode_statement

FOLDER = Path(__file__).parent / "recorded" / f"v{FORMAT}"


def examples() -> dict[str, bytes]:
    """Every kind of signed file, and a play log with its hashes."""
    release = cast.release(
        zones=[cast.VILLAGE, "06895.02"], sources=["Kế hoạch 15/KH-UBND", 'Báo "Quảng Ninh"']
    )
    agenda = cast.agenda(
        cast.item(),
        cast.item("i2", "17:30", zones=[cast.VILLAGE], volume=55),
        withdrawn=["r0"],
        audit_head="7:ab",
    )
    first = cast.row()
    second = cast.row("i2", seq=1, outcome="missed", reason="cut_off", started=None, ended=None,
                      seconds_played=0.0, level_db=None, previous=row_hash(first))  # fmt: skip
    log = [{"row": msgspec.to_builtins(row), "hash": row_hash(row)} for row in (first, second)]
    return {
        "approvers.json": encode(cast.sealed(cast.approvers(), ADMIN_1, ADMIN_2)),
        "rules.json": encode(cast.sealed(cast.rules(note="mẫu"), ADMIN_1, ADMIN_2)),
        "release.json": encode(cast.sealed(release, BINH, CHI)),
        "withdrawal.json": encode(cast.sealed(cast.withdrawal(), BINH)),
        "agenda.json": encode_statement(agenda),
        "play_log.json": msgspec.json.format(msgspec.json.encode(log), indent=2),
    }


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, data in examples().items():
        if not (FOLDER / name).exists():
            (FOLDER / name).write_bytes(data)
