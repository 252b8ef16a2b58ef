# SPDX-License-Identifier: AGPL-3.0-or-later
"""Publish what a commune's devices follow, as one TUF repository of static files.

What is to be published is numbered in one short transaction (a ``Publication``); the files are written after
it. A run that was cut off is finished by the next one: the newest publication is always written.
"""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec
from django.conf import settings
from django.db import transaction

from loa.airtime.models import RulesList
from loa.airtime.rules_list import adopt_rules, publish_rules
from loa.areas.models import Area, AreaKind
from loa.areas.queries import area
from loa.audit.queries import head as audit_head
from loa.channels.registry import channels
from loa.config import clock
from loa.devices import repository_keys
from loa.devices.models import Device, DeviceState, DeviceStatus, Publication
from loa.devices.repository import Repository
from loa.devices.repository_roots import Roots
from loa.devices.rules import HIGHEST_JUMP, believable
from loa.jobs import outbox
from loa.releases import authority
from loa.releases.approvers import adopt, publish_approvers
from loa.releases.errors import ListNotSignedError
from loa.releases.models import Activation, ApproversList, Release
from loa.releases.proposals import none_signed_yet
from loa.releases.queries import ended, envelope, withdrawal_envelope
from loa_protocol.envelope import decode
from loa_protocol.statements import Agenda, AgendaItem, encode_statement
from loa_protocol.times import format_utc, local_to_utc
from loa_protocol.verify import MAX_JUMP

AGENDA_RENEWED_AFTER = timedelta(days=1)  # a device that is cut off has all of its life but that left
LOOK_BACK = timedelta(days=1)  # so that a device which was off can say what it missed
LOOK_AHEAD = timedelta(days=14)
WITHDRAWN_KEPT = timedelta(days=30)  # after the release's own end


@dataclass(frozen=True)
class Seen:
    """The highest numbers that files or devices are known to have shown for a commune."""

    agenda: int = 0
    approvers: int = 0
    rules: int = 0


@dataclass(frozen=True)
class Content:
    """What a commune's files should say now."""

    items: tuple[AgendaItem, ...]
    withdrawn: tuple[str, ...]  # release ids
    files: dict[str, bytes]  # every target but the agenda
    root: int | None = None  # the newest root that readers may see, where it is not the newest of all

    @property
    def hashes(self) -> dict[str, str]:
        """Return the files' hashes by path."""
        return {path: sha256(content).hexdigest() for path, content in sorted(self.files.items())}


def publish(commune_code: str, *, above: int = 0, now: datetime | None = None) -> Publication:
    """Write a commune's files when anything changed, then have the gateway tell the devices to look.

    Args:
        above: the number will be higher than this; for a restore.

    Raises:
        NotFoundError: no such area.
        ListNotSignedError: two administrators have not signed a first list of approvers and airtime rules yet.
        RootKeysAwayError: a key is new, and two root keys must sign that.
        OSError: a file could not be written; devices still see the last state whole.
    """
    now = now or clock.now()
    commune = area(commune_code)
    repository = repository_of(commune_code)
    content = read_content(commune, now)
    if not repository.is_signed_by_present_keys():  # a key was changed: all metadata anew
        above = max(above, repository.number() + 1)
    publication, previous = _number(commune, content, max(above, repository.number()), now)
    files = {**content.files, "agenda.json": agenda_bytes(publication)}
    is_news = repository.write(publication.number, files, now, root_upto=content.root)
    if is_news or publication.pk != (previous and previous.pk):
        with transaction.atomic():
            payload = {"number": publication.number, "urgent": _is_urgent(publication, previous)}
            outbox.put("look", key=commune_code, payload=payload)
    return publication


def repository_of(commune_code: str) -> Repository:
    """Return the repository of a commune, with the keys of the installation."""
    keys = repository_keys.load(settings.HOME.keys, authority.administrators())
    return Repository(settings.HOME.repositories / commune_code, keys)


def root_text(commune_code: str, now: datetime | None = None) -> str:
    """Return the root metadata that the commune's readers see, which a device gets at enrolment.

    Raises:
        RootKeysAwayError: no root was ever signed, and fewer than two root keys are at hand.
    """
    repository = repository_of(commune_code)
    if not repository.roots.versions():  # later ones are shown with the lists that belong to them
        repository.ensure_root(now or clock.now())
    return repository.root_text()


