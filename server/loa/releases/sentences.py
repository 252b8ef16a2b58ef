# SPDX-License-Identifier: AGPL-3.0-or-later
"""The sentence for each reason of ``rules``."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.releases.models import PolicyKind, PriorityClass, ReleaseState
from loa.releases.rules import BadPeriod, WhyNot


def why_not_sentence(reason: WhyNot, *, revision: int, needed: int) -> str:
    """Return what stands against signing, and what to do.

    Args:
        revision: number of the revision.
        needed: how many people must sign.
    """
    sentences = {
        WhyNot.NOT_WAITING: _("Tin này không còn chờ ký."),
        WhyNot.EXPIRED: _(
            "Thời hạn phát đã qua nên ký không còn tác dụng. Trả lại để người gửi chọn ngày khác."
        ),
        WhyNot.NOT_APPROVER: _("Bạn không phải người duyệt ở nơi tin này sẽ phát nên không ký được."),
        WhyNot.AUTHOR: _("Bạn viết bản %(revision)s nên không ký được. Cần %(needed)s người khác."),
        WhyNot.EDITOR: _("Bạn đã sửa bản %(revision)s nên không ký được. Cần %(needed)s người khác."),
        WhyNot.SUBMITTER: _("Bạn gửi duyệt bản %(revision)s nên không ký được. Cần %(needed)s người khác."),
        WhyNot.SECOND_MAKER: _(
            "Một người làm ra bản %(revision)s đã ký. Chữ ký còn lại phải của người khác."
        ),
        WhyNot.SIGNED: _("Bạn đã ký. Chữ ký còn lại phải của người khác."),
        WhyNot.APPROVER_LATER: _("Bạn được giao quyền duyệt sau khi tin được gửi. Nhờ người gửi gửi lại."),
        WhyNot.NEEDS_PARTNER: _("Còn thiếu chữ ký của cơ quan cấp trên hoặc cơ quan bạn ghép ký."),
        WhyNot.NEEDS_OWN: _("Còn thiếu chữ ký của chính cơ quan gửi tin."),
        WhyNot.NO_KEY: _("Bạn chưa có khóa ký. Tạo khóa, rồi ký."),
        WhyNot.NO_PASSKEY: _("Cơ quan này chỉ nhận chữ ký bằng khóa truy cập. Thêm khóa, rồi ký."),
        WhyNot.NOT_HEARD: _("Nghe hết một lần rồi mới ký được."),
    }
    return sentences[reason] % {"revision": revision, "needed": needed}


def bad_period_sentence(reason: BadPeriod, *, earliest: str) -> str:
    """Return what is wrong with the dates, and what to choose.

    Args:
        earliest: the first usable last day, as people read it.
    """
    sentences = {
        BadPeriod.ENDS_BEFORE_IT_BEGINS: _("Ngày kết thúc trước ngày bắt đầu. Chọn từ %(earliest)s trở đi."),
        BadPeriod.OVER: _("Ngày kết thúc đã qua. Chọn từ %(earliest)s trở đi."),
        BadPeriod.TOO_LONG: _("Thời hạn dài quá một năm. Chọn ngày kết thúc sớm hơn."),
    }
    return sentences[reason] % {"earliest": earliest}


def nothing_to_withdraw(state: str) -> str:
    """Return why a release in this state cannot be withdrawn."""
    return {
        ReleaseState.AWAITING: _("Tin này chưa được duyệt nên chưa có gì để thu hồi."),
        ReleaseState.RETURNED: _("Tin này đã bị trả lại nên không có gì để thu hồi."),
        ReleaseState.WITHDRAWN: _("Tin này đã thu hồi. Không cần thu hồi lần nữa."),
        ReleaseState.SUPERSEDED: _("Bản sau đã thay bản này ở mọi nơi. Không còn gì để thu hồi."),
    }[ReleaseState(state)]


def sent_sentence(*, revision: int, needed: int, names: str) -> str:
    """Return what was sent, and who can sign it now.

    Args:
        needed: how many people must sign.
        names: who can, as a sentence lists them; "" when nobody can.
    """
    words = {"revision": revision, "needed": needed, "names": names}
    if not names:
        return _("Đã gửi duyệt bản %(revision)s. Chưa có ai ký được: nhờ quản trị giao quyền duyệt.") % words
    return _("Đã gửi duyệt bản %(revision)s. Cần %(needed)s chữ ký, của %(names)s.") % words


def awaited_sentence(*, missing: int, names: str) -> str:
    """Return whose signatures are awaited.

    Args:
        missing: how many signatures are still needed.
        names: who can sign, as a sentence lists them; "" when nobody can.
    """
    words = {"missing": missing, "names": names}
    if not names:
        return _("Còn thiếu %(missing)s chữ ký, chưa có ai ký được. Nhờ quản trị giao quyền duyệt.") % words
    return _("Đang chờ %(missing)s chữ ký nữa, của %(names)s.") % words


def returned_sentence(*, is_own: bool) -> str:
    """Return what giving a request back did; ``is_own``: by whoever had sent it."""
    return _("Đã rút lại yêu cầu.") if is_own else _("Đã trả lại. Người viết được báo, kèm lý do của bạn.")


def signed_sentence(*, count: int, needed: int, names: str) -> str:
    """Return what the reader's signature did.

    Args:
        count: signatures that stand now.
        needed: how many people must sign.
        names: who can still sign, as a sentence lists them; "" when nobody can or must.
    """
    words = {"count": count, "needed": needed, "names": names}
    if count >= needed:
        return (
            _("Đã ghi chữ ký của bạn. Đủ %(count)s/%(needed)s: tin được duyệt, người viết được báo.") % words
        )
    if not names:
        return _("Đã ghi chữ ký của bạn (%(count)s/%(needed)s). Chưa có ai khác ký được.") % words
    return _("Đã ghi chữ ký của bạn (%(count)s/%(needed)s). Còn chờ %(names)s.") % words


def withdrawn_sentence(*, has_ended: bool, places: int, names: str) -> str:
    """Return what the reader's signature under a withdrawal did.

    Args:
        has_ended: the release has ended; else somebody else must sign, too.
        places: how many places may still hold it.
        names: who can still sign, as a sentence lists them.
    """
    if not has_ended:
        return _("Đã ký thu hồi. Tin khẩn cấp cần thêm chữ ký của %(names)s mới dừng.") % {"names": names}
    if not places:
        return _("Đã thu hồi. Không nơi nào còn giữ tin này.")
    words = ngettext(
        "Đã thu hồi. %(count)s nơi được lệnh dừng; trang của tin ghi nơi nào đã xác nhận.",
        "Đã thu hồi. %(count)s nơi được lệnh dừng; trang của tin ghi nơi nào đã xác nhận.",
        places,
    )
    return words % {"count": places}


def policy_sentence(kind: str, threshold: int, partners: str = "") -> str:
    """Return which rule holds for the signatures.

    Args:
        partners: names of the organisations of which one signs too, as a sentence lists them.
    """
    sentences = {
        PolicyKind.STRICT: _("%(count)s người ký, không ai trong số đó viết, sửa hoặc gửi tin."),
        PolicyKind.JOINED: _(
            "Ghép ký: %(count)s người không viết, sửa hoặc gửi tin; một của cơ quan này, một của %(partners)s."
        ),
        PolicyKind.SMALL_OFFICE: _(
            "%(count)s người ký; cơ quan ít người nên một trong số đó có thể là người viết."
        ),
        PolicyKind.BREAK_GLASS: _(
            "Khẩn cấp, một người trực ký và nêu lý do; người khác xem lại trong 24 giờ."
        ),
    }
    return sentences[PolicyKind(kind)] % {"count": threshold, "partners": partners or _("cơ quan ghép ký")}


def class_name(priority_class: str) -> str:
    """Return the priority class as people call it."""
    return {
        PriorityClass.NORMAL: _("Tin thường"),
        PriorityClass.PRIORITY: _("Tin ưu tiên"),
        PriorityClass.EMERGENCY: _("Tin khẩn cấp"),
    }[PriorityClass(priority_class)]


def state_name(state: str) -> str:
    """Return the state of a release as badges call it."""
    return {
        ReleaseState.AWAITING: _("Chờ duyệt"),
        ReleaseState.RELEASED: _("Đã duyệt"),
        ReleaseState.RETURNED: _("Từ chối"),
        ReleaseState.WITHDRAWN: _("Đã thu hồi"),
        ReleaseState.SUPERSEDED: _("Đã thay thế"),
    }[ReleaseState(state)]
