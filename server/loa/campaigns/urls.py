# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.campaigns import views

app_name = "campaigns"
urlpatterns = [  # the overview of one campaign joins layers: console:campaign, <slug:key>/
    path("", views.campaigns, name="campaigns"),
    path("lap/moi/", views.create_campaign, name="create_campaign"),
    path("<slug:key>/dau-moi/", views.activities, name="activities"),
    path("<slug:key>/dau-moi/them/", views.add_activity, name="add_activity"),
    path("<slug:key>/dau-moi/<int:pk>/", views.activity, name="activity"),
    path("<slug:key>/dau-moi/<int:pk>/sua/", views.edit_activity, name="edit_activity"),
    path("<slug:key>/dau-moi/<int:pk>/trang-thai/", views.set_activity_state, name="set_activity_state"),
    path("<slug:key>/thong-diep/", views.key_messages, name="key_messages"),
    path("<slug:key>/thong-diep/them/", views.add_key_message, name="add_key_message"),
    path("<slug:key>/thong-diep/<int:pk>/", views.edit_key_message, name="edit_key_message"),
    path("<slug:key>/ke-hoach/", views.phases, name="phases"),
    path("<slug:key>/ke-hoach/giai-doan/", views.add_phase, name="add_phase"),
    path("<slug:key>/ke-hoach/giai-doan/<int:pk>/", views.edit_phase, name="edit_phase"),
]
