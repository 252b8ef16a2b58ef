# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.campaigns.urging import views

urlpatterns = [
    path("<slug:key>/don-doc/", views.urge, name="urge"),
    path("<slug:key>/don-doc/ngay/", views.urging_days, name="urging_days"),
]
