# SPDX-License-Identifier: AGPL-3.0-or-later
"""What pages read of messages; the only ways to get one check that the person may see it."""

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext as _

from loa.areas import tree
from loa.campaigns.models import KeyMessage
from loa.config.errors import NotFoundError
from loa.messages.models import Message, Revision
from loa.people.models import Organisation, Person
from loa.people.queries import covered, may, organisations_for
from loa.people.rules import Permission

_RELATED = ("organisation__area", "campaign", "created_by")


def messages_for(person: Person) -> QuerySet[Message]:
    """Return the messages that the person may see, newest first, with revisions and key messages."""
    seen = covered(person, Permission.VIEW, field="organisation__area__path")
    revisions = Revision.objects.select_related("author").order_by("number")
    return (
        Message.objects.filter(seen)
        .select_related(*_RELATED)
        .prefetch_related(Prefetch("revisions", queryset=revisions), "key_messages")
        .order_by("-pk")
    )


def message(person: Person, code: str) -> Message:
    """Return one message with its revisions.

    Raises:
        NotFoundError: absent, or not for this person.
    """
    found = messages_for(person).filter(code=code).first()
    if found is None:
        raise NotFoundError(_("Không có tin %(code)s, hoặc tin ở địa bàn khác.") % {"code": code[:20]})
    return found


def revision(person: Person, pk: int) -> Revision:
    """Return one revision with its message, author, editors and sources.

    Raises:
        NotFoundError: absent, or its message is not for this person.
    """
    found = (
        Revision.objects.filter(
            covered(person, Permission.VIEW, field="message__organisation__area__path"), pk=pk
        )
        .select_related("author", *(f"message__{name}" for name in _RELATED))
        .prefetch_related("sources", "editors")
        .first()
    )
    if found is None:
        raise NotFoundError(_("Không có bản tin này, hoặc tin ở địa bàn khác."))
    return found


def newest(message: Message) -> Revision:
    """Return the message's last revision (no query when revisions were fetched)."""
    return max(message.revisions.all(), key=lambda one: one.number)


def may_write(person: Person, message: Message) -> bool:
    """Say whether the person may change this message's words."""
    return may(person, Permission.MESSAGE_WRITE, organisation=message.organisation)


def organisations_to_write_for(person: Person) -> QuerySet[Organisation]:
    """Return the organisations in whose name the person may write."""
    return organisations_for(person, Permission.MESSAGE_WRITE)


def key_messages_for(organisation: Organisation) -> QuerySet[KeyMessage]:
    """Return the key messages of campaigns in the organisation's area and in those above and below it."""
    path = organisation.area.path
    near = Q(campaign__area__path__in=tree.ancestor_paths(path)) | Q(campaign__area__path__startswith=path)
    return KeyMessage.objects.filter(near).select_related("campaign").order_by("campaign_id", "order", "pk")


def makers(revision: Revision) -> set[int]:
    """Return the keys of everyone who wrote or edited a revision's words."""
    return {revision.author_id, *revision.editors.values_list("pk", flat=True)}


def is_newest(revision: Revision) -> bool:
    """Say whether no later revision of the message exists."""
    return not Revision.objects.filter(message_id=revision.message_id, number__gt=revision.number).exists()
