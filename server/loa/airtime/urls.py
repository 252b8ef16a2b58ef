# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.airtime import rule_views, views

app_name = "airtime"
urlpatterns = [
    path("", views.calendar, name="calendar"),
    path("quy-dinh/<str:code>/", rule_views.rules, name="rules"),
    path("luot/<uuid:placement_id>/", views.placement, name="placement"),
    path("luot/<uuid:placement_id>/doi/", views.move, name="move"),
    path("luot/<uuid:placement_id>/bo/", views.cancel, name="cancel"),
]
