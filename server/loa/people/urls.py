# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.people.views import account

app_name = "people"
urlpatterns = [
    path("", account.account, name="account"),
    path("dang-nhap/", account.sign_in, name="sign_in"),
    path("dang-xuat/", account.sign_out, name="sign_out"),
    path("mat-khau/", account.change_password, name="change_password"),
]
