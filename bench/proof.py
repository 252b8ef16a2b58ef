# SPDX-License-Identifier: AGPL-3.0-or-later
"""How many play-log rows a second the intake stores, against a bare bulk insert into the same database.

``loa bench proof [--devices N]``. N (2,000) devices in 100 villages of one commune tell of 100 rounds each that were
placed there: their lines come back after a week. Each sends one batch, an encoded message as it comes over NATS,
taken by ``gateway.inbound.log_answer`` (decoded, checked, chain followed, ledger written, events asked for) in the
gateway's four threads; every tenth batch comes twice. The bare insert stores the same rows into the same table, after
it was emptied, by Django's ``bulk_create`` in transactions of as many rows, in as many threads and, for comparison,
500 at a time in one. Each is done twice in turn and the better one counts: others use the machine too, and only ever
make it slower. In a database of its own: SQLite, or PostgreSQL where ``LOA_DATABASE_URL`` names an empty one.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import Any

from loa.config.bench import Figure

VILLAGES, ROUNDS, BATCH, THREADS, TURNS, LARGE = 100, 100, 100, 4, 2, 500


def measure(devices: int = 2000) -> Iterator[Figure]:
    """Yield the figures; the work is done by a process with a database of its own."""
    with tempfile.TemporaryDirectory(prefix="loa-proof-") as name:
        environ = {**os.environ, "LOA_HOME": name, "DJANGO_SETTINGS_MODULE": "loa.config.settings"}
        command = [sys.executable, __file__, str(devices)]
        found = json.loads(subprocess.run(command, env=environ, stdout=subprocess.PIPE, check=True).stdout)
    yield Figure("devices", devices)
    yield Figure("rows", found["rows"])
    yield Figure(f"bare insert, {LARGE} rows at a time", found["large"], "rows/s")
    yield Figure(f"bare insert, {BATCH} rows at a time", found["bare"], "rows/s")
    yield Figure("through the intake", found["intake"], "rows/s")
    yield Figure("the latter against the bare insert", found["intake"] / found["bare"], "times", at_least=0.5)
    yield Figure(f"the same against {LARGE} at a time", found["intake"] / found["large"], "times")
    yield Figure("rows lost", found["lost"], at_most=0)
    yield Figure("rows doubled", found["doubled"], at_most=0)
    yield Figure("chains that do not hold", found["broken"], at_most=0)


def main(count: int) -> dict[str, float]:
    """Fill the database, measure, and count what is there."""
    import django
    from django.core.management import call_command

    django.setup()
    from django.conf import settings

    settings.HOME.make()
    call_command("migrate", verbosity=0)
    from loa.deliveries.models import Delivery

    devices, placements = fill(count)
    messages = [message for device in devices for message in messages_of(device, placements)]
    sent = turns_of(messages)
    best: dict[str, float] = defaultdict(float)
    rows = count * ROUNDS
    for _turn in range(TURNS):
        empty()
        best["intake"] = max(best["intake"], rows / seconds(lambda: send(sent)))
        found = counted(devices)
        stored = [
            {name: value for name, value in row.items() if name != "id"}
            for row in Delivery.objects.order_by("pk").values()
        ]
        for kind, size, threads in (("bare", BATCH, THREADS), ("large", LARGE, 1)):
            empty()
            parts = [stored[at : at + size] for at in range(0, len(stored), size)]
            best[kind] = max(best[kind], rows / seconds(partial(in_threads, parts, insert, threads)))
    return {**best, **found, "rows": rows}


def fill(count: int) -> tuple[list[Any], list[Any]]:
    """Make devices and the placements that they tell of."""
    from loa.airtime.tests.factories import make_placement, make_release
    from loa.areas.tests.factories import make_village
    from loa.devices.models import Device
    from loa.devices.tests.factories import NOW
    from loa.people.tests.factories import make_cast

    cast = make_cast()
    villages = [make_village(cast.commune, number) for number in range(10, 10 + VILLAGES)]
    devices = Device.objects.bulk_create(
        Device(
            name=f"Cụm loa {number}", commune=cast.commune, village=villages[number % VILLAGES],
            public_key=f"U{number}", enrolled_at=NOW, enrolled_by="đo",
        )
        for number in range(count)
    )  # fmt: skip
    release = make_release(cast.organisation, cast.editor, [cast.commune])
    placed = [
        make_placement(release, [cast.commune], NOW + timedelta(minutes=number)) for number in range(ROUNDS)
    ]
    return devices, placed


def messages_of(device: Any, placements: Sequence[Any]) -> list[tuple[str, bytes]]:
    """Return the subject and bytes of each message by which a device tells of its rounds."""
    from loa.devices.tests.factories import make_rows
    from loa_protocol.wire import PlayLogBatch, device_subject, encode_message

    key = str(device.pk)
    items, release = [str(one.pk) for one in placements], str(placements[0].release_id)
    rows = make_rows(key, ROUNDS, items, release_id=release)
    subject = device_subject("bench", device.commune.code, key, "log")
    parts = [rows[at : at + BATCH] for at in range(0, ROUNDS, BATCH)]
    return [(subject, encode_message(PlayLogBatch(device_id=key, rows=part))) for part in parts]


def turns_of(messages: Sequence[tuple[str, bytes]]) -> list[list[tuple[str, bytes]]]:
    """Return what all devices send at a time, every tenth message twice: a device waits for its answer."""
    per_device = ROUNDS // BATCH
    return [
        [
            one
            for number, one in enumerate(messages[first::per_device])
            for _time in range(1 + (number % 10 == 0))
        ]
        for first in range(per_device)
    ]


def send(turns: Sequence[Sequence[tuple[str, bytes]]]) -> None:
    """Let the devices send, turn after turn."""
    for messages in turns:
        in_threads(messages, take)


def take(message: tuple[str, bytes]) -> None:
    """Take one message as the gateway does."""
    from loa.gateway.inbound import log_answer
    from loa_protocol.wire import LogReply, decode_message

    reply = decode_message(log_answer(*message), LogReply)
    if reply.error or not reply.stored_up_to:
        raise RuntimeError(f"The intake answered {reply}.")


def insert(rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows in one transaction, without asking or checking anything."""
    from django.db import transaction

    from loa.deliveries.models import Delivery

    with transaction.atomic():
        Delivery.objects.bulk_create(Delivery(**row) for row in rows)


