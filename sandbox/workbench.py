"""What commands need to run Odoo: Odoo, a database server and other programs."""

from collections.abc import Iterator
from contextlib import contextmanager

from . import odoo_source, postgres, programs
from .odoo_process import Odoo


@contextmanager
def ready_odoo() -> Iterator[Odoo]:
    """Yield an Odoo with a running database server."""
    source = odoo_source.find()
    programs.want_wkhtmltopdf()
    with postgres.server() as server:
        yield Odoo(source, server)
