# SPDX-License-Identifier: AGPL-3.0-or-later
"""The components as template tags: ``{% load ui %}``. docs/components.md is their catalogue."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django import template
from django.forms import BaseForm, BoundField
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from loa.config import clock
from loa.ui import assets, blocks, dates, drawings, fields, strips, village_maps, weeks
from loa.ui.states import STRENGTHS, state_of

register = template.Library()

FILTERS: dict[str, Callable[..., str]] = {
    "full_date": dates.full_date,
    "short_date": dates.short_date,
    "long_date": dates.long_date,
    "weekday": dates.weekday,
    "clock_time": dates.clock_time,
    "clock_seconds": dates.clock_seconds,
    "moment": dates.moment,
    "until": dates.until,
    "relative_day": dates.relative_day,
    "span": dates.span,
    "ago": dates.ago,
    "duration": dates.duration,
    "duration_ms": dates.duration_ms,
    "thousands": dates.thousands,
    "decimal": dates.decimal,
    "initials": drawings.initials,
}
for name, function in FILTERS.items():
    register.filter(name, function)
register.simple_tag(dates.day_range, name="day_range")
register.simple_tag(assets.stylesheets, name="stylesheets")
register.simple_tag(blocks.notice_look, name="notice_look")
register.simple_tag(blocks.tab, name="tab")
register.simple_tag(blocks.segment, name="segment")
for block in (blocks.notice, blocks.panel, blocks.tabs, blocks.segments, blocks.chips):
    register.simple_block_tag(block)
register.simple_block_tag(takes_context=True)(blocks.confirm)

Words = str | Promise


@register.simple_tag
def icon(name: str, label: Words = "", *, small: bool = False) -> SafeString:
    """Draw one icon of the sprite; without ``label`` it is hidden from readers, its name stands beside it."""
    if name == "bars":
        return drawings.BARS
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    size = " icon-small" if small else ""
    return format_html(
        '<svg class="icon icon-{}{}" {}><use href="{}#{}"></use></svg>',
        name, size, named, static("ui/icons.svg"), name,
    )  # fmt: skip


@register.simple_tag
def chip(
    words: Words, url: str, current: bool = False, count: int | None = None, icon_name: str = ""
) -> SafeString:
    """Draw one filter inside ``chips``; ``current`` is on."""
    here = mark_safe(' aria-current="true"') if current else ""
    number = format_html(' <span class="num">{}</span>', count) if count is not None else ""
    drawn = icon(icon_name) if icon_name else ""
    return format_html('<a class="chip" href="{}"{}>{}{}{}</a>', url, here, drawn, words, number)


@register.simple_tag(takes_context=True)
def is_here(context: template.Context, url: str) -> bool:
    """Say whether the page lies at or below an address; "/" is only itself."""
    request = context.get("request")
    path = request.path if request else ""
    return path == url or (url != "/" and path.startswith(url))


@register.simple_tag
def server_now() -> str:
    """Write the server's time in seconds, so that countdowns do not trust the reader's clock."""
    return f"{clock.now().timestamp():.3f}"


@register.simple_tag
def tagged(tags: str, name: str) -> str:
    """Return what stands after ``name=`` in a message's extra tags: the address of "undo=/address/"."""
    start = f"{name}="
    return next((tag.removeprefix(start) for tag in str(tags).split() if tag.startswith(start)), "")


@register.simple_tag
def sample(is_sample: bool = True) -> str:
    """Mark invented data with "mẫu"."""
    if not is_sample:
        return ""
    return format_html('<span class="sample" title="{}">{}</span>', _("dữ liệu mẫu"), _("mẫu"))


@register.simple_tag
def moment_tag(value: datetime | None, form: str = "moment") -> str:
    """Write a moment inside ``<time>``; ``form`` is the name of one of the date filters."""
    if value is None:
        return dates.NOTHING
    written = getattr(dates, form)(value)
    return format_html('<time datetime="{}">{}</time>', value.isoformat(timespec="seconds"), written)


@register.simple_tag
def countdown(until: datetime | None, prefix: Words = "") -> str:
    """Write the time left until a moment in words; localtime.js counts on. Nothing once the moment has come."""
    if until is None or until <= clock.now():
        return ""
    left = dates.time_left(until - clock.now())
    end = int(until.timestamp())
    return format_html('<span data-countdown="{}">{} <span data-left>{}</span></span>', end, prefix, left)


