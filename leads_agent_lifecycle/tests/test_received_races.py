from contextlib import contextmanager
from email.message import EmailMessage
from unittest.mock import patch

from odoo import fields
from odoo.tests import tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.leads_agent_channel.models import leads_agent_received

from .test_meta_races import SENDER, TestMetaRaces

ALIAS_NAME, DOMAIN = "race-leads", "race.leads.example.com"
ADDRESS = "ada@race.example.org"
QUIET = ("odoo.sql_db", "odoo.service.model", leads_agent_received.__name__)


class DyingCase(TestMetaRaces):
    """Workers that lose their connection while processing a message, and the next workers."""

    RUNS = 1
    # Inherited from the other class, where it runs.
    test_one_lead_and_each_message_once = None

    def setUp(self):
        super().setUp()
        with self._env() as env:
            alias = env.ref("leads_agent_lifecycle.alias_leads")
            before = (alias.alias_name, alias.alias_domain_id.id)
            domain = env["mail.alias.domain"].create({"name": DOMAIN})
            self.made |= {"alias": before, "domain": domain.id}
            alias.write({"alias_name": ALIAS_NAME, "alias_domain_id": domain.id})

    def _clean(self):
        if "domain" in self.made:
            with self._env() as env:
                name, domain_id = self.made.pop("alias")
                env.ref("leads_agent_lifecycle.alias_leads").write({"alias_name": name, "alias_domain_id": domain_id})
                domain_id = self.made.pop("domain")
                # Odoo gives the first domain to all aliases and companies.
                for table in ("mail_alias", "res_company"):
                    column = SQL.identifier("alias_domain_id")
                    env.cr.execute(
                        SQL("UPDATE %s SET %s = NULL WHERE %s = %s", SQL.identifier(table), column, column, domain_id)
                    )
                env.invalidate_all()
                env["mail.alias.domain"].browse(domain_id).unlink()
                env["leads.agent.received"].search([("key", "=like", "<race-%")]).unlink()
                env["res.partner"].search([("email_normalized", "=", ADDRESS)]).unlink()
        return super()._clean()

    def _mailed(self, key, text="Please call me back"):
        """Return a call for :meth:`_race` that delivers a mail."""
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = ADDRESS, f"{ALIAS_NAME}@{DOMAIN}", "A machine"
        mail["Message-Id"] = f"<race-{key}@race.example.org>"
        mail.set_content(text)
        return lambda env: env(user=1)["mail.thread"].message_process(None, mail.as_bytes())

    @contextmanager
    def _dying(self, word):
        """Close the connection right after a message with a certain word is posted."""
        Partner = self.registry["res.partner"]
        original = Partner.message_post

        def dies(partners, **kwargs):
            message = original(partners, **kwargs)
            if word in str(kwargs.get("body")):
                partners.env.flush_all()
                pid = partners.env.cr.connection.info.backend_pid
                with self.registry.cursor() as other:
                    other.execute("SELECT pg_terminate_backend(%s)", [pid])
            return message

        with patch.object(Partner, "message_post", dies):
            yield

    def _states(self, env, pattern):
        rows = env["leads.agent.received"].search([("key", "=like", pattern)], order="key")
        return rows.mapped("state")

    def _age(self, env):
        env.cr.execute(
            "UPDATE leads_agent_received SET create_date = %s WHERE key LIKE 'race-%%' OR key LIKE '<race-%%'",
            [fields.Datetime.subtract(fields.Datetime.now(), minutes=20)],
        )

    def _said_by(self, lead):
        return lead.message_ids.filtered_domain([("author_id", "=", lead.id)]).mapped("preview")


