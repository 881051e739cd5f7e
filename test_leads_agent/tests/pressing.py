"""Everything that the web client offers to a user, found in the views as the client evaluates them, and pressed."""

import re
from collections import Counter, defaultdict
from contextlib import contextmanager

from lxml import etree

from odoo import fields
from odoo.exceptions import UserError
from odoo.service.model import call_kw
from odoo.tests import Form
from odoo.tools.safe_eval import datetime as safe_datetime
from odoo.tools.safe_eval import safe_eval

PRESSED = ("object", "action")
TYPES = ("list", "kanban", "form")
# What the templates of cards say in JavaScript.
JAVASCRIPT = (
    (r"!record\.(\w+)\.raw_value", r"not \1"),
    (r"record\.(\w+)\.(raw_value|value)", r"\1"),
    (r"===", "=="),
    (r"!==", "!="),
    (r"&&", " and "),
    (r"\|\|", " or "),
    (r"!(?=[\w(])", " not "),
    (r"\btrue\b", "True"),
    (r"\bfalse\b", "False"),
)


class Pressing:
    """Presses all that a user is offered, each in a savepoint, and notes what came of it.

    :ivar pressed: how often what was pressed, by its name
    :ivar refused: ``[(where, error)]``
    :ivar asked: sentences of those that ask for something first, by where
    """

    def _start_pressing(self, user, sample):
        """:param sample: ``{model: records}`` to open instead of the first ones"""
        self.user, self.sample = user, sample
        self.pressed, self.refused, self.asked = Counter(), [], defaultdict(set)

    # ------------------------------------------------------------------
    # What is offered
    # ------------------------------------------------------------------

    def _press_menus(self):
        """Press everything on every page that the user has a menu for."""
        menus = self.env["ir.ui.menu"].with_user(self.user).load_menus(False)
        [app] = [menu for menu in menus.values() if menu.get("xmlid") == "leads_agent.menu_root"]
        for menu in self._leaves(menus, app):
            if menu["action_model"] == "ir.actions.act_window":
                action = self.env["ir.actions.act_window"].sudo().browse(menu["action_id"])._get_action_dict()
                self._press_page(menu["xmlid"], action)

    def _leaves(self, menus, menu):
        if not menu["children"]:
            yield menu
        for child in menu["children"]:
            yield from self._leaves(menus, menus[child])

    def _press_page(self, where, action):
        context = self._evaluated(action.get("context") or "{}", {})
        Model = self.env[action["res_model"]].with_user(self.user).with_context(**context)
        wanted = [view for view in action["views"] if view[1] in TYPES]
        if wanted and not any(kind == "form" for _view, kind in wanted):
            wanted.append([False, "form"])
        answer = Model.get_views([*wanted, [False, "search"]], {"toolbar": True, "action_id": action.get("id")})
        records = self._records(Model, action)
        for kind, view in answer["views"].items():
            if kind not in TYPES:
                continue
            arch = etree.fromstring(view["arch"])
            for record in records:
                self._press_view(f"{where} {kind}", arch, record)
                self._press_toolbar(f"{where} {kind}", view.get("toolbar") or {}, record, arch, kind)

    def _records(self, Model, action):
        domain = self._evaluated(action.get("domain") or "[]", {})
        sample = self.sample.get(Model._name)
        if sample is not None:
            return Model.search([*domain, ("id", "in", sample.ids)])
        return Model.search(domain, limit=2)

    def _press_view(self, where, arch, record, parent=None):
        """Press the visible buttons of a view of a record, and those of the lines in it."""
        values = self._values(arch, record)
        for node in arch.iter("button", "a"):
            outer = next((above for above in node.iterancestors("field") if above is not arch), None)
            if node.get("type") not in PRESSED or outer is not None or not self._is_visible(node, arch, values, parent):
                continue
            self._press_button(where, node, record, values)
        for field in arch.iter("field"):
            if (lines := next(field.iterchildren("list", "kanban"), None)) is None or not self._is_own(field, arch):
                continue
            if self._is_visible(field, arch, values, parent):
                for line in record[field.get("name")][:2]:
                    self._press_view(
                        f"{where} {field.get('name')}", lines, line.with_context(**record.env.context), values
                    )

    def _press_toolbar(self, where, toolbar, record, arch, kind):
        """Press what the menu *Actions* offers: bound actions, printing, and the copy of a record."""
        for group in ("action", "print"):
            for action in toolbar.get(group) or ():
                view_types = (action.get("binding_view_types") or "list,form").split(",")
                if kind in view_types:
                    self._press(f"{where} Actions / {action['name']}", lambda action=action: self._run(action, record))
        if kind != "form":
            return
        allowed = {
            name: arch.get(name, "true").lower() not in ("0", "false") for name in ("create", "duplicate", "delete")
        }
        if allowed["create"] and allowed["duplicate"]:
            self._press(f"{where} Actions / Duplicate", lambda: record.copy().flush_recordset())
        if allowed["delete"]:
            self._press(f"{where} Actions / Delete", record.unlink)

    # ------------------------------------------------------------------
    # As the web client evaluates
    # ------------------------------------------------------------------

    def _values(self, arch, record):
        names = {node.get("name") for node in arch.iter("field") if self._is_own(node, arch)} & record._fields.keys()
        [values] = record.web_read({name: {} for name in names})
        return values

    def _is_own(self, node, arch):
        return not any(above is not arch and above.tag == "field" for above in self._above(node, arch))

    def _above(self, node, arch):
        for above in node.iterancestors():
            if above is arch:
                return
            yield above

    def _is_visible(self, node, arch, values, parent):
        for tag in (node, *self._above(node, arch)):
            for name in ("invisible", "column_invisible"):
                if (expression := tag.get(name)) and self._evaluated(expression, values, parent):
                    return False
            if (expression := tag.get("t-if")) and not self._evaluated(self._python(expression), values, parent):
                return False
            if tag.get("t-else") is not None and (other := tag.getprevious()) is not None:
                if self._evaluated(self._python(other.get("t-if") or other.get("t-elif")), values, parent):
                    return False
        return True

    def _python(self, expression):
        for found, meant in JAVASCRIPT:
            expression = re.sub(found, meant, expression)
        return expression.strip()

    def _evaluated(self, expression, values, parent=None):
        now = fields.Datetime.now()
        return safe_eval(
            str(expression).strip(),
            {
                "uid": self.user.id,
                "context": {},
                "active_id": values.get("id"),
                "id": values.get("id"),
                "today": str(now.date()),
                "now": str(now),
                "current_date": str(now.date()),
                "context_today": now.date,
                "datetime": safe_datetime,
                "allowed_company_ids": self.user.company_ids.ids,
                "parent": _Parent(parent or {}),
                "widget": _Parent({"editable": True, "deletable": True, "isHtmlEmpty": lambda text: not text}),
                "read_only_mode": False,
                **values,
            },
        )

    # ------------------------------------------------------------------
    # Pressing
    # ------------------------------------------------------------------

    def _press_button(self, where, node, record, values):
        context = self._evaluated(node.get("context") or "{}", values)
        record = record.with_context(
            **{"active_model": record._name, "active_id": record.id, "active_ids": record.ids, **context}
        )
        name = node.get("name")
        label = f"{where} {node.get('string') or ''.join(node.itertext()).strip()} ({name})"
        if node.get("type") == "object":
            self._press(label, lambda: self._follow(label, self._call(record, name), record))
        else:
            self._press(label, lambda: self._run(self._action(name), record))

    def _call(self, record, name):
        context = {key: value for key, value in record.env.context.items() if key != "uid"}
        return call_kw(
            record.browse().with_env(self.env(user=self.user, context={})), name, [record.ids], {"context": context}
        )

    def _action(self, name):
        actions = self.env["ir.actions.actions"].sudo()
        action = self.env.ref(name).sudo() if not name.isdigit() else actions.browse(int(name))
        return self.env[action.type].sudo().browse(action.id)._get_action_dict()

    def _run(self, action, record):
        record = record.with_context(active_model=record._name, active_id=record.id, active_ids=record.ids)
        action = self._action(str(action["id"]))
        if action["type"] == "ir.actions.server":
            result = self.env["ir.actions.server"].browse(action["id"]).with_env(record.env).run()
            return self._follow(action["name"], result, record)
        if action["type"] == "ir.actions.report":
            return record.env["ir.actions.report"]._render_qweb_html(action["report_name"], record.ids)
        return self._follow(action["name"], action, record)

    def _follow(self, where, action, record):
        """Open what a button answered, as the web client does; dialogs are filled and their buttons pressed."""
        if not isinstance(action, dict) or action.get("type") != "ir.actions.act_window":
            return
        context = action.get("context") or {}
        if isinstance(context, str):
            context = self._evaluated(
                context, {"active_id": record.id, "active_ids": record.ids, "active_model": record._name}
            )
        Model = self.env(user=self.user, context={**record.env.context, **context})[action["res_model"]]
        views = action.get("views") or [
            (action.get("view_id") or False, kind) for kind in action["view_mode"].split(",")
        ]
        views = [(view[0] if isinstance(view, (list, tuple)) else view, kind) for view, kind in views]
        answer = Model.get_views([view for view in views if view[1] != "activity"], {"toolbar": True})
        kind = views[0][1]
        if kind != "form":
            domain = action.get("domain") or []
            domain = self._evaluated(domain, {"active_id": record.id}) if isinstance(domain, str) else domain
            Model.web_search_read(domain, {"display_name": {}}, limit=5)
            return
        arch = etree.fromstring(answer["views"]["form"]["arch"])
        if res_id := action.get("res_id"):
            self._values(arch, Model.browse(res_id))
        if action.get("target") == "new":
            self._press_dialog(where, Model, arch, views[0][0], res_id)
        elif not res_id:
            Form(Model, view=views[0][0] or None)

    def _press_dialog(self, where, Model, arch, view, res_id):
        dialog = Form(Model.browse(res_id) if res_id else Model, view=view or None)
        for node in arch.iter("button"):
            values = {name: dialog._values.get(name) for name in dialog._view["fields"]} | {"id": res_id or False}
            if (
                node.get("type") not in PRESSED
                or not self._is_own(node, arch)
                or not self._is_visible(node, arch, values, None)
            ):
                continue
            label = f"{where} > {node.get('string') or node.get('name')}"

            def press(node=node):
                record = Form(Model.browse(res_id) if res_id else Model, view=view or None).save()
                if node.get("type") == "object":
                    return self._call(record.with_context(**Model.env.context), node.get("name"))
                return self._run(self._action(node.get("name")), record)

            self._press(label, press)

    def _press(self, where, press):
        self.pressed[where] += 1
        with self._undone():
            try:
                press()
                self.env.flush_all()
            except AssertionError as error:
                # A form that wants to be filled in first.
                self.asked[where].add(str(error))
            except UserError as error:
                if type(error) is UserError or type(error).__name__ in ("ValidationError", "RedirectWarning"):
                    self.asked[where].add(str(error))
                else:
                    self.refused.append((where, f"{type(error).__name__}: {error}"))

    @contextmanager
    def _undone(self):
        savepoint = self.env.cr.savepoint(flush=True)
        try:
            yield
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all(flush=False)
            self.env.transaction.clear()


class _Parent(dict):
    """Values of the record around a line, by attributes."""

    def __getattr__(self, name):
        return self.get(name, False)
