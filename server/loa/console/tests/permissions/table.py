# SPDX-License-Identifier: AGPL-3.0-or-later
"""The permission table: every address, what it is about, what it needs, and what each part gets from it.

An entry names the permission; which roles hold it stands in ``people.rules`` alone. Written out for every
part it is docs/permissions.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from loa.console.tests.permissions.answers import ANONYMOUS, OUTSIDER, PARTS, Answer
from loa.people.rules import Permission, allows

P = Permission
OWNER = "viewer"  # whose own notices the world has
ROLES = tuple(part for part in PARTS if part not in {ANONYMOUS, OUTSIDER})
# What belongs to no commune (yet), so to nobody's in particular.
PLACELESS = frozenset({"", "enrolment", "template", "trial"})


@dataclass(frozen=True)
class Entry:
    """What one address answers to each part.

    ``about`` names what the arguments point at in the cast's commune ("" for none); ``needs`` are the
    permissions of which one is enough, none for whoever has signed in.
    """

    about: str
    get: Mapping[str, Answer]
    post: Mapping[str, Answer]
    to_see: frozenset[Permission] = field(default_factory=frozenset)
    to_do: frozenset[Permission] = field(default_factory=frozenset)
    is_public: bool = False

    def expected(self, part: str, method: str) -> Answer:
        """Return what a part gets by a method."""
        return (self.get if method == "GET" else self.post)[part]

    def takes(self, method: str) -> bool:
        """Say whether the address takes a method at all."""
        return any(self.expected(part, method) in {Answer.SEES, Answer.DOES, Answer.BARRED} for part in PARTS)

    def parts_that(self, answer: Answer, method: str) -> list[str]:
        """Return the parts that get an answer by a method."""
        return [part for part in PARTS if self.expected(part, method) is answer]


def _holds(role: str, needs: frozenset[Permission]) -> bool:
    return not needs or any(allows(role, permission) for permission in needs)


def _answers(about: str, needs: frozenset[Permission], yes: Answer, no: Answer) -> dict[str, Answer]:
    """Return what each part gets: who holds one of ``needs`` there gets ``yes``."""
    elsewhere = yes if about in PLACELESS else Answer.NOT_FOUND
    roles = {role: yes if _holds(role, needs) else no for role in ROLES}
    return {ANONYMOUS: Answer.SIGNS_IN, OUTSIDER: elsewhere, **roles}


def _takes_none(gate: Permission | None) -> dict[str, Answer]:
    """Return the answers to a method that is not taken; a gate before the view refuses even before that."""
    answers = dict.fromkeys(PARTS, Answer.NO_METHOD)
    if gate is not None:
        answers |= {role: Answer.REFUSED for role in ROLES if not allows(role, gate)}
    return {**answers, ANONYMOUS: Answer.SIGNS_IN}


def page(*needs: Permission, about: str = "", gate: Permission | None = None) -> Entry:
    """Return the entry of a page that is only looked at."""
    wanted = frozenset(needs)
    get = _answers(about, wanted, Answer.SEES, Answer.REFUSED)
    return Entry(about, get, _takes_none(gate), to_see=wanted)


def command(
    *needs: Permission, about: str = "", no: Answer = Answer.REFUSED, gate: Permission | None = None
) -> Entry:
    """Return the entry of a POST without a page of its own."""
    wanted = frozenset(needs)
    return Entry(about, _takes_none(gate), _answers(about, wanted, Answer.DOES, no), to_do=wanted)


def form(
    *needs: Permission,
    about: str = "",
    see: tuple[Permission, ...] | None = None,
    no: Answer = Answer.REFUSED,
) -> Entry:
    """Return the entry of a page with a form; ``see`` when more people see it than may send it."""
    to_do = frozenset(needs)
    to_see = to_do if see is None else frozenset(see)
    return Entry(
        about,
        _answers(about, to_see, Answer.SEES, Answer.REFUSED),
        _answers(about, to_do, Answer.DOES, no),
        to_see=to_see,
        to_do=to_do,
    )


def public(get: Answer, post: Answer, *, about: str = "") -> Entry:
    """Return the entry of an address that asks for no session."""
    return Entry(about, dict.fromkeys(PARTS, get), dict.fromkeys(PARTS, post), is_public=True)


def own(*, get: bool, post: bool, about: str, owner: str = OWNER) -> Entry:
    """Return the entry of what belongs to one person, by default the viewer: to everybody else it is not there."""
    nobody = {**dict.fromkeys(PARTS, Answer.NOT_FOUND), ANONYMOUS: Answer.SIGNS_IN}
    return Entry(
        about,
        {**nobody, owner: Answer.SEES} if get else _takes_none(None),
        {**nobody, owner: Answer.DOES} if post else _takes_none(None),
    )


def _settings_page(about: str = "") -> Entry:
    return page(P.SETTINGS_MANAGE, about=about, gate=P.SETTINGS_MANAGE)


def _settings_command(about: str) -> Entry:
    return command(P.SETTINGS_MANAGE, about=about, gate=P.SETTINGS_MANAGE)


FILE = public(Answer.SEES, Answer.NO_METHOD)

TABLE: dict[str, Entry] = {
    # Without a session: what anyone may fetch, and what devices ask before they may speak on messaging.
    "healthz": FILE,
    "repository_file": public(Answer.SEES, Answer.NO_METHOD, about="repository_file"),
    "media_file": public(Answer.SEES, Answer.NO_METHOD, about="media_file"),
    "device_api:ask": public(Answer.NO_METHOD, Answer.DOES),
    "device_api:state": public(Answer.SEES, Answer.NO_METHOD, about="enrolment"),
    "device_api:credential": public(Answer.NO_METHOD, Answer.DOES),
    # One's own account.
    "people:account": page(),
    "people:sign_in": public(Answer.SEES, Answer.DOES),
    "people:sign_in_code": public(Answer.SEES, Answer.DOES),
    "people:sign_in_passkey_options": public(Answer.NO_METHOD, Answer.DOES),
    "people:sign_in_passkey": public(Answer.NO_METHOD, Answer.DOES),
    "people:verify": form(),
    "people:verify_passkey_options": command(),
    "people:verify_passkey": command(),
    "people:security": page(),
    "people:add_passkey_options": command(),
    "people:add_passkey": command(),
    "people:end_passkey": command(),
    "people:code_app": form(),
    "people:drop_code_app": command(),
    "people:renew_recovery_codes": command(),
    "people:sessions": page(),
    "people:end_sessions": command(),
    "people:leave": form(),
    "people:end_leave": command(),
    "people:sign_out": command(),
    "people:change_password": form(),
    # One's own notices, and how one is reached.
    "notices:listing": page(),
    "notices:notice": own(get=True, post=False, about="notice"),
    "notices:acknowledge": own(get=False, post=True, about="notice"),
    "notices:answer": own(get=False, post=True, about="notice"),
    "notices:object_to": own(get=False, post=True, about="notice"),
    "notices:pass_on": own(get=True, post=True, about="notice"),
    "notices:ways": form(),
    "notices:confirm_email": form(),
    "notices:subscribe": command(),
    "notices:end_subscription": own(get=False, post=True, about="subscription"),
    "notices:push_worker": FILE,
    # Settings.
    "people_settings:index": _settings_page(),
    "people_settings:areas": _settings_page(),
    "people_settings:area": _settings_page("commune"),
    "people_settings:add_village": form(P.SETTINGS_MANAGE, about="commune"),
    "people_settings:import_villages": form(P.SETTINGS_MANAGE, about="commune"),
    "people_settings:organisations": _settings_page(),
    "people_settings:add_organisation": form(P.SETTINGS_MANAGE),
    "people_settings:posts": _settings_page(),
    "people_settings:add_post": form(P.SETTINGS_MANAGE),
    "people_settings:post": form(P.SETTINGS_MANAGE, about="post"),
    "people_settings:people": _settings_page(),
    "people_settings:add_person": form(P.SETTINGS_MANAGE),
    "people_settings:person": _settings_page("person"),
    "people_settings:grant_role": _settings_command("person"),
    "people_settings:reset_password": _settings_command("person"),
    "people_settings:end_role": _settings_command("grant"),
    "people_settings:person_sign_in": _settings_page("person"),
    "people_settings:end_persons_passkey": _settings_command("person"),
    "people_settings:end_persons_sessions": _settings_command("person"),
    "people_settings:propose_recovery": _settings_command("person"),
    "people_settings:record_persons_leave": _settings_command("person"),
    "people_settings:end_persons_leave": _settings_command("person"),
    "people_settings:proposals": _settings_page(),
    "people_settings:confirm_proposal": _settings_command("proposal"),
    "people_settings:refuse_proposal": _settings_command("proposal"),
    "people_settings:deputies": form(P.SETTINGS_MANAGE, about="post"),
    "people_settings:end_deputyship": _settings_command("deputyship"),
    # The plan.
    "campaigns:campaigns": page(),
    "campaigns:create_campaign": form(P.PLAN_EDIT),
    "campaigns:renew_calendar_address": command(),
    "campaigns:end_calendar_address": command(),
    "campaigns:own_feed": public(Answer.SEES, Answer.NO_METHOD, about="own_feed"),
    "campaigns:campaign_feed": public(Answer.SEES, Answer.NO_METHOD, about="campaign_feed"),
    "campaigns:activities": page(P.VIEW, about="campaign"),
    "campaigns:chosen_calendar": page(P.VIEW, about="campaign"),
    "campaigns:board": page(P.VIEW, about="campaign"),
    "campaigns:gantt": page(P.VIEW, about="campaign"),
    "campaigns:plan_calendar": page(P.VIEW, about="campaign"),
    "campaigns:plan_map": page(P.VIEW, about="campaign"),
    "campaigns:matrix": page(P.VIEW, about="campaign"),
    "campaigns:workload": page(P.VIEW, about="campaign"),
    "campaigns:levels": page(P.VIEW, about="campaign"),
    "campaigns:wall": page(P.VIEW, about="campaign"),
    "campaigns:add_activity": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:activity": page(P.VIEW, about="activity"),
    "campaigns:edit_activity": form(P.PLAN_EDIT, about="activity"),
    "campaigns:set_activity_state": command(P.PLAN_EDIT, about="activity"),
    "campaigns:key_messages": page(P.VIEW, about="campaign"),
    "campaigns:add_key_message": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:edit_key_message": form(P.PLAN_EDIT, about="key_message"),
    "campaigns:phases": page(P.VIEW, about="campaign"),
    "campaigns:add_phase": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:edit_phase": form(P.PLAN_EDIT, about="phase"),
    # Urging about it.
    "campaigns:urge": form(P.VIEW, about="campaign"),
    "campaigns:urging_days": form(P.PLAN_EDIT, about="campaign"),
    # Importing and exporting the plan.
    "campaigns:import_plan": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:plan_import": page(P.PLAN_EDIT, about="plan_import"),
    "campaigns:choose_columns": command(P.PLAN_EDIT, about="plan_import"),
    "campaigns:confirm_import": command(P.PLAN_EDIT, about="plan_import"),
    "campaigns:drop_import": command(P.PLAN_EDIT, about="plan_import"),
    "campaigns:export_plan": page(P.VIEW, about="campaign"),
    "campaigns:large_export": form(P.VIEW, about="campaign"),
    # Entering the plan.
    "campaigns:library": page(P.PLAN_EDIT),
    "campaigns:use_template": form(P.PLAN_EDIT, about="template"),
    "campaigns:campaigns_bin": page(P.PLAN_EDIT),
    "campaigns:undo_removal": command(P.PLAN_EDIT, about="removal"),
    "campaigns:file": page(P.VIEW, about="plan_file"),
    "campaigns:file_copy": page(P.VIEW, about="plan_file_copy"),
    "campaigns:copy_campaign": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:take_over": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:proposals": page(P.VIEW, about="campaign"),
    "campaigns:decide_proposals": command(P.PLAN_EDIT, about="campaign"),
    "campaigns:history": page(P.VIEW, about="campaign"),
    "campaigns:discussion": form(P.VIEW, about="campaign"),
    "campaigns:bin": page(P.PLAN_EDIT, about="campaign"),
    "campaigns:remove": command(P.PLAN_EDIT, about="removable"),
    "campaigns:edit_campaign": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:planned_channels": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:add_legal_document": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:edit_legal_document": form(P.PLAN_EDIT, about="legal_document"),
    "campaigns:add_objective": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:edit_objective": form(P.PLAN_EDIT, about="objective"),
    "campaigns:add_reading": form(P.PLAN_EDIT, about="objective"),
    "campaigns:add_audience": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:edit_audience": form(P.PLAN_EDIT, about="audience"),
    "campaigns:add_budget_line": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:edit_budget_line": form(P.PLAN_EDIT, about="budget_line"),
    "campaigns:activity_live": page(P.VIEW, about="activity"),
    "campaigns:activity_history": page(P.VIEW, about="activity"),
    "campaigns:activity_around": form(P.VIEW, about="activity"),
    "campaigns:add_files": form(P.PLAN_EDIT, about="activity"),
    "campaigns:add_link": form(P.PLAN_EDIT, about="activity"),
    "campaigns:add_figures": form(P.PLAN_EDIT, about="activity"),
    "campaigns:add_delivery": form(P.PLAN_EDIT, about="activity"),
    "campaigns:clear_match": command(P.PLAN_EDIT, about="match"),
    "campaigns:begin_upload": command(P.PLAN_EDIT, about="activity"),
    "campaigns:upload": own(get=False, post=True, about="upload", owner="planner"),
    "campaigns:inspections": page(P.VIEW, about="campaign"),
    "campaigns:plan_inspection": form(P.PLAN_EDIT, about="campaign"),
    "campaigns:inspection": page(P.VIEW, about="inspection"),
    "campaigns:edit_inspection": form(P.PLAN_EDIT, about="inspection"),
    "campaigns:record_visit": form(P.PLAN_EDIT, about="inspection"),
    "campaigns:add_finding": form(P.PLAN_EDIT, about="inspection"),
    "campaigns:sign_off": command(P.PLAN_EDIT, about="inspection"),
    "campaigns:resolve_finding": form(P.PLAN_EDIT, about="finding"),
    # Documents.
    "reports:documents": page(P.VIEW, about="campaign"),
    "reports:document": form(P.PLAN_EDIT, about="document", see=(P.VIEW,)),
    "reports:files": page(P.VIEW, about="document"),
    "reports:download": page(P.VIEW, about="document_file"),
    # Messages and their sound.
    "messages:write": form(P.MESSAGE_WRITE),
    "messages:edit": form(P.MESSAGE_WRITE, about="draft"),
    "messages:new_revision": command(P.MESSAGE_WRITE, about="released_message"),
    "voice:preview": command(),
    "voice:heard": command(P.VIEW, about="sound"),
    "voice:spoken": page(P.VIEW, about="draft"),
    "voice:synthesise": form(P.MESSAGE_WRITE, about="draft", see=(P.VIEW,)),
    "voice:add_language": form(P.MESSAGE_WRITE, about="draft", see=(P.VIEW,)),
    "voice:remove_language": form(P.MESSAGE_WRITE, about="language", see=(P.VIEW,)),
    "voice:stretch": form(P.MESSAGE_WRITE, about="draft", see=(P.VIEW,)),
    "voice:answer": form(P.MESSAGE_WRITE, about="draft", see=(P.VIEW,)),
    "voice:accept_all": form(P.MESSAGE_WRITE, about="draft", see=(P.VIEW,)),
    "voice:record": form(P.MESSAGE_WRITE, about="draft", see=(P.VIEW,)),
    # The lexicon and the voice that reads.
    "lexicon:index": page(),
    "lexicon:add": form(P.MESSAGE_WRITE, P.SETTINGS_MANAGE),
    "lexicon:word": form(P.MESSAGE_WRITE, P.SETTINGS_MANAGE, about="word", see=(P.VIEW,)),
    "lexicon:remove": form(P.MESSAGE_WRITE, P.SETTINGS_MANAGE, about="word"),
    "lexicon:hear": command(P.MESSAGE_WRITE, P.SETTINGS_MANAGE),
    "lexicon:trial": page(about="trial"),
    "lexicon:places": page(P.VIEW, about="commune"),
    "lexicon:voice": form(P.SETTINGS_MANAGE, about="commune"),
    "lexicon:import_table": form(P.MESSAGE_WRITE, P.SETTINGS_MANAGE, about="commune"),
    "lexicon:export_table": page(P.VIEW, about="commune_table"),
    # Releases.
    "releases:waiting": page(),
    "releases:key": form(P.RELEASE_SIGN, P.RELEASE_EMERGENCY),
    "releases:submit": form(P.MESSAGE_SUBMIT, about="draft"),
    "releases:release": page(P.VIEW, about="request"),
    "releases:second_look": page(P.VIEW, about="request"),
    "releases:sign": form(P.RELEASE_SIGN, about="request", see=(P.VIEW,), no=Answer.BARRED),
    "releases:sign_passkey_options": command(P.RELEASE_SIGN, about="request", no=Answer.BARRED),
    "releases:sign_passkey": command(P.RELEASE_SIGN, about="request", no=Answer.BARRED),
    "releases:review": command(P.RELEASE_SIGN, P.RELEASE_EMERGENCY, P.SETTINGS_MANAGE, about="review"),
    "releases:apologise": command(P.MESSAGE_WRITE, about="mishap"),
    "releases:mishap": form(P.MESSAGE_WRITE, about="mishap", see=(P.VIEW,)),
    "releases:emergencies": page(),
    "releases:activate": form(P.RELEASE_EMERGENCY, about="prepared", see=(P.VIEW,), no=Answer.BARRED),
    "releases:activate_passkey_options": command(P.RELEASE_EMERGENCY, about="prepared", no=Answer.BARRED),
    "releases:activate_passkey": command(P.RELEASE_EMERGENCY, about="prepared", no=Answer.BARRED),
    "releases:lists": page(P.SETTINGS_MANAGE),
    "releases:proposed_list": page(P.SETTINGS_MANAGE, about="list_proposal"),
    "releases:sign_list_options": command(P.SETTINGS_MANAGE, about="list_proposal"),
    "releases:sign_list": command(P.SETTINGS_MANAGE, about="list_proposal"),
    "releases:policies": page(P.SETTINGS_MANAGE),
    "releases:policy": form(P.SETTINGS_MANAGE, about="office"),
    "releases:confirm_policy": command(P.SETTINGS_MANAGE, about="policy_proposal"),
    "releases:refuse_policy": command(P.SETTINGS_MANAGE, about="policy_proposal"),
    "releases:heard": command(P.VIEW, about="request"),
    "releases:return_release": form(P.RELEASE_SIGN, P.MESSAGE_SUBMIT, about="request", see=(P.VIEW,)),
    "releases:withdraw": form(P.RELEASE_WITHDRAW, about="release", see=(P.VIEW,), no=Answer.BARRED),
    "releases:withdraw_passkey_options": command(P.RELEASE_WITHDRAW, about="release", no=Answer.BARRED),
    "releases:withdraw_passkey": command(P.RELEASE_WITHDRAW, about="release", no=Answer.BARRED),
    # The calendar.
    "airtime:calendar": page(),
    "airtime:placement": page(P.VIEW, about="placement"),
    "airtime:move": command(P.PLACEMENT_MAKE, about="placement"),
    "airtime:cancel": command(P.PLACEMENT_MAKE, about="placement"),
    "airtime:rules": form(P.SETTINGS_MANAGE, about="commune"),
    "airtime:copy_day": command(P.PLACEMENT_MAKE, about="commune"),
    "airtime:programmes": page(P.VIEW, about="commune"),
    "airtime:make_programme": form(P.PLACEMENT_MAKE, about="commune"),
    "airtime:make_group": form(P.PLACEMENT_MAKE, about="commune"),
    "airtime:programme": page(P.VIEW, about="programme"),
    "airtime:change_programme": form(P.PLACEMENT_MAKE, about="programme"),
    "airtime:end_programme": command(P.PLACEMENT_MAKE, about="programme"),
    "airtime:change_group": form(P.PLACEMENT_MAKE, about="zone_group"),
    "broadcast:place": form(P.PLACEMENT_MAKE, about="release"),
    # Devices.
    "devices:listing": page(P.DEVICE_VIEW),
    "devices:lists": page(P.DEVICE_VIEW),
    "devices:add": form(P.DEVICE_MANAGE),
    "devices:approve": form(P.DEVICE_MANAGE, about="enrolment"),
    "devices:refuse": command(P.DEVICE_MANAGE, about="enrolment"),
    "devices:device": page(P.DEVICE_VIEW, about="device"),
    "devices:listen": page(P.DEVICE_VIEW, about="device"),
    "devices:rename": command(P.DEVICE_MANAGE, about="device"),
    "devices:set_test": command(P.DEVICE_MANAGE, about="device"),
    "devices:retire": command(P.DEVICE_MANAGE, about="device"),
    "devices:replace": form(P.DEVICE_MANAGE, about="device"),
    "devices:incidents": page(P.DEVICE_VIEW),
    "devices:incident": page(P.DEVICE_VIEW, about="incident"),
    "devices:take_incident": command(P.DEVICE_MANAGE, about="incident"),
    "devices:note_incident": command(P.DEVICE_MANAGE, about="incident"),
    "devices:close_incident": command(P.DEVICE_MANAGE, about="incident"),
    "devices:rates": page(P.DEVICE_VIEW),
    "devices:export": page(P.DEVICE_VIEW),
    "devices:confirm_gone": command(P.DEVICE_MANAGE, about="still_out"),
    "jobs:progress": page(P.VIEW, about="job"),
    # The pages that join them.
    "console:home": page(),
    "console:events": page(),
    "console:frame_news": page(),
    "console:campaign": page(P.VIEW, about="campaign"),
    "console:campaign_coverage": page(P.VIEW, about="campaign"),
    "console:messages": page(),
    "console:message": page(P.VIEW, about="draft"),
}