@register.inclusion_tag("ui/button.html")
def button(words: Words, **options: Any) -> dict[str, Any]:
    """Draw a button, or a link that looks like one when ``url`` is given.

    Options: kind (main, plain, quiet, danger, danger-filled), icon, url, type (submit, button), size (small,
    sign, wide), name, value, form, opens (id of a dialog), label (for readers), off (why it cannot be pressed),
    busy (what it says while the form is sent).
    """
    return {"words": words, "kind": "plain", "type": "submit"} | options


@register.inclusion_tag("ui/state_badge.html")
def state_badge(
    state: Any, count: int | None = None, words: Words = "", until: datetime | None = None
) -> dict[str, Any]:
    """Draw the badge of a state; after ``until`` it turns to unknown by itself (connection.js)."""
    look = state_of(state)
    return {
        "look": look.look,
        "icon": look.icon,
        "word": words or look.word,
        "count": count,
        "until": int(until.timestamp()) if until else None,
        "unknown": state_of("unknown"),
    }


register.inclusion_tag("ui/state_badge.html", name="class_badge")(state_badge)


@register.inclusion_tag("ui/steps.html")
def steps(items: Iterable[Any]) -> dict[str, Any]:
    """Draw the steps of a message: objects with name, state (done, now, on_air, needs, stopped, todo), lines."""
    return {"steps": drawings.step_marks(items)}


@register.inclusion_tag("ui/read_aloud.html")
def read_aloud(stretches: Iterable[Any], lexicon_url: str = "") -> dict[str, Any]:
    """Set a text beside its reading; stretches have source, spoken and rule (None where nothing changed)."""
    pairs = drawings.pairs(stretches)
    return {"pairs": pairs, "count": sum(pair.is_changed for pair in pairs), "lexicon_url": lexicon_url}


@register.inclusion_tag("ui/player.html")
def player(
    url: str, duration_ms: float | None = None, waveform: Sequence[int] = (), **options: Any
) -> dict[str, Any]:
    """Draw a player. Options: title, note, figures (technical ones, in a fold), heard_url, is_heard.

    ``heard_url`` is told by POST once the sound was played to its end.
    """
    return {
        "url": url,
        "seconds": (duration_ms or 0) / 1000,
        "wave": drawings.wave(waveform),
    } | options


@register.inclusion_tag("ui/strength.html")
def strength(key: Any) -> dict[str, Any]:
    """Draw how sure a delivery is: heard, recorded, counted, stated, or "" for not yet clear."""
    found = STRENGTHS.get(str(key or ""), STRENGTHS[""])
    return {
        "bars": [(x, 16 - (4 * n + 3), 4 * n + 3, n < found.bars) for n, x in enumerate((1, 7, 13, 19))],
        "found": found,
    }


@register.inclusion_tag("ui/strengths.html")
def strengths() -> dict[str, Any]:
    """Draw the fold that says what each strength means; a table's head links to it as "#do-chac"."""
    return {"strengths": STRENGTHS.items()}


@register.inclusion_tag("ui/person.html")
def person(who: Any, post: Words = "", role: str = "", small: bool = False) -> dict[str, Any]:
    """Draw a person: role accountable (exactly one), signed, awaited, contributor, vacant, or ""."""
    return {"name": str(who), "initials": drawings.initials(who), "post": post, "role": role, "small": small}


@register.inclusion_tag("ui/coverage_bar.html")
def coverage_bar(
    reached: int, total: int, unknown: int = 0, promised: int | None = None, unit: Words = "", url: str = ""
) -> dict[str, Any]:
    """Draw reached, unknown and promised of a total, with the count in words."""
    return {
        "reached": reached, "total": total, "unknown": unknown, "promised": promised, "unit": unit, "url": url,
        "is_short": promised is not None and reached < promised,
        "reached_part": drawings.percent(reached, total),
        "unknown_part": drawings.percent(unknown, total),
        "promised_part": None if promised is None else drawings.percent(promised, total),
    }  # fmt: skip


@register.inclusion_tag("ui/field.html")
def field(bound: BoundField, hint: Words = "", optional: bool = False, **attributes: Any) -> dict[str, Any]:
    """Draw a form field with label, hint and error; attributes go to the input (``data_count=1`` is data-count)."""
    return fields.field(bound, hint=hint, optional=optional, attributes=attributes)


@register.inclusion_tag("ui/error_summary.html")
def error_summary(form: BaseForm) -> dict[str, Any]:
    """List every error of a form on top, each a link to its field."""
    return {"errors": fields.errors(form)}


