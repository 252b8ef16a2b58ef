# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.voice.lexicon import table_views, views, voice_views

app_name = "lexicon"
urlpatterns = [
    path("", views.index, name="index"),
    path("them/", views.add, name="add"),
    path("nghe-thu/", voice_views.hear, name="hear"),
    path("nghe-thu/<str:token>.opus", voice_views.trial_sound, name="trial"),
    path("tu/<int:pk>/", views.word, name="word"),
    path("tu/<int:pk>/xoa/", views.remove, name="remove"),
    path("<str:code>/dia-danh/", table_views.places, name="places"),
    path("<str:code>/giong/", voice_views.voice, name="voice"),
    path("<str:code>/nhap/", table_views.import_table, name="import_table"),
    path("<str:code>/bang.<str:kind>", table_views.export_table, name="export_table"),
]
