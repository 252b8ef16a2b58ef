# SPDX-License-Identifier: AGPL-3.0-or-later
"""Which voice reads the messages of an area: the nearest choice above it, else the installation's first."""

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from loa.areas import tree
from loa.areas.models import Area
from loa.audit import actions as audit
from loa.config import clock
from loa.config.errors import LoaError
from loa.people.models import Person
from loa.people.queries import require
from loa.people.rules import Permission
from loa.voice import speech
from loa.voice.models import CommuneVoice
from loa_speech.voices import DEFAULT_VOICE
from loa_speech.voices import voices as installed_voices


class UnknownVoiceError(LoaError):
    """There is no such voice here."""

    code = "unknown_voice"


def voice_of(area: Area) -> str:
    """Return the voice of an area's messages; "" is the installation's first. One query.

    A voice that was chosen and is no longer installed counts as not chosen, or nothing would be read.
    """
    chosen = (
        CommuneVoice.objects.filter(area__path__in=tree.ancestor_paths(area.path))
        .order_by("-area__path")
        .values_list("voice", flat=True)
    )
    known = speech.voices()
    return next((voice for voice in chosen if voice in known), "")


def voice_choices() -> dict[str, str]:
    """Return the voices to choose from with the licence of each, as its files state it; none is loaded."""
    licences = {one.name: one.licence for one in installed_voices(settings.HOME.voices)}
    return {
        name: _("%(voice)s (giấy phép %(licence)s)") % {"voice": label, "licence": licences[name]}
        if licences.get(name)
        else label
        for name, label in speech.voices().items()
    }


def set_voice(*, actor: Person, area: Area, voice: str) -> None:
    """Choose the voice in which an area's messages are read from now on. "Already so" is no change.

    Raises:
        PermissionDeniedError: the actor may not manage the area's settings.
        UnknownVoiceError: there is no such voice here.
    """
    require(actor, Permission.SETTINGS_MANAGE, area=area)
    if voice not in speech.voices():
        raise UnknownVoiceError(_("Không có giọng này trên máy chủ. Chọn lại."), field="voice")
    with transaction.atomic():
        known = CommuneVoice.objects.select_for_update().filter(area=area).first()
        before = known.voice if known is not None else DEFAULT_VOICE
        if known is not None and before == voice:
            return
        CommuneVoice.objects.update_or_create(
            area=area, defaults={"voice": voice, "changed_by": actor, "changed_at": clock.now()}
        )
        audit.record(
            actor=actor,
            action="voice.set_voice",
            obj=area,
            details={"voice": voice, "before": before},
            area_code=area.code,
        )
