from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Merge tags that differ only in spaces, dashes and capitals."""
    api.Environment(cr, SUPERUSER_ID, {})["leads.agent.tag"]._join_spellings()
