"""How a mail is read before Odoo's gateway does: pure, typed and doctested; the models call it and store."""

from . import automatic, form_lines, mail_source, reading
