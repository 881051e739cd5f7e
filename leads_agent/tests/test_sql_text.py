from unittest.mock import patch

from odoo.sql_db import Cursor
from odoo.tests import tagged
from odoo.tools import SQL

from .common import LeadsAgentCommon

MODELS = {
    "sale.order": ("partner_id", "state"),
    "sale.order.line": ("product_id", "order_id"),
    "res.partner": ("country_id", "user_id"),
    "mail.message": ("model", "author_id"),
}
# Methods with which a model could change how searches are built.
BUILDERS = ("_search", "search", "search_fetch", "search_count", "_read_group", "_where_calc", "_order_to_sql")


@tagged("post_install", "-at_install")
class TestSqlText(LeadsAgentCommon):
    """People who are no agents search with the very SQL they would have without the addon."""

    def _queries(self, user, model, groupby):
        """What a search, a count and a grouping ask, from FROM on, with the values in it."""
        texts = []
        execute = Cursor.execute

        def listen(cursor, query, params=None, log_exceptions=True):
            code, values = (query.code, query.params) if isinstance(query, SQL) else (query, params)
            texts.append(cursor._obj.mogrify(code, values).decode())
            return execute(cursor, query, params, log_exceptions)

        records = self.env[model].with_user(user)
        self.env.flush_all()
        self.env.invalidate_all()
        records.search([], limit=1)  # fills the caches of rules and rights
        with patch.object(Cursor, "execute", listen):
            records.search([], limit=80)
            records.search([("create_date", ">", "2020-01-01")], order="create_date desc", limit=80)
            records.search_count([], limit=10_001)
            records._read_group([], [groupby], ["__count"])
        return [text[text.index(" FROM ") :] for text in texts if f'FROM "{records._table}"' in text]

    def test_searches_of_others_are_text_identical_to_those_without_our_rules(self):
        rules = self.env["ir.model.data"].search([("model", "=", "ir.rule"), ("module", "=like", "leads_agent%")])
        self.assertGreater(len(rules), 15)
        people = (self.salesperson, self.manager, self.env.ref("base.user_admin"), self.agent)
        with_rules = {
            (user, model): self._queries(user, model, groupbys[0])
            for user in people
            for model, groupbys in MODELS.items()
        }
        self.env["ir.rule"].browse(rules.mapped("res_id")).active = False
        for (user, model), queries in with_rules.items():
            without = self._queries(user, model, MODELS[model][0])
            with self.subTest(user=user.login, model=model):
                self.assertGreaterEqual(len(queries), 4)
                if user == self.agent:
                    # The control: for an agent the rules do make a difference.
                    self.assertEqual(queries == without, model == "res.partner", "the lock is off, the rest is not")
                else:
                    self.assertEqual(queries, without)

    def test_no_model_of_ours_changes_how_searches_are_built(self):
        for model in MODELS:
            for cls in self.registry[model].__mro__:
                # What agents find by messages is asked for its documents afterwards.
                if cls.__module__.startswith("odoo.addons.leads_agent") and "document.sight" not in (cls._name or ""):
                    with self.subTest(model):
                        self.assertFalse(set(BUILDERS) & vars(cls).keys())
