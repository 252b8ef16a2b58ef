# SPDX-License-Identifier: AGPL-3.0-or-later
"""Addresses of entering a plan; the campaigns' own urls include them, under their name."""

from django.urls import path

from loa.campaigns.entering import (
    activity_views,
    campaign_views,
    evidence_views,
    inspection_views,
    proposing,
    removing,
    starting,
)

add, edit = campaign_views.add_part, campaign_views.edit_part
PLAN, WORK, VISIT = "<slug:key>/ke-hoach/", "<slug:key>/dau-moi/<int:pk>/", "<slug:key>/kiem-tra/"

urlpatterns = [
    # A campaign
    path("lap/mau/", starting.show_library, name="library"),
    path("lap/mau/<slug:name>/", starting.use_template, name="use_template"),
    path("lap/da-xoa/", removing.campaigns_bin, name="campaigns_bin"),
    path("lap/lay-lai/<int:pk>/", removing.undo_removal, name="undo_removal"),
    path("tep/<slug:sha256>/", evidence_views.file, name="file"),
    path("tep/<slug:sha256>/<slug:size>/", evidence_views.file, name="file_copy"),
    path("<slug:key>/nhan-ban/", starting.copy_campaign, name="copy_campaign"),
    path("<slug:key>/nhan-ve/", starting.take_over, name="take_over"),
    path("<slug:key>/de-nghi/", proposing.proposals, name="proposals"),
    path("<slug:key>/de-nghi/quyet/", proposing.decide, name="decide_proposals"),
    path("<slug:key>/lich-su/", removing.campaign_history, name="history"),
    path("<slug:key>/trao-doi/", inspection_views.discussion, name="discussion"),
    path("<slug:key>/da-xoa/", removing.bin, name="bin"),
    path("<slug:key>/xoa/<slug:what>/<int:pk>/", removing.remove, name="remove"),
    # Its plan
    path(f"{PLAN}sua/", campaign_views.edit_campaign, name="edit_campaign"),
    path(f"{PLAN}kenh/", campaign_views.planned_channels, name="planned_channels"),
    path(f"{PLAN}can-cu/", add, {"kind": "legal_document"}, name="add_legal_document"),
    path(f"{PLAN}can-cu/<int:pk>/", edit, {"kind": "legal_document"}, name="edit_legal_document"),
    path(f"{PLAN}muc-tieu/", add, {"kind": "objective"}, name="add_objective"),
    path(f"{PLAN}muc-tieu/<int:pk>/", edit, {"kind": "objective"}, name="edit_objective"),
    path(f"{PLAN}muc-tieu/<int:pk>/so-do/", campaign_views.add_reading, name="add_reading"),
    path(f"{PLAN}doi-tuong/", add, {"kind": "audience"}, name="add_audience"),
    path(f"{PLAN}doi-tuong/<int:pk>/", edit, {"kind": "audience"}, name="edit_audience"),
    path(f"{PLAN}kinh-phi/", add, {"kind": "budget_line"}, name="add_budget_line"),
    path(f"{PLAN}kinh-phi/<int:pk>/", edit, {"kind": "budget_line"}, name="edit_budget_line"),
    # An activity
    path(f"{WORK}hien/", activity_views.activity_live, name="activity_live"),
    path(f"{WORK}lich-su/", activity_views.activity_history, name="activity_history"),
    path(f"{WORK}trao-doi/", activity_views.activity_around, name="activity_around"),
    path(f"{WORK}minh-chung/tep/", evidence_views.add_files, name="add_files"),
    path(f"{WORK}minh-chung/duong-dan/", evidence_views.add_link, name="add_link"),
    path(f"{WORK}minh-chung/so-lieu/", evidence_views.add_figures, name="add_figures"),
    path(f"{WORK}minh-chung/luot/", evidence_views.add_delivery, name="add_delivery"),
    path(f"{WORK}minh-chung/trung/<int:match>/", evidence_views.clear_match, name="clear_match"),
    path(f"{WORK}gui/", evidence_views.begin_upload, name="begin_upload"),
    path(f"{WORK}gui/<uuid:client_key>/", evidence_views.upload, name="upload"),
    # Inspections
    path(VISIT, inspection_views.inspections, name="inspections"),
    path(f"{VISIT}them/", inspection_views.plan_inspection, name="plan_inspection"),
    path(f"{VISIT}<int:pk>/", inspection_views.inspection, name="inspection"),
    path(f"{VISIT}<int:pk>/sua/", inspection_views.edit_inspection, name="edit_inspection"),
    path(f"{VISIT}<int:pk>/ket-qua/", inspection_views.record_visit, name="record_visit"),
    path(f"{VISIT}<int:pk>/phat-hien/", inspection_views.add_finding, name="add_finding"),
    path(f"{VISIT}<int:pk>/ket-luan/", inspection_views.sign_off, name="sign_off"),
    path(f"{VISIT}phat-hien/<int:pk>/", inspection_views.resolve_finding, name="resolve_finding"),
]
