# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.voice import views

app_name = "voice"
urlpatterns = [
    path("xem-truoc/", views.preview, name="preview"),
    path("am/<str:sha256>/da-nghe/", views.heard, name="heard"),
    path("<str:code>/loi-doc/", views.spoken, name="spoken"),
    path("<str:code>/loi-doc/tao/", views.synthesise, name="synthesise"),
    path("<str:code>/loi-doc/ban-ghi/", views.record, name="record"),
]
