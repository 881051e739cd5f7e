"""What an upgrade restructures: where each old table or column is afterwards, checked row for row.

Tables and columns that are not listed here must have the same rows and values afterwards.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mapping:
    """Old columns, their new place, and two queries that must return the same rows on both sides.

    :param table: of the old version
    :param columns: of the table; empty: the whole table is gone
    :param to: the new place, and how the data were moved
    :param before: query for the old database
    :param after: query for the upgraded database
    :param commits: the versions to which it applies
    """

    table: str
    columns: tuple[str, ...]
    to: str
    before: str
    after: str
    commits: tuple[str, ...] = ("0e6ab3e", "977eb67")

    @property
    def name(self) -> str:
        """Return the name of the mapping.

        >>> Mapping("leads_agent_offer", ("kind", "state"), "", "", "").name
        'leads_agent_offer (kind, state)'
        """
        return f"{self.table} ({', '.join(self.columns)})" if self.columns else self.table


# The words of an old audit, each followed by the name of the record it refers to.
_NAMED = """
    SELECT r.id, jsonb_agg(w.word || jsonb_build_array(COALESCE({name}, '')) ORDER BY w.nr)
      FROM {table} r, jsonb_array_elements(r.{column}) WITH ORDINALITY w (word, nr)
 LEFT JOIN leads_agent_tag t ON t.id = (w.word->>0)::int
 LEFT JOIN leads_agent_profile f ON f.id = -(w.word->>0)::int
 LEFT JOIN res_users u ON u.id = COALESCE(f.user_id, (w.word->>0)::int)
 LEFT JOIN res_partner p ON p.id = u.partner_id
  GROUP BY r.id
"""
_AS_IT_IS = "SELECT id, {column} FROM {table} WHERE jsonb_array_length({column}) > 0"


def _named(table: str, column: str, name: str) -> Mapping:
    to = "the same words, each followed by the name that its tag or agent had at the upgrade"
    return Mapping(
        table,
        (column,),
        to,
        _NAMED.format(table=table, column=column, name=name),
        _AS_IT_IS.format(table=table, column=column),
    )


# The state of incoming leads.
_UNDER_WAY = """
    SELECT id, leads_offer_state, leads_offer_until, COALESCE(leads_offer_step, 0), leads_waiting_reason,
           leads_accepted_at{more}
      FROM crm_lead WHERE leads_offer_state <> 'none' OR leads_offer_step > 0 OR leads_accepted_at IS NOT NULL
"""
_OPEN_ROW = """
    SELECT lead_id, state, until, step, reason, accepted_at{more} FROM leads_agent_routing WHERE state IS NOT NULL
"""
_STEPS = ("leads_offer_until", "leads_offer_step", "leads_waiting_reason", "leads_accepted_at")
_TO_OPEN_ROW = "leads_agent_routing: the open row of the lead, one for each that the routing moved"

MAPPINGS = (
    Mapping("crm_lead", _STEPS, _TO_OPEN_ROW, _UNDER_WAY.format(more=""), _OPEN_ROW.format(more=""), ("0e6ab3e",)),
    Mapping(
        "crm_lead",
        (*_STEPS, "leads_hold"),
        _TO_OPEN_ROW,
        _UNDER_WAY.format(more=", leads_hold"),
        _OPEN_ROW.format(more=", hold"),
        ("977eb67",),
    ),
    Mapping(
        "leads_agent_inbound",
        (),
        "leads_agent_received: a message by its channel and key, in state `message`",
        "SELECT channel, key, create_date FROM leads_agent_inbound",
        "SELECT channel, key, create_date FROM leads_agent_received WHERE state = 'message'",
        ("0e6ab3e",),
    ),
    _named("leads_agent_routing", "hits", "t.name, p.name"),
    _named("leads_agent_routing", "verdicts", "p.name"),
    _named("leads_agent_roster", "agents", "p.name"),
    Mapping(
        "leads_agent_offer",
        ("kind", "state", "missed_count"),
        "the same columns: leads given without an offer are of their cause, no catch-all; a shark tank that ended is no"
        " miss",
        """
        SELECT o.id, COALESCE(e.cause, o.kind),
               CASE WHEN o.kind = 'shark_tank' AND o.state = 'missed' THEN 'ended' ELSE o.state END,
               CASE WHEN o.kind = 'shark_tank' AND o.state = 'missed' THEN 0 ELSE o.missed_count END
          FROM leads_agent_offer o
     LEFT JOIN leads_agent_score_entry e
            ON e.offer_id = o.id AND e.cause IN ('coalesced', 'assigned') AND o.kind = 'catch_all'
        """,
        "SELECT id, kind, state, missed_count FROM leads_agent_offer",
    ),
    Mapping(
        "leads_agent_tag",
        ("active",),
        "the same column: of two spellings of one tag the older is in use",
        """
        SELECT t.id, t.active AND NOT EXISTS (
            SELECT FROM leads_agent_tag o
             WHERE o.id < t.id AND o.active AND o.company_id IS NOT DISTINCT FROM t.company_id
               AND lower(replace(o.name, '-', ' ')) = lower(replace(t.name, '-', ' ')))
          FROM leads_agent_tag t
        """,
        "SELECT id, active FROM leads_agent_tag",
        ("0e6ab3e",),
    ),
    Mapping(
        "leads_agent_disposition",
        ("do_not_call",),
        "the same column, and leads_agent_opt_out: who was resolved so is opted out",
        """
        SELECT DISTINCT a.partner_id, d.id
          FROM leads_agent_assignment a JOIN leads_agent_disposition d ON d.id = a.disposition_id
         WHERE d.do_not_call AND a.ended_at IS NOT NULL
        """,
        "SELECT partner_id, disposition_id FROM leads_agent_opt_out",
        ("0e6ab3e",),
    ),
)
# Rows that an upgrade adds to existing tables: identified by the names of new records, or by a condition here.
ADDED = {
    # Open rows of leads that are being routed.
    "leads_agent_routing": "to_jsonb(t)->>'state' IS NOT NULL",
    # Messages on the creation of new jobs.
    "mail_message": "t.model IN ('ir.cron', 'ir.actions.server')",
}
# Deleted records: an abstract model, a model whose rows are mapped, an index on mapped columns.
DROPPED = ("leads_agent_assignment_effects", "leads_agent_inbound", "constraint_crm_lead_leads_offer_due")
# XML IDs that other modules depend on: they keep their addon and their row.
CONTRACT = (
    "leads_agent.privilege_leads_agent",
    "leads_agent.group_leads_agent",
    "leads_agent.group_leads_manager",
    "leads_agent.action_dashboard",
    "leads_agent.action_orders",
    "leads_agent.action_customers",
    "leads_agent.action_assign_leads",
    "leads_agent.menu_root",
)


def of(commit: str) -> list[Mapping]:
    """Return the mappings of a version.

    >>> [mapping.table for mapping in of("977eb67")]
    ['crm_lead', 'leads_agent_routing', 'leads_agent_routing', 'leads_agent_roster', 'leads_agent_offer']
    """
    return [mapping for mapping in MAPPINGS if commit in mapping.commits]