def in_threads(pieces: Sequence[Any], work: Callable[[Any], None], threads: int = THREADS) -> None:
    """Do a piece of work for each, in threads with a connection of their own."""
    from django.db import connections

    def some(first: int) -> None:
        try:
            for at in range(first, len(pieces), threads):
                work(pieces[at])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(some, range(threads)))


def seconds(work: Callable[[], None]) -> float:
    """Return how long ``work`` took."""
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def empty() -> None:
    """Forget what was stored and what devices were answered."""
    from django.db import connection

    from loa.devices.models import Device
    from loa.jobs.models import OutboxEntry

    with connection.cursor() as cursor:  # without reading each row first
        cursor.execute("DELETE FROM deliveries_delivery")
    OutboxEntry.objects.all().delete()
    Device.objects.update(log_up_to=0, log_hash="")


def counted(devices: Sequence[Any]) -> dict[str, int]:
    """Count rows that are missing, rows that are there twice, and chains that do not hold."""
    from loa.deliveries.models import Delivery
    from loa.devices.models import Device, Incident

    keys = list(Delivery.objects.values_list("place_key", "sequence"))
    wanted = {(str(device.pk), number) for device in devices for number in range(1, ROUNDS + 1)}
    behind = Device.objects.exclude(log_up_to=ROUNDS).count()
    return {
        "lost": len(wanted - set(keys)),
        "doubled": len(keys) - len(set(keys)),
        "broken": behind + Incident.objects.count(),
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]))))
