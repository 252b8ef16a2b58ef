# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.notices import views, way_views

app_name = "notices"
urlpatterns = [
    path("", views.listing, name="listing"),
    path("push.js", way_views.push_worker, name="push_worker"),
    path("cach-nhan/", way_views.ways, name="ways"),
    path("cach-nhan/thu/", way_views.confirm_email, name="confirm_email"),
    path("cach-nhan/trinh-duyet/", way_views.subscribe, name="subscribe"),
    path("cach-nhan/trinh-duyet/<int:pk>/bo/", way_views.end_subscription, name="end_subscription"),
    path("<uuid:pk>/", views.notice, name="notice"),
    path("<uuid:pk>/da-nhan/", views.acknowledge, name="acknowledge"),
    path("<uuid:pk>/tra-loi/", views.answer, name="answer"),
    path("<uuid:pk>/phan-doi/", views.object_to, name="object_to"),
    path("<uuid:pk>/chuyen/", views.pass_on, name="pass_on"),
]
