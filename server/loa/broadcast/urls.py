# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.broadcast import views

app_name = "broadcast"
urlpatterns = [
    path("dat/<uuid:release_id>/", views.place, name="place"),
]
