"""What was promised when a lead was given out stands on the assignment, no longer on the line of the batch."""

from odoo.tools.sql import column_exists, create_column


def migrate(cr, version):
    if not column_exists(cr, "leads_agent_batch_assign_line", "callback_id"):
        return
    for column in ("callback_id", "callback_agent_id"):
        if not column_exists(cr, "leads_agent_assignment", column):
            create_column(cr, "leads_agent_assignment", column, "int4")
    cr.execute(
        """
        UPDATE leads_agent_assignment a
           SET callback_id = l.callback_id, callback_agent_id = l.callback_agent_id
          FROM leads_agent_batch_assign_line l
         WHERE l.assignment_id = a.id AND l.callback_id IS NOT NULL
        """
    )
