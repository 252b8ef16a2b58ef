# SPDX-License-Identifier: AGPL-3.0-or-later
"""Statements: written in one spelling, read strictly, and never written in a form that would not be read."""

import json
from typing import Any

import msgspec
import protocol_cast as cast
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol_cast import BINH, CHI

from loa_protocol.errors import MalformedError
from loa_protocol.statements import (
    MAX_STATEMENT,
    ActivationStatement,
    Administrators,
    Agenda,
    ApproversStatement,
    ReleaseStatement,
    RulesStatement,
    Statement,
    WithdrawalStatement,
    decode_statement,
    encode_statement,
)

LINES = st.text(
    st.characters(exclude_characters=[chr(code) for code in range(32)] + ["\x7f"], codec="utf-8"), max_size=40
)
NAMES = LINES.filter(bool)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,20}", fullmatch=True)
CLASSES = st.sampled_from(["normal", "priority", "emergency"])
STATEMENTS: st.SearchStrategy[Statement] = st.one_of(
    st.builds(
        cast.release,
        release_id=IDS,
        title=NAMES,
        sources=st.lists(LINES, max_size=3),
        zones=st.lists(IDS, min_size=1, max_size=4),
        priority_class=CLASSES,
        revision=st.integers(1, 2**53),
        is_test=st.booleans(),
        excluded=st.lists(NAMES, max_size=3),
    ),
    st.builds(cast.activation, reason=LINES, zones=st.lists(IDS, min_size=1, max_size=4)),
    st.builds(cast.withdrawal, reason=LINES, priority_class=CLASSES, communes=st.lists(IDS, min_size=1)),
    st.builds(cast.rules, note=LINES, number=st.integers(1, 2**53)),
    st.builds(cast.approvers, number=st.integers(1, 2**53)),
    st.builds(
        cast.agenda,
        st.builds(cast.item, volume=st.integers(0, 100), cut_off_s=st.integers(0, 86400)),
        withdrawn=st.lists(IDS, max_size=3),
        audit_head=LINES,
    ),
)


@given(STATEMENTS)
def test_what_is_written_is_read_back_and_has_one_spelling(statement: Statement) -> None:
    data = encode_statement(statement)
    assert decode_statement(data, type(statement)) == statement
    assert encode_statement(decode_statement(data, type(statement))) == data
    assert json.loads(data)["format"] == 1


