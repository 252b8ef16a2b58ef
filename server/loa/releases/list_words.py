# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a proposed list changes, in words: what administrators read before they sign, on a page or offline."""

from collections.abc import Iterator, Mapping, Sequence

from django.conf import settings
from django.utils.translation import gettext as _

from loa.people.models.sign_in import KEY_SHOWN
from loa_protocol.keys import PublicKey
from loa_protocol.statements import (
    AirtimeRule,
    Approver,
    ApproversStatement,
    Policy,
    RulesStatement,
)
from loa_protocol.times import parse_utc, to_local
from loa_protocol.webauthn import KEYTYPE as PASSKEY

List = ApproversStatement | RulesStatement
EMPTY: Mapping[str, str] = {}


Names = Mapping[str, str]  # code of an area -> its name; a code without one is shown as it is


def changes(before: List | None, after: List, names: Names = EMPTY) -> list[str]:
    """Return what a list changes, one sentence each; everything that it holds where there was none before."""
    if isinstance(after, ApproversStatement):
        old = before if isinstance(before, ApproversStatement) else None
        found = [*_people(old, after), *_policies(old, after), *_sites(old, after)]
    else:
        found = list(_rules(before if isinstance(before, RulesStatement) else None, after, names))
    return found or [_("Nội dung như trước, chỉ gia hạn hoặc đổi người ký danh sách.")]


def contents(after: List, names: Names = EMPTY) -> list[str]:
    """Return everything that a list says, one line each."""
    if isinstance(after, ApproversStatement):
        return [_approver(one) for one in after.people] + [_policy(one) for one in after.policies]
    return [_rule(one, names) for one in after.rules]


def _people(before: ApproversStatement | None, after: ApproversStatement) -> Iterator[str]:
    old = {one.person_id: one for one in before.people} if before else {}
    new = {one.person_id: one for one in after.people}
    for key, one in new.items():
        if key not in old:
            yield _("Thêm người: %(who)s") % {"who": _approver(one)}
        elif old[key] != one:
            yield from _changed(old[key], one)
    for key, one in old.items():
        if key not in new:
            yield _("Bỏ %(who)s: mọi chữ ký của người này hết hiệu lực trên loa.") % {"who": one.name}


def _changed(old: Approver, new: Approver) -> Iterator[str]:
    """Yield how one person's entry changes."""
    who = {"who": new.name}
    come = [key for key in new.keys if key not in old.keys]
    gone = [key for key in old.keys if key not in new.keys]
    if come:
        yield _("%(who)s: thêm %(keys)s") % {**who, "keys": _keys(come)}
    if gone:
        yield _("%(who)s: bỏ %(keys)s, chữ ký bằng khóa đó hết hiệu lực") % {**who, "keys": _keys(gone)}
    if set(old.may) != set(new.may):
        yield _("%(who)s: được %(rights)s, trước là %(before)s") % {
            **who,
            "rights": _rights(new),
            "before": _rights(old),
        }
    if (old.not_before, old.not_after) != (new.not_before, new.not_after):
        yield _("%(who)s: thời gian ký %(term)s") % {**who, "term": _term(new)}
    if old.away != new.away:
        yield _("%(who)s: đổi thời gian vắng") % who
    if old.retired != new.retired:
        yield _("%(who)s: đổi khóa đã thôi dùng") % who
    if (old.name, old.post, old.organisations, old.devices) != (
        new.name,
        new.post,
        new.organisations,
        new.devices,
    ):
        yield _("%(who)s: đổi tên, chức danh, cơ quan hoặc thiết bị") % who


def _policies(before: ApproversStatement | None, after: ApproversStatement) -> Iterator[str]:
    old = {one.policy_id: one for one in before.policies} if before else {}
    new = {one.policy_id: one for one in after.policies}
    for key, one in new.items():
        if old.get(key) != one:
            yield (_("Đổi cách ký: %(policy)s") if key in old else _("Thêm cách ký: %(policy)s")) % {
                "policy": _policy(one)
            }
    for key in old:
        if key not in new:
            yield _("Bỏ cách ký %(policy)s") % {"policy": key}


def _sites(before: ApproversStatement | None, after: ApproversStatement) -> Iterator[str]:
    old = before.relying_parties if before else []
    if old != after.relying_parties:
        names = ", ".join(origin for one in after.relying_parties for origin in one.origins)
        yield _("Ký bằng khóa truy cập ở: %(sites)s") % {"sites": names or _("không nơi nào")}


