# SPDX-License-Identifier: AGPL-3.0-or-later
"""The loudspeaker channel: what its devices should do, where they stand, which of them may hold a release."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from loa.airtime.models import Placement
from loa.airtime.queries import sounding
from loa.areas import tree
from loa.areas.models import Area
from loa.areas.queries import communes_in
from loa.channels.ports import Place
from loa.channels.registry import Channel
from loa.deliveries.models import Delivery, ProofStrength
from loa.devices.models import Device
from loa.devices.queries import devices_in, holding_devices, set_to_test, silent_by
from loa.releases.models import Release
from loa_protocol.statements import AgendaItem
from loa_protocol.times import local_text

KEY = "loudspeaker"


class LoudspeakerAgenda:
    """Placements of a province or several communes are resolved here: a commune gets its own part alone."""

    def items(self, commune: Area, since: datetime, until: datetime) -> Sequence[AgendaItem]:
        """Return the commune's items that end after ``since`` and start before ``until``, by start."""
        placements = [one for one in sounding([commune], since, until) if one.channel == KEY]
        return [self._item(commune, one) for one in placements]

    def _item(self, commune: Area, placement: Placement) -> AgendaItem:
        return AgendaItem(
            item_id=str(placement.pk),
            release_id=str(placement.release_id),
            starts=local_text(placement.starts_at, settings.TIME_ZONE),
            zones=zones_in(commune, list(placement.zones.all())),
            rendition_sha256=placement.release.sound.sha256,
            duration_ms=placement.duration_ms,
            priority_class=placement.release.priority_class,  # type: ignore[arg-type]  # checked by the model
            cut_off_s=placement.cut_off_s,
            volume=placement.volume,
            activation_id=str(placement.activation_id or ""),
        )


class LoudspeakerHolders:
    """Every device in the release's zones may hold it, once it was placed in the device's commune."""

    def places(self, release: Release) -> Sequence[Place]:
        """Return the devices that may hold ``release``, each with the moment when it falls silent anyway."""
        zones = list(release.zones.all())
        devices = holding_devices(zones, KEY, since=release.released_at or release.submitted_at)
        placed = _communes_placed(release, devices)
        silent = silent_by(devices, release)
        return [
            Place(
                key=str(device.pk),
                name=device.name,
                village_id=device.village_id,
                silent_by=silent[device.pk],
            )
            for device in devices
            if device.commune_id in placed
        ]


class LoudspeakerStations:
    """Active loudspeakers; a test message sounds on test devices alone."""

    def counts(self, areas: Sequence[Area], *, is_test: bool) -> Mapping[int, int]:
        """Return how many loudspeakers stand in each village of ``areas``. One query."""
        return Counter(one.village_id for one in devices_in(areas, KEY) if one.is_test or not is_test)


class LoudspeakerTests:
    """Loudspeakers that were set to test."""

    def ids(self, commune: Area) -> Collection[str]:
        """Return their ids. One query."""
        return set_to_test(commune)


class LoudspeakerSounded:
    """Where loudspeakers reported that something of a release was heard, wholly or in part."""

    def villages(self, release: Release) -> Collection[int]:
        """Return the villages. One query."""
        played = Delivery.objects.filter(release_id=release.pk, channel=KEY, seconds__gt=0)
        return set(played.values_list("village_id", flat=True))


def _communes_placed(release: Release, devices: Sequence[Device]) -> set[int]:
    """Return the communes of ``devices`` where the release was ever placed (a cancelled one was sent)."""
    aims = [zone for one in release.placements.prefetch_related("zones") for zone in one.zones.all()]
    return set(communes_in(aims).values_list("pk", flat=True)) & {device.commune_id for device in devices}


def zones_in(commune: Area, zones: Sequence[Area]) -> list[str]:
    """Return the codes of ``zones`` as the commune sees them: all of it, or its own villages alone."""
    if any(commune.path.startswith(zone.path) for zone in zones):
        return [commune.code]
    return sorted(zone.code for zone in zones if tree.is_within(zone.path, [commune.path]))


LOUDSPEAKER = Channel(
    key=KEY,
    name=_("Loa"),
    app="broadcast",
    icon="speakerphone",
    rendition_kind="spoken",
    proof_kinds=(ProofStrength.HEARD, ProofStrength.RECORDED),
    placement_page="broadcast:place",
    agenda=LoudspeakerAgenda(),
    holders=LoudspeakerHolders(),
    stations=LoudspeakerStations(),
    sounded=LoudspeakerSounded(),
    test_places=LoudspeakerTests(),
)
