"""One file per command.

A command is a module with a docstring (its first line is shown by `help`) and `run(arguments) -> exit status`.
It runs inside the sandbox's virtual environment and may import its packages, unless it is listed here.
"""

import ast
import pkgutil
from pathlib import Path

OUTSIDE_VENV = {"clean", "help", "house", "lint"}


def names() -> list[str]:
    """Return the names of the commands, which are the modules of this package."""
    return sorted(module.name for module in pkgutil.iter_modules(__path__))


def summary(name: str) -> str:
    """Return the first line of a command's docstring, without importing the command."""
    source = Path(__file__).with_name(f"{name}.py").read_text()
    return (ast.get_docstring(ast.parse(source)) or "").splitlines()[0]
