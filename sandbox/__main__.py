"""Entry point: `python3 -m sandbox <command>`.

This module and its imports only use the standard library: the sandbox's virtual environment may not exist yet.
"""

import importlib
import os
import signal
import sys

from . import commands, console, paths, venv


def main(argv: list[str]) -> int:
    name, *arguments = argv or ["help"]
    if name in ("-h", "--help"):
        name = "help"
    if name not in commands.names():
        print(f"There is no command {name!r}. Commands: {', '.join(commands.names())}.", file=sys.stderr)
        return 2
    try:
        if name not in commands.OUTSIDE_VENV:
            venv.run_inside(name, arguments)
        return importlib.import_module(f"sandbox.commands.{name}").run(arguments)
    except console.Trouble as trouble:
        console.say(f"\n{trouble}")
        return 1
    except KeyboardInterrupt:
        console.say("\nStopped.")
        return 130


def _stop_politely(signum: int, frame: object) -> None:
    """Convert a termination signal to an exception, so that every `finally` runs."""
    console.stop_is_wanted = True
    raise KeyboardInterrupt


if __name__ == "__main__":
    # Also when a script started this in the background with SIGINT ignored.
    signal.signal(signal.SIGINT, _stop_politely)
    signal.signal(signal.SIGTERM, _stop_politely)
    signal.signal(signal.SIGHUP, _stop_politely)
    os.umask(0o022)
    os.environ.setdefault("HYPOTHESIS_STORAGE_DIRECTORY", str(paths.HOME / "hypothesis"))
    sys.exit(main(sys.argv[1:]))
