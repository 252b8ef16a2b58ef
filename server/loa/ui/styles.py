# SPDX-License-Identifier: AGPL-3.0-or-later
"""The style files in the order in which they are read, and the name of the one file made of them."""

STYLES = (
    "variables", "fonts", "base", "layout", "positions", "button", "badge", "panel", "table", "field", "notice",
    "progress", "empty", "dialog", "tabs", "menu", "person", "strength", "coverage", "steps", "player", "readaloud",
    "map", "strip", "week", "photos", "picker", "plan", "wall",
)  # fmt: skip
BUNDLE = "ui/css/all.css"