def read_content(commune: Area, now: datetime) -> Content:
    """Gather what the files should say; signs approvers and airtime rules anew when they changed."""
    items = sorted(
        (
            item
            for channel in channels()
            if channel.agenda is not None
            for item in channel.agenda.items(commune, now - LOOK_BACK, now + max(LOOK_AHEAD, _agenda_life()))
        ),
        key=lambda item: (item.starts, item.item_id),
    )
    withdrawn = list(ended(commune, since=now - WITHDRAWN_KEPT))
    lists = _lists(commune)
    files = {"approvers.json": lists.approvers, "rules.json": lists.rules}
    for release in Release.objects.filter(pk__in={item.release_id for item in items}):
        files[f"releases/{release.pk}.json"] = envelope(release)
    for activation in Activation.objects.filter(pk__in={item.activation_id for item in items} - {""}):
        files[f"activations/{activation.pk}.json"] = bytes(activation.envelope)
    for release in withdrawn:
        if (signed := withdrawal_envelope(release)) is not None:  # one that was superseded has none
            files[f"withdrawals/{release.pk}.json"] = signed
    return Content(tuple(items), tuple(str(release.pk) for release in withdrawn), files, lists.root)


@dataclass(frozen=True)
class _Lists:
    """Approvers and airtime rules that the administrators of one root have signed; None is the newest root."""

    approvers: bytes
    rules: bytes
    root: int | None = None


def _lists(commune: Area) -> _Lists:
    """Return the lists in force, or those that readers see as long as new administrators have not signed both."""
    approvers_list, rules_list = _in_force(publish_approvers, commune), _in_force(publish_rules, commune)
    if approvers_list is None or rules_list is None:
        raise none_signed_yet()
    fresh = _Lists(approvers_list, rules_list)
    if authority.is_signed(decode(fresh.approvers)) and authority.is_signed(decode(fresh.rules)):
        return fresh
    repository = repository_of(commune.code)
    approvers, rules = repository.published("approvers.json"), repository.published("rules.json")
    if approvers is None or rules is None:
        raise none_signed_yet()
    return _Lists(approvers, rules, repository.roots.versions()[-1])


def _in_force(publish_list: Callable[[Area], ApproversList | RulesList], commune: Area) -> bytes | None:
    """Return a list's envelope, or None where the first one waits: the other list is then asked for as well."""
    try:
        return bytes(publish_list(commune).envelope)
    except ListNotSignedError:
        return None


def _number(
    commune: Area, content: Content, above: int, now: datetime
) -> tuple[Publication, Publication | None]:
    """Return the publication that says ``content``, the newest one or a new one, and the one before."""
    with transaction.atomic():
        Area.objects.select_for_update().get(pk=commune.pk)  # two workers number one after the other
        newest = Publication.objects.filter(commune=commune).order_by("-number").first()
        if newest is not None and newest.number >= above and _still_says(newest, content, now):
            return newest, newest
        number = max(newest.number if newest else 0, above) + 1
        agenda = Agenda(
            installation=authority.installation(),
            commune=commune.code,
            number=number,
            issued_at=format_utc(now),
            valid_until=format_utc(now + _agenda_life()),
            zone_name=settings.TIME_ZONE,
            items=list(content.items),
            withdrawn=list(content.withdrawn),
            audit_head=audit_head(),
        )
        made = Publication.objects.create(
            commune=commune,
            number=number,
            agenda=json.loads(encode_statement(agenda)),
            targets=content.hashes,
            valid_until=now + _agenda_life(),
            published_at=now,
        )
    return made, newest


def _still_says(publication: Publication, content: Content, now: datetime) -> bool:
    agenda = agenda_of(publication)
    return (
        publication.valid_until - now > _agenda_life() - AGENDA_RENEWED_AFTER
        and agenda.installation == authority.installation()
        and agenda.zone_name == settings.TIME_ZONE
        and agenda.withdrawn == list(content.withdrawn)
        and _ahead(agenda.items, now) == _ahead(content.items, now)
        and _without_past(publication.targets, agenda.items, now)
        == _without_past(content.hashes, content.items, now)
    )


def _ahead(items: list[AgendaItem] | tuple[AgendaItem, ...], now: datetime) -> list[AgendaItem]:
    """Return the items that are not over: those that slipped out of the window are no change."""
    return [item for item in items if _ends(item) > now]


def _without_past(
    targets: Mapping[str, str], items: list[AgendaItem] | tuple[AgendaItem, ...], now: datetime
) -> dict[str, str]:
    ahead = {f"releases/{item.release_id}.json" for item in _ahead(items, now)}
    return {
        path: digest for path, digest in targets.items() if path in ahead or not path.startswith("releases/")
    }


def _ends(item: AgendaItem) -> datetime:
    starts = local_to_utc(item.starts, settings.TIME_ZONE)
    return starts + timedelta(milliseconds=item.duration_ms, seconds=item.cut_off_s)


def agenda_of(publication: Publication) -> Agenda:
    """Return the agenda that a publication holds."""
    return msgspec.convert(publication.agenda, Agenda)


