# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.ui import views

app_name = "ui"
urlpatterns = [
    path("", views.components, name="components"),
    path("mat-ket-noi/", views.offline, name="offline"),
]
