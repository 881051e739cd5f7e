"""The summary line of a history entry, from its message, order or assignment."""

from lxml import html

from odoo.api import Environment
from odoo.tools import SQL, format_amount, html2plaintext

LENGTH = 160


def read(env: Environment, ids) -> dict[int, str]:
    """Return the lines in the language of the reader, from the documents in one query.

    By the record rules, users who may read an entry may read its document. Names are looked
    up in a subselect: with a join, PostgreSQL would scan all contacts when users have the lowest IDs.

    :param ids: of entries
    """
    for model, names in (
        ("mail.message", ["body", "subject"]),
        ("sale.order", ["name", "amount_total", "currency_id"]),
        ("leads.agent.assignment", ["note", "agent_id", "disposition_id"]),
        ("leads.agent.disposition", ["name"]),
        ("res.users", ["partner_id"]),
        ("res.partner", ["name"]),
    ):
        env[model].flush_model(names)
    rows = env.execute_query_dict(
        SQL(
            """
            SELECT h.id, h.kind, h.event, m.body, m.subject, o.name AS order_name, o.amount_total, o.currency_id,
                   (SELECT name FROM res_partner WHERE id = u.partner_id) AS agent,
                   %(disposition)s AS disposition, a.note, h.undone
              FROM leads_agent_history h
         LEFT JOIN mail_message m ON m.id = h.message_id
         LEFT JOIN sale_order o ON o.id = h.order_id
         LEFT JOIN leads_agent_assignment a ON a.id = h.assignment_id
         LEFT JOIN res_users u ON u.id = a.agent_id
         LEFT JOIN leads_agent_disposition d ON d.id = a.disposition_id
             WHERE h.id = ANY(%(ids)s)
            """,
            disposition=env["leads.agent.disposition"]._field_to_sql("d", "name"),
            ids=list(ids),
        )
    )
    return {
        row["id"]: env._("%s (undone)", _summarize(env, row)) if row["undone"] else _summarize(env, row) for row in rows
    }


def shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= LENGTH else text[: LENGTH - 1] + "…"


def _summarize(env: Environment, row: dict) -> str:
    """Return the line for one event; ``row`` as selected by :func:`read`."""
    match row["kind"]:
        case "message" | "note":
            return shorten(html2plaintext(row["body"] or "") or row["subject"] or "")
        case "call" | "activity":
            return shorten(_activity_text(row["body"] or ""))
        case "order" | "sale":
            currency = env["res.currency"].browse(row["currency_id"])
            amount = format_amount(env, row["amount_total"] or 0, currency) if currency else ""
            return _summarize_order(env, row["event"], row["order_name"], amount)
        case "assigned":
            return env._("Assigned to %s", row["agent"])
        case "unassigned":
            return env._("Taken from %s", row["agent"])
    text = env._("Resolved: %s", row["disposition"] or "")
    return shorten(f"{text} - {row['note']}" if row["note"] else text)


def _activity_text(body: str) -> str:
    """Return only the feedback, which Odoo puts last in the message of a done activity; or the whole text."""
    if body:
        for block in html.fragment_fromstring(body, create_parent="div").xpath(".//div[div[@class='fw-bold']]"):
            return block.text_content().strip().removeprefix(block[0].text_content().strip())
    return html2plaintext(body)


def _summarize_order(env: Environment, event: str, order: str, amount: str) -> str:
    match event:
        case "sent":
            return env._("Quotation %(order)s sent, %(amount)s", order=order, amount=amount)
        case "cancelled":
            return env._("Order %(order)s cancelled, %(amount)s", order=order, amount=amount)
        case "reset":
            return env._("Order %(order)s set back to quotation, %(amount)s", order=order, amount=amount)
        case "confirmed":
            return env._("Order %(order)s confirmed, %(amount)s", order=order, amount=amount)
    return env._("Quotation %(order)s created, %(amount)s", order=order, amount=amount)
