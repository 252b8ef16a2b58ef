# SPDX-License-Identifier: AGPL-3.0-or-later
"""Settings of the tests: a folder of their own, a fast hasher, the database that the run names."""

import atexit
import os
import shutil
import tempfile

_OF_THE_RUN = {"LOA_DATABASE_URL", "LOA_TEST_TEMPLATE", "LOA_WHOLE_WAY_DATABASE_URL"}  # see scripts/test.py
for _name in [name for name in os.environ if name.startswith("LOA_")]:
    if _name not in _OF_THE_RUN:  # a developer's settings decide no test
        del os.environ[_name]
_home = tempfile.mkdtemp(prefix="loa-test-")  # one for each process: parallel runs never share a file
atexit.register(shutil.rmtree, _home, ignore_errors=True)
os.environ |= {"LOA_HOME": _home, "LOA_SECRET_KEY": "test-only-key-" + "0" * 40, "LOA_INSTALLATION": "test"}
os.environ["LOA_SECOND_FACTOR"] = "0"  # tests about it switch it on

from loa.config.settings import *  # noqa: E402, F403  (settings layering is Django's way)
from loa.config.settings import DATABASES, HOME  # noqa: E402

HOME.make()
RELEASES_NEED_CEREMONY = False  # tests about it switch it on
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": HOME.uploads},
    },
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
if "sqlite" in DATABASES["default"]["ENGINE"]:  # a file, as in life: in memory, threads meet other locks
    DATABASES["default"]["TEST"] = {"NAME": str(HOME.root / "test.sqlite3")}
elif template := os.environ.get("LOA_TEST_TEMPLATE"):  # PostgreSQL: each test database is cloned from it
    DATABASES["default"]["TEST"] = {"TEMPLATE": template}
