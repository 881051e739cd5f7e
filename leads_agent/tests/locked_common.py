from .common import LeadsAgentCommon


class LockedCommon(LeadsAgentCommon):
    """Two locked agents with leads, and records linked to customers they do not hold."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._archive_other_agents()
        cls.env.company.write({"leads_agent_lock_assigned": True, "leads_agent_view_non_partial": False})
        cls.mine, cls.theirs, cls.nobodys = cls._lead("Mine"), cls._lead("Theirs"), cls._lead("Nobody's")
        cls._order(cls.mine, "sale", days_ago=3)
        cls._assign(cls.mine)
        cls._assign(cls.theirs, cls.other_agent)
        resolved = cls._lead("In grace")
        cls._resolve(cls._assign(resolved))
        sold = cls._lead("Sold")
        cls._assign(sold)
        sold.sale_order_ids.with_user(cls.agent).action_confirm()
        cls.env["res.partner.bank"].create({"acc_number": "BE71 0961 2345 6769", "partner_id": cls.nobodys.id})
        # The agent is author and responsible for a call: without our rules, that would allow reading.
        cls.nobodys.message_post(body="Called", author_id=cls.agent.partner_id.id, message_type="comment")
        cls.nobodys.activity_schedule("mail.mail_activity_data_call", user_id=cls.agent.id)