def _rules(before: RulesStatement | None, after: RulesStatement, names: Names) -> Iterator[str]:
    old = {(one.zone, one.priority_class): one for one in before.rules} if before else {}
    new = {(one.zone, one.priority_class): one for one in after.rules}
    for key, one in new.items():
        if key not in old:
            yield _("Thêm: %(rule)s") % {"rule": _rule(one, names)}
        elif old[key] != one:
            yield _("Đổi: %(rule)s; trước là %(before)s") % {
                "rule": _rule(one, names),
                "before": _rule(old[key], names),
            }
    for key, one in old.items():
        if key not in new:
            yield _("Bỏ: %(rule)s") % {"rule": _rule(one, names)}
    if before is None or before.zone_name != after.zone_name:
        yield _("Múi giờ: %(zone)s") % {"zone": after.zone_name}
    if before is not None and before.note != after.note:
        yield _("Ghi chú: %(note)s") % {"note": after.note or _("không có")}
    if set(before.test_devices if before else []) != set(after.test_devices):
        yield _("Máy thử: %(devices)s") % {"devices": ", ".join(after.test_devices) or _("không máy nào")}


def _approver(one: Approver) -> str:
    return _("%(name)s%(post)s, được %(rights)s, %(term)s, %(keys)s") % {
        "name": one.name,
        "post": f" ({one.post})" if one.post else "",
        "rights": _rights(one),
        "term": _term(one),
        "keys": _keys(one.keys),
    }


def _keys(keys: Sequence[PublicKey]) -> str:
    """Name keys by the beginning of their ids, as the account's page does; a passkey is nobody's but its holder's."""
    own = [_key(key) for key in keys if key.keytype == PASSKEY]
    kept = [_key(key) for key in keys if key.keytype != PASSKEY]
    found = [_("khóa truy cập %(keys)s") % {"keys": ", ".join(own)}] if own else []
    found += [_("khóa do máy chủ giữ %(keys)s") % {"keys": ", ".join(kept)}] if kept else []
    return "; ".join(found) or _("không khóa nào")


def _key(key: PublicKey) -> str:
    return key.keyid[:KEY_SHOWN]


def _rights(one: Approver) -> str:
    words: Mapping[str, str] = {
        "release": _("duyệt tin"),
        "emergency": _("duyệt khẩn cấp"),
        "break_glass": _("ký khẩn cấp một mình"),
        "test": _("chỉ tin thử"),
    }
    return ", ".join(words[right] for right in one.may)


def _term(one: Approver) -> str:
    if one.not_after is None:
        return _("từ %(begin)s") % {"begin": _day(one.not_before)}
    return _("từ %(begin)s đến %(end)s") % {"begin": _day(one.not_before), "end": _day(one.not_after)}


def _day(moment: str) -> str:
    return f"{to_local(parse_utc(moment), settings.TIME_ZONE):%d/%m/%Y %H:%M}"


def _policy(one: Policy) -> str:
    words: Mapping[str, str] = {
        "strict": _("hai người không làm ra tin"),
        "joined": _("ghép ký với cơ quan khác"),
        "small_office": _("cơ quan ít người"),
        "emergency": _("khẩn cấp"),
        "break_glass": _("khẩn cấp, một người"),
    }
    weak = _("nhận cả khóa do máy chủ giữ (yếu)") if one.weak else _("chỉ nhận khóa truy cập")
    return _("%(policy)s: %(kind)s, %(count)d người ký, %(weak)s") % {
        "policy": one.policy_id,
        "kind": words[one.kind],
        "count": one.threshold,
        "weak": weak,
    }


def _rule(one: AirtimeRule, names: Names) -> str:
    words: Mapping[str, str] = {
        "normal": _("tin thường"),
        "priority": _("tin ưu tiên"),
        "emergency": _("tin khẩn cấp"),
    }
    hours = ", ".join(f"{begin}–{end}" for begin, end in one.windows) or _("không giờ nào")
    return _("%(zone)s, %(class)s: %(hours)s, %(minutes)d phút mỗi ngày, âm lượng tới %(volume)d%%") % {
        "zone": f"{names[one.zone]} ({one.zone})" if one.zone in names else one.zone,
        "class": words[one.priority_class],
        "hours": hours,
        "minutes": one.minutes_per_day,
        "volume": one.volume_cap,
    }
