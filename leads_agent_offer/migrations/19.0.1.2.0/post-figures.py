from odoo.tools import SQL


def migrate(cr, version):
    """Correct kinds and states that the figures count, and store the current names of tags and agents in audits."""
    # A lead assigned without an offer did not go to the catch-all; the ledger has the cause.
    cr.execute(
        """
        UPDATE leads_agent_offer o
           SET kind = e.cause
          FROM leads_agent_score_entry e
         WHERE e.offer_id = o.id AND e.cause IN ('coalesced', 'assigned') AND o.kind = 'catch_all'
        """
    )
    # The end of a shark tank is not a second miss.
    cr.execute(
        """
        UPDATE leads_agent_offer
           SET state = 'ended', missed_count = 0
         WHERE kind = 'shark_tank' AND state = 'missed'
        """
    )
    cr.execute(
        """
        UPDATE leads_agent_routing r
           SET agent_name = p.name
          FROM res_users u JOIN res_partner p ON p.id = u.partner_id
         WHERE u.id = r.agent_id
        """
    )
    cr.execute(
        """
        UPDATE leads_agent_routing r
           SET hits = (SELECT jsonb_agg(h.hit || jsonb_build_array(COALESCE(t.name, p.name, '')) ORDER BY h.nr)
                         FROM jsonb_array_elements(r.hits) WITH ORDINALITY h (hit, nr)
                    LEFT JOIN leads_agent_tag t ON t.id = (h.hit->>0)::int
                    LEFT JOIN leads_agent_profile f ON f.id = -(h.hit->>0)::int
                    LEFT JOIN res_users u ON u.id = f.user_id
                    LEFT JOIN res_partner p ON p.id = u.partner_id)
         WHERE jsonb_array_length(hits->0) = 4
        """
    )
    for table, column, length in (("leads_agent_routing", "verdicts", 7), ("leads_agent_roster", "agents", 8)):
        cr.execute(
            SQL(
                """
                UPDATE %(table)s r
                   SET %(column)s = (SELECT jsonb_agg(a.agent || jsonb_build_array(COALESCE(p.name, '')) ORDER BY a.nr)
                                       FROM jsonb_array_elements(r.%(column)s) WITH ORDINALITY a (agent, nr)
                                  LEFT JOIN res_users u ON u.id = (a.agent->>0)::int
                                  LEFT JOIN res_partner p ON p.id = u.partner_id)
                 WHERE jsonb_array_length(%(column)s->0) = %(length)s
                """,
                table=SQL.identifier(table),
                column=SQL.identifier(column),
                length=length,
            )
        )