@given(STATEMENTS, st.data())
def test_a_changed_byte_is_another_statement_or_none(statement: Statement, data: Any) -> None:
    good = encode_statement(statement)
    changed = bytearray(good)
    changed[data.draw(st.integers(0, len(good) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    try:
        found = decode_statement(bytes(changed), type(statement))
    except MalformedError:
        return
    assert found != statement


EXAMPLES: dict[type[Statement], Statement] = {
    ReleaseStatement: cast.release(),
    ApproversStatement: cast.approvers(),
    RulesStatement: cast.rules(rules=[cast.rule()]),
    WithdrawalStatement: cast.withdrawal(),
    ActivationStatement: cast.activation(),
    Administrators: cast.administrators(),
    Agenda: cast.agenda(cast.item()),
}


def spelled(plain: Any) -> bytes:
    return json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def code_of(data: bytes, kind: Any) -> str:
    try:
        decode_statement(data, kind)
    except MalformedError as error:
        return error.code
    return ""


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_every_statement_is_read_strictly(kind: type[Statement]) -> None:
    good = encode_statement(EXAMPLES[kind])
    plain = json.loads(good)
    assert code_of(spelled(plain), kind) == ""
    assert code_of(spelled({**plain, "more": 1}), kind) == "malformed"
    assert code_of(spelled({**plain, "format": 2}), kind) == "unknown_format"
    assert code_of(spelled({**plain, "format": 0}), kind) == "unknown_format"
    assert code_of(good + b" ", kind) == "not_canonical"
    assert code_of(json.dumps(plain).encode(), kind) == "not_canonical"
    assert code_of(b'{"format":1,' + good[1:], kind) == "not_canonical"
    assert code_of(b"", kind) == code_of(b"\xff", kind) == code_of(b"[]", kind) == "malformed"
    assert code_of(b" " * (MAX_STATEMENT + 1), kind) == "too_large"
    assert code_of(b" " * MAX_STATEMENT, kind) == "malformed"
    optional = {one.name for one in msgspec.structs.fields(kind) if not one.required} - {"format"}
    for name in set(plain) - optional:
        missing = {key: value for key, value in plain.items() if key != name}
        assert code_of(spelled(missing), kind) == "malformed", name


@pytest.mark.parametrize("kind", EXAMPLES, ids=lambda kind: kind.__name__)
def test_no_statement_is_taken_for_one_of_another_kind(kind: type[Statement]) -> None:
    for other, statement in EXAMPLES.items():
        if other is not kind:
            assert code_of(encode_statement(statement), kind) == "malformed"


BAD: list[tuple[Any, dict[str, Any], str]] = [
    (cast.release, {"release_id": "../../etc/passwd"}, "malformed"),
    (cast.release, {"release_id": "a.b"}, "malformed"),
    (cast.release, {"release_id": "a\n"}, "malformed"),
    (cast.release, {"release_id": ""}, "malformed"),
    (cast.release, {"installation": "a.>"}, "malformed"),
    (cast.release, {"communes": []}, "malformed"),
    (cast.release, {"zones": []}, "malformed"),
    (cast.release, {"renditions": []}, "malformed"),
    (cast.release, {"renditions": [cast.rendition(duration_ms=0)]}, "malformed"),
    (cast.release, {"renditions": [cast.rendition(sha256="A" * 64)]}, "malformed"),
    (cast.release, {"title": "two\nlines"}, "malformed"),
    (cast.release, {"title": ""}, "malformed"),
    (cast.release, {"title": "\ud800"}, "malformed"),
    (cast.release, {"title": "x" * 201}, "malformed"),
    (cast.release, {"repeat_limit": 0}, "malformed"),
    (cast.release, {"revision": 0}, "malformed"),
    (cast.release, {"revision": 1.5}, "malformed"),
    (cast.release, {"priority_class": "live"}, "malformed"),
    (cast.release, {"is_test": 1}, "malformed"),
    (cast.release, {"not_after": "2026-11-20T00:00:00Z"}, "bad_order"),
    (cast.release, {"not_after": "2026-11-31T00:00:00Z"}, "bad_time"),
    (cast.release, {"created_at": "yesterday"}, "bad_time"),
    (cast.release, {"created_at": "2026-11-19T03:00:00.500Z"}, "malformed"),
    (cast.release, {"break_glass": "alone"}, "bad_break_glass"),
    (cast.release, {"prepared": True}, "bad_prepared"),
    (cast.release, {"prepared": True, "priority_class": "emergency", "break_glass": "x"}, "bad_prepared"),
    (cast.release, {"renditions": [cast.rendition(language="Tiếng Dao")]}, "malformed"),
    (cast.withdrawal, {"communes": []}, "malformed"),
    (cast.withdrawal, {"break_glass": "alone"}, "bad_break_glass"),
    (cast.withdrawal, {"activation_id": "../a"}, "malformed"),
    (cast.activation, {"zones": []}, "malformed"),
    (cast.activation, {"communes": []}, "malformed"),
    (cast.activation, {"at": "now"}, "bad_time"),
    (cast.activation, {"not_after": "2026-11-24T04:00:00Z"}, "bad_order"),
    (cast.activation, {"not_after": "2026-12-01T04:00:01Z"}, "activation_too_long"),
    (cast.administrators, {"admin_threshold": 1}, "malformed"),
    (cast.administrators, {"admin_keys": [cast.ADMIN_1.public_key]}, "malformed"),
    (cast.withdrawal, {"at": "now"}, "bad_time"),
    (cast.rules, {"zone_name": "Asia/Nowhere"}, "bad_zone_name"),
    (cast.rules, {"issued_at": "now"}, "bad_time"),
    (cast.rules, {"rules": [cast.rule(), cast.rule()]}, "rule_twice"),
    (cast.rules, {"number": 0}, "malformed"),
    (cast.approvers, {"expires_at": "2026-11-01T00:00:00Z"}, "bad_order"),
    (cast.approvers, {"policies": [cast.STRICT, cast.STRICT]}, "policy_twice"),
    (cast.approvers, {"people": [cast.approver("a", BINH), cast.approver("a", CHI)]}, "person_twice"),
    (cast.approvers, {"people": [cast.approver("a", BINH), cast.approver("b", BINH)]}, "key_twice"),
    (cast.approvers, {"people": [cast.approver("a", BINH, BINH)]}, "key_twice"),
    (cast.agenda, {"items": [cast.item(), cast.item()]}, "item_twice"),
    (cast.agenda, {"zone_name": "Asia/Nowhere"}, "bad_zone_name"),
    (cast.agenda, {"valid_until": "2026-11-24T00:00:00Z"}, "bad_order"),
    (cast.agenda, {"valid_until": "2026-12-24T00:00:01Z"}, "agenda_too_long"),
    (cast.agenda, {"items": [cast.item(cut_off_s=-1)]}, "malformed"),
    (cast.agenda, {"items": [cast.item(activation_id="a.b")]}, "malformed"),
    (cast.approvers, {"relying_parties": [cast.SITE, cast.SITE]}, "party_twice"),
    (cast.agenda, {"items": [cast.item(volume=101)]}, "malformed"),
    (cast.agenda, {"items": [cast.item(zones=[])]}, "malformed"),
]


@pytest.mark.parametrize(("make", "changes", "code"), BAD)
def test_what_would_not_be_read_is_not_written(make: Any, changes: dict[str, Any], code: str) -> None:
    with pytest.raises(MalformedError) as caught:
        encode_statement(make(**changes))
    assert caught.value.code == code


@pytest.mark.parametrize(("make", "changes", "code"), BAD)
def test_what_is_not_written_is_not_read_either(make: Any, changes: dict[str, Any], code: str) -> None:
    try:
        parts = {name: msgspec.to_builtins(value) for name, value in changes.items()}
        data = spelled({**json.loads(encode_statement(make())), **parts})
    except UnicodeEncodeError:
        return  # no such bytes exist
    assert code_of(data, type(make())) in {code, "malformed"}  # a pattern may see it first


def test_what_is_named_twice_is_named_in_the_error() -> None:
    with pytest.raises(MalformedError) as caught:
        cast.agenda(cast.item("a"), cast.item("b"), cast.item("b"))
    assert (caught.value.code, caught.value.found) == ("item_twice", "b")


@pytest.mark.parametrize(
    ("make", "changes"),
    [
        (cast.item, {"starts": "2026-11-24T17:00:00Z"}),
        (cast.item, {"starts": "2026-11-31T17:00:00"}),
        (cast.rule, {"windows": [("18:00", "05:00")]}),
        (cast.rule, {"windows": [("18:00", "18:00")]}),
        (cast.rule, {"windows": [("5:00", "18:00")]}),
        (cast.approver, {"person_id": "a", "not_before": "soon"}),
        (cast.approver, {"person_id": "a", "may": ["release", "release"]}),
        (cast.approver, {"person_id": "a", "retired": {"key": "soon"}}),
        (cast.away, {"not_after": "2026-01-01T00:00:00Z"}),
        (cast.approver, {"person_id": "a", "not_after": "2026-01-01T00:00:00Z"}),
    ],
)
def test_a_part_that_contradicts_itself_cannot_be_made(make: Any, changes: dict[str, Any]) -> None:
    with pytest.raises(MalformedError):
        make(**changes)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"threshold": 1}, "weak_policy"),
        ({"threshold": 0}, "malformed"),
        ({"kind": "strict", "author_may_sign": True}, "weak_policy"),
        ({"kind": "break_glass"}, "weak_policy"),
        ({"kind": "break_glass", "threshold": 1}, ""),
        ({"kind": "loose"}, "malformed"),
    ],
)
def test_no_policy_but_break_glass_lets_one_person_release(changes: dict[str, Any], code: str) -> None:
    plain = json.loads(encode_statement(cast.approvers()))
    plain["policies"][2].update(changes)
    assert code_of(spelled(plain), ApproversStatement) == code


def test_the_longest_agenda_and_activation_are_read() -> None:
    for statement in (
        cast.agenda(valid_until="2026-12-24T00:00:00Z"),
        cast.activation(not_after="2026-12-01T04:00:00Z"),
    ):
        assert decode_statement(encode_statement(statement), type(statement)) == statement


def test_somebody_without_any_right_cannot_be_listed() -> None:
    plain = json.loads(encode_statement(cast.approvers()))
    plain["people"][0]["may"] = []
    assert code_of(spelled(plain), ApproversStatement) == "malformed"


def test_a_strict_policy_cannot_let_the_author_sign() -> None:
    with pytest.raises(MalformedError) as caught:
        msgspec.structs.replace(cast.STRICT, author_may_sign=True)
    assert caught.value.code == "weak_policy"
