# SPDX-License-Identifier: AGPL-3.0-or-later
"""What changes releases, one function per verb; nothing else saves their models."""

from loa.releases.actions.activate import activate, activate_with
from loa.releases.actions.apology import account_for, apologise
from loa.releases.actions.policies import set_policy
from loa.releases.actions.proposals import confirm_policy, propose_policy, refuse_policy
from loa.releases.actions.review import review
from loa.releases.actions.sign import return_release, sign_release, sign_release_with
from loa.releases.actions.submit import submit_for_release
from loa.releases.actions.withdraw import sign_withdrawal, sign_withdrawal_with, withdraw, withdraw_with
from loa.releases.approvers import publish_approvers
from loa.releases.signing import make_signing_key, retire_key, revoke_key

__all__ = [
    "account_for",
    "activate",
    "activate_with",
    "apologise",
    "confirm_policy",
    "make_signing_key",
    "propose_policy",
    "publish_approvers",
    "refuse_policy",
    "retire_key",
    "return_release",
    "review",
    "revoke_key",
    "set_policy",
    "sign_release",
    "sign_release_with",
    "sign_withdrawal",
    "sign_withdrawal_with",
    "submit_for_release",
    "withdraw",
    "withdraw_with",
]
