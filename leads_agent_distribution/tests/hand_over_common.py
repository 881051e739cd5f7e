from odoo.fields import Command


class HandOverCommon:
    """Agent Anna holds three leads and leaves."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.third_agent = cls._user("agent_cleo", "leads_agent.group_leads_agent")
        cls.leads = cls.customer | cls._callable("Quayside Books") | cls._callable("Hill Bakery")
        cls._assign(cls.leads - cls.customer)

    def _hand_over(self, to=None, user=None, **vals):
        """Return what the form says afterwards."""
        return self._handed_over(to, user, **vals).summary

    def _handed_over(self, to=None, user=None, **vals):
        wizard = (
            self.env["leads.agent.hand.over"]
            .with_user(user or self.manager)
            .create(
                {
                    "agent_id": self.agent.id,
                    "receiver": "agents" if to else "pool",
                    "agent_ids": [Command.set(to.ids if to else [])],
                    **vals,
                }
            )
        )
        self.env.invalidate_all()
        self.assertEqual(wizard.action_hand_over()["res_id"], wizard.id)
        return wizard
