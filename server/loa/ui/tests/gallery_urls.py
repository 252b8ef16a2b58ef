# SPDX-License-Identifier: AGPL-3.0-or-later
"""The page of components alone, for the browser tests: the server shows it in development only."""

from django.urls import include, path

urlpatterns = [path("ui/", include("loa.ui.urls"))]
