# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings of the tests: a fast hasher, plain static files, and the database that the run names."""

import os
import tempfile

os.environ.setdefault("LOA_HOME", tempfile.mkdtemp(prefix="loa-test-"))
os.environ.setdefault("LOA_SECRET_KEY", "test-only-key-" + "0" * 40)
os.environ.setdefault("LOA_INSTALLATION", "test")

from loa.config.settings import *  # noqa: E402, F403  (settings layering is Django's way)
from loa.config.settings import DATABASES, HOME  # noqa: E402

HOME.make()
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": HOME.uploads}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if template := os.environ.get("LOA_TEST_TEMPLATE"):  # PostgreSQL: each test database is cloned from it
    DATABASES["default"]["TEST"] = {"TEMPLATE": template}
