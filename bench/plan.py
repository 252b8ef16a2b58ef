# SPDX-License-Identifier: AGPL-3.0-or-later
"""A plan of the whole country: 10,000 activities in 3,321 communes, once as one campaign and once taken over.

``loa bench plan``. In a child process on a fresh SQLite installation (run this file with LOA_DATABASE_URL and a
LOA_HOME to measure PostgreSQL). *one campaign*: every activity lies in
the country's own campaign, three in each commune. *taken over*: each commune has a campaign of its own below
it, and carries out the same three activities of the country's. One in five has evidence.

* import: a plan of 5,000 rows as .xlsx, as ``loa plan import --yes`` takes it into a campaign of a province;
* overview: everything that the campaign's first page says of its work (``campaigns.rollup.overview``);
* pages: opened over Django's HTTP client by somebody who sees the whole plan, with their queries;
* roll-up after one change: a piece of evidence is added by its action, then state, quantities and the line of
  the commune are asked again; *of it the roll-up* leaves the action out.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from loa.config.bench import Figure

ACTIVITIES, COMMUNES = 10_000, 3_321
IMPORTED = 5_000  # rows of a plan that comes from a file
RUNS = 7  # the median counts
TODAY = date(2026, 11, 24)


def measure() -> Iterator[Figure]:
    """Yield the figures."""
    environ = {**os.environ, "DJANGO_SETTINGS_MODULE": "loa.config.settings"}
    environ.pop("LOA_DATABASE_URL", None)
    environ["PYTHONPATH"] = str(Path(__file__).parents[1])
    piped: dict[str, Any] = {"stdout": subprocess.PIPE, "text": True, "check": True}
    runs = []
    for name in ("plan.py", "documents.py", "urging.py"):
        with tempfile.TemporaryDirectory(prefix="loa-bench-") as home:
            script = str(Path(__file__).with_name(name))
            runs.append(subprocess.run([sys.executable, script], env={**environ, "LOA_HOME": home}, **piped))
    rows = [row for run in runs for row in json.loads(run.stdout.splitlines()[-1])]
    for name, value, unit, at_most in rows:
        yield Figure(name, value, unit, at_most=at_most)


def main() -> None:
    """Fill the installation, measure, and print the figures as one line of JSON."""
    import django

    django.setup()
    from loa.config.prepare import prepare_database

    prepare_database()
    rows: list[tuple[str, float, str, float | None]] = []
    for name, make in (("one campaign", one_campaign), ("taken over", _taken_over)):
        campaign = make()
        _analyze()
        rows += [(f"{name}: {row[0]}", *row[1:]) for row in _measured(campaign)]
    rows += _photos()
    rows += _imported()
    print(json.dumps(rows))


def _measured(campaign: Any) -> list[tuple[str, float, str, float | None]]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from loa.campaigns import rollup

    with CaptureQueriesContext(connection) as queries:
        rollup.overview(campaign, TODAY)
    first, _of_it = _after_one_change(campaign)
    changes = [_after_one_change(campaign) for _ in range(RUNS)]
    del first
    return [
        ("activities counted", rollup.tally(campaign, TODAY).total, "", None),
        ("overview", _median(lambda: rollup.overview(campaign, TODAY)), "s", 1.0),
        ("overview, queries", len(queries), "", 30),
        ("roll-up after one change", statistics.median(one for one, _ in changes) * 1000, "ms", 100),
        ("of it the roll-up", statistics.median(other for _, other in changes) * 1000, "ms", None),
        *_pages(campaign),
    ]


PAGES = {"the campaign's page": "", "the Gantt": "tien-do/", "the Gantt by office": "tien-do/?nhom=co-quan",
         "the Gantt of one phase": "tien-do/?giai-doan=ra-quan",
         "the table": "dau-moi/", "the month": "lich/"}  # fmt: skip


def _pages(campaign: Any) -> Iterator[tuple[str, float, str, float | None]]:
    """Open pages as a browser of somebody who sees all of the plan does, and count their queries."""
    from django.conf import settings
    from django.db import connection
    from django.test import Client, override_settings
    from django.test.utils import CaptureQueriesContext

    # For the rest of this process: a password is enough, and no style files need to be collected.
    plain = {"staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
    override_settings(SECOND_FACTOR=False, STORAGES={**settings.STORAGES, **plain}).enable()
    client = Client(HTTP_HOST="localhost")
    client.force_login(_planner(campaign))
    for name, path in PAGES.items():
        address = f"/chien-dich/{campaign.key}/{path}"
        client.get(address)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")
        count = len(queries)  # at once: the next request forgets them
        yield name, _median(partial(client.get, address)), "s", 1.0
        yield f"{name}, queries", count, "", 30


def _planner(campaign: Any) -> Any:
    """Return somebody who plans for the campaign's whole area, and so sees everything below."""
    from datetime import UTC, datetime

    from loa.people.models import Organisation, Person, RoleGrant

    person = Person.objects.filter(username="do-dac").first()
    if person is None:
        tree: Any = Organisation.objects
        office = tree.add_root({"name": "UBND tỉnh", "kind": "authority", "area": campaign.area})
        person = Person.objects.create(username="do-dac", full_name="Người đo")
        since = datetime(2026, 1, 1, tzinfo=UTC)
        RoleGrant.objects.create(person=person, organisation=office, role="planner", since=since)
    return person


