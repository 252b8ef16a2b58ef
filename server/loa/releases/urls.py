# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.releases import views

app_name = "releases"
urlpatterns = [
    path("", views.waiting, name="waiting"),
    path("khoa/", views.key, name="key"),
    path("gui/<str:code>/", views.submit, name="submit"),
    path("<uuid:pk>/", views.release, name="release"),
    path("<uuid:pk>/ky/", views.sign, name="sign"),
    path("<uuid:pk>/tra-lai/", views.return_release, name="return_release"),
    path("<uuid:pk>/thu-hoi/", views.withdraw, name="withdraw"),
]
