"""Import the history of customers from before they were held, from their messages and orders."""

from odoo.tools import SQL

# Private notifications and automatic replies are not history.
MESSAGE_TYPES = ("comment", "email", "email_outgoing", "sms", "notification")


def statement(since: SQL, partner_ids: list[int] | None, is_new: bool) -> SQL:
    """Return the statement that imports messages and orders which are not recorded yet.

    :param since: from when on
    :param partner_ids: commercial customers, or None for all
    :param is_new: the table is empty, so nothing can be recorded yet
    """
    unless_recorded = unless_told = SQL()
    if not is_new:
        # Sorted, so that two managers who assign the same customers lock in the same order.
        unless_recorded = SQL("ORDER BY id ON CONFLICT (message_id) WHERE message_id IS NOT NULL DO NOTHING")
        unless_told = SQL(
            """
            AND NOT EXISTS (
                SELECT FROM leads_agent_history h
                 WHERE h.order_id = o.res_id AND h.event = e.event AND %s)
            """,
            _among("h.order_id", "orders", partner_ids),
        )
    chosen = SQL("IS NOT NULL") if partner_ids is None else SQL("= ANY(%s)", list(partner_ids))
    return SQL(
        """
        WITH partners AS MATERIALIZED (
            SELECT id AS res_id, commercial_partner_id AS partner_id, NULL::int AS order_id, create_date
              FROM res_partner
             WHERE commercial_partner_id %(chosen)s
        ), orders AS MATERIALIZED (
            SELECT id AS res_id, leads_commercial_partner_id AS partner_id, id AS order_id, create_date,
                   create_uid, date_order, user_id, state
              FROM sale_order
             WHERE leads_commercial_partner_id %(chosen)s
        ), messages AS (
            INSERT INTO leads_agent_history
                   (partner_id, at, kind, author_id, res_model, res_id, order_id, message_id)
            %(on_partners)s
         UNION ALL
            %(on_orders)s
            %(unless_recorded)s
        )
        INSERT INTO leads_agent_history
               (partner_id, at, kind, event, author_id, res_model, res_id, order_id)
        SELECT o.partner_id, e.at, e.kind, e.event, (SELECT partner_id FROM res_users WHERE id = e.uid),
               'sale.order', o.res_id, o.res_id
          FROM orders o
    CROSS JOIN LATERAL (
               SELECT 'order' AS kind, 'created' AS event, date_trunc('second', o.create_date) AS at,
                      o.create_uid AS uid
            UNION ALL
               SELECT 'sale', 'confirmed', o.date_order, o.user_id WHERE o.state = 'sale'
               ) e
         WHERE e.at >= %(since)s %(unless_told)s
        """,
        chosen=chosen,
        on_partners=_select_messages(since, "res.partner", "partners", partner_ids),
        on_orders=_select_messages(since, "sale.order", "orders", partner_ids),
        unless_recorded=unless_recorded,
        since=since,
        unless_told=unless_told,
    )


def _among(column: str, documents: str, partner_ids) -> SQL:
    """Condition that makes PostgreSQL look up the few documents at once; a join would read all rows."""
    if partner_ids is None:
        return SQL("TRUE")
    return SQL("%s = ANY(ARRAY(SELECT res_id FROM %s))", SQL(column), SQL(documents))


def _select_messages(since: SQL, model: str, documents: str, partner_ids) -> SQL:
    """Return the SELECT of messages that people wrote on documents.

    :param str documents: the table of the documents in the statement
    """
    # A branch per model: with the model as a constant, the index of messages serves.
    return SQL(
        """
        SELECT d.partner_id, m.date,
               CASE WHEN (SELECT category FROM mail_activity_type WHERE id = m.mail_activity_type_id) = 'phonecall'
                        THEN 'call'
                    WHEN m.mail_activity_type_id IS NOT NULL THEN 'activity'
                    WHEN m.is_internal
                         OR COALESCE((SELECT internal FROM mail_message_subtype WHERE id = m.subtype_id), TRUE)
                        THEN 'note'
                    ELSE 'message' END,
               m.author_id, m.model, m.res_id, d.order_id, m.id
          FROM mail_message m
          JOIN %(documents)s d ON d.res_id = m.res_id
         WHERE m.model = %(model)s AND %(among)s AND m.date >= %(since)s
           AND (m.mail_activity_type_id IS NOT NULL
                OR (m.message_type IN %(types)s AND COALESCE(m.body, '') NOT IN ('', '<p></p>', '<p><br></p>')))
           AND NOT (m.message_type = 'notification' AND m.create_date = d.create_date
                    AND NOT EXISTS (SELECT FROM mail_message earlier
                                     WHERE earlier.model = m.model AND earlier.res_id = m.res_id
                                       AND earlier.id < m.id))
        """,
        documents=SQL(documents),
        model=model,
        among=_among("m.res_id", documents, partner_ids),
        since=since,
        types=MESSAGE_TYPES,
    )
