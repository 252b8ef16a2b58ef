# SPDX-License-Identifier: AGPL-3.0-or-later
"""The WSGI entry point that ``loa web`` serves."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loa.config.settings")
application = get_wsgi_application()
