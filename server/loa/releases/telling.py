# SPDX-License-Identifier: AGPL-3.0-or-later
"""Who is told of a release by another way than its page, and what an objection does."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from loa.audit import actions as audit
from loa.config import clock
from loa.notices.actions import tell
from loa.notices.kinds import Kind, register
from loa.notices.models import Answer, Notice, Response
from loa.people.models import Person
from loa.people.queries import people_with
from loa.people.rules import SIGNING, Permission
from loa.releases.models import Activation, Broken, Objection, PriorityClass, Release, Review
from loa.releases.sentences import class_name
from loa.releases.telling_makers import TITLE_LENGTH, register_kind, tell_of_objection, tell_of_own_release

RELEASED, BROKEN = "releases.released", "releases.break_glass"


def tell_of_release(release: Release) -> None:
    """Tell every approver of the organisation that something may sound now, in the caller's transaction.

    A release that nobody of them knows of is noticed so, whoever controls the pages of some of them. Its makers
    are told that it was released. Tests sound on test devices alone and are not told.
    """
    if release.is_test:
        return
    approvers = _approvers(release)
    tell_of_own_release(release, besides=approvers)
    names = ", ".join(release.signatures.order_by("at").values_list("person__full_name", flat=True))
    tell(
        to=approvers,
        kind=RELEASED,
        title=_("Đã duyệt: %(title)s") % {"title": release.revision.title[:TITLE_LENGTH]},
        body=_("%(class)s của %(organisation)s, %(names)s ký. Thấy sai thì phản đối ngay.")
        % {
            "class": class_name(release.priority_class),
            "organisation": release.organisation.name,
            "names": names,
        },
        url=reverse("releases:release", args=[release.pk]),
        about=release,
        dedupe=f"{RELEASED}:{release.pk}",
        by=None,
        urgent=release.priority_class == PriorityClass.EMERGENCY,
        answers=(Answer.ACKNOWLEDGE, Answer.OBJECT),
    )


def tell_of_broken_glass(review: Review) -> None:
    """Tell everybody concerned at once that one person alone released or ended an emergency."""
    release = review.release
    words = {
        Broken.RELEASE: _("%(name)s một mình phát hành khẩn cấp: %(title)s"),
        Broken.WITHDRAWAL: _("%(name)s một mình thu hồi khẩn cấp: %(title)s"),
    }[Broken(review.what)]
    told = {"name": review.person.full_name, "title": release.revision.title[:TITLE_LENGTH]}
    tell(
        to=_concerned(release),
        kind=BROKEN,
        title=words % told,
        body=_("Lý do: %(reason)s. Một người khác xem lại trong 24 giờ.") % {"reason": review.reason},
        url=reverse("releases:release", args=[release.pk]),
        about=release,
        dedupe=f"{BROKEN}:{release.pk}:{review.what}",
        by=review.person,
        urgent=True,
        answers=(Answer.ACKNOWLEDGE, Answer.OBJECT),
    )


def tell_of_activation(activation: Activation) -> None:
    """Tell everybody concerned at once that one person lets a prepared emergency sound."""
    release = activation.release
    told = {"name": activation.person.full_name, "title": release.revision.title[:TITLE_LENGTH]}
    tell(
        to=_concerned(release),
        kind=BROKEN,
        title=_("%(name)s bấm phát tin khẩn cấp: %(title)s") % told,
        body=_("Lý do: %(reason)s.") % {"reason": activation.reason},
        url=reverse("releases:release", args=[release.pk]),
        about=release,
        dedupe=f"{BROKEN}:{activation.pk}",
        by=activation.person,
        urgent=True,
        answers=(Answer.ACKNOWLEDGE, Answer.OBJECT),
    )


def take_objection(notice: Notice, response: Response) -> None:
    """Store an objection beside its release; runs in the transaction of the answer."""
    if response.kind != Answer.OBJECT:
        return
    release = Release.objects.select_related("organisation__area").get(pk=notice.about_id)
    objection = Objection.objects.create(
        release=release, person=response.person, text=response.text, at=clock.now()
    )
    tell_of_objection(objection)
    audit.record(
        actor=response.person,
        action="releases.object",
        obj=release,
        details={"text": response.text},
        area_code=release.organisation.area.code,
    )


def _approvers(release: Release) -> list[Person]:
    found = {
        person.pk: person
        for permission in (Permission.RELEASE_SIGN, Permission.RELEASE_EMERGENCY)
        for person in people_with(permission, release.organisation)
    }
    return list(found.values())


def _concerned(release: Release) -> list[Person]:
    """Return who signs, who manages the organisation, and who made the message."""
    revision = release.revision
    found = {person.pk: person for person in (revision.author, *revision.editors.all(), release.submitted_by)}
    for permission in (*sorted(SIGNING), Permission.SETTINGS_MANAGE):
        found |= {person.pk: person for person in people_with(permission, release.organisation)}
    return list(found.values())


def register_kinds() -> None:
    """Register what people are told about releases; called once while Django starts."""
    why = gettext_lazy("Bạn nhận thông báo này vì bạn ký duyệt, quản trị hoặc viết tin của cơ quan này.")
    register(Kind(RELEASED, gettext_lazy("Đã duyệt phát hành"), why, on_answer=take_objection))
    register_kind()
    register(Kind(BROKEN, gettext_lazy("Khẩn cấp, một người ký"), why, on_answer=take_objection))
