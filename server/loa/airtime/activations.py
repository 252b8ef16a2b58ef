# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an activated emergency becomes in the calendar: it sounds at once, and again within its time."""

from datetime import timedelta

from loa.airtime.actions import CUT_OFF_S
from loa.airtime.models import Placement
from loa.areas.queries import communes_in
from loa.audit.actions import record as audit
from loa.channels.registry import channels
from loa.jobs import outbox
from loa.releases.models import Activation

AT_ONCE = timedelta(seconds=15)  # for the devices to fetch the sound; they begin later when it takes longer
AGAIN = timedelta(minutes=15)
LOUD = 100  # percent; a device never goes above the airtime rules


def place_activation(activation: Activation) -> None:
    """Place a prepared emergency on every channel that devices carry out; listens to ``releases.seams``.

    Nothing that is planned stands in its way: it goes before all else on the devices' ladder.
    """
    release, zones = activation.release, list(activation.release.zones.all())
    starts_at, number = activation.not_before + AT_ONCE, 0
    while starts_at < activation.not_after and number < release.repeat_limit:
        for channel in channels():
            if channel.agenda is None:
                continue
            made = Placement.objects.create(
                release=release,
                activation=activation,
                channel=channel.key,
                starts_at=starts_at,
                duration_ms=release.sound.duration_ms,
                cut_off_s=CUT_OFF_S,
                volume=LOUD,
                created_by=activation.person,
                created_at=activation.at,
            )
            made.zones.set(zones)
            audit(
                actor=activation.person,
                action="airtime.place",
                obj=made,
                area_code=zones[0].code,
                details={"release": str(release.pk), "activation": str(activation.pk)},
            )
        starts_at, number = starts_at + AGAIN, number + 1
    for code in communes_in(zones).values_list("code", flat=True):
        outbox.put("publish", key=code)
