# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.releases import (
    emergency_views,
    list_views,
    mishap_views,
    passkey_views,
    policy_views,
    second_look_views,
    views,
)

app_name = "releases"
urlpatterns = [
    path("", views.waiting, name="waiting"),
    path("khoa/", views.key, name="key"),
    path("gui/<str:code>/", views.submit, name="submit"),
    path("cach-ky/", policy_views.policies, name="policies"),
    path("cach-ky/<int:pk>/", policy_views.policy, name="policy"),
    path("cach-ky/de-nghi/<int:pk>/dong-y/", policy_views.confirm_policy, name="confirm_policy"),
    path("cach-ky/de-nghi/<int:pk>/bo/", policy_views.refuse_policy, name="refuse_policy"),
    path("<uuid:pk>/xin-loi/", mishap_views.apologise, name="apologise"),
    path("<uuid:pk>/su-viec/", mishap_views.mishap, name="mishap"),
    path("danh-sach/", list_views.lists, name="lists"),
    path("danh-sach/<int:pk>/", list_views.proposed_list, name="proposed_list"),
    path("danh-sach/<int:pk>/ky/hoi/", list_views.sign_list_options, name="sign_list_options"),
    path("danh-sach/<int:pk>/ky/", list_views.sign_list, name="sign_list"),
    path("khan-cap/", emergency_views.emergencies, name="emergencies"),
    path("<uuid:pk>/phat-ngay/", emergency_views.activate, name="activate"),
    path(
        "<uuid:pk>/phat-ngay/khoa/hoi/",
        emergency_views.activate_passkey_options,
        name="activate_passkey_options",
    ),
    path("<uuid:pk>/phat-ngay/khoa/", emergency_views.activate_passkey, name="activate_passkey"),
    path("xem-lai/<int:pk>/", views.review, name="review"),
    path("<uuid:pk>/", views.release, name="release"),
    path("<uuid:pk>/goi/", second_look_views.second_look, name="second_look"),
    path("<uuid:pk>/ky/", views.sign, name="sign"),
    path("<uuid:pk>/ky/khoa/hoi/", passkey_views.sign_passkey_options, name="sign_passkey_options"),
    path("<uuid:pk>/ky/khoa/", passkey_views.sign_passkey, name="sign_passkey"),
    path("<uuid:pk>/nghe/", views.heard, name="heard"),
    path("<uuid:pk>/tra-lai/", views.return_release, name="return_release"),
    path("<uuid:pk>/thu-hoi/", views.withdraw, name="withdraw"),
    path(
        "<uuid:pk>/thu-hoi/khoa/hoi/",
        passkey_views.withdraw_passkey_options,
        name="withdraw_passkey_options",
    ),
    path("<uuid:pk>/thu-hoi/khoa/", passkey_views.withdraw_passkey, name="withdraw_passkey"),
]
