"""Check the style of all files with pre-commit and local hooks. FIX=1 first fixes what can be fixed automatically."""

import os
import shlex
import shutil
import subprocess
from collections.abc import Mapping

from .. import lint_tools
from ..console import Trouble, step
from ..paths import HOME, ROOT

FIXERS = [
    ("*.py", ["ruff", "check", "--fix", "--quiet", "--exit-zero", "--force-exclude"]),
    ("*.py", ["ruff", "format", "--quiet", "--force-exclude"]),
    ("*.js *.mjs *.scss *.css *.json *.yml *.yaml", ["prettier", "--write", "--log-level=warn", "--ignore-unknown"]),
]


def run(arguments: list[str]) -> int:
    if not shutil.which("git") or not (ROOT / ".git").exists():
        raise Trouble("pre-commit works on a git repository: install git and clone this one.")
    chosen = arguments or shlex.split(os.environ.get("ARGS", ""))
    env = {**os.environ, "PATH": lint_tools.search_path(), "PRE_COMMIT_HOME": str(HOME / "pre-commit")}
    if os.environ.get("FIX"):
        _fix(env)
    command = ["pre-commit", "run", *(chosen or ["--files", *_files()])]
    return subprocess.run(command, cwd=ROOT, env=env, stdin=subprocess.DEVNULL).returncode


def _files(*patterns: str) -> list[str]:
    """Return the files of the repository, including untracked ones."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.split("\0") if name and (ROOT / name).exists()]


def _fix(env: Mapping[str, str]) -> None:
    with step("Repairing what can be repaired"):
        for patterns, command in FIXERS:
            if files := _files(*patterns.split()):
                subprocess.run([*command, *files], cwd=ROOT, env=env)
