# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.airtime import programme_views, rule_views, views

app_name = "airtime"
urlpatterns = [
    path("", views.calendar, name="calendar"),
    path("quy-dinh/<str:code>/", rule_views.rules, name="rules"),
    path("chuong-trinh/<str:code>/", programme_views.programmes, name="programmes"),
    path("chuong-trinh/<str:code>/them/", programme_views.make_programme, name="make_programme"),
    path("chuong-trinh/<str:code>/nhom-thon/", programme_views.make_group, name="make_group"),
    path("chuong-trinh/muc/<int:pk>/", programme_views.programme, name="programme"),
    path("chuong-trinh/muc/<int:pk>/sua/", programme_views.change_programme, name="change_programme"),
    path("chuong-trinh/muc/<int:pk>/dung/", programme_views.end_programme, name="end_programme"),
    path("nhom-thon/<int:pk>/", programme_views.change_group, name="change_group"),
    path("chep-ngay/<str:code>/", views.copy_day, name="copy_day"),
    path("luot/<uuid:placement_id>/", views.placement, name="placement"),
    path("luot/<uuid:placement_id>/doi/", views.move, name="move"),
    path("luot/<uuid:placement_id>/bo/", views.cancel, name="cancel"),
]
