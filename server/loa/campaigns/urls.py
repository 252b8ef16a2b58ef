# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import include, path

from loa.campaigns import views
from loa.campaigns.entering import activity_views, campaign_views

app_name = "campaigns"
PHASE, MESSAGE = {"kind": "phase"}, {"kind": "key_message"}
add_part, edit_part = campaign_views.add_part, campaign_views.edit_part
urlpatterns = [  # the overview of one campaign joins layers: console:campaign, <slug:key>/
    path("", views.campaigns, name="campaigns"),
    path("lap/moi/", campaign_views.create_campaign, name="create_campaign"),
    path("", include("loa.campaigns.seeing.urls")),
    path("<slug:key>/dau-moi/them/", activity_views.add_activity, name="add_activity"),
    path("<slug:key>/dau-moi/<int:pk>/", activity_views.activity, name="activity"),
    path("<slug:key>/dau-moi/<int:pk>/sua/", activity_views.edit_activity, name="edit_activity"),
    path(
        "<slug:key>/dau-moi/<int:pk>/trang-thai/",
        activity_views.set_activity_state,
        name="set_activity_state",
    ),
    path("<slug:key>/thong-diep/", views.key_messages, name="key_messages"),
    path("<slug:key>/thong-diep/them/", add_part, MESSAGE, name="add_key_message"),
    path("<slug:key>/thong-diep/<int:pk>/", edit_part, MESSAGE, name="edit_key_message"),
    path("<slug:key>/ke-hoach/", campaign_views.plan, name="phases"),
    path("<slug:key>/ke-hoach/giai-doan/", add_part, PHASE, name="add_phase"),
    path("<slug:key>/ke-hoach/giai-doan/<int:pk>/", edit_part, PHASE, name="edit_phase"),
    path("", include("loa.campaigns.entering.urls")),
    path("", include("loa.campaigns.importing.urls")),
    path("", include("loa.campaigns.urging.urls")),
]
