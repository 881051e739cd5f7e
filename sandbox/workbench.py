"""Everything a command needs that runs Odoo: Odoo, a database server and the programs around them."""

from collections.abc import Iterator
from contextlib import contextmanager

from . import odoo_source, postgres, programs
from .odoo_process import Odoo


@contextmanager
def ready_odoo() -> Iterator[Odoo]:
    """Give an Odoo with a running database server for the block."""
    source = odoo_source.find()
    programs.want_wkhtmltopdf()
    with postgres.server() as server:
        yield Odoo(source, server)
