# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.people.views import areas, deputies, index, organisations, people, person_sign_in, proposals

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
    path("chuc-danh/<int:pk>/nguoi-thay/", deputies.deputies, name="deputies"),
    path("nguoi-thay/<int:pk>/ket-thuc/", deputies.end_deputyship, name="end_deputyship"),
    path("nguoi/", people.people, name="people"),
    path("nguoi/them/", people.add_person, name="add_person"),
    path("nguoi/<int:pk>/", people.person, name="person"),
    path("nguoi/<int:pk>/vai-tro/", people.grant_role, name="grant_role"),
    path("nguoi/<int:pk>/mat-khau/", people.reset_password, name="reset_password"),
    path("nguoi/<int:pk>/dang-nhap/", person_sign_in.person_sign_in, name="person_sign_in"),
    path("nguoi/<int:pk>/khoa/", person_sign_in.end_persons_passkey, name="end_persons_passkey"),
    path("nguoi/<int:pk>/phien/", person_sign_in.end_persons_sessions, name="end_persons_sessions"),
    path("nguoi/<int:pk>/bat-dau-lai/", person_sign_in.propose_recovery, name="propose_recovery"),
    path("nguoi/<int:pk>/nghi/", person_sign_in.record_persons_leave, name="record_persons_leave"),
    path("nguoi/<int:pk>/nghi/ket-thuc/", person_sign_in.end_persons_leave, name="end_persons_leave"),
    path("cho-nguoi-thu-hai/", proposals.proposals, name="proposals"),
    path("cho-nguoi-thu-hai/<int:pk>/dong-y/", proposals.confirm_proposal, name="confirm_proposal"),
    path("cho-nguoi-thu-hai/<int:pk>/bo/", proposals.refuse_proposal, name="refuse_proposal"),
    path("vai-tro/<int:pk>/ket-thuc/", people.end_role, name="end_role"),
]
