# SPDX-License-Identifier: AGPL-3.0-or-later
from django.urls import path

from loa.people.views import account, leave, security, sessions, sign_in, verify

app_name = "people"
urlpatterns = [
    path("", account.account, name="account"),
    path("dang-nhap/", sign_in.sign_in, name="sign_in"),
    path("dang-nhap/ma/", sign_in.sign_in_code, name="sign_in_code"),
    path("dang-nhap/khoa/hoi/", sign_in.sign_in_passkey_options, name="sign_in_passkey_options"),
    path("dang-nhap/khoa/", sign_in.sign_in_passkey, name="sign_in_passkey"),
    path("dang-xuat/", sign_in.sign_out, name="sign_out"),
    path("mat-khau/", account.change_password, name="change_password"),
    path("xac-nhan/", verify.verify, name="verify"),
    path("xac-nhan/khoa/hoi/", verify.verify_passkey_options, name="verify_passkey_options"),
    path("xac-nhan/khoa/", verify.verify_passkey, name="verify_passkey"),
    path("bao-ve/", security.security, name="security"),
    path("khoa/hoi/", security.add_passkey_options, name="add_passkey_options"),
    path("khoa/them/", security.add_passkey, name="add_passkey"),
    path("khoa/ket-thuc/", security.end_passkey, name="end_passkey"),
    path("dien-thoai/", security.code_app, name="code_app"),
    path("dien-thoai/bo/", security.drop_code_app, name="drop_code_app"),
    path("ma-du-phong/", security.renew_recovery_codes, name="renew_recovery_codes"),
    path("phien/", sessions.sessions, name="sessions"),
    path("phien/ket-thuc/", sessions.end_sessions, name="end_sessions"),
    path("nghi/", leave.leave, name="leave"),
    path("nghi/ket-thuc/", leave.end_leave, name="end_leave"),
]
