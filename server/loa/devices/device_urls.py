# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.devices import device_views as views

app_name = "device_api"
urlpatterns = [
    path("enrolments", views.ask, name="ask"),
    path("enrolments/<uuid:enrolment_id>", views.state, name="state"),
    path("credential", views.credential, name="credential"),
]
