"""Lint hook: checks that XML files are well-formed, and prints the position of errors."""

import sys
from pathlib import Path
from xml.parsers import expat


def problem(path: Path) -> str | None:
    """Return `file:line:column: message`, or None when the file is well-formed."""
    try:
        expat.ParserCreate().Parse(path.read_bytes(), True)
    except expat.ExpatError as error:
        return f"{path}:{error.lineno}:{error.offset + 1}: {expat.errors.messages[error.code]}"
    return None


def main(paths: list[str]) -> int:
    problems = [found for path in paths if (found := problem(Path(path)))]
    for found in problems:
        print(found, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
