# SPDX-License-Identifier: AGPL-3.0-or-later
"""What people do with devices."""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from loa.areas import tree
from loa.areas.models import Area
from loa.areas.queries import commune_of
from loa.audit.actions import record as audit
from loa.config import clock, messaging
from loa.config.errors import ConflictError
from loa.devices.models import Device, DeviceState, Enrolment, Incident, IncidentStep, StepKind
from loa.devices.publishing import root_text
from loa.devices.repository_roots import RootKeysAwayError
from loa.jobs import outbox
from loa.people.models import Person
from loa.people.queries import require
from loa.people.rules import Permission

NAME_LENGTH = 120


def approve(
    *, actor: Person, enrolment: Enrolment, village: Area, name: str, is_test: bool = False
) -> Device:
    """Let a device in: it belongs to the village's commune from now on. Approving twice lets it in once.

    Raises:
        PermissionDeniedError: the actor does not keep the devices of the village.
        ConflictError: no name, not a village, the request has ended, or the root keys are away.
    """
    require(actor, Permission.DEVICE_MANAGE, area=village)
    name = name.strip()
    if not name or len(name) > NAME_LENGTH:
        raise ConflictError(_("Đặt tên cho thiết bị, dài nhất 120 chữ."), field="name")
    if village.depth < tree.COMMUNE_DEPTH:
        raise ConflictError(_("Chọn một thôn, bản hoặc khu phố."), field="village")
    commune = commune_of(village)
    try:
        root_text(commune.code)  # before anything is stored: without it no device could begin
    except RootKeysAwayError as error:
        raise ConflictError(
            _("Xã này chưa có khóa gốc. Mang ít nhất hai khóa gốc vào máy chủ rồi làm lại.")
        ) from error
    now = clock.now()
    with transaction.atomic():
        enrolment = (
            Enrolment.objects.select_for_update(of=("self",)).select_related("device").get(pk=enrolment.pk)
        )
        if enrolment.device is not None:
            return enrolment.device
        _check_open(enrolment, now)
        device = _make(actor, enrolment, commune, village, name, is_test, now)
        enrolment.device = device
        enrolment.save(update_fields=["device"])
        details = {"village": village.code, "key": device.public_key, "is_test": is_test}
        audit(actor=actor, action="devices.approve", obj=device, area_code=commune.code, details=details)
        outbox.put("publish", key=commune.code)
        outbox.put("event", key=commune.code, payload={"kind": "device", "id": str(device.pk)})
    return device


def _check_open(enrolment: Enrolment, now: datetime) -> None:
    if enrolment.refused_at is not None:
        raise ConflictError(_("Thiết bị này đã bị từ chối. Khởi động lại máy để lấy mã mới."), field="code")
    if enrolment.expires_at <= now:
        raise ConflictError(_("Mã đã quá 15 phút. Xem mã mới trên máy rồi nhập lại."), field="code")


def _make(
    actor: Person,
    enrolment: Enrolment,
    commune: Area,
    village: Area,
    name: str,
    is_test: bool,
    now: datetime,
) -> Device:
    try:
        with transaction.atomic():
            return Device.objects.create(
                name=name,
                commune=commune,
                village=village,
                public_key=enrolment.public_key,
                is_test=is_test,
                enrolled_at=now,
                enrolled_by=actor.full_name,
                is_sample=village.is_sample,
            )
    except IntegrityError as error:
        raise ConflictError(_("Máy có khóa này đã là một thiết bị của hệ thống."), field="code") from error


def refuse(*, actor: Person, enrolment: Enrolment) -> Enrolment:
    """Refuse a device that asks to be let in; refusing twice is one change.

    Raises:
        PermissionDeniedError: the actor keeps no devices.
        ConflictError: it was let in already.
    """
    require(actor, Permission.DEVICE_MANAGE)
    now = clock.now()
    with transaction.atomic():
        if Enrolment.objects.filter(pk=enrolment.pk, refused_at=None, device=None).update(refused_at=now):
            audit(actor=actor, action="devices.refuse", obj=enrolment)
    enrolment.refresh_from_db()
    if enrolment.device_id is not None:
        raise ConflictError(_("Thiết bị này đã được nhận. Muốn bỏ, mở trang của nó rồi ngừng dùng."))
    return enrolment


def rename(*, actor: Person, device: Device, name: str) -> Device:
    """Give a device another name.

    Raises:
        PermissionDeniedError: the actor does not keep the devices there.
        ConflictError: no name.
    """
    require(actor, Permission.DEVICE_MANAGE, area=device.village)
    name = name.strip()
    if not name or len(name) > NAME_LENGTH:
        raise ConflictError(_("Đặt tên cho thiết bị, dài nhất 120 chữ."), field="name")
    with transaction.atomic():
        before = device.name
        if Device.objects.filter(pk=device.pk).exclude(name=name).update(name=name):
            audit(actor=actor, action="devices.rename", obj=device, details={"before": before, "after": name})
    device.refresh_from_db()
    return device


