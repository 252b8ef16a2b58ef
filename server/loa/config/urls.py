# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every address of the server: one line per app."""

from django.conf import settings
from django.urls import include, path

from loa.config import files, health

urlpatterns = [
    path("healthz", health.healthz, name="healthz"),
    path("repo/<path:name>", files.repository, name="repository_file"),
    path("media/<str:name>", files.media, name="media_file"),
    path("tai-khoan/", include("loa.people.urls")),
    path("thiet-lap/", include("loa.people.settings_urls")),
    path("thong-bao/", include("loa.notices.urls")),
    path("chien-dich/", include("loa.campaigns.urls")),
    path("chien-dich/", include("loa.reports.urls")),
    path("tin/", include("loa.messages.urls")),
    path("tin/", include("loa.voice.urls")),
    path("tu-dien/", include("loa.voice.lexicon.urls")),
    path("duyet/", include("loa.releases.urls")),
    path("lich/", include("loa.airtime.urls")),
    path("lich/", include("loa.broadcast.urls")),
    path("thiet-bi/", include("loa.devices.urls")),
    path("viec/", include("loa.jobs.urls")),
    path("device/v1/", include("loa.devices.device_urls")),
    path("", include("loa.console.urls")),  # last: its "tin/<code>/" must not hide "tin/viet/"
]
if settings.DEBUG:
    urlpatterns += [path("ui/", include("loa.ui.urls"))]
