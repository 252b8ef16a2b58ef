# SPDX-License-Identifier: AGPL-3.0-or-later
"""What an approver takes to a page of another origin."""

import json
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from loa.people.http import AuthenticatedHttpRequest
from loa.releases import queries
from loa.releases.second_look.bundles import bundle


@never_cache
@require_GET
def second_look(request: AuthenticatedHttpRequest, pk: UUID) -> HttpResponse:
    """Give the package of one release to whoever may see it."""
    found = queries.release(request.user, pk)
    name = f"{found.revision.message.code}-ban-{found.revision.number}.loa.json"
    text = json.dumps(bundle(found), ensure_ascii=False)
    response = HttpResponse(text, content_type="application/json")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
