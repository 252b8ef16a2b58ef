# SPDX-License-Identifier: AGPL-3.0-or-later
"""People, organisations, posts and roles; what people sign in with; who is away; what waits for a second one."""

from loa.people.models.absence import Deputyship, Leave
from loa.people.models.people import (
    Organisation,
    OrganisationKind,
    Person,
    PersonManager,
    Post,
    PostHolding,
    Role,
    RoleGrant,
)
from loa.people.models.proposals import Outcome, Proposal, ProposalKind
from loa.people.models.sign_in import CodeApp, Passkey, PasskeyEnd, RecoveryCode, Session, SignInFailure

__all__ = [
    "CodeApp",
    "Deputyship",
    "Leave",
    "Organisation",
    "OrganisationKind",
    "Outcome",
    "Passkey",
    "PasskeyEnd",
    "Person",
    "PersonManager",
    "Post",
    "PostHolding",
    "Proposal",
    "ProposalKind",
    "RecoveryCode",
    "Role",
    "RoleGrant",
    "Session",
    "SignInFailure",
]
