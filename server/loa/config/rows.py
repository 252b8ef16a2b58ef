# SPDX-License-Identifier: AGPL-3.0-or-later
"""Rows of any table as lines of JSON that SQLite and PostgreSQL both give and take."""

import base64
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time
from decimal import Decimal
from typing import IO, Any
from uuid import UUID

from django.core.management.color import no_style
from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from loa.audit import actions as audit
from loa.audit import queries as audit_queries
from loa.audit.actor import SYSTEM, Thing
from loa.audit.models import Segment
from loa.config.words import _

BATCH = 500
_BEGIN = {
    "sqlite": "BEGIN DEFERRED",  # a reader beside the writers
    "postgresql": "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}


@contextmanager
def snapshot(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Read everything inside as it is at one moment, without holding up writers."""
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(_BEGIN[connection.vendor])
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def write(model: type[Model], out: IO[bytes]) -> int:
    """Write every row of ``model`` as a line; return how many there were."""
    names = [field.attname for field in model._meta.concrete_fields]
    out.write(json.dumps(names).encode() + b"\n")
    count = 0
    for row in model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=BATCH):
        out.write(json.dumps([_plain(value) for value in row], ensure_ascii=False).encode() + b"\n")
        count += 1
    return count


def _plain(value: Any) -> Any:
    if isinstance(value, (bytes, memoryview)):
        return {"base64": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    return value


@contextmanager
def replacing(connection: BaseDatabaseWrapper, models: Iterable[type[Model]]) -> Iterator[None]:
    """Empty the tables, let the block fill them, check references, set counters; all or nothing."""
    tables = list(models)
    with transaction.atomic():
        with connection.cursor() as cursor:
            for model in tables:
                cursor.execute(f"DELETE FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608  our tables
        yield
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), tables):
                cursor.execute(statement)


def read(model: type[Model], lines: Iterable[bytes]) -> int:
    """Insert the rows that ``write`` wrote; return how many there were.

    Raises:
        ValueError: the columns are not those of this version.
    """
    rows = iter(lines)
    fields = list(model._meta.concrete_fields)
    if json.loads(next(rows)) != [field.attname for field in fields]:
        raise ValueError(f"{model._meta.label} has other columns.")
    batch: list[Model] = []
    count = 0
    for line in rows:
        values = zip(fields, json.loads(line), strict=True)
        batch.append(model(**{field.attname: _value(field, value) for field, value in values}))
        count += 1
        if len(batch) == BATCH:
            model._base_manager.bulk_create(batch)
            batch = []
    model._base_manager.bulk_create(batch)
    return count


def _value(field: Any, value: Any) -> Any:
    kind = field.get_internal_type()
    if kind == "BinaryField":
        return None if value is None else base64.b64decode(value["base64"])
    if kind == "JSONField":
        return value
    target = field.target_field if field.is_relation else field
    return target.to_python(value)


def note_restore(manifest: dict[str, Any], heads: set[str]) -> None:
    """Write into the restored log which heads went out and are no longer in it."""
    kept = set(Segment.objects.values_list("head", flat=True))
    with transaction.atomic():
        audit.record(
            actor=SYSTEM,
            action=audit_queries.RESTORE,
            obj=Thing("config.installation", "", _("Cài đặt này")),
            details={"made_at": manifest["made_at"], "heads_lost": sorted(heads - kept)},
        )
    audit.seal()