def agenda_bytes(publication: Publication) -> bytes:
    """Return the file that devices read: the same bytes whenever it is written."""
    return encode_statement(agenda_of(publication))


def _is_urgent(publication: Publication, previous: Publication | None) -> bool:
    """Say whether devices should look at once: something was withdrawn, or an emergency is planned."""
    old: dict[str, Any] = previous.agenda if previous and previous.pk != publication.pk else {}
    known = {item["item_id"] for item in old.get("items", [])}
    fresh = [item for item in publication.agenda["items"] if item["item_id"] not in known]
    return set(publication.agenda["withdrawn"]) > set(old.get("withdrawn", [])) or any(
        item["priority_class"] == "emergency" for item in fresh
    )


def served_communes() -> list[str]:
    """Return the codes of the communes that have devices or were published before."""
    with_devices = Device.objects.filter(state=DeviceState.ACTIVE).values("commune")
    published = Publication.objects.values("commune")
    found = Area.objects.filter(kind=AreaKind.COMMUNE)
    both = found.filter(pk__in=with_devices) | found.filter(pk__in=published)
    return list(both.order_by("code").values_list("code", flat=True))


def refresh_timestamps(now: datetime | None = None) -> int:
    """Sign every commune's timestamp anew before it expires; return how many were."""
    now = now or clock.now()
    return sum(repository_of(code).refresh_timestamp(now) for code in served_communes())


def _agenda_life() -> timedelta:
    days: int = settings.ENVIRONMENT.agenda_days
    return timedelta(days=days)


def ask_for_renewal(now: datetime | None = None) -> int:
    """Ask for a new agenda wherever the last one is a day old; return how many were asked for."""
    now = now or clock.now()
    ends: dict[str, datetime] = {}
    for code, end in Publication.objects.values_list("commune__code", "valid_until"):
        ends[code] = max(end, ends.get(code, end))
    asked = [
        code
        for code in served_communes()
        if code not in ends or ends[code] - now < _agenda_life() - AGENDA_RENEWED_AFTER
    ]
    with transaction.atomic():
        for code in asked:
            outbox.put("publish", key=code)
    return len(asked)


def ask_for_all() -> None:
    """Ask for new files of every commune that is served, in the caller's transaction: a key was changed."""
    outbox.put_all("publish", keys=served_communes())


def highest_seen() -> dict[str, Seen]:
    """Return the highest numbers in the public files and in the devices' reports, by commune code."""
    files = {
        folder.parent.name: repository_of(folder.parent.name).number()
        for folder in sorted(settings.HOME.repositories.glob("*/metadata"))
    }
    reports: dict[str, list[Seen]] = {code: [] for code in files}
    statuses = DeviceStatus.objects.filter(device__state=DeviceState.ACTIVE)
    for code, number, report in statuses.values_list("device__commune__code", "agenda_number", "report"):
        approvers, rules = (int(report.get(f"{name}_number", 0)) for name in ("approvers", "rules"))
        reports.setdefault(code, []).append(Seen(agenda=number, approvers=approvers, rules=rules))
    return {
        code: Seen(
            agenda=believable(files.get(code, 0), [one.agenda for one in said], MAX_JUMP),
            approvers=believable(0, [one.approvers for one in said], HIGHEST_JUMP),
            rules=believable(0, [one.rules for one in said], HIGHEST_JUMP),
        )
        for code, said in reports.items()
    }


def adopt_roots() -> None:
    """Take over roots that communes' repositories show and the installation's chain lacks, as after a restore."""
    roots = Roots(settings.HOME.keys / authority.ROOTS_FOLDER)
    for folder in sorted(settings.HOME.repositories.glob("*/metadata")):
        roots.adopt(Roots(folder))


def continue_above(seen: Mapping[str, Seen | int], now: datetime | None = None) -> int:
    """Publish every named commune under numbers above those seen, for a restore; return how many were.

    Otherwise every device's check against older files would keep the network silent.

    Raises:
        RootKeysAwayError: the online keys are not those that the root names: they were changed after the backup.
    """
    adopt_roots()
    for code, numbers in sorted(seen.items()):
        highest = Seen(agenda=numbers) if isinstance(numbers, int) else numbers
        commune = area(code)
        _adopt_lists(commune)
        with suppress(ListNotSignedError):  # then it was never published, or waits for the administrators
            publish_approvers(commune, above=highest.approvers)
            publish_rules(commune, above=highest.rules)
            publish(code, above=highest.agenda, now=now)
    return len(seen)


def _adopt_lists(commune: Area) -> None:
    """Take back lists that lie in the public files and not in the restored rows: people signed them."""
    repository = repository_of(commune.code)
    for path, take_back in (("approvers.json", adopt), ("rules.json", adopt_rules)):
        if (published := repository.published(path)) is not None:
            take_back(commune, decode(published))
