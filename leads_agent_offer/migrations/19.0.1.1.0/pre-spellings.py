from odoo.tools.sql import column_exists, create_column

from odoo.addons.leads_agent_offer.tools.tag_matching import spelling


def migrate(cr, version):
    """Fill in spellings before Odoo creates their index, which waits until duplicate tags are merged."""
    if column_exists(cr, "leads_agent_tag", "spelling"):
        return
    create_column(cr, "leads_agent_tag", "spelling", "varchar")
    cr.execute("SELECT id, name FROM leads_agent_tag")
    tags = cr.fetchall()
    cr.execute(
        "UPDATE leads_agent_tag t SET spelling = s.spelling"
        "  FROM unnest(%s::int[], %s::text[]) s (id, spelling) WHERE s.id = t.id",
        [[tag_id for tag_id, _name in tags], [spelling(name or "") for _id, name in tags]],
    )
