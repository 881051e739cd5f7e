"""How a mail is read before Odoo's gateway does: pure functions, typed and doctested, called by the models."""

from . import automatic, form_lines, mail_source, reading
