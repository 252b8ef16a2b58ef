# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.console import campaign_views, views

app_name = "console"
urlpatterns = [
    path("", views.home, name="home"),
    path("khung/", views.frame_news, name="frame_news"),
    path("su-kien/", views.events, name="events"),
    path("chien-dich/<slug:key>/", campaign_views.campaign, name="campaign"),
    path("chien-dich/<slug:key>/do-phu/", campaign_views.campaign_coverage, name="campaign_coverage"),
    path("tin/", views.messages, name="messages"),
    path("tin/<str:code>/", views.message, name="message"),
]
