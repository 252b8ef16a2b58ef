# SPDX-License-Identifier: AGPL-3.0-or-later
"""Give each release the policy row that its bytes name, and each passkey its signing key."""

from typing import Any

import msgspec
from django.db import migrations
from django.utils import timezone

from loa_protocol.keys import passkey_public_key


def name_former_policies(apps: Any, _schema: Any) -> None:
    """Make an ended row of every policy that changed its kind while releases named the former one."""
    release, policy = apps.get_model("releases", "Release"), apps.get_model("releases", "Policy")
    for row in policy.objects.all():
        named = release.objects.filter(policy=row).exclude(policy_kind=row.kind)
        for kind in set(named.values_list("policy_kind", flat=True)):
            former = policy.objects.create(
                organisation_id=row.organisation_id,
                key=f"org{row.organisation_id}-{kind.replace('_', '-')}",
                kind=kind,
                threshold=row.threshold,
                is_weak=row.is_weak,
                until=timezone.now(),
            )
            named.filter(policy_kind=kind).update(policy=former)


def take_up_passkeys(apps: Any, _schema: Any) -> None:
    """Let the passkeys that people have already sign."""
    key = apps.get_model("releases", "SigningKey")
    for passkey in apps.get_model("people", "Passkey").objects.filter(ended_at=None):
        public = passkey_public_key(bytes(passkey.spki), passkey.algorithm, passkey.rp_id)
        key.objects.create(
            person_id=passkey.person_id,
            keyid=passkey.keyid,
            keytype=public.keytype,
            public=msgspec.to_builtins(public),
            passkey=passkey,
            created_at=passkey.created_at,
        )


class Migration(migrations.Migration):
    dependencies = [("releases", "0002_passkeys_and_policies_that_end")]

    operations = [
        migrations.RunPython(name_former_policies, migrations.RunPython.noop),
        migrations.RunPython(take_up_passkeys, migrations.RunPython.noop),
    ]
