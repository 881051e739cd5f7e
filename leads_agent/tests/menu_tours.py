import json


class MenuTours:
    """Opens every menu of an addon in a browser, each view of its action and a record: no error, no dialog."""

    def _visit_menus(self, addon, user):
        """Open every menu that the addon has in the app.

        :returns: the titles of the actions
        """
        menus = self.env["ir.ui.menu"].with_user(user).load_menus(False)
        [app] = [
            menus[child] for child in menus["root"]["children"] if menus[child]["xmlid"] == "leads_agent.menu_root"
        ]
        leaves = list(self._menu_leaves(addon, menus, app))
        options = {"stepDelay": 0, "keepWatchBrowser": False, "debug": False, "startUrl": "/odoo/leads-agent"}
        self.start_tour(
            "/odoo/leads-agent",
            "leads_agent_menus",
            login=user.login,
            timeout=180,
            code=f"window.leadsAgentMenus = {json.dumps(leaves)};"
            f"odoo.startTour('leads_agent_menus', {json.dumps(options)})",
        )
        return [leaf["title"] for leaf in leaves]

    def _menu_leaves(self, addon, menus, menu, path=()):
        for child in (menus[child] for child in menu["children"]):
            here = (*path, child["xmlid"])
            if child["children"]:
                yield from self._menu_leaves(addon, menus, child, here)
            elif child["xmlid"].startswith(f"{addon}."):
                action = self.env[child["action_model"]].browse(child["action_id"])
                views = [mode for _view, mode in action.views] if action._name == "ir.actions.act_window" else []
                # A group of entries in an open section is no button.
                yield {"path": (here[0], here[-1]) if path else here, "title": action.name, "views": views}
