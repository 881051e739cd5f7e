def migrate(cr, version):
    """Move the routing state of a lead from ``crm_lead`` to its open row in ``leads_agent_routing``.

    ``leads_offer_state`` becomes ``state`` (``crm_lead`` keeps a copy), ``leads_offer_until`` ``until``,
    ``leads_offer_step`` ``step``, ``leads_waiting_reason`` ``reason``, ``leads_hold`` ``hold``, ``leads_released_at``
    ``released_at``, ``leads_accepted_at`` ``accepted_at`` and ``create_date`` ``at``. ``company_id`` is that of the
    lead, else of its call center, of its newest decision, or of its creator.

    Leads that were never routed get no row. Existing rows are decisions; they keep their IDs and values.
    """
    cr.execute(
        """
        WITH opened AS (
            INSERT INTO leads_agent_routing (lead_id, company_id, at, state, hold, until, step, reason, released_at,
                   accepted_at, create_uid, create_date, write_uid, write_date)
            SELECT l.id, COALESCE(l.company_id, t.company_id, r.company_id, u.company_id),
                   COALESCE(l.create_date, now() AT TIME ZONE 'UTC'),
                   l.leads_offer_state, o.leads_hold, l.leads_offer_until, COALESCE(l.leads_offer_step, 0),
                   l.leads_waiting_reason, o.leads_released_at, l.leads_accepted_at, 1, now() AT TIME ZONE 'UTC', 1,
                   now() AT TIME ZONE 'UTC'
              FROM crm_lead l
             -- Columns that not every version had
             JOIN jsonb_to_record(to_jsonb(l)) o (leads_hold varchar, leads_released_at timestamp) ON TRUE
         LEFT JOIN crm_team t ON t.id = l.team_id
         LEFT JOIN res_users u ON u.id = l.create_uid
         LEFT JOIN LATERAL (SELECT company_id FROM leads_agent_routing WHERE lead_id = l.id ORDER BY id DESC LIMIT 1) r
                   ON TRUE
             WHERE l.leads_offer_state <> 'none' OR l.leads_offer_step > 0 OR o.leads_released_at IS NOT NULL
                OR l.leads_accepted_at IS NOT NULL
          ORDER BY l.id
         RETURNING id, lead_id)
        UPDATE crm_lead l SET leads_routing_id = o.id FROM opened o WHERE l.id = o.lead_id
        """
    )
    cr.execute(
        """
        ALTER TABLE crm_lead
         DROP COLUMN IF EXISTS leads_hold, DROP COLUMN IF EXISTS leads_offer_until,
         DROP COLUMN IF EXISTS leads_offer_step, DROP COLUMN IF EXISTS leads_waiting_reason,
         DROP COLUMN IF EXISTS leads_released_at, DROP COLUMN IF EXISTS leads_accepted_at
        """
    )
