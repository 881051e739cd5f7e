from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    """Tags that differ in spaces, dashes and capitals alone are one."""
    api.Environment(cr, SUPERUSER_ID, {})["leads.agent.tag"]._join_spellings()
