"""The visibility test, *Who Can See* and the page of closed models are an addon of their own."""

from odoo.tools import SQL

AUDIT = "leads_agent_audit"
MODELS = (
    "leads.agent.self.test",
    "leads.agent.self.test.checks",
    "leads.agent.self.test.line",
    "leads.agent.who.can.see",
)
# The model stays, its screens go.
SCREENS = (*MODELS, "leads.agent.closed.model")
MENUS = ("menu_self_tests", "menu_closed_models")


def migrate(cr, version):
    """Records keep their ids and values, so what refers to them stays: favourites, customised views, translations."""
    models = SQL("SELECT id FROM ir_model WHERE model IN %s", MODELS)
    moved = 0
    fields = SQL("SELECT id FROM ir_model_fields WHERE model IN %s OR name = 'leads_who_can_see'", MODELS)
    for model, ids in {
        "ir.model": models,
        "ir.model.fields": fields,
        "ir.model.fields.selection": SQL("SELECT id FROM ir_model_fields_selection WHERE field_id IN (%s)", fields),
        "ir.model.inherit": SQL("SELECT id FROM ir_model_inherit WHERE model_id IN (%s)", models),
        "ir.model.constraint": SQL("SELECT id FROM ir_model_constraint WHERE model IN (%s)", models),
        "ir.model.access": SQL("SELECT id FROM ir_model_access WHERE model_id IN (%s)", models),
        "ir.rule": SQL("SELECT id FROM ir_rule WHERE model_id IN (%s)", models),
        "ir.ui.view": SQL("SELECT id FROM ir_ui_view WHERE model IN %s", SCREENS),
        "ir.actions.act_window": SQL("SELECT id FROM ir_act_window WHERE res_model IN %s", SCREENS),
        "ir.ui.menu": SQL(
            "SELECT res_id FROM ir_model_data WHERE module = 'leads_agent' AND model = 'ir.ui.menu' AND name IN %s",
            MENUS,
        ),
    }.items():
        cr.execute(
            SQL(
                "UPDATE ir_model_data SET module = %s WHERE module = 'leads_agent' AND model = %s AND res_id IN (%s)",
                AUDIT,
                model,
                ids,
            )
        )
        moved += cr.rowcount
    if not moved:
        return
    # By these Odoo knows at uninstall which keys and tables of links to drop.
    for table in ("ir_model_constraint", "ir_model_relation"):
        cr.execute(
            SQL(
                """
                UPDATE %s own SET module = audit.id
                  FROM ir_module_module audit, ir_module_module base
                 WHERE audit.name = %s AND base.name = 'leads_agent' AND own.module = base.id AND own.model IN (%s)
                """,
                SQL.identifier(table),
                AUDIT,
                models,
            )
        )
    cr.execute("UPDATE ir_module_module SET state = 'to install' WHERE name = %s AND state = 'uninstalled'", (AUDIT,))
