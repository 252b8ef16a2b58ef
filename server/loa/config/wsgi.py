# SPDX-License-Identifier: AGPL-3.0-or-later
"""The WSGI entry point that ``loa web`` serves."""

import multiprocessing
import os

from django.core.wsgi import get_wsgi_application

from loa.config.supervisor import die_with_parent

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "loa.config.settings")
if multiprocessing.parent_process() is not None:  # granian's worker must not outlive granian
    die_with_parent()
application = get_wsgi_application()
