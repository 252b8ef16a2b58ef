# SPDX-License-Identifier: AGPL-3.0-or-later
"""How documents write days, numbers, lists and people; always Vietnamese, whatever the reader's language."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from loa.campaigns.models import Activity
from loa.people.models import Post
from loa.reports.figures import Item
from loa.reports.layout.tree import Paragraph
from loa.ui.dates import decimal, thousands

BLANK = "…" * 25  # a place that somebody still has to fill
BARE_TITLES = {"người đứng đầu", "thủ trưởng"}  # say nothing without their organisation
ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV")


def roman(number: int) -> str:
    """Return a Roman number; above fifteen, which no plan reaches, the Arabic one."""
    return ROMAN[number - 1] if number <= len(ROMAN) else str(number)


def narrated(text: str) -> list[Paragraph]:
    """Return what somebody wrote, a paragraph for each line; dots to fill by hand where nobody wrote."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [Paragraph(line) for line in lines or [BLANK]]


def listed(lines: Iterable[str]) -> list[Paragraph]:
    """Return a list with dashes, as texts: each ends with ";", the last with "."."""
    found = [line.strip().rstrip(".;") for line in lines]
    return [
        Paragraph(f"- {line}{'.' if at == len(found) else ';'}") for at, line in enumerate(found, start=1)
    ]


def grounds(citations: Iterable[str]) -> list[Paragraph]:
    """Return the grounds: in italics, one a line, each begins with "Căn cứ"."""
    found = [line.strip().rstrip(".;") for line in citations]
    whole = [line if line.lower().startswith("căn cứ") else f"Căn cứ {line}" for line in found]
    return [
        Paragraph(f"{line}{'.' if at == len(whole) else ';'}", is_ground=True)
        for at, line in enumerate(whole, start=1)
    ]


def day(value: date | None) -> str:
    """Return a day as tables write it; nothing where there is none."""
    return f"{value:%d/%m/%Y}" if value else ""


def number(value: Decimal | float | int) -> str:
    """Return a number with points between thousands, a decimal comma only where it has a fraction."""
    if value == int(value):
        return thousands(value)
    return decimal(value, 2).rstrip("0").rstrip(",")


def due(activity: Activity) -> str:
    """Return until when, as the plan says it."""
    until = day(activity.due) or activity.due_note
    if activity.start and activity.due:
        return f"{day(activity.start)} - {day(activity.due)}"
    return until


def product(activity: Activity) -> str:
    """Return what comes out of an activity: its planned quantity."""
    if activity.quantity is None:
        return activity.unit
    amount = f"{activity.quantity:02d}" if activity.quantity < 10 else thousands(activity.quantity)
    return f"{amount} {activity.unit}".strip()


def leader(item: Item) -> str:
    """Return who answers for an activity: the post with its holder, a vacant post with its organisation."""
    post = item.activity.accountable_post
    name = post_name(post)
    if item.holder:
        return f"{name}: {item.holder.full_name}"
    return name if name != post.title else f"{name} ({post.organisation.name})"


def post_name(post: Post) -> str:
    """Return a post's title, with its organisation where the title alone could be anybody's."""
    return f"{post.title} {post.organisation.name}" if post.title.lower() in BARE_TITLES else post.title
