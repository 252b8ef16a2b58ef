# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sentences in `cases/`, written by people who did not see the rules.

`python -m loa_speech.cases speech/tests/cases --wrong` prints what share is right, and what is not.
"""

import csv
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from loa_speech.cases import Case, load, words_of

FOLDER = Path(__file__).parent / "cases"
DOMAINS = sorted(path.stem for path in FOLDER.glob("*.tsv"))


@cache
def cases_of(domain: str) -> list[Case]:
    return load(FOLDER / f"{domain}.tsv")


@cache
def known_wrong() -> dict[str, str]:
    """Sentences that are read wrongly for now, and why."""
    with (Path(__file__).parent / "known_wrong.tsv").open(encoding="utf-8", newline="") as file:
        return {
            row["text"]: row["reason"] for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        }


@pytest.mark.parametrize("domain", DOMAINS)
def test_each_sentence_is_read_rightly_or_known_to_be_wrong(domain: str) -> None:
    wrong = [case for case in cases_of(domain) if not case.is_right() and case.text not in known_wrong()]
    assert not wrong, "\n".join(
        f"{case.text}\n  is  {case.spoken}\n  not {case.readings[0]}" for case in wrong
    )


def test_what_is_known_to_be_wrong_is_wrong_and_has_a_reason() -> None:
    cases = {case.text: case for domain in DOMAINS for case in cases_of(domain)}
    for text, reason in known_wrong().items():
        assert reason, text
        assert text in cases, text
        assert not cases[text].is_right(), text


def test_at_least_98_of_100_sentences_are_read_rightly() -> None:
    count = sum(len(cases_of(domain)) for domain in DOMAINS)
    assert count >= 600
    assert len(known_wrong()) <= 0.02 * count


def test_no_sentence_stands_twice_and_each_names_its_source() -> None:
    counted = Counter(case.text for domain in DOMAINS for case in cases_of(domain))
    assert counted.most_common(1)[0][1] == 1
    for domain in DOMAINS:
        for case in cases_of(domain):
            assert case.kind, case.text
            assert case.source, case.text
            assert all(words_of(reading) for reading in case.readings), case.text
