"""Format moments in one way, as on the dashboard ("26 Nov 14:30", "26 Nov 2:30 PM")."""

from odoo.tools import format_datetime
from odoo.tools.misc import get_lang


def time_text(env, moment, tz: str, day: str = "") -> str:
    """Return the time of a UTC moment in a zone, with 24 or 12 hours, depending on the user's language.

    :param day: a pattern of the day, put before the time
    """
    clock = "HH:mm" if "%H" in get_lang(env).time_format else "h:mm a"
    return format_datetime(env, moment, tz=tz or "UTC", dt_format=f"{day} {clock}".strip())


def moment_text(env, moment, tz: str) -> str:
    """Return day and time of a UTC moment in a zone."""
    return time_text(env, moment, tz, "d MMM")