@register.inclusion_tag("ui/empty.html")
def empty(
    title: Words, text: Words = "", icon: str = "circle-dashed", url: str = "", action: Words = ""
) -> dict[str, Any]:
    """Draw a place with nothing in it: why, and the one next step."""
    return {"title": title, "text": text, "icon": icon, "url": url, "action": action}


@register.inclusion_tag("ui/progress.html")
def progress(what: Words, done: int = 0, total: int | None = None, **options: Any) -> dict[str, Any]:
    """Draw long work. Options: left (time left in words), unit, poll_url, cancel_url, error, is_done, id."""
    return {"what": what, "done": done, "total": total} | options


@register.inclusion_tag("ui/crumbs.html")
def crumbs(*parts: Any) -> dict[str, Any]:
    """Draw the way here: name, address, name, address, …, name of this page."""
    pairs = [(parts[at], parts[at + 1]) for at in range(0, len(parts) - 1, 2)]
    return {"pairs": pairs, "here": parts[-1] if len(parts) % 2 else ""}


@register.inclusion_tag("ui/sort_head.html", takes_context=True)
def sort_head(
    context: template.Context, words: Words, key: str, parameter: str = "sap-xep"
) -> dict[str, Any]:
    """Draw a sortable head; the address holds ``parameter=key`` or ``-key``."""
    request = context["request"]
    now = request.GET.get(parameter, "")
    query = request.GET.copy()
    query[parameter] = f"-{key}" if now == key else key
    query.pop("trang", None)
    direction = {"": "none", key: "ascending", f"-{key}": "descending"}.get(now, "none")
    return {"words": words, "url": f"?{query.urlencode()}", "direction": direction}


@register.inclusion_tag("ui/village_map.html")
def village_map(
    villages: Iterable[Any], caption: Words = "", legend: Sequence[str] = (), days: bool = False
) -> dict[str, Any]:
    """Draw villages as SVG with a table of the same facts; see ``village_maps.Village`` for the fields."""
    drawn = village_maps.draw(villages)
    keys = list(legend) or sorted({one.village.state for one in drawn.villages if one.village.state})
    return {
        "map": drawn,
        "caption": caption,
        "legend": [(key.replace("_", "-"), state_of(key).word) for key in keys],
        "days": days,
    }


@register.inclusion_tag("ui/hour_strip.html")
def hour_strip(
    items: Iterable[Any], now: datetime | None = None, closed: Iterable[Any] = (), minutes: int = 72
) -> dict[str, Any]:
    """Draw what is on air and what comes in the next hour; ``closed`` are hours without loudspeakers."""
    now = dates.local(now or clock.now())
    step = timedelta(minutes=10)
    window = strips.window_around(
        now, before=timedelta(minutes=3), length=timedelta(minutes=minutes), step=step
    )
    placed = strips.place([strips.as_item(item) for item in items], window)
    return {
        "now": now,
        "now_column": window.column(now),
        "window": window,
        "ticks": list(strips.ticks(window, step)),
        "items": placed,
        "closed": strips.place_stretches([strips.as_stretch(part) for part in closed], window),
        "lanes": max((item.lane for item in placed), default=0),
    }


@register.inclusion_tag("ui/time_band.html")
def time_band(
    stretches: Iterable[Any], start: datetime, end: datetime, ticks: Iterable[Mapping[str, Any]] = ()
) -> dict[str, Any]:
    """Draw one lane of states, as the last 24 hours of a device; ticks are mappings with at and words."""
    window = strips.Window(start, end)
    marks = [(window.column(tick["at"]), tick["words"]) for tick in ticks]
    return {
        "parts": strips.place_stretches([strips.as_stretch(part) for part in stretches], window),
        "ticks": marks,
    }


@register.inclusion_tag("ui/week.html")
def week_calendar(week: weeks.Week) -> dict[str, Any]:
    """Draw a week made by ``weeks.week``: a table on wide screens, lists of days on phones."""
    return {"week": week}


@register.inclusion_tag("ui/listen.html")
def listen(access_url: str, sound: str, lease: str, name: Words = "", words: Words = "") -> dict[str, Any]:
    """Draw the button that lets the reader hear a device live.

    Args:
        access_url: gives ``frame.Access`` as JSON, allowed to subscribe ``sound`` and publish ``lease``.
        sound: subject of the device's sound blocks.
        lease: subject of the listen lease.
        name: the device, for readers.
        words: what the button says.
    """
    return {
        "access_url": access_url,
        "sound": sound,
        "lease": lease,
        "name": name,
        "words": words or _("Nghe cùng loa"),
    }
