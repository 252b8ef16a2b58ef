# SPDX-License-Identifier: AGPL-3.0-or-later
"""Look at every row of a table: what it says in this campaign, or everything that is wrong with it."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from loa.areas.folding import fold, nfc
from loa.areas.models import Area
from loa.campaigns.importing import values
from loa.campaigns.importing.catalogue import Catalogue, Names
from loa.campaigns.importing.columns import Choice, Column, Heading, is_heading_again
from loa.campaigns.importing.dates import NOTE_LIMIT, When, read_when
from loa.campaigns.importing.given import Given, Row, day_shown, words_of
from loa.campaigns.importing.grid import Line, Table
from loa.campaigns.importing.heads import find_post
from loa.campaigns.importing.reasons import FileReason, PlanFileError, Problem, Reason, Refusal, meant
from loa.campaigns.importing.sections import LETTER, ROMAN, Section, section_of
from loa.campaigns.models import ImportRowState, KeyMessage, Phase
from loa.people.models import Organisation

TITLE_LIMIT, PLACE_LIMIT, NOTE_TEXT_LIMIT = 300, 200, 10_000  # characters: Activity
PHASE_LIMIT = 120  # characters: Phase.name
REPORT_EVERY = 250  # rows
MESSAGE_PREFIX = 15  # letters with which a key message may be shortened

_DITTO = {"-nt-", "nt", "-nt", "nt-", "như trên", "“", "”", '"', "''", "-như trên-", "(nt)", "-//-", "//"}
_TOTAL = re.compile(r"(?:tong cong|tong so|tong|cong)\b[\s:.\d]*\Z|(?:tong cong|cong)\s*(?:\(|:)")
_FOOTER = re.compile(r"(?:noi nhan|luu:|- ?luu|tm\.|kt\.|tl\.|tuq\.|nguoi lap|ghi chu:)")
_WHOLE = re.compile(
    r"(?:toan|ca|tat ca cac|trong|cac)\s+(?:bo\s+)?(?:dia ban|xa|phuong|tinh|thon|huyen|dac khu)\b"
)
_DISTRICT = re.compile(r"(?:huyen|quan|thi xa)\s+\S")
_LOOSE = re.compile(r"\b(?:cac|lien quan|co lien quan|moi|tat ca)\b")


Report = Callable[[int, int], None]


def check(
    table: Table, heading: Heading, choice: Choice, catalogue: Catalogue, report: Report | None = None
) -> list[Row]:
    """Return every row below the heading that is not blank.

    Args:
        report: is told now and then how many rows of how many are done.

    Raises:
        PlanFileError: there is no row below the heading.
    """
    lines = [line for line in table.lines[heading.after :] if not line.is_blank]
    if not lines:
        raise PlanFileError(FileReason.NO_ROWS)
    reader = RowReader(heading, choice, catalogue)
    rows = []
    for at, line in enumerate(lines):
        rows.append(reader.read(line, lines[at + 1] if at + 1 < len(lines) else None))
        if report and (at + 1) % REPORT_EVERY == 0:
            report(at + 1, len(lines))
    return rows


class RowReader:
    """Reads row after row: a row can belong to a section above it, repeat another, or say "như trên"."""

    def __init__(self, heading: Heading, choice: Choice, catalogue: Catalogue) -> None:
        self._heading, self._choice, self._catalogue = heading, choice, catalogue
        self._sections: list[Section] = []
        self._above: dict[Column, str] = {}
        self._seen: dict[tuple[Any, ...], int] = {}
        self._kept: dict[tuple[str, str], Any] = {}  # what a cell came to: plans repeat theirs
        self._planned = {fold(channel.name): channel.key for channel in catalogue.campaign.planned_channels}

    def read(self, line: Line, following: Line | None = None) -> Row:
        """Return what one row comes to."""
        raw = self._raw(line)
        if skipped := self._not_work(line, raw):
            return self._refused(line, raw, [Problem(skipped)])
        section = section_of(line, self._choice.columns, following)
        if section is not None:
            self._sections = [*(one for one in self._sections if one.level < section.level), section]
            return Row(line.number, ImportRowState.SECTION, {Column.TITLE.value: section.whole})
        cells, problems = self._checked(raw)
        given = None if problems else self._given(cells, problems)
        self._above = cells
        if given is not None and not problems:
            self._compare(line, given, problems)
        if problems or given is None:
            return self._refused(line, raw, problems)
        return Row(line.number, ImportRowState.ACCEPTED, words_of(given, self._catalogue), given=given)

    def _raw(self, line: Line) -> dict[Column, str]:
        return {column: line.cells[at] for column, at in self._choice.columns.items() if at < len(line.cells)}

    def _refused(self, line: Line, raw: Mapping[Column, str], problems: list[Problem]) -> Row:
        fields = {column.value: cell[:500].replace("\0", "\ufffd") for column, cell in raw.items() if cell}
        return Row(line.number, ImportRowState.REFUSED, fields, tuple(problems))

    def _not_work(self, line: Line, raw: Mapping[Column, str]) -> Reason | None:
        if is_heading_again(line, self._heading):
            return Reason.HEADING_AGAIN
        first = fold(next((cell for cell in line.cells if cell), ""))
        title = fold(raw.get(Column.TITLE, ""))
        if _TOTAL.match(title or first) or _TOTAL.match(first):
            return Reason.TOTAL_ROW
        has_office = raw.get(Column.ORGANISATION) or raw.get(Column.HEAD)
        if _FOOTER.match(first) and (not has_office or line.is_banner):
            return Reason.FOOTER_ROW
        return None

    def _checked(self, raw: Mapping[Column, str]) -> tuple[dict[Column, str], list[Problem]]:
        """Return the cells with "như trên" filled in, and what no cell may be."""
        cells: dict[Column, str] = {}
        problems = []
        for column, cell in raw.items():
            value = cell
            try:
                if column is not Column.TITLE and nfc(cell).casefold() in _DITTO:
                    value = self._above.get(column, "")
                    if not value:
                        raise Refusal(Reason.NOTHING_ABOVE)
                values.check_letters(value)
            except Refusal as refusal:
                problems.append(_placed(refusal, column))
            cells[column] = value
        return cells, problems

    def _given(self, cells: Mapping[Column, str], problems: list[Problem]) -> Given | None:
        """Return the activity; every cell is looked at, so that one pass names all that is wrong."""

        def taken(column: Column, read: Callable[[], Any], otherwise: Any = None) -> Any:
            try:
                return read()
            except Refusal as refusal:
                problems.append(_placed(refusal, column))
                return otherwise

        def cell(column: Column) -> str:
            return cells.get(column, "")

        title = taken(Column.TITLE, lambda: _title(cell(Column.TITLE)))
        post = taken(
            Column.ORGANISATION,
            lambda: self._once(
                Column.HEAD,
                f"{cell(Column.ORGANISATION)}\x1f{cell(Column.HEAD)}",
                lambda: find_post(self._catalogue, cell(Column.ORGANISATION), cell(Column.HEAD)),
            ),
        )
        phase, new_phase = taken(Column.PHASE, lambda: self._phase(cell(Column.PHASE)), (None, ""))
        contributors, loose = taken(
            Column.CONTRIBUTORS,
            lambda: self._cached(Column.CONTRIBUTORS, cells, self._contributors),
            ((), []),
        )
        when = taken(Column.DUE, lambda: self._when(cells), When())
        quantity, unit, product = taken(Column.QUANTITY, lambda: _quantity(cells), (None, "", ""))
        channels = taken(Column.CHANNELS, lambda: self._cached(Column.CHANNELS, cells, self._channels), [])
        areas = taken(Column.AREAS, lambda: self._cached(Column.AREAS, cells, self._areas), ())
        messages = taken(
            Column.KEY_MESSAGES, lambda: self._cached(Column.KEY_MESSAGES, cells, self._messages), ()
        )
        evidence = taken(
            Column.EVIDENCE, lambda: self._cached(Column.EVIDENCE, cells, values.evidence_of), []
        )
        place = taken(Column.PLACE, lambda: _place(cell(Column.PLACE)), "")
        note = taken(Column.NOTE, lambda: self._note(cell(Column.NOTE), loose, product), "")
        if problems:
            return None
        return Given(
            title=title, post=post, phase=phase, new_phase=new_phase, contributors=tuple(contributors),
            channels=tuple(channels), key_messages=tuple(messages), areas=tuple(areas), when=when,
            quantity=quantity, unit=unit, place=place, note=note, evidence=tuple(evidence),
        )  # fmt: skip

    def _cached(self, column: Column, cells: Mapping[Column, str], read: Callable[[str], Any]) -> Any:
        return self._once(column, cells.get(column, ""), lambda: read(cells.get(column, "")))

    def _once(self, column: Column, cell: str, read: Callable[[], Any]) -> Any:
        """Return what a cell comes to, or refuse it, as it did the first time."""
        key = (column.value, cell)
        if key not in self._kept:
            try:
                self._kept[key] = read()
            except Refusal as refusal:
                self._kept[key] = refusal
        kept = self._kept[key]
        if isinstance(kept, Refusal):
            raise Refusal(kept.problem.reason, kept.problem.column, **kept.problem.values)
        return kept

    def _compare(self, line: Line, given: Given, problems: list[Problem]) -> None:
        known = self._catalogue.known.get(given.identity)
        first = self._seen.setdefault(given.identity, line.number)
        if known is not None:
            problems.append(Problem(Reason.ALREADY_THERE, values={"pk": known}))
        elif first != line.number:
            problems.append(Problem(Reason.REPEATED, values={"row": first}))

    def _phase(self, cell: str) -> tuple[Phase | None, str]:
        """Return the phase of a row: its own column, else the section that it stands in."""
        name = nfc(cell)
        found = self._phase_above()
        if not name or fold(name) == "ca chien dich":
            if found is None and self._choice.new_phases:
                return None, self._new_phase()
            return found, ""
        named = self._catalogue.phases.get(name)
        if not named:
            near = meant(self._catalogue.phases.near(name))
            raise Refusal(Reason.UNKNOWN_PHASE, value=name, near=near)
        if found is not None and found.pk != named[0].pk:
            raise Refusal(Reason.PHASE_CONFLICT, value=name, other=found.name)
        return named[0], ""

    def _phase_above(self) -> Phase | None:
        for section in reversed(self._sections):
            if found := self._phase_of(section):
                return found
        return None

    def _phase_of(self, section: Section) -> Phase | None:
        found = self._catalogue.phases.get(section.name) or self._catalogue.phases.get(section.bare)
        return found[0] if found else None

    def _new_phase(self) -> str:
        tops = [section for section in self._sections if section.level in {LETTER, ROMAN}]
        roman = next((section for section in tops if section.level == ROMAN), None)
        return _calm(roman.bare)[:PHASE_LIMIT] if roman else ""

    def _group(self) -> str:
        """Return the sections that became no phase, from the outermost."""
        new = self._choice.new_phases and self._phase_above() is None
        left = [
            section.name
            for section in self._sections
            if self._phase_of(section) is None and not (new and section.level == ROMAN)
        ]
        return " › ".join(left)

    def _contributors(self, cell: str) -> tuple[list[Organisation], list[str]]:
        """Return the offices that contribute, and words that name none in particular ("các ngành liên quan")."""
        offices = self._catalogue.offices
        found: list[Organisation] = []
        loose: list[str] = []
        for name in values.listed(cell, lambda part: bool(offices.get(part))):
            named = offices.get(name)
            if len(named) == 1:
                found.append(named[0])
            elif named:
                near = "; ".join(self._catalogue.office_names[one.pk] for one in named[:3])
                raise Refusal(Reason.AMBIGUOUS_CONTRIBUTOR, value=name, count=len(named), near=near)
            elif _LOOSE.search(fold(name)):
                loose.append(name)
            else:
                raise Refusal(Reason.UNKNOWN_CONTRIBUTOR, value=name, near=meant(offices.near(name)))
        return list({office.pk: office for office in found}.values()), loose

    def _when(self, cells: Mapping[Column, str]) -> When:
        due = self._read_when(cells.get(Column.DUE, ""))
        start = due.start
        if cells.get(Column.START):
            try:
                begins = self._read_when(cells[Column.START])
            except Refusal as refusal:
                raise Refusal(refusal.problem.reason, Column.START, **refusal.problem.values) from refusal
            start = begins.start or begins.due
        note = nfc(cells.get(Column.DUE_NOTE, "")) or due.note
        if len(note) > NOTE_LIMIT:
            raise Refusal(Reason.DATE_NOTE_TOO_LONG, Column.DUE_NOTE, count=len(note), limit=NOTE_LIMIT)
        if start and due.due and due.due < start:
            raise Refusal(Reason.ENDS_BEFORE_START, start=day_shown(start), due=day_shown(due.due))
        return When(start, due.due, note)

    def _read_when(self, cell: str) -> When:
        """Return days; a phase's own name ("Trong đại hội") is its last day."""
        named = self._catalogue.phases.get(cell) if cell else []
        if named:
            return When(named[0].start, named[0].end, nfc(cell))
        when: When = self._once(Column.DUE, cell, lambda: read_when(cell, self._choice.year))
        return when

    def _channels(self, cell: str) -> list[str]:
        return values.channels_of(cell, self._planned)

    def _areas(self, cell: str) -> tuple[Area, ...]:
        areas = self._catalogue.areas
        found: dict[int, Area] = {}
        for name in values.listed(cell, lambda part: bool(areas.get(part))):
            named = areas.get(name)
            if len(named) == 1:
                found[named[0].pk] = named[0]
            elif named:
                near = "; ".join(self._catalogue.area_names[one.pk] for one in named[:3])
                raise Refusal(Reason.AMBIGUOUS_AREA, value=name, count=len(named), near=near)
            elif _WHOLE.match(fold(name)):
                continue
            elif _DISTRICT.match(fold(name)):
                raise Refusal(Reason.DISTRICT_ABOLISHED, value=name)
            else:
                raise Refusal(Reason.UNKNOWN_AREA, value=name, near=meant(areas.near(name)))
        found.pop(self._catalogue.campaign.area_id, None)
        return tuple(found.values())

    def _messages(self, cell: str) -> tuple[KeyMessage, ...]:
        messages = self._catalogue.messages
        return tuple(
            _message(messages, name) for name in values.listed(cell, lambda part: bool(messages.get(part)))
        )

    def _note(self, cell: str, loose: list[str], product: str) -> str:
        lines = [nfc(line) for line in cell.splitlines()]
        lines = "\n".join(lines).strip().splitlines()
        if loose:
            lines.append(_("Phối hợp: %(names)s") % {"names": "; ".join(loose)})
        if product:
            lines.append(_("Sản phẩm: %(what)s") % {"what": product})
        if group := self._group():
            lines.append(_("Nhóm: %(name)s") % {"name": group})
        note = "\n".join(lines)
        if len(note) > NOTE_TEXT_LIMIT:
            raise Refusal(Reason.NOTE_TOO_LONG, count=len(note), limit=NOTE_TEXT_LIMIT)
        return note