@tagged("post_install", "-at_install")
class TestReceivedRaces(DyingCase):
    @mute_logger(*QUIET)
    def test_a_worker_dies_with_a_payload(self):
        sender, keys = SENDER.format(0), [f"race-{nr}" for nr in range(3)]
        with self._dying(keys[1]):
            self.assertEqual(self._race(self._said(sender, *keys)), [200])
        with self._env() as env:
            self.assertEqual(self._states(env, "race-%"), ["arrived"] * 3, "all are noted")
            self.assertFalse(env["leads.agent.identity"].search([("key", "=", sender)]), "nothing is half done")
        # The channel sends it again over several connections.
        again = self._said(sender, *keys)
        self.assertEqual(self._race(again, again, again), [200] * 3)
        with self._env() as env:
            lead = env["leads.agent.identity"].search([("key", "=", sender)]).partner_id
            self.assertEqual(len(lead), 1)
            self.assertCountEqual(self._said_by(lead), keys, "each once")
            self.assertEqual(sorted(self._states(env, "race-%")), ["lead", "message", "message"])

    @mute_logger(*QUIET)
    def test_the_job_takes_in_what_a_dead_worker_left(self):
        sender = SENDER.format(0)
        with self._dying("race-1"):
            self._race(self._said(sender, "race-1"), self._mailed("2", "race-1"))
        with self._env() as env:
            self.assertEqual(self._states(env, "%race-%"), ["arrived", "arrived"])
            env["leads.agent.received"]._cron_take_in_left()
        with self._env() as env:
            self.assertEqual(self._states(env, "%race-%"), ["arrived", "arrived"], "somebody may be at it")
            self._age(env)
        job = lambda env: env(user=1)["leads.agent.received"]._cron_take_in_left()  # noqa: E731
        self._race(job, job)
        with self._env() as env:
            self.assertEqual(self._states(env, "%race-%"), ["lead", "lead"])
            lead = env["leads.agent.identity"].search([("key", "=", sender)]).partner_id
            self.assertEqual(self._said_by(lead), ["race-1"])
            self.assertEqual(len(env["res.partner"].search([("email_normalized", "=", ADDRESS)])), 1)

    @mute_logger(*QUIET)
    def test_a_worker_dies_with_a_mail(self):
        with self._dying("race-died"):
            out = self._race(self._mailed("1", "race-died"))
        self.assertEqual(out, [False], "no exception")
        with self._env() as env:
            row = env["leads.agent.received"].search([("key", "=like", "<race-%")])
            self.assertEqual((row.state, row.body), ("arrived", "race-died"))
            self.assertFalse(env["res.partner"].search([("email_normalized", "=", ADDRESS)]))
            self.assertNotEqual(env.ref("leads_agent_lifecycle.alias_leads").alias_status, "invalid")
        again = self._mailed("1", "race-died")
        self._race(again, again, again)
        with self._env() as env:
            lead = env["res.partner"].search([("email_normalized", "=", ADDRESS)])
            self.assertEqual(len(lead), 1)
            self.assertEqual(lead.message_ids.filtered("email_from").mapped("preview"), ["race-died"])

    @mute_logger(*QUIET)
    def test_somebody_new_writes_several_mails_at_once(self):
        words = ["race-one", "race-two", "race-three"]
        self._race(*(self._mailed(word, word) for word in words))
        with self._env() as env:
            lead = env["res.partner"].search([("email_normalized", "=", ADDRESS)])
            self.assertEqual(len(lead), 1)
            self.assertCountEqual(lead.message_ids.filtered("email_from").mapped("preview"), words)
            self.assertCountEqual(self._states(env, "<race-%"), ["lead", "message", "message"])

    @mute_logger(*QUIET)
    def test_managers_and_workers_at_the_same_moment(self):
        with self._dying("race-died"):
            self._race(self._mailed("1", "race-died"))
        manager = self.made["manager"]

        def press(env):
            return env(user=manager)["leads.agent.received"].search([("key", "=like", "<race-%")]).action_try_again()

        self._race(press, press, self._mailed("1", "race-died"), press)
        with self._env() as env:
            lead = env["res.partner"].search([("email_normalized", "=", ADDRESS)])
            self.assertEqual(lead.message_ids.filtered("email_from").mapped("preview"), ["race-died"])
            self.assertEqual(self._states(env, "<race-%"), ["lead"])
