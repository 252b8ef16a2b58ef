# SPDX-License-Identifier: AGPL-3.0-or-later
"""Colours and sizes are named in one file, and their contrasts hold in the light and in the dark."""

import re
from pathlib import Path

import pytest

from loa.ui.styles import STYLES

CSS = Path(__file__).resolve().parent.parent / "static" / "ui" / "css"
TOKENS = (CSS / "variables.css").read_text(encoding="utf-8")
OTHERS = sorted(path for path in CSS.glob("*.css") if path.name != "variables.css")
APPS = CSS.parents[3]
COLOUR = re.compile(
    r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|lab|lch|oklab|oklch|color)a?\(|:\s*(?:white|black|red|green|blue|gray|grey)\b"
)
SIZE = re.compile(r"\b\d*\.?\d+(?:px|pt)\b")

TEXT = [
    (ink, ground)
    for ink in ("ink", "ink-2", "ink-3")
    for ground in ("bg", "surface", "surface-2", "accent-soft")
]
TEXT += [("accent", ground) for ground in ("bg", "surface", "surface-2", "accent-soft")]
TEXT += [
    (tone, ground)
    for tone in ("ok", "late", "stop")
    for ground in ("bg", "surface", f"{tone}-soft", "accent-soft")
]
TEXT += [("unknown", "unknown-ground"), ("unknown", "unknown-stripe"), ("ink-2", "unknown-stripe")]
TEXT += [("ink", ground) for ground in ("mark", "mark-strong", "late-soft", "stop-soft", "ok-soft")]
TEXT += [("on-fill", f"{tone}-fill") for tone in ("accent", "ok", "stop")]
TEXT += [("on-fill", "accent-fill-hover"), ("on-fill", "stop-fill-hover"), ("on-toast", "toast")]
TEXT += [("ramp-ink-low", f"r{step}") for step in (0, 1, 2)] + [
    ("ramp-ink-high", f"r{step}") for step in (3, 4, 5)
]
EDGES = [("control", ground) for ground in ("bg", "surface", "surface-2")]
EDGES += [
    (glyph, "surface")
    for glyph in ("accent", "accent-fill", "late-fill", "ok-fill", "stop-fill", "mark-line", "bar-fill")
]
EDGES += [("late-fill", "late-soft"), ("mark-line", "mark"), ("bar-fill", "surface-2")]


def _block(selector: str) -> dict[str, str]:
    start = TOKENS.index(selector)
    return dict(re.findall(r"--([\w-]+):\s*([^;]+);", TOKENS[start : TOKENS.index("}", start)]))


LIGHT = _block(":root {")
DARK = {**LIGHT, **_block('\n[data-theme="dark"] {')}


def luminance(colour: str) -> float:
    """Return the relative luminance of "#RRGGBB" as WCAG 2.2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_white_on_black_is_twenty_one_to_one():
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_can_be_read(theme, ink, ground):
    assert contrast(theme[ink], theme[ground]) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), EDGES)
def test_edges_and_glyphs_can_be_seen(theme, edge, ground):
    assert contrast(theme[edge], theme[ground]) >= 3


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_ramp_goes_one_way_in_lightness(theme):
    steps = [luminance(theme[f"r{number}"]) for number in range(6)]
    assert steps in (sorted(steps), sorted(steps, reverse=True))


def test_the_system_s_dark_and_the_asked_dark_are_the_same():
    assert _block(':root:not([data-theme="light"]) {') == _block('\n[data-theme="dark"] {')


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.name)
def test_no_other_file_names_a_colour(path):
    text = re.sub(r"/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert COLOUR.findall(text) == []


@pytest.mark.parametrize("path", OTHERS, ids=lambda path: path.name)
def test_no_other_file_names_a_size_in_pixels(path):
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if SIZE.search(line) and "@media" not in line] == []


def test_no_other_app_brings_styles_of_its_own():
    assert [str(path) for path in APPS.rglob("*.css") if "/ui/static/" not in str(path)] == []


def test_every_token_that_is_used_exists():
    scripts = "".join(path.read_text(encoding="utf-8") for path in CSS.parent.glob("js/*.js"))
    measured = set(re.findall(r'setProperty\("--([\w-]+)"', scripts))  # where a list opens: told by the page
    known = set(re.findall(r"--([\w-]+):", TOKENS)) | measured
    used = {
        name for path in OTHERS for name in re.findall(r"var\(--([\w-]+)", path.read_text(encoding="utf-8"))
    }
    assert used - known == set()


def test_every_style_file_is_linked():
    assert {path.stem for path in CSS.glob("*.css")} == {*STYLES, "print"}


def test_nothing_hides_overflow_with_a_line_too_low_for_vietnamese_marks():
    for path in OTHERS:
        for rule in re.findall(r"\{([^{}]*)\}", path.read_text(encoding="utf-8")):
            if "text-overflow" in rule:
                assert "var(--leading-clip)" in rule, path.name
