# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.campaigns.importing import views

urlpatterns = [
    path("<slug:key>/nhap/", views.import_plan, name="import_plan"),
    path("<slug:key>/nhap/<int:pk>/", views.plan_import, name="plan_import"),
    path("<slug:key>/nhap/<int:pk>/cot/", views.choose_columns, name="choose_columns"),
    path("<slug:key>/nhap/<int:pk>/xac-nhan/", views.confirm_import, name="confirm_import"),
    path("<slug:key>/nhap/<int:pk>/bo/", views.drop_import, name="drop_import"),
    path("<slug:key>/xuat.xlsx", views.export_plan, name="export_plan"),
    path("<slug:key>/xuat/", views.large_export, name="large_export"),
]
