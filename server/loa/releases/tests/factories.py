# SPDX-License-Identifier: AGPL-3.0-or-later
"""Releases for tests, made by the same actions as any other, with keys that are cheap to open."""

import json
from collections.abc import Iterable
from datetime import timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from loa.areas.models import Area
from loa.audit.actor import SYSTEM
from loa.config import clock
from loa.messages.models import Message, Revision
from loa.messages.tests.factories import make_revision
from loa.people.actions import add_passkey
from loa.people.models import Organisation, Person, Role, RoleGrant
from loa.people.passkeys import Site, check_registration, new_challenge
from loa.people.tests.factories import PASSWORD, Cast, grant
from loa.releases.actions import make_signing_key, set_policy, sign_release, submit_for_release
from loa.releases.actions.policies import nearest_policy
from loa.releases.actions.review import DUE
from loa.releases.authority import ROOTS_FOLDER, installation
from loa.releases.models import (
    Broken,
    ListKind,
    ListProposal,
    Mishap,
    PolicyKind,
    PolicyProposal,
    PriorityClass,
    Release,
    Review,
    SigningKey,
)
from loa.releases.passkeys import relying_parties, signing_passkeys
from loa.releases.proposals import propose
from loa.releases.sealing import Cost
from loa.releases.signing import public_key
from loa.voice.tests.factories import make_heard, make_spoken
from loa_protocol.canonical import canonical
from loa_protocol.demo_authenticator import DemoAuthenticator
from loa_protocol.statements import Administrators, AirtimeRule, RulesStatement, encode_statement
from loa_protocol.times import format_utc

CHEAP = Cost(n=2**4, r=1, p=1)


def make_key(person: Person) -> SigningKey:
    """Return the person's key, sealed with the tests' password."""
    return make_signing_key(person=person, password=PASSWORD, cost=CHEAP)


def make_request(
    cast: Cast, *, revision: Revision | None = None, zones: Iterable[Area] | None = None, **fields: Any
) -> Release:
    """Return a request for release that waits, sent by the cast's editor, from now for five days."""
    revision = revision or make_revision(cast)
    make_spoken(revision)
    if nearest_policy(cast.organisation) is None:
        set_policy(actor=SYSTEM, organisation=cast.organisation, kind=PolicyKind.STRICT)
    if fields.get("priority_class") == PriorityClass.EMERGENCY:
        for person in (cast.approver_one, cast.approver_two):
            make_emergency(person, cast)
    now = clock.now()
    values = {
        "actor": cast.editor,
        "not_before": now - timedelta(minutes=1),
        "not_after": now + timedelta(days=5),
        **fields,
    }
    return submit_for_release(revision=revision, zones=zones or cast.villages, **values)


def make_review(release: Release, person: Person, **fields: Any) -> Review:
    """Return what somebody did alone and nobody looked at yet."""
    now = clock.now()
    values = {"what": Broken.RELEASE, "reason": "Lũ về.", "opened_at": now, "due_at": now + DUE, **fields}
    return Review.objects.create(release=release, person=person, **values)


def make_mishap(release: Release, apology: Message, person: Person) -> Mishap:
    """Return the record of a wrong broadcast in the release's own villages."""
    made = Mishap.objects.create(release=release, apology=apology, opened_by=person, opened_at=clock.now())
    made.villages.set(release.zones.all())
    return made


def make_policy_proposal(organisation: Organisation, proposed_by: Person, **fields: Any) -> PolicyProposal:
    """Return a policy that waits for a second administrator."""
    values = {"kind": PolicyKind.SMALL_OFFICE, "is_weak": False, "must_hear": True, **fields}
    return PolicyProposal.objects.create(
        organisation=organisation, proposed_by=proposed_by, proposed_at=clock.now(), **values
    )


def make_list_proposal(commune: Area, **fields: Any) -> ListProposal:
    """Return airtime rules that wait for two administrators."""
    now = clock.now()
    window = AirtimeRule(
        zone=commune.code,
        priority_class="normal",
        windows=[("17:00", "18:00")],
        minutes_per_day=30,
        volume_cap=80,
    )
    values: dict[str, Any] = {
        "installation": installation(),
        "commune": commune.code,
        "number": 1,
        "issued_at": format_utc(now),
        "zone_name": settings.TIME_ZONE,
        "note": "",
        "rules": [window],
        **fields,
    }
    with transaction.atomic():
        return propose(
            kind=ListKind.RULES, commune=commune, statement=RulesStatement(**values), before=b"", now=now
        )


def name_administrators(*people: Person) -> None:
    """Have the root name some people with their passkeys as administrators, as after the key ceremony."""
    keys = [(public_key(key), one) for one in people for key in signing_passkeys(one)]
    write_root(
        Administrators(
            installation=installation(),
            admin_keys=[key for key, _person in keys],
            admin_threshold=2,
            relying_parties=relying_parties(),
            admin_people={key.keyid: str(person.pk) for key, person in keys},
        )
    )


def write_root(named: Administrators) -> None:
    """Write a next root that names these; whether it is signed is no matter of this app."""
    folder = settings.HOME.keys / ROOTS_FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    version = len(list(folder.iterdir())) + 1
    root = {"signed": {"loa": json.loads(encode_statement(named)), "version": version}}
    (folder / f"{version}.root.json").write_bytes(canonical(root))


def make_passkey(person: Person, *, seed: int = 1, base_url: str = "") -> DemoAuthenticator:
    """Add a passkey in software to a person's account, by the action that pages use."""
    base = urlsplit(base_url or settings.BASE_URL)
    site = Site(rp_id=base.hostname or "", origin=f"{base.scheme}://{base.netloc}")
    held = DemoAuthenticator(
        seed=sha256(f"{person.pk} {seed}".encode()).digest(), rp_id=site.rp_id, origin=site.origin
    )
    challenge = new_challenge()
    answer = json.dumps(held.register(challenge)).encode()
    registered = check_registration(answer, site, challenge)
    add_passkey(person=person, registered=registered, name=f"Khóa {seed}", site=site)
    return held


def make_emergency(person: Person, cast: Cast) -> None:
    """Give a person the right to sign emergencies at the cast's organisation."""
    if not RoleGrant.objects.filter(person=person, role=Role.EMERGENCY).exists():
        grant(person, cast.organisation, Role.EMERGENCY)


def sign(person: Person, release: Release) -> Release:
    """Have a person hear and sign a release, making a key first where there is none."""
    make_key(person)
    make_heard(person, release.sound)
    return sign_release(actor=person, release=release, password=PASSWORD)


def make_release(cast: Cast, **fields: Any) -> Release:
    """Return a release that both approvers of the cast have signed."""
    release = make_request(cast, **fields)
    sign(cast.approver_one, release)
    return sign(cast.approver_two, release)
