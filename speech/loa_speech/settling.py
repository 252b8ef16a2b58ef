# SPDX-License-Identifier: AGPL-3.0-or-later
"""Lay a second reading over a first one, so that reading what was read changes nothing."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import accumulate

from loa_speech.stretch import Stretch


def laid_over(first: Sequence[Stretch], second: Sequence[Stretch]) -> list[Stretch]:
    """Join two readings.

    Args:
        first: stretches from the source to what is spoken.
        second: stretches from that to what a second reading makes of it.

    Returns:
        Stretches from the source to what the second reading speaks; where it changed nothing, those of the first.
    """
    edits = [stretch for stretch in second if stretch.spoken != stretch.source]
    joined: list[Stretch] = []
    group: list[Stretch] = []
    begin = at = reach = number = first_edit = 0
    for cell in _cells(first, edits):
        end = at + len(cell.spoken)
        while number < len(edits) and edits[number].start < max(end, at):
            reach = max(reach, edits[number].end)
            number += 1
        if at < reach:
            if not group:
                begin = at
            group.append(cell)
        else:
            joined += _merged(group, begin, edits[first_edit:number])
            group, first_edit = [], number
            joined.append(cell)
        at = end
    return joined + _merged(group, begin, edits[first_edit:])


def _cells(first: Sequence[Stretch], edits: Iterable[Stretch]) -> Iterator[Stretch]:
    """Cut what stands as it was written where an edit begins or ends."""
    cuts = sorted({place for edit in edits for place in (edit.start, edit.end)})
    ends = accumulate(len(stretch.spoken) for stretch in first)
    number = 0
    for stretch, end in zip(first, ends, strict=True):
        begin = at = end - len(stretch.spoken)
        while number < len(cuts) and cuts[number] <= begin:
            number += 1
        if stretch.rule is None and stretch.source == stretch.spoken:
            while number < len(cuts) and cuts[number] < end:
                yield _piece(stretch, at - begin, cuts[number] - begin)
                at = cuts[number]
                number += 1
            yield _piece(stretch, at - begin, end - begin)
        else:
            yield stretch


def _piece(stretch: Stretch, begin: int, end: int) -> Stretch:
    text = stretch.source[begin:end]
    return replace(stretch, start=stretch.start + begin, end=stretch.start + end, source=text, spoken=text)


def _merged(group: Sequence[Stretch], begin: int, edits: Sequence[Stretch]) -> list[Stretch]:
    """Make one stretch of a group and the edits that lie in it."""
    if not group:
        return []
    said = "".join(cell.spoken for cell in group)
    spoken, at = "", 0
    for edit in edits:
        spoken += said[at : edit.start - begin] + edit.spoken
        at = edit.end - begin
    rules = [cell.rule for cell in group if cell.rule] + [edit.rule for edit in edits if edit.rule]
    return [
        Stretch(
            start=group[0].start,
            end=group[-1].end,
            source="".join(cell.source for cell in group),
            spoken=spoken + said[at:],
            rule=rules[0] if rules else None,
            sure=all(cell.sure for cell in group) and all(edit.sure for edit in edits),
        )
    ]
