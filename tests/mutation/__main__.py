"""Changes the code that decides about people, one small thing at a time, and asks whether a test notices.

``python -m tests.mutation gates scoring --endings 137`` takes the mutants whose number ends so: a share of three in
ten, spread over every function. It works in a folder of its own outside of the repository, with mutmut.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections import Counter
from pathlib import Path

from tests.mutation.groups import GROUPS, Group

ROOT = Path(__file__).parents[2]
SKIPPED = {
    "upwell": shutil.ignore_patterns("__pycache__", "locale", "static"),
    "tests": shutil.ignore_patterns("__pycache__", "integration", "journeys", "recovery"),
}
KILLED, SURVIVED, UNTESTED, TIMED_OUT = "killed", "survived", "no test", "timed out"
SAID = {
    0: SURVIVED,
    1: KILLED,
    3: KILLED,
    33: UNTESTED,
    24: TIMED_OUT,
    36: TIMED_OUT,
    152: TIMED_OUT,
    255: TIMED_OUT,
}


def prepare(folder: Path, group: Group) -> None:
    """A copy of what the tests need, with mutmut's settings in it."""
    for name, skipped in SKIPPED.items():
        shutil.copytree(ROOT / name, folder / name, ignore=skipped)
    settings = {
        "source_paths": ["upwell"],
        "only_mutate": list(group.modules),
        "pytest_add_cli_args": ["-p", "tests.mutation.plugin", "-p", "no:cacheprovider"],
        "pytest_add_cli_args_test_selection": list(group.tests),
        "use_git_change_detection": False,
        "timeout_multiplier": 30.0,
        "timeout_constant": 8.0,
    }
    own = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    lines = ["[tool.pytest.ini_options]", *(f"{key} = {json.dumps(value)}" for key, value in own.items())]
    lines += ["[tool.mutmut]", *(f"{key} = {json.dumps(value)}" for key, value in settings.items())]
    (folder / "pyproject.toml").write_text("\n".join(lines) + "\n")


def names_for(group: Group, endings: str) -> list[str]:
    """The patterns by which mutmut calls the share of the mutants that is asked for."""
    modules = [one.removesuffix(".py").replace("/", ".") for one in group.modules]
    return [f"{one}.*__mutmut_*[{endings}]" for one in modules]


def results(folder: Path) -> dict[str, dict[str, str]]:
    """By module: each mutant that was tried, and what became of it."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted((folder / "mutants").rglob("*.meta")):
        codes = json.loads(path.read_text())["exit_code_by_key"]
        tried = {name: SAID.get(code, TIMED_OUT) for name, code in codes.items() if code is not None}
        if tried:
            found[str(path.relative_to(folder / "mutants")).removesuffix(".meta")] = tried
    return found


def tell(found: dict[str, dict[str, str]]) -> None:
    """The score of each module and of all: of the mutants that were tried, how many a test noticed."""
    whole: Counter[str] = Counter()
    for module, tried in found.items():
        counted = Counter(tried.values())
        whole += counted
        print(_line(module, counted))
    print(_line("all", whole))


def _line(name: str, counted: Counter[str]) -> str:
    noticed, tried = counted[KILLED] + counted[TIMED_OUT], counted.total()
    rest = ", ".join(f"{counted[one]} {one}" for one in (SURVIVED, UNTESTED, TIMED_OUT) if counted[one])
    share = f"{100 * noticed / tried:.0f} %" if tried else "–"
    return f"{name:<44} {tried:>5} mutants  {share:>5} noticed  {rest}"


def show(folder: Path, found: dict[str, dict[str, str]]) -> None:
    """What the survivors changed."""
    from mutmut.configuration import reset_config
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    os.chdir(folder)
    reset_config()  # of the group before
    for tried in found.values():
        for name, became in tried.items():
            if became in (SURVIVED, UNTESTED):
                print(f"\n# {name} ({became})")
                print("\n".join(get_diff_for_mutant(name).splitlines()[2:]))


def main() -> int:
    """Run the groups that were named, or all."""
    read = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    read.add_argument("groups", nargs="*", choices=[*GROUPS, []], metavar=f"{{{','.join(GROUPS)}}}")
    read.add_argument("--endings", default="0123456789", help="the last digits of the mutants to try")
    read.add_argument("--only", default="", help="of a group, the modules whose path has this in it")
    read.add_argument("--children", default="1", help="how many mutants are tried at once")
    read.add_argument("--keep", type=Path, help="work in this folder, and leave it there")
    given = read.parse_args()
    for name in given.groups or GROUPS:
        group = GROUPS[name].only(given.only)
        if not group.modules:
            continue
        folder = (given.keep or Path(tempfile.mkdtemp(prefix="upwell-mutants-"))) / name
        try:
            (folder / "mutants").mkdir(parents=True)  # there from the start, or Python never looks into it
            prepare(folder, group)
            print(f"\n== {name}", flush=True)
            command = [sys.executable, "-P", "-m", "mutmut", "run", "--max-children", given.children]
            with (folder / "mutmut.log").open("w") as log:
                done = subprocess.run(
                    [*command, *names_for(group, given.endings)],
                    cwd=folder,
                    env={
                        **os.environ,
                        "PYTHONPATH": str(folder / "mutants"),
                    },  # what is imported, is the copy
                    stdout=log,
                    stderr=log,
                    check=False,
                )
            if done.returncode:
                print((folder / "mutmut.log").read_text()[-4000:], file=sys.stderr)
                return done.returncode
            found = results(folder)
            tell(found)
            show(folder, found)
        finally:
            os.chdir(ROOT)
            if given.keep is None:
                shutil.rmtree(folder.parent, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
