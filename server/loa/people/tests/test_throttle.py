# SPDX-License-Identifier: AGPL-3.0-or-later
from datetime import UTC, datetime, timedelta

import pytest

from loa.people import throttle
from loa.people.models import SignInFailure
from loa.people.throttle import TooManyAttemptsError, attempt, succeeded

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 10, tzinfo=UTC)


def fail(times: int, username: str = "hau", address: str = "10.0.0.1", now: datetime = NOW) -> None:
    for _ in range(times):
        attempt(username, address, now)


def test_a_few_wrong_passwords_are_allowed_and_then_signing_in_waits() -> None:
    fail(throttle.FROM_ONE_ADDRESS_FOR_ONE_ACCOUNT)
    with pytest.raises(TooManyAttemptsError, match="sau 15 phút"):
        attempt("hau", "10.0.0.1", NOW)
    with pytest.raises(TooManyAttemptsError, match="sau 5 phút"):
        attempt("hau", "10.0.0.1", NOW + timedelta(minutes=10))


def test_waiting_long_enough_is_enough_however_often_one_tried_meanwhile() -> None:
    fail(throttle.FROM_ONE_ADDRESS_FOR_ONE_ACCOUNT)
    for minute in range(1, 15):
        with pytest.raises(TooManyAttemptsError):
            attempt("hau", "10.0.0.1", NOW + timedelta(minutes=minute))
    attempt("hau", "10.0.0.1", NOW + timedelta(minutes=15))


def test_a_colleague_and_another_address_are_not_held_up() -> None:
    fail(throttle.FROM_ONE_ADDRESS_FOR_ONE_ACCOUNT)
    attempt("uoc", "10.0.0.1", NOW)
    attempt("hau", "10.0.0.2", NOW)


def test_one_account_guessed_from_many_addresses_waits() -> None:
    for number in range(throttle.FOR_ONE_ACCOUNT):
        attempt("hau", f"10.0.1.{number}", NOW)
    with pytest.raises(TooManyAttemptsError):
        attempt("hau", "10.0.2.1", NOW)


def test_one_address_that_guesses_many_accounts_waits() -> None:
    for number in range(throttle.FROM_ONE_ADDRESS):
        attempt(f"nguoi-{number}", "10.0.0.1", NOW)
    with pytest.raises(TooManyAttemptsError):
        attempt("hau", "10.0.0.1", NOW)


def test_a_right_password_clears_the_account_at_this_address() -> None:
    fail(4)
    fail(1, address="10.0.0.2")
    succeeded("hau", "10.0.0.1")
    assert SignInFailure.objects.count() == 1


def test_failures_are_forgotten_after_the_window_and_long_names_are_cut() -> None:
    fail(3)
    attempt("x" * 500, "y" * 500, NOW + throttle.WINDOW)
    assert SignInFailure.objects.count() == 1
