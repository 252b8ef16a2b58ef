# SPDX-License-Identifier: AGPL-3.0-or-later
"""Remove each check of protocol and device, one at a time, and see whether a test notices.

Run by hand after changing a check (half an hour for all): `python protocol/tests/mutate.py [verify device/clock …]`.
It works on a copy, names every change that no test noticed, and exits 1 if there is one. What was tried is written
into `mutated.json`; `test_mutated.py`, which runs with all tests, fails when a module of `HELD` is not as it was
tried there: the half hour is spent where a check changes, and nowhere else.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

TIME_LIMIT = 60  # s for one run of the tests
ROOT = Path(__file__).parents[2]
MODULES = [
    "protocol/verify",
    "protocol/signers",
    "protocol/permits",
    "protocol/webauthn",
    "protocol/airtime",
    "protocol/envelope",
    "protocol/keys",
    "protocol/statements",
    "protocol/playlog",
    "protocol/enrolment",
    "protocol/history",
    "protocol/timeline",
    "protocol/times",
    "device/verification",
    "device/repository",
    "device/following",
    "device/media",
    "device/clock",
    "device/web",
]
# Every change of these is noticed; of the others of the device, what is no check of trust is not (docs/attacks.md).
HELD = [*(one for one in MODULES if one.startswith("protocol/")), "device/verification"]
RECORD = Path(__file__).with_name("mutated.json")
# What says nothing about checks, or takes processes and time; attacks on whole processes: tests/attacks.
LEFT_OUT = {
    "protocol": ["test_speed.py", "test_doc.py", "test_mutated.py"],
    "device": [
        *(
            "test_process.py",
            "test_link.py",
            "test_player.py",
            "test_sound.py",
            "test_cli.py",
            "test_faults.py",
        ),
        *(
            "test_hearing.py",
            "test_streams.py",
            "test_steering.py",
            "test_corridor.py",
            "test_supervision.py",
        ),
    ],
}
LEAVING = (ast.Return, ast.Continue, ast.Break)  # "if …: return" checks as well as "if …: raise" does
BOUNDS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
}


def changes(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Apply each change to the tree in turn; yield the line before and after, then take it back."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and (_refuses(node) or isinstance(node.body[-1], LEAVING)):
            yield from _replace(node, "test", ast.Constant(False))
        if isinstance(node, ast.BoolOp):
            for index in range(len(node.values)):
                rest = node.values[:index] + node.values[index + 1 :]
                yield from _replace(node, "values", rest)
        if isinstance(node, ast.comprehension):
            for index in range(len(node.ifs)):
                yield from _replace(node, "ifs", node.ifs[:index] + node.ifs[index + 1 :])
        if isinstance(node, ast.Compare) and type(node.ops[0]) in BOUNDS:
            yield from _replace(node, "ops", [BOUNDS[type(node.ops[0])](), *node.ops[1:]])
        for body in (getattr(node, "body", None), getattr(node, "orelse", None)):
            if isinstance(body, list):
                yield from _without_calls(body)


def _refuses(node: ast.If) -> bool:
    return any(isinstance(one, ast.Raise) for one in node.body)


def fingerprint(module: str) -> str:
    """Return a hash of a module's lines but comments and blank ones."""
    area, _, stem = module.rpartition("/")
    lines = (ROOT / area / f"loa_{area}" / f"{stem}.py").read_text(encoding="utf-8").splitlines()
    told = [line.rstrip() for line in lines if line.strip() and not line.strip().startswith("#")]
    return sha256("\n".join(told).encode()).hexdigest()


def _record(module: str, tried: int, not_noticed: int) -> None:
    """Write down that a module was tried as it is now."""
    found = json.loads(RECORD.read_text()) if RECORD.exists() else {}
    found[module] = {"sha256": fingerprint(module), "tried": tried, "not_noticed": not_noticed}
    RECORD.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n")


def _without_calls(body: list[ast.stmt]) -> Iterator[tuple[str, str]]:
    """Leave out statements that only call something: `_check_…(…)`, `parse_utc(…)`."""
    for index, statement in enumerate(body):
        if (
            isinstance(statement, ast.Expr)
            and isinstance(statement.value, ast.Call)
            and not _is_log(statement)
        ):
            body[index] = ast.Pass()
            yield ast.unparse(statement), "pass"
            body[index] = statement


def _is_log(statement: ast.Expr) -> bool:
    return ast.unparse(statement).startswith("log.")


def _replace(node: ast.AST, name: str, value: object) -> Iterator[tuple[str, str]]:
    before, former = _line(node), getattr(node, name)
    setattr(node, name, value)
    ast.fix_missing_locations(node)
    yield before, _line(node)
    setattr(node, name, former)


def _line(node: ast.AST) -> str:
    if isinstance(node, ast.If):
        return f"if {ast.unparse(node.test)}: …"
    return ast.unparse(node)


def noticed(folder: Path, area: str) -> bool:
    """Run the area's tests against the copy."""
    tests = folder / area / "tests"
    ignored = [f"--ignore={tests / name}" for name in LEFT_OUT[area]]
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "-p", "no:django",
               "--import-mode=importlib", "--rootdir", str(folder), "-c", os.devnull, *ignored,
               str(tests)]  # fmt: skip
    paths = f"{folder / 'protocol'}{os.pathsep}{folder / 'device'}"
    environment = {**os.environ, "PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        done = subprocess.run(
            command, env=environment, cwd=folder, capture_output=True, timeout=TIME_LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return True  # a loop that never ends is noticed too
    return done.returncode != 0


def main(modules: list[str]) -> int:
    """Try every change in these modules; return how many went unnoticed."""
    survivors, tried = [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for area in LEFT_OUT:
            shutil.copytree(ROOT / area / f"loa_{area}", folder / area / f"loa_{area}")
            shutil.copytree(ROOT / area / "tests", folder / area / "tests")
        for module in modules:
            area, _, stem = module.rpartition("/")
            area = area or "protocol"
            if noticed(folder, area):
                raise SystemExit(f"The tests of {area} fail without any change.")
            path = folder / area / f"loa_{area}" / f"{stem}.py"
            source = path.read_text(encoding="utf-8")
            tree = ast.parse(source)
            before_tried, before_survivors = tried, len(survivors)
            for before, after in changes(tree):
                tried += 1
                path.write_text(ast.unparse(tree), encoding="utf-8")
                label = f"{module}: {before} -> {after}"
                if not noticed(folder, area):
                    survivors.append(label)
                    sys.stdout.write(f"not noticed: {label}\n")
                    sys.stdout.flush()
            path.write_text(source, encoding="utf-8")
            _record(module, tried - before_tried, len(survivors) - before_survivors)
    sys.stdout.write(f"{tried} changes, {len(survivors)} not noticed.\n")
    return len(survivors)


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:] or MODULES), 1))
