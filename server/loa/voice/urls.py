# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.voice import reading_views, views
from loa.voice.languages import views as language_views

app_name = "voice"
urlpatterns = [
    path("xem-truoc/", views.preview, name="preview"),
    path("am/<str:sha256>/da-nghe/", views.heard, name="heard"),
    path("<str:code>/loi-doc/", views.spoken, name="spoken"),
    path("<str:code>/loi-doc/tao/", views.synthesise, name="synthesise"),
    path("<str:code>/loi-doc/ban-ghi/", views.record, name="record"),
    path("<str:code>/loi-doc/tieng/", language_views.add_language, name="add_language"),
    path("<str:code>/loi-doc/tieng/<int:pk>/xoa/", language_views.remove_language, name="remove_language"),
    path("<str:code>/loi-doc/cho/", reading_views.stretch, name="stretch"),
    path("<str:code>/loi-doc/hoi/", reading_views.answer, name="answer"),
    path("<str:code>/loi-doc/dong-y/", reading_views.accept_all, name="accept_all"),
]
