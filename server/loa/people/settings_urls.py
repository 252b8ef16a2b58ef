# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.people.views import areas, index, organisations, people

app_name = "people_settings"
urlpatterns = [
    path("", index.index, name="index"),
    path("dia-ban/", areas.areas, name="areas"),
    path("dia-ban/<str:code>/", areas.area, name="area"),
    path("dia-ban/<str:code>/them/", areas.add_village, name="add_village"),
    path("dia-ban/<str:code>/nhap/", areas.import_villages, name="import_villages"),
    path("co-quan/", organisations.organisations, name="organisations"),
    path("co-quan/them/", organisations.add_organisation, name="add_organisation"),
    path("chuc-danh/", organisations.posts, name="posts"),
    path("chuc-danh/them/", organisations.add_post, name="add_post"),
    path("chuc-danh/<int:pk>/", organisations.post, name="post"),
    path("nguoi/", people.people, name="people"),
    path("nguoi/them/", people.add_person, name="add_person"),
    path("nguoi/<int:pk>/", people.person, name="person"),
    path("nguoi/<int:pk>/vai-tro/", people.grant_role, name="grant_role"),
    path("nguoi/<int:pk>/mat-khau/", people.reset_password, name="reset_password"),
    path("vai-tro/<int:pk>/ket-thuc/", people.end_role, name="end_role"),
]