def _placed(refusal: Refusal, column: Column) -> Problem:
    problem = refusal.problem
    return Problem(problem.reason, str(problem.column or column), problem.values)


def _title(cell: str) -> str:
    title = values.line_of(cell)
    if not title:
        raise Refusal(Reason.MISSING_TITLE)
    if not any(letter.isalpha() for letter in title):
        raise Refusal(Reason.TITLE_WITHOUT_LETTERS, value=title)
    if len(title) > TITLE_LIMIT:
        raise Refusal(Reason.TITLE_TOO_LONG, count=len(title), limit=TITLE_LIMIT)
    return title


def _place(cell: str) -> str:
    place = nfc(cell)
    if len(place) > PLACE_LIMIT:
        raise Refusal(Reason.PLACE_TOO_LONG, count=len(place), limit=PLACE_LIMIT)
    return place


def _quantity(cells: Mapping[Column, str]) -> tuple[int | None, str, str]:
    """Return quantity, unit, and what a product says that cannot be counted."""
    quantity, behind = values.quantity_of(cells.get(Column.QUANTITY, ""))
    product_quantity, product_unit, product = values.product_of(cells.get(Column.PRODUCT, ""))
    if quantity is None:
        quantity, behind = product_quantity, product_unit
    elif product_quantity is not None:
        product = nfc(cells[Column.PRODUCT])
    try:
        return quantity, values.unit_of(cells.get(Column.UNIT, ""), behind), product
    except Refusal as refusal:
        raise Refusal(refusal.problem.reason, Column.UNIT, **refusal.problem.values) from refusal


def _message(messages: Names[KeyMessage], name: str) -> KeyMessage:
    named = messages.get(name) or messages.beginning_with(name, MESSAGE_PREFIX)
    if not named:
        raise Refusal(Reason.UNKNOWN_MESSAGE, value=name, near=meant(messages.near(name)))
    if len(named) > 1:
        raise Refusal(Reason.AMBIGUOUS_MESSAGE, value=name, count=len(named))
    return named[0]


def _calm(name: str) -> str:
    """Return a heading in capitals as a name is written."""
    return name.capitalize() if name.isupper() else name
