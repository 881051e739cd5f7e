"""Where things are. Everything the commands make lies in one folder that can be thrown away at any time."""

import hashlib
import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".sandbox"
LOGS = HOME / "log"
DOWNLOADS = HOME / "downloads"
# The pictures that a document shows; the others are made beside what the commands make.
SCREENSHOTS = ROOT / "docs" / "screenshots"
OTHER_SCREENSHOTS = HOME / "screenshots"


def digest(path: Path) -> str:
    """Return a short name for a path, the same each time."""
    return hashlib.sha256(str(path).encode()).hexdigest()[:8]


# For the little that cannot lie in a checkout which other users cannot enter, such as one below /root.
OUTSIDE = Path("/var/tmp") / f"leads-sandbox-{os.geteuid()}-{digest(HOME)}"


def made(folder: Path) -> Path:
    """Return the folder, made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder
