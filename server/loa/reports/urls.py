# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.reports import views

app_name = "reports"
_ONE = "<slug:key>/van-ban/<slug:kind>/<slug:period>/"
urlpatterns = [
    path("<slug:key>/van-ban/", views.documents, name="documents"),
    path(_ONE, views.document, name="document"),
    path(f"{_ONE}tep/", views.files, name="files"),
    path(f"{_ONE}tai/<slug:format_>/", views.download, name="download"),
]