def set_test(*, actor: Person, device: Device, is_test: bool) -> Device:
    """Let a device play test messages, or no more; it does when it has the next airtime rules.

    "Already so" is no change.

    Raises:
        PermissionDeniedError: the actor does not keep the devices there.
        ConflictError: it was a test device from its enrolment on, which nothing can take back.
    """
    require(actor, Permission.DEVICE_MANAGE, area=device.village)
    with transaction.atomic():
        device = (
            Device.objects.select_for_update(of=("self",))
            .select_related("commune", "village")
            .get(pk=device.pk)
        )
        if device.is_test == is_test:
            return device
        if device.is_test and device.test_since is None:
            raise ConflictError(_("Máy này là máy thử từ lúc được nhận. Muốn đổi: ngừng dùng rồi nhận lại."))
        device.is_test, device.test_since = is_test, clock.now() if is_test else None
        device.save(update_fields=["is_test", "test_since"])
        audit(
            actor=actor,
            action="devices.set_test",
            obj=device,
            details={"is_test": is_test},
            area_code=device.commune.code,
        )
        outbox.put("publish", key=device.commune.code)
    return device


def retire(*, actor: Person, device: Device) -> Device:
    """Take a device out of service: its key is revoked, and its credential is no longer renewed.

    It may play on by its last agenda until that ends; what is withdrawn meanwhile stays listed for it. Its open
    incidents are closed: nobody goes there any more.

    Raises:
        PermissionDeniedError: the actor does not keep the devices there.
    """
    require(actor, Permission.DEVICE_MANAGE, area=device.village)
    with transaction.atomic():
        changed = _end_service(actor, device)
    if changed:
        messaging.revoke_device(device.public_key)
    device.refresh_from_db()
    return device


def _end_service(actor: Person, device: Device) -> bool:
    """Take a device out of service, in the transaction of its action; the caller revokes its key after that."""
    now = clock.now()
    active = Device.objects.filter(pk=device.pk, state=DeviceState.ACTIVE)
    if not active.update(state=DeviceState.RETIRED, retired_at=now):
        return False
    Incident.objects.filter(device=device, lasts=True, ended_at=None).update(ended_at=now)
    closed = list(Incident.objects.filter(device=device, closed_at=None))
    Incident.objects.filter(pk__in=[one.pk for one in closed]).update(
        closed_at=now, closed_by=actor.full_name
    )
    IncidentStep.objects.bulk_create(
        IncidentStep(
            incident=one, at=now, who=actor.full_name, kind=StepKind.CLOSED, note=_("ngừng dùng máy")
        )
        for one in closed
    )
    audit(actor=actor, action="devices.retire", obj=device, area_code=device.village.code)
    return True


def replace(*, actor: Person, device: Device, enrolment: Enrolment) -> Device:
    """Let a new machine take the place and name of a device, which ends its service: both or neither.

    Raises:
        PermissionDeniedError: the actor does not keep the devices there.
        ConflictError: the device serves no more, or the new one cannot be let in.
    """
    require(actor, Permission.DEVICE_MANAGE, area=device.village)
    with transaction.atomic():
        old = Device.objects.select_for_update(of=("self",)).select_related("village").get(pk=device.pk)
        known = Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk).device
        if known is not None and known.replaces_id == old.pk:
            return known
        if known is not None:
            raise ConflictError(_("Mã này là của một máy đã được nhận. Xem mã đang hiện trên máy mới."))
        if old.state != DeviceState.ACTIVE:
            raise ConflictError(_("Máy này đã ngừng dùng. Thêm máy mới như một thiết bị mới."))
        is_test = old.is_test and old.test_since is None
        made = approve(actor=actor, enrolment=enrolment, village=old.village, name=old.name, is_test=is_test)
        made.replaces = old
        made.save(update_fields=["replaces"])
        _end_service(actor, old)
        details = {"old": str(old.pk), "new": str(made.pk)}
        audit(actor=actor, action="devices.replace", obj=made, area_code=old.village.code, details=details)
    messaging.revoke_device(old.public_key)
    return made


def forget_enrolments(now: datetime | None = None) -> int:
    """Delete enrolments that ended a day ago without approval; return how many."""
    now = now or clock.now()
    ended = Enrolment.objects.filter(device=None, expires_at__lt=now - timedelta(days=1))
    return ended.delete()[0]
