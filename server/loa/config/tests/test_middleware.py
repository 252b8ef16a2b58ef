# SPDX-License-Identifier: AGPL-3.0-or-later
import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "a b", "localhost:99999999/x"])
def test_a_foreign_host_is_refused_with_a_page_and_a_policy(host: str) -> None:
    client = Client(raise_request_exception=False)
    answer = client.get("/tai-khoan/dang-nhap/", headers={"Host": host})
    assert answer.status_code == 400
    assert "evil.example" not in answer.headers["Content-Security-Policy"]
    assert "evil.example" not in answer.content.decode()
