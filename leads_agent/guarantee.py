"""At most one holder per lead, even in a database that lost the unique index."""

import logging

from odoo.api import Environment
from odoo.tools import SQL

_logger = logging.getLogger(__name__)


def end_second_holders(env: Environment) -> None:
    """End duplicate holders first, as Odoo only warns when it cannot create a unique index."""
    ended = env.execute_query(
        SQL(
            """
            UPDATE leads_agent_assignment a
               SET state = 'unassigned', end_reason = 'merged', ended_at = now() AT TIME ZONE 'UTC',
                   visible_until = now() AT TIME ZONE 'UTC'
              FROM (
                   SELECT d.id, row_number() OVER (
                       PARTITION BY d.partner_id
                           ORDER BY (d.agent_id = p.leads_agent_id) IS TRUE DESC, d.assigned_at DESC, d.id DESC
                   ) AS place
                     FROM leads_agent_assignment d
                     JOIN res_partner p ON p.id = d.partner_id
                    WHERE d.state = 'active'
                   ) t
             WHERE t.id = a.id AND t.place > 1
         RETURNING a.id, a.partner_id
            """
        )
    )
    for assignment_id, partner_id in ended:
        _logger.warning("Assignment %s ended: customer %s was held twice.", assignment_id, partner_id)


def check(assignments) -> None:
    """Fail after an install or upgrade without the index; log an error at any other start."""
    if assignments._has_unique_index():
        return
    message = "leads_agent_assignment has lost its unique index: a lead could be held twice. Upgrade leads_agent."
    if "leads_agent" in assignments.pool.updated_modules:
        raise RuntimeError(message)
    _logger.critical(message)
