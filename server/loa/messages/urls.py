# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.messages import views

app_name = "messages"
urlpatterns = [
    path("viet/", views.write, name="write"),
    path("<str:code>/sua/", views.edit, name="edit"),
    path("<str:code>/ban-moi/", views.new_revision, name="new_revision"),
]
