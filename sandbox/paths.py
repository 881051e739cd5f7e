"""Where things are. Everything the commands make lies in one folder that can be thrown away at any time."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".sandbox"
LOGS = HOME / "log"
DOWNLOADS = HOME / "downloads"
SCREENSHOTS = ROOT / "docs" / "screenshots"


def made(folder: Path) -> Path:
    """Return the folder, made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    return folder