def _analyze() -> None:
    """Bring PostgreSQL's statistics up to date, as its autovacuum does within a minute of such a load."""
    from django.db import connection

    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _median(work: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        work()
        times.append(time.perf_counter() - began)
    return statistics.median(times)


def _after_one_change(campaign: Any) -> tuple[float, float]:
    """Return how long a change with its roll-up takes, and the roll-up alone, in seconds."""
    from loa.campaigns import actions, rollup
    from loa.campaigns.models import Activity

    activity = Activity.objects.filter(upper=None, lower=None, state="planned").order_by("?").first()
    activity = activity or Activity.objects.exclude(upper=None).order_by("?")[0]
    began = time.perf_counter()
    actions.add_link(actor=None, activity=activity, url=f"https://example.vn/{time.time_ns()}")
    between = time.perf_counter()
    rollup.tally(campaign, TODAY)
    rollup.figures(campaign)
    ended = time.perf_counter()
    return ended - began, ended - between


def _communes() -> tuple[list[Any], Any]:
    """Return every commune, and the post that answers for everything."""
    from loa.areas.actions import load_official_units
    from loa.areas.models import Area, AreaKind
    from loa.people.models import Organisation, Post

    communes = list(Area.objects.filter(kind=AreaKind.COMMUNE).order_by("path")[:COMMUNES])
    if not communes:
        load_official_units()
        communes = list(Area.objects.filter(kind=AreaKind.COMMUNE).order_by("path")[:COMMUNES])
        tree: Any = Organisation.objects
        for area in communes:
            organisation = tree.add_root({"name": f"UBND {area.name}", "kind": "authority", "area": area})
            Post.objects.create(organisation=organisation, title="Chủ tịch UBND")
    return communes, list(Post.objects.order_by("pk").select_related("organisation"))


def _campaign(area: Any, organisation: Any, upper: Any = None) -> Any:
    from loa.campaigns.models import Campaign, KeyMessage, Phase

    number = Campaign.objects.count()
    campaign = Campaign.objects.create(
        key=f"ca-nuoc-{number}",
        title="Vệ sinh yêu nước",
        event_name="Tháng vệ sinh",
        organisation=organisation,
        area=area,
        upper=upper,
    )
    Phase.objects.create(campaign=campaign, key="ra-quan", name="Ra quân", order=1, start=date(2026, 11, 1))
    KeyMessage.objects.create(
        campaign=campaign, text="Phân loại rác tại nhà", order=1, upper=upper and upper.key_messages.first()
    )
    return campaign


def _fill(rows: list[Any], places: list[Any]) -> None:
    """Store activities with place, key message and, one in five, a link as evidence."""
    from datetime import UTC, datetime

    from loa.campaigns.models import Activity, Evidence, KeyMessage

    made = Activity.objects.bulk_create(rows, batch_size=1000)
    messages = dict(KeyMessage.objects.values_list("campaign", "pk"))
    places_of: Any = Activity.areas.through
    places_of.objects.bulk_create(
        [places_of(activity_id=row.pk, area_id=area.pk) for row, area in zip(made, places, strict=True)],
        batch_size=5000,
    )
    messages_of: Any = Activity.key_messages.through
    messages_of.objects.bulk_create(
        [messages_of(activity_id=row.pk, keymessage_id=messages[row.campaign_id]) for row in made],
        batch_size=5000,
    )
    Evidence.objects.bulk_create(
        (
            Evidence(
                activity=row,
                kind="link",
                url=f"https://example.vn/{row.pk}",
                identity=f"link:https://example.vn/{row.pk}",
                amount=1,
                added_by_name="đo",
                added_at=datetime(2026, 11, 20, tzinfo=UTC),
            )
            for row in made[::5]
        ),
        batch_size=2000,
    )


def _activity(campaign: Any, post: Any, phase: Any, number: int, upper: Any = None) -> Any:
    from datetime import timedelta

    from loa.campaigns.models import Activity

    states = ("planned", "in_progress", "submitted", "verified", "planned")
    return Activity(
        campaign=campaign,
        phase=phase,
        upper=upper,
        title=f"Ra quân đợt {number}",
        organisation=post.organisation,
        accountable_post=post,
        channels=["movement", "loudspeaker"][: 1 + number % 2],
        due=TODAY + timedelta(days=number % 60 - 20),
        quantity=2,
        unit=("buổi", "tin, bài", "phút")[number % 3],
        state=states[number % 5],
    )


def one_campaign() -> Any:
    """Return one campaign that holds every activity."""
    from loa.areas.queries import province_of

    communes, posts = _communes()
    campaign = _campaign(province_of(communes[0]), posts[0].organisation)
    phase = campaign.phases.first()
    numbers = range(ACTIVITIES)
    rows = [_activity(campaign, posts[n % len(posts)], phase, n) for n in numbers]
    _fill(rows, [communes[n % len(communes)] for n in numbers])
    return campaign


def _taken_over() -> Any:
    """Return a campaign that every commune took over: three activities of the country, carried out by each."""
    from loa.areas.queries import province_of
    from loa.campaigns.models import Activity, Campaign, KeyMessage, Phase

    communes, posts = _communes()
    top = _campaign(province_of(communes[0]), posts[0].organisation)
    upper = [
        Activity.objects.create(
            campaign=top,
            phase=top.phases.first(),
            title=f"Ra quân đợt {n}",
            organisation=posts[0].organisation,
            accountable_post=posts[0],
            quantity=COMMUNES * 2,
            unit=("buổi", "tin, bài", "phút")[n],
        )
        for n in range(3)
    ]
    highest = Campaign.objects.order_by("-pk").values_list("pk", flat=True)[0]
    below = Campaign.objects.bulk_create(
        (
            Campaign(
                pk=highest + n,
                key=f"xa-{area.code}",
                title=f"Vệ sinh yêu nước {area.name}",
                event_name="Tháng vệ sinh",
                organisation=posts[n - 1].organisation,
                area=area,
                upper=top,
                lineage=f"{top.lineage}{highest + n}/",
            )
            for n, area in enumerate(communes, start=1)
        ),
        batch_size=1000,
    )
    phases = Phase.objects.bulk_create(
        (Phase(campaign=one, key="ra-quan", name="Ra quân", order=1) for one in below), batch_size=1000
    )
    KeyMessage.objects.bulk_create(
        (KeyMessage(campaign=one, text="Phân loại rác", upper=top.key_messages.first()) for one in below),
        batch_size=1000,
    )
    pairs = [(n, number) for n in range(len(below)) for number in range(3)]
    rows = [
        _activity(below[n], posts[n % len(posts)], phases[n], number + n, upper[number])
        for n, number in pairs
    ]
    _fill(rows, [below[n].area for n, _number in pairs])
    return top


def _photos() -> list[tuple[str, float, str, float | None]]:
    """Return what one photo costs: its hashes, and one comparison with another photo."""
    from PIL import Image

    from loa.campaigns.fingerprints import fingerprint, meetings

    picture = Image.effect_noise((1600, 1200), 80)
    other = fingerprint(Image.effect_noise((1600, 1200), 60))
    hashes = fingerprint(picture)
    return [
        ("photo: its hashes", _median(lambda: fingerprint(picture)) * 1000, "ms", None),
        (
            "photo: looked for among 1,000",
            _median(lambda: [meetings(hashes, other) for _ in range(100)]) * 10,
            "s",
            None,
        ),
    ]


def _imported() -> list[tuple[str, float, str, float | None]]:
    """Return how long a plan of 5,000 rows takes: read from .xlsx, looked at row by row, added, written out."""
    from loa.areas.queries import province_of
    from loa.campaigns.importing import command

    communes, posts = _communes()
    province = province_of(communes[0])
    campaign = _campaign(province, posts[0].organisation)
    inside = [area for area in communes if area.path.startswith(province.path)]
    with tempfile.TemporaryDirectory(prefix="loa-plan-") as folder:
        source, out = Path(folder) / "ke-hoach.xlsx", Path(folder) / "xuat.xlsx"
        _write_plan(source, [area.name for area in inside])
        began = time.perf_counter()
        report = command.look(source, campaign.key, command.Wanted())
        looked = time.perf_counter()
        command.take(report)
        taken = time.perf_counter()
        command.export(campaign.key, out)
        ended = time.perf_counter()
    return [
        ("import: rows accepted", report.accepted, "", None),
        ("import: 5,000 rows", taken - began, "s", 20.0),
        ("import: of it the one transaction", taken - looked, "s", None),
        ("export: 5,000 rows", ended - taken, "s", None),
    ]


def _write_plan(path: Path, names: list[str]) -> None:
    """Write a plan of 5,000 rows that names every field an office usually fills."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet("Kế hoạch")
    names_of = "STT|Nội dung công việc|Cơ quan chủ trì|Thời hạn|Sản phẩm|Kênh|Địa bàn|Thông điệp|Ghi chú"
    sheet.append(names_of.split("|"))
    whens = ("trước 15/4/2026", "Quý I/2026", "thường xuyên", "từ 01/3/2026 đến 30/4/2026", "20/5/2026")
    for number in range(IMPORTED):
        name = names[number % len(names)]
        row = [number + 1, f"Ra quân vệ sinh đợt {number}", f"UBND {name}", whens[number % 5], "2 buổi"]
        sheet.append([*row, "loa phát thanh, cổng thông tin", name, "Phân loại rác tại nhà", "Kèm ảnh"])
    book.save(path)


if __name__ == "__main__":
    main()
