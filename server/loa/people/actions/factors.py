# SPDX-License-Identifier: AGPL-3.0-or-later
"""The second factor beside a password: codes from a phone, and ten codes on paper."""

from django.db import transaction
from django.utils.translation import gettext as _

from loa.audit import actions as audit
from loa.config import clock
from loa.config.errors import ConflictError
from loa.people import codes
from loa.people.actions.checks import PersonError
from loa.people.models import CodeApp, Person, RecoveryCode
from loa.people.queries import passkeys_of


@transaction.atomic
def begin_code_app(*, person: Person) -> str:
    """Return the secret that a phone is to take over: the one that waits, or a new one.

    Raises:
        ConflictError: a phone is set up already.
    """
    known = CodeApp.objects.select_for_update().filter(person=person).first()
    if known is not None and known.confirmed_at is not None:
        raise ConflictError(_("Điện thoại đã được nối. Muốn đổi máy thì bỏ máy cũ trước."))
    secret = codes.unseal(bytes(known.sealed), person.pk) if known else None
    if secret is not None:
        return secret
    secret = codes.new_secret()
    CodeApp.objects.update_or_create(
        person=person,
        defaults={"sealed": codes.seal(secret, person.pk), "begun_at": clock.now(), "last_step": 0},
    )
    return secret


@transaction.atomic
def confirm_code_app(*, person: Person, code: str) -> list[str]:
    """Take a phone into use after its first right code; return ten codes on paper, shown once.

    Raises:
        ConflictError: there is no phone that waits.
        PersonError: the code is wrong.
    """
    known = CodeApp.objects.select_for_update().filter(person=person, confirmed_at=None).first()
    secret = codes.unseal(bytes(known.sealed), person.pk) if known else None
    if known is None or secret is None:
        raise ConflictError(_("Chưa có điện thoại nào đang nối. Mở lại trang này để bắt đầu."))
    now = clock.now()
    step = codes.step_of(secret, code, now)
    if step is None:
        raise PersonError(
            _("Mã chưa đúng. Xem giờ điện thoại có đúng không rồi gõ mã đang hiện."), field="code"
        )
    known.confirmed_at, known.last_step = now, step
    known.save(update_fields=["confirmed_at", "last_step"])
    audit.record(actor=person, action="people.add_code_app", obj=person)
    return _write_recovery_codes(person)


@transaction.atomic
def renew_recovery_codes(*, person: Person) -> list[str]:
    """Return ten new codes on paper, shown once; the old ones open nothing any more."""
    made = _write_recovery_codes(person)
    audit.record(actor=person, action="people.renew_recovery_codes", obj=person)
    return made


def _write_recovery_codes(person: Person) -> list[str]:
    RecoveryCode.objects.filter(person=person).delete()
    made, now = codes.new_recovery_codes(), clock.now()
    RecoveryCode.objects.bulk_create(
        RecoveryCode(person=person, digest=codes.recovery_digest(code, person.pk), made_at=now)
        for code in made
    )
    return made


@transaction.atomic
def check_second_factor(*, person: Person, code: str) -> bool:
    """Say whether this is the phone's code or one on paper; either counts once.

    Call ``throttle.attempt`` first: six digits can be guessed.
    """
    app = CodeApp.objects.select_for_update().filter(person=person, confirmed_at__isnull=False).first()
    if app is not None:
        secret = codes.unseal(bytes(app.sealed), person.pk)
        step = codes.step_of(secret, code, clock.now(), app.last_step) if secret else None
        if step is not None:
            app.last_step = step
            app.save(update_fields=["last_step"])
            return True
    unused = RecoveryCode.objects.filter(
        person=person, digest=codes.recovery_digest(code, person.pk), used_at=None
    )
    if not unused.update(used_at=clock.now()):
        return False
    left = RecoveryCode.objects.filter(person=person, used_at=None).count()
    audit.record(actor=person, action="people.use_recovery_code", obj=person, details={"left": left})
    return True


@transaction.atomic
def drop_code_app(*, person: Person, is_demanded: bool) -> None:
    """Take a phone out of use; without one nothing happens.

    Args:
        is_demanded: the installation asks everybody for a second factor.

    Raises:
        ConflictError: it is the person's only second factor and one is demanded.
    """
    if not CodeApp.objects.filter(person=person).exists():
        return
    if is_demanded and not passkeys_of(person).exists():
        raise ConflictError(_("Máy này đòi hai bước. Thêm một khóa truy cập trước khi bỏ điện thoại."))
    CodeApp.objects.filter(person=person).delete()
    audit.record(actor=person, action="people.drop_code_app", obj=person)


def drop_second_factors(person: Person) -> None:
    """Delete phone and codes on paper; the action that does so writes the entry."""
    CodeApp.objects.filter(person=person).delete()
    RecoveryCode.objects.filter(person=person).delete()
