# SPDX-License-Identifier: AGPL-3.0-or-later
"""The addresses of a plan's pages over its activities; ``campaigns.urls`` includes them in its own namespace."""

from django.urls import path

from loa.campaigns.seeing import feed_views, views

urlpatterns = [
    path("lich/tao/", feed_views.renew_calendar_address, name="renew_calendar_address"),
    path("lich/bo/", feed_views.end_calendar_address, name="end_calendar_address"),
    path("lich/<str:token>/viec-cua-toi.ics", feed_views.own_feed, name="own_feed"),
    path("lich/<str:token>/<slug:key>.ics", feed_views.campaign_feed, name="campaign_feed"),
    path("<slug:key>/dau-moi/", views.activities, name="activities"),
    path("<slug:key>/dau-moi/da-chon.ics", feed_views.chosen_calendar, name="chosen_calendar"),
    path("<slug:key>/trang-thai/", views.board, name="board"),
    path("<slug:key>/tien-do/", views.gantt, name="gantt"),
    path("<slug:key>/lich/", feed_views.plan_calendar, name="plan_calendar"),
    path("<slug:key>/ban-do/", views.plan_map, name="plan_map"),
    path("<slug:key>/ma-tran/", views.matrix, name="matrix"),
    path("<slug:key>/khoi-luong/", views.workload, name="workload"),
    path("<slug:key>/cap-duoi/", views.levels, name="levels"),
    path("<slug:key>/giao-ban/", views.wall, name="wall"),
]
