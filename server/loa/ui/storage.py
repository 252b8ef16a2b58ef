# SPDX-License-Identifier: AGPL-3.0-or-later
"""Static files for production: hashed names also inside our JavaScript modules, and the styles as one file."""

from collections.abc import Iterator
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage, StaticFilesStorage
from django.core.files.base import ContentFile

from loa.ui.styles import BUNDLE, STYLES

# Only our own modules: those of other packages name their imports in ways that cannot be followed here.
MODULES = (
    "ui/js/*.js",
    (
        (r"""(?P<matched>from "(?P<url>\./[\w.-]+)";)""", 'from "%(url)s";'),
        (r"""(?P<matched>import\("(?P<url>\.[\w./-]+)"\))""", 'import("%(url)s")'),
    ),
)


class BundledStaticFiles(ManifestStaticFilesStorage):
    """Join the style files before the names are hashed; a page then asks for one file instead of twenty-five."""

    patterns = (*ManifestStaticFilesStorage.patterns, MODULES)

    def post_process(self, paths: dict[str, Any], dry_run: bool = False, **options: Any) -> Iterator[Any]:
        """Add the joined style file to what ``collectstatic`` found, then hash everything."""
        if not dry_run and "ui/css/variables.css" in paths:
            plain = StaticFilesStorage(location=self.location, base_url=self.base_url)
            text = b"\n".join(plain.open(f"ui/css/{name}.css").read() for name in STYLES)
            if plain.exists(BUNDLE):
                plain.delete(BUNDLE)
            plain.save(BUNDLE, ContentFile(text))
            paths[BUNDLE] = (plain, BUNDLE)
        yield from super().post_process(paths, dry_run, **options)
