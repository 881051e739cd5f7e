"""Paths. All files that the commands create are in one folder that can be deleted at any time."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".sandbox"
LOGS = HOME / "log"
DOWNLOADS = HOME / "downloads"
# The screenshots used in documents; all others are saved in the sandbox folder.
SCREENSHOTS = ROOT / "docs" / "screenshots"
OTHER_SCREENSHOTS = HOME / "screenshots"


def digest(path: Path) -> str:
    """Return a short, stable name for a path."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]


# For files that cannot be in a checkout that other users cannot enter, such as one below /root.
OUTSIDE = Path("/var/tmp") / f"leads-sandbox-{os.geteuid()}-{digest(HOME)}"


def made(folder: Path) -> Path:
    """Return the folder, created if missing."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder
