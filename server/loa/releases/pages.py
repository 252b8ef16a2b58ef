# SPDX-License-Identifier: AGPL-3.0-or-later
"""What the page of one release shows, gathered once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from loa.areas.models import AreaKind
from loa.areas.queries import communes_in, villages_in
from loa.channels.ports import Place
from loa.config import clock
from loa.people.models import Person
from loa.people.queries import may
from loa.people.rules import Permission
from loa.releases import able, queries, rules, seams
from loa.releases.actions.review import may_look_at
from loa.releases.actions.sign import may_return
from loa.releases.models import Mishap, Objection, PolicyKind, Release, ReleaseState, Review, Withdrawal
from loa.releases.passkeys import signing_passkeys
from loa.releases.second_look.bundles import short_code
from loa.releases.sentences import (
    awaited_sentence,
    class_name,
    policy_sentence,
    signed_sentence,
    state_name,
    withdrawn_sentence,
)
from loa.releases.signing import key_in_use
from loa.releases.standings import request_of, who_may_sign
from loa.releases.statements import names_a_language
from loa.releases.stations import ChannelReach, names, reach_in
from loa.ui.dates import moment, short_date, until
from loa.voice.languages.queries import LanguageLine, language_lines
from loa.voice.models import RenditionKind, SpokenRendition
from loa.voice.queries import reading_of
from loa.voice.storage import media_url
from loa_speech.reading import Reading


@dataclass(frozen=True)
class Where:
    """Where it may sound, and who lives there."""

    sentence: str
    names: str
    households: queries.HouseholdCount
    reach: list[ChannelReach]  # channels that stand in some of the villages only; told before the signatures


@dataclass(frozen=True)
class ReleasePage:
    """One release as its page shows it to one person."""

    release: Release
    rendition: SpokenRendition | None
    signers: list[queries.SignerLine]
    where: Where
    when: str
    policy: str
    class_name: str
    state_name: str
    is_waiting: bool
    is_asked: bool  # the reader may sign, if need be after hearing it or making a key
    why_not: str  # one sentence; "" when the reader may sign now
    has_heard: bool
    has_key: bool
    has_passkey: bool
    may_use_password: bool  # a key that the server keeps counts here, and the reader has one
    passkey_count: int  # of the reader who may sign now; 0 where it does not matter
    may_return: bool
    is_own: bool  # the reader sent it: to return it is to take it back
    makers_heard: (
        bool  # one of those who wrote, edited or sent it played it to its end, or it no longer waits
    )
    why_not_withdraw: str
    replaces: Release | None
    withdrawal: Withdrawal | None
    reviews: list[Review]
    may_review: bool  # somebody approves or manages there; never what he did himself
    objections: list[Objection]
    queue: list[Release]  # what else waits for the reader
    position: str  # "1/2" in the reader's queue, or ""

    @property
    def languages(self) -> list[LanguageLine]:
        """Return the recordings in other languages that are signed too; no query where none is."""
        if not names_a_language(self.release):
            return []
        return [line for line in language_lines(self.release.revision) if line.sound is not None]

    @property
    def signed_count(self) -> int:
        return sum(1 for line in self.signers if line.signed_at)

    @property
    def permits_heading(self) -> str:
        """Head what the release allows: what the reader would permit, what is asked for, or what was permitted."""
        if self.is_asked:
            return _("Bạn cho phép")
        if self.is_waiting:
            return _("Xin được phát")
        return _("Đã được phép, nay hết hiệu lực") if self.has_ended else _("Được phép")

    @property
    def has_ended(self) -> bool:
        """Say whether it was withdrawn or replaced before its time."""
        return self.release.state in queries.ENDED

    @property
    def awaited(self) -> str:
        """Say who else must sign; empty when nobody is awaited."""
        if not self.is_waiting or self.release.not_after <= clock.now():
            return ""
        others = [line.person for line in self.signers if not line.signed_at and not line.is_you]
        missing = self.needed - self.signed_count
        return awaited_sentence(missing=missing, names=able.names_of(others, missing))

    @property
    def sound_url(self) -> str:
        """Return the address of exactly the sound that is signed."""
        return media_url(self.release.sound.sha256)

    @property
    def code(self) -> str:
        """Return the code of what is signed, which a page of another origin shows too."""
        return short_code(self.release)

    @property
    def is_recording(self) -> bool:
        """Say whether a person recorded it: then no reading can be shown."""
        return self.rendition is not None and self.rendition.kind == RenditionKind.RECORDED

    @property
    def reading(self) -> Reading:
        """Return what the machine says, word for word."""
        kept = self.rendition.reading if self.rendition is not None else None
        return Reading.from_dict(kept) if kept else reading_of(self.release.revision.text)

    @property
    def changes_sentence(self) -> str:
        """Name the first few places that are read otherwise than they are written."""
        changes = [stretch.source for stretch in self.reading.changes]
        if not changes:
            return _("Đọc đúng như chữ viết.")
        named = ", ".join(f"“{source}”" for source in changes[:4])
        if len(changes) > 4:
            named += ", " + _("còn nữa")
        words = ngettext(
            "%(count)s chỗ đọc khác chữ viết: %(named)s.",
            "%(count)s chỗ đọc khác chữ viết: %(named)s.",
            len(changes),
        )
        return words % {"count": len(changes), "named": named}

    @property
    def makers_sentence(self) -> str:
        """Name who made it, and so whether they may sign."""
        revision = self.release.revision
        people = [revision.author, *revision.editors.all(), self.release.submitted_by]
        names = ", ".join({person.pk: person.full_name for person in people}.values())
        if self.release.policy_kind == PolicyKind.SMALL_OFFICE:
            return _("%(names)s viết, sửa hoặc gửi; chỉ một người trong số đó được ký.") % {"names": names}
        return _("%(names)s viết, sửa hoặc gửi nên không được ký.") % {"names": names}

    @property
    def needed(self) -> int:
        return self.release.policy.threshold


def release_page(pk: UUID, reader: Person) -> ReleasePage:
    """Gather the page of one release for ``reader``.

    Raises:
        NotFoundError: absent, or not for this person.
    """
    standing = queries.standing(reader, pk)
    release, reason = standing.release, standing.reason
    waiting = queries.waiting_for(reader)
    ids = [one.pk for one in waiting]
    is_waiting = release.state == ReleaseState.AWAITING
    return ReleasePage(
        release=release,
        rendition=getattr(release.revision, "spoken", None),
        signers=queries.signer_lines(release, reader),
        where=where_of(release, with_reach=is_waiting),
        when=days(release.not_before, release.not_after),
        policy=policy_of_release(release),
        class_name=class_name(release.priority_class),
        state_name=state_name(release.state),
        is_waiting=is_waiting,
        is_asked=is_waiting and not rules.lasting(reason),
        why_not="" if reason is None else queries.sentence(reason, release),
        has_heard=standing.has_heard,
        has_key=reason not in {rules.WhyNot.NO_KEY, rules.WhyNot.NO_PASSKEY},
        has_passkey=standing.has_passkey,
        may_use_password=standing.has_key and release.policy.is_weak,
        passkey_count=signing_passkeys(reader).count() if standing.has_passkey and reason is None else 0,
        may_return=is_waiting and may_return(reader, release),
        is_own=release.submitted_by_id == reader.pk,
        makers_heard=not is_waiting or bool(able.heard_by(request_of(release).makers, release)),
        why_not_withdraw=queries.why_not_withdraw(reader, release),
        replaces=_replaces(release) if is_waiting and release.revision.number > 1 else None,
        withdrawal=None if is_waiting else queries.withdrawal_of(release),
        may_review=may_look_at(reader, release),
        reviews=_followed(release, "reviews", "person", "reviewed_by"),
        objections=_followed(release, "objections", "person"),
        queue=[one for one in waiting if one.pk != release.pk],
        position=f"{ids.index(release.pk) + 1}/{len(ids)}" if release.pk in ids else "",
    )


def _followed(release: Release, what: str, *related: str) -> list[Any]:
    """Return the rows of what followed a release; no query where its query said that there are none."""
    return list(getattr(release, what).select_related(*related)) if getattr(release, f"has_{what}") else []


def policy_of_release(release: Release) -> str:
    """Say which rule holds for the signatures; a joined one names the partners, by one query."""
    names = ""
    if release.policy_kind == PolicyKind.JOINED:
        names = able.either([partner.name for partner in release.policy.partners.order_by("path")])
    return policy_sentence(release.policy_kind, release.policy.threshold, names)


def where_of(release: Release, *, with_reach: bool) -> Where:
    """Say where a release may sound: whole communes by name, villages by count and commune.

    Args:
        with_reach: say in which villages the channels stand, too.
    """
    zones = list(release.zones.all())
    home = release.organisation.area  # where that is a commune, every zone lies in it
    communes = [home] if home.kind == AreaKind.COMMUNE else list(communes_in(zones))
    chosen = [zone for zone in zones if zone.kind == AreaKind.VILLAGE]
    whole = [zone for zone in zones if zone.kind != AreaKind.VILLAGE]
    parts = [_("cả %(area)s") % {"area": _lower_first(zone.name)} for zone in whole]
    for commune in communes:
        count = sum(1 for zone in chosen if zone.path.startswith(commune.path))
        if count:
            words = ngettext(
                "%(count)s thôn, bản, khu phố của %(commune)s",
                "%(count)s thôn, bản, khu phố của %(commune)s",
                count,
            )
            parts.append(words % {"count": count, "commune": _lower_first(commune.name)})
    villages = chosen if len(chosen) == len(zones) else list(villages_in(zones))
    reach = reach_in(zones, villages, is_test=release.is_test) if with_reach else []
    return Where("; ".join(parts), names(villages), queries.households_in(villages), reach)


def days(not_before: datetime, not_after: datetime) -> str:
    """Return when a release is in force as people read it: "từ 25/11 đến hết ngày 30/11"."""
    begin = timezone.localtime(not_before)
    first = short_date(begin) if (begin.hour, begin.minute) == (0, 0) else moment(begin)
    return _("từ %(first)s đến %(last)s") % {"first": first, "last": until(not_after)}


@dataclass(frozen=True)
class WithdrawPage:
    """What the page shows on which a release is withdrawn."""

    release: Release
    places: list[tuple[str, list[Place]]]
    why_not: str
    withdrawal: Withdrawal | None
    needed: int
    has_key: bool  # kept by the server
    has_passkey: bool
    has_mishap: bool
    coming: int  # rounds that sound now or are to come
    may_apologise: bool  # it was withdrawn, and the reader writes for its organisation
    able: str  # who could, when the reader may not

    @property
    def has_ended(self) -> bool:
        """Say whether there is nothing left to withdraw, because it was withdrawn or replaced already."""
        return self.release.state in queries.ENDED

    @property
    def may_sign(self) -> bool:
        """Say whether the reader can withdraw it here and now."""
        return not self.why_not and (self.has_key or self.has_passkey)

    @property
    def effect(self) -> str:
        """Say what withdrawing it does, as far as anything is left to stop."""
        if self.coming:
            return _("Dừng ở mọi nơi.")
        return _("Không phát lại ở đâu nữa.") if self.places else _("Không phát ở đâu nữa.")

    @property
    def count(self) -> int:
        return sum(len(places) for _name, places in self.places)


def withdraw_page(release: Release, reader: Person) -> WithdrawPage:
    """Gather the page on which ``reader`` withdraws ``release``."""
    why_not = queries.why_not_withdraw(reader, release)
    is_over = release.state == ReleaseState.WITHDRAWN
    is_asked = bool(why_not) and release.state == ReleaseState.RELEASED
    return WithdrawPage(
        release=release,
        places=queries.places_holding(release),
        why_not=why_not,
        withdrawal=queries.withdrawal_of(release),
        needed=rules.WITHDRAWAL_THRESHOLD[release.priority_class],
        has_key=key_in_use(reader) is not None,
        has_passkey=signing_passkeys(reader).exists(),
        coming=sum(ask(release) for ask in seams.coming),
        has_mishap=is_over and Mishap.objects.filter(release=release).exists(),
        may_apologise=is_over and may(reader, Permission.MESSAGE_WRITE, organisation=release.organisation),
        able=able.withdrawers(release) if is_asked else "",
    )


def signed(release: Release) -> str:
    """Say what the signature that was just given did."""
    count, needed = release.signatures.count(), release.policy.threshold
    others = who_may_sign(release) if count < needed else []
    return signed_sentence(count=count, needed=needed, names=able.names_of(others, needed - count))


def withdrawn(withdrawal: Withdrawal) -> str:
    """Say what the signature under a withdrawal that was just given did."""
    release = Release.objects.get(pk=withdrawal.release_id)
    has_ended = withdrawal.effective_at is not None
    places = sum(len(places) for _name, places in queries.places_holding(release)) if has_ended else 0
    return withdrawn_sentence(
        has_ended=has_ended, places=places, names="" if has_ended else able.withdrawers(release)
    )


def _replaces(release: Release) -> Release | None:
    """Return the released earlier revision that ends when this one is released."""
    return (
        queries.releases_of(release.revision.message)
        .filter(
            state=ReleaseState.RELEASED,
            revision__number__lt=release.revision.number,
            not_after__gt=clock.now(),
        )
        .first()
    )


def _lower_first(name: str) -> str:
    return name[:1].lower() + name[1:]
