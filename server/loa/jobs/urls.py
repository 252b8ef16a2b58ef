# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.jobs import views

app_name = "jobs"
urlpatterns = [path("<path:key>/", views.progress, name="progress")]
