# SPDX-License-Identifier: AGPL-3.0-or-later
"""What a browser calls itself, in the words of people: "Chrome trên Windows"."""

from django.utils.translation import gettext as _

# In this order: many browsers also name those that they come from.
BROWSERS = (
    ("coc_coc", "Cốc Cốc"),
    ("edg", "Edge"),
    ("opr/", "Opera"),
    ("samsungbrowser", "Samsung Internet"),
    ("firefox", "Firefox"),
    ("fxios", "Firefox"),
    ("crios", "Chrome"),
    ("chrome", "Chrome"),
    ("safari", "Safari"),
)
SYSTEMS = (
    ("windows", "Windows"),
    ("android", "Android"),
    ("iphone", "iPhone"),
    ("ipad", "iPad"),
    ("mac os x", "macOS"),
    ("cros", "ChromeOS"),
    ("linux", "Linux"),
)


def device_words(agent: str) -> str:
    """Return browser and system of a User-Agent; it is what the browser says, so no proof of anything."""
    given = agent.lower()
    browser = next((name for sign, name in BROWSERS if sign in given), "")
    system = next((name for sign, name in SYSTEMS if sign in given), "")
    if browser and system:
        return _("%(browser)s trên %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Máy không rõ")
