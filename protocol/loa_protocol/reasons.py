# SPDX-License-Identifier: AGPL-3.0-or-later
"""Every reason code there is: why something was refused, did not sound, or is not known.

Stable: logs, play rows, heartbeats and pages hold codes; a page translates the code. The table in
docs/protocol.md is this one: `python -m loa_protocol.reasons` writes it.
"""

import sys

# code -> where it comes from, and what it means
REASONS: dict[str, tuple[str, str]] = {
    # A file is not what it should be.
    "malformed": ("MalformedError", "not a file or message of that kind"),
    "not_canonical": ("MalformedError", "not in its one spelling"),
    "unknown_format": ("MalformedError", "a format number that this code does not know"),
    "too_large": ("MalformedError", "longer than the limit"),
    "wrong_type": ("MalformedError", "an envelope of another kind"),
    "bad_time": ("MalformedError", "not a time"),
    "bad_zone_name": ("MalformedError", "not a time zone"),
    "bad_order": ("MalformedError", "an end that is not after its beginning"),
    "bad_window": ("MalformedError", "hours that end before they begin"),
    "bad_key": ("MalformedError", "not a key, or an id that is not its hash"),
    "bad_code": ("MalformedError", "not an enrolment code"),
    "bad_subject": ("MalformedError", "a name that cannot be in a subject"),
    "bad_break_glass": ("MalformedError", "break glass for something that is no emergency"),
    "bad_prepared": ("MalformedError", "prepared, and no emergency that two people released"),
    "person_twice": ("MalformedError", "two entries for one person"),
    "key_twice": ("MalformedError", "one key listed twice"),
    "right_twice": ("MalformedError", "one right listed twice"),
    "party_twice": ("MalformedError", "one relying party listed twice"),
    "policy_twice": ("MalformedError", "two policies with one id"),
    "rule_twice": ("MalformedError", "two rules for one zone and class"),
    "item_twice": ("MalformedError", "two items with one id"),
    "weak_policy": ("MalformedError", "a strict policy that lets a maker sign, or one person enough elsewhere"),
    "weak_trust": ("MalformedError", "too few distinct administrators"),
    "agenda_too_long": ("MalformedError", "an agenda that ends more than 30 days after it was made"),
    "activation_too_long": ("MalformedError", "an activation for more than 7 days"),
    # A signature, or who signed.
    "bad_signature": ("SignatureError", "one signature does not verify"),
    "wrong_relying_party": ("SignatureError", "a passkey of a site that is not accepted"),
    "wrong_origin": ("SignatureError", "signed on a page that is not accepted, or inside another site's"),
    "wrong_ceremony": ("SignatureError", "made by a passkey for something else than signing in or releasing"),
    "wrong_challenge": ("SignatureError", "a passkey's signature over other bytes"),
    "user_not_present": ("SignatureError", "nobody touched the authenticator"),
    "user_not_verified": ("SignatureError", "the authenticator did not verify its person"),
    "too_few_admins": ("ThresholdError", "too few administrators signed"),
    "too_few_people": ("ThresholdError", "too few of the right people signed"),
    "no_partner": ("ThresholdError", "a joined policy, and nobody of a partner organisation signed"),
    # Whose it is, and how old.
    "wrong_installation": ("WrongInstallationError", "made for another installation"),
    "wrong_commune": ("WrongCommuneError", "made for another commune"),
    "older_number": ("RollbackError", "older than what was accepted before"),
    "number_too_far": ("RollbackError", "an agenda's number a billion above the last: later ones would not fit"),
    "approvers_expired": ("ExpiredError", "the approvers' list is no longer in force"),
    "issued_ahead": ("ExpiredError", "an agenda made more than a day in the future"),
    # A release does not permit this item here and now.
    "unknown_policy": ("NotCoveredError", "the release names a policy that the list does not have"),
    "wrong_policy": ("NotCoveredError", "the policy is not meant for such a release"),
    "wrong_release": ("NotCoveredError", "another release than the one named"),
    "withdrawn": ("NotCoveredError", "the release or its activation was withdrawn"),
    "wrong_class": ("NotCoveredError", "another priority class than released"),
    "hash_not_released": ("NotCoveredError", "a sound that nobody released"),
    "wrong_place": ("NotCoveredError", "not released, activated or placed for this place"),
    "test_on_live_device": ("NotCoveredError", "a test, and this is no test device"),
    "test_key_device": ("NotCoveredError", "signed with keys that do not reach this device"),
    "not_prepared": ("NotCoveredError", "an activation of a release that is not prepared"),
    "not_activated": ("NotCoveredError", "a prepared message that nobody activated"),
    "too_early": ("NotCoveredError", "before the time of the release or its activation"),
    "expired": ("NotCoveredError", "after the time of the release or its activation"),
    "repeat_limit": ("NotCoveredError", "sounded here today as often as released"),
    "no_rule": ("NotCoveredError", "no airtime rule for this class here"),
    "outside_hours": ("NotCoveredError", "not wholly within the allowed hours"),
    "minutes_used": ("NotCoveredError", "the minutes of the day are used"),
    # The play log.
    "row_not_final": ("ChainError", "an open row in the chain"),
    "gap": ("ChainError", "play row numbers do not follow; in a row: played with gaps"),
    "chain_broken": ("ChainError", "a play row does not follow the one before"),
    # What the timeline says of an item.
    "no_release": ("timeline: refused", "the release is not there, or was refused"),
    "agenda_ended": ("timeline: refused", "after the agenda's last second"),
    "cut_off": ("timeline: missed", "could not begin by its cut-off"),
    "not_ready": ("timeline: missed", "its file was not there by its cut-off"),
    "overlap": ("timeline: will miss", "something else would sound until its cut-off"),
    "interrupted": ("timeline: missed", "gave way, and its cut-off passed before it could begin again"),
    # What a device says of the repository.
    "no_line": ("device: repository, file", "the server cannot be reached"),
    "metadata_rolled_back": ("device: repository", "metadata older than what was accepted before"),
    "metadata_expired": ("device: repository", "metadata that nobody renewed in time"),
    "metadata_unsigned": ("device: repository", "metadata without the signatures that its root asks for"),
    "metadata_mismatch": ("device: repository", "files that are not of one publication"),
    "metadata_malformed": ("device: repository", "no such metadata, or missing files"),
    "endless_data": ("device: repository, file", "more bytes than announced or allowed"),
    "same_number": ("device: repository", "another agenda with the number of the last one"),
    # What a device says of a sound file.
    "not_found": ("device: file", "the server does not have it"),
    "wrong_size": ("device: file", "another size than released"),
    "hash_mismatch": ("device: file", "other bytes than released"),
    "disk_full": ("device: file", "no room on the disk"),
    "disk": ("device: file", "the disk cannot be written or read"),
    "given_up": ("device: file", "no longer needed while it was fetched"),
    # What a device says of itself, or of how an item ended.
    "clock_unknown": ("device: silence", "the time is not known"),
    "no_agenda": ("device: silence", "nothing was ever accepted"),
    "not_playable": ("device: item", "not a sound that can be decoded"),
    "not_in_agenda": ("device: item", "taken out of the agenda while it sounded"),
    "restarted": ("device: item", "played in part, as the agent was restarted"),
}  # fmt: skip


def table() -> str:
    """Return the table as docs/protocol.md holds it."""
    rows = [f"| `{code}` | {origin} | {meaning} |" for code, (origin, meaning) in REASONS.items()]
    return "\n".join(["| code | raised as | meaning |", "| --- | --- | --- |", *rows])


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
