import json
from unittest.mock import patch

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.leads_agent_channel.models import leads_agent_received
from odoo.addons.leads_agent_lifecycle.models import leads_agent_inbound
from odoo.addons.leads_agent_lifecycle.tools import meta

from .test_leads import WithAlias
from .test_meta import MetaCommon, signature

QUIET = (leads_agent_received.__name__, "odoo.addons.mail.models.mail_thread", "odoo.sql_db", "odoo.tools.mail")
ANY = settings(max_examples=40, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
NAMES = st.sampled_from(
    ("Subject", "Reply-To", "Date", "Content-Type", "Content-Transfer-Encoding", "References", "Precedence", "X-Odd")
)
VALUES = st.one_of(
    st.binary(max_size=40).map(lambda value: value.replace(b"\r", b"").replace(b"\n", b"")),
    st.sampled_from(
        (
            b"text/plain; charset=x-none",
            b"text/html; charset=\xff",
            b"multipart/mixed; boundary=x",
            b"multipart/alternative",
            b"application/pdf; name=a.pdf",
            b"base64",
            b"quoted-printable",
            b"=?utf-8?b?!!!?=",
            b"Thu, 99 Foo 2026 25:61:00 +9900",
        )
    ),
)
SENDERS = st.one_of(
    st.just(b""),
    st.binary(max_size=60).map(lambda value: b"From: " + value.replace(b"\r", b"").replace(b"\n", b"") + b"\r\n"),
    st.text(max_size=40).map(
        lambda name: b"From: " + " ".join(name.split()).encode(errors="replace") + b" <any@example.org>\r\n"
    ),
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=20)
)
THINGS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(("from", "id", "text", "body", "type", "timestamp", "mid", "message", "profile", "name")),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=8,
)


@tagged("post_install", "-at_install")
class TestReceivedAny(WithAlias, MetaCommon):
    """Any input: no exception, and no message without a row."""

    @mute_logger(*QUIET)
    def test_any_mail(self):
        Thread, Received = self.env["mail.thread"], self.env["leads.agent.received"]
        count = [0]

        @ANY
        @given(SENDERS, st.lists(st.tuples(NAMES, VALUES), max_size=4), st.binary(max_size=120))
        def check(sender, headers, body):
            count[0] += 1
            key = f"<any-{count[0]}@example.org>"
            lines = [b"To: hello@leads.example.com", b"Message-Id: " + key.encode()]
            lines += [name.encode() + b": " + value for name, value in headers]
            Thread.message_process(None, sender + b"\r\n".join(lines) + b"\r\n\r\n" + body)
            row = Received.search([("key", "=", key)])
            self.assertEqual(len(row), 1)
            self.assertNotEqual(row.state, "arrived")
            self.assertTrue(row.state in ("lead", "message") or row.reason)

        check()
        self.assertNotEqual(self.alias.alias_status, "invalid")
        self.assertFalse(self.env["mail.mail"].search([("email_to", "ilike", "any@example.org")]))

    @mute_logger(*QUIET)
    def test_any_payload(self):
        Received = self.env["leads.agent.received"]
        kinds = st.sampled_from(("whatsapp_business_account", "page", "instagram", "user", 7))

        def payloads(kind, things):
            change = {"value": {"messages": things, "contacts": things[:1]}}
            return {"object": kind, "entry": [{"id": "1", "changes": [change], "messaging": things}]}

        @ANY
        @given(st.one_of(THINGS, st.builds(payloads, kinds, st.lists(THINGS, max_size=3))))
        def check(payload):
            body = json.dumps(payload).encode()
            with patch.object(leads_agent_inbound, "MOST_PER_MINUTE", 100_000):
                answer = self.env["leads.agent.inbound"]._receive(body, signature(body, "app secret"))
            self.assertEqual(answer, 200)
            for said in meta.said(json.loads(body)):
                row = Received.search([("channel", "=", said.channel), ("key", "=", said.key)])
                self.assertEqual(len(row), 1, said)
                self.assertNotEqual(row.state, "arrived")

        check()
