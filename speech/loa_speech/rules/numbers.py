# SPDX-License-Identifier: AGPL-3.0-or-later
"""Numbers to words, northern broadcasting style (linh, nghìn, mươi tư); pure functions without context."""

DIGITS = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
LONGEST_CARDINAL = 15  # digits; longer runs are codes and are read digit by digit
_LONGEST_PLAIN = 9  # digits of a number that is not round; longer ones are accounts, taxpayers, citizens

_SCALES = ("", " nghìn", " triệu")


def _two(number: int) -> str:
    tens, unit = divmod(number, 10)
    if tens == 0:
        return DIGITS[unit]
    head = "mười" if tens == 1 else f"{DIGITS[tens]} mươi"
    if unit == 0:
        return head
    if unit == 5:
        return f"{head} lăm"
    if tens > 1 and unit in (1, 4):
        return f"{head} {'mốt' if unit == 1 else 'tư'}"
    return f"{head} {DIGITS[unit]}"


def _three(number: int, *, full: bool) -> str:
    """Read a group of three; `full` names absent hundreds, as inside a longer number."""
    hundreds, rest = divmod(number, 100)
    if hundreds == 0 and not full:
        return _two(rest)
    head = f"{DIGITS[hundreds]} trăm"
    if rest == 0:
        return head
    return f"{head} linh {DIGITS[rest]}" if rest < 10 else f"{head} {_two(rest)}"


def _below_billion(number: int, *, full: bool) -> str:
    parts: list[str] = []
    for place in (2, 1, 0):
        group = number // 1000**place % 1000
        if group:
            parts.append(_three(group, full=full or bool(parts)) + _SCALES[place])
    return " ".join(parts)


def cardinal(number: int) -> str:
    """Read a whole number: 2067 is "hai nghìn không trăm sáu mươi bảy"."""
    if number < 0:
        return f"âm {cardinal(-number)}"
    if number == 0:
        return DIGITS[0]
    billions, rest = divmod(number, 10**9)
    if billions == 0:
        return _below_billion(rest, full=False)
    head = f"{cardinal(billions)} tỷ"
    return f"{head} {_below_billion(rest, full=True)}" if rest else head


def digit_by_digit(digits: str) -> str:
    """Read each digit alone: "113" is "một một ba"."""
    return " ".join(DIGITS[int(digit)] for digit in digits)


def whole(digits: str) -> str:
    """Read a run of digits in running text: "05 hộ" is five, "007" and long codes are digits."""
    count = len(digits)
    is_code = count > LONGEST_CARDINAL or (count > _LONGEST_PLAIN and not digits.endswith("000"))
    if is_code or (count > 2 and digits[0] == "0"):
        return digit_by_digit(digits)
    return cardinal(int(digits))


def padded(digits: str) -> str:
    """Read a number whose leading zero is spoken, as in a document's number: "05" is "không năm"."""
    if digits[0] == "0" or len(digits) > LONGEST_CARDINAL:
        return digit_by_digit(digits)
    return cardinal(int(digits))


def decimal(written: str, point: str = "phẩy") -> str:
    """Read a number with grouping dots or blanks and a decimal comma: "1.234,5", "37,05".

    Args:
        written: digits with "." or " " between groups of three and at most one ",".
        point: the word for the decimal mark.
    """
    head, _, tail = written.partition(",")
    grouped = "." in head or " " in head
    digits = head.replace(".", "").replace(" ", "")
    spoken = cardinal(int(digits)) if grouped and digits[0] != "0" else whole(digits)
    if not tail:
        return spoken
    after = digit_by_digit(tail) if tail[0] == "0" or len(tail) > 2 else cardinal(int(tail))
    return f"{spoken} {point} {after}"


def ordinal(number: int) -> str:
    """Read the number behind "thứ": first is "nhất", fourth is "tư"."""
    return {1: "nhất", 4: "tư"}.get(number) or cardinal(number)


def month(number: int) -> str:
    """Read a month's number: the fourth month is "tư"."""
    return "tư" if number == 4 else cardinal(number)


def day_of_month(number: int) -> str:
    """Read a day: the first ten are "mùng"."""
    return f"mùng {cardinal(number)}" if number <= 10 else cardinal(number)
