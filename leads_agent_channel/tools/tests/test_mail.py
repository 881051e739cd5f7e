"""Any mail, however malformed, is read without an exception and has a key."""

from hypothesis import given
from hypothesis import strategies as st

from leads_agent_channel.tools import automatic, mail_source

NAMES = st.sampled_from(
    (
        "From",
        "To",
        "Subject",
        "Message-Id",
        "References",
        "Reply-To",
        "Auto-Submitted",
        "Precedence",
        "List-Id",
        "X-Spam-Status",
        "X-Spam-Flag",
        "X-MS-Exchange-Organization-SCL",
        "X-Microsoft-Antispam",
        "X-Auto-Response-Suppress",
        "Content-Type",
        "Date",
    )
)
VALUES = st.one_of(
    st.binary(max_size=80),
    st.text(max_size=60).map(lambda text: text.encode(errors="replace")),
    st.sampled_from(
        (
            b"=?utf-8?q?J=C3=B6?= <jo@customer.example.org>",
            b"=?x-none?b?////?=",
            b"<" * 50,
            b'"a" <b@c>, "d"',
            b"text/plain; charset=\xff",
            b"auto-generated (x",
            b"Yes, score=",
            b"multipart/mixed; boundary=",
        )
    ),
)
MAILS = st.one_of(
    st.binary(max_size=300),
    st.tuples(st.lists(st.tuples(NAMES, VALUES), max_size=8), st.binary(max_size=200)).map(
        lambda mail: b"".join(name.encode() + b": " + value + b"\r\n" for name, value in mail[0]) + b"\r\n" + mail[1]
    ),
)


def _is_storable(text: str) -> bool:
    return "\x00" not in text and text.encode().decode() == text


@given(MAILS)
def test_any_mail_is_read(source):
    mail = mail_source.headers(source)
    key = mail_source.key(mail, source)
    assert 0 < len(key) <= mail_source.LONGEST_KEY
    for text in (key, mail_source.sender(mail), mail_source.text(mail, "Subject"), mail_source.words(source)):
        assert _is_storable(text)
    for one in (*mail_source.recipients(mail), *mail_source.references(mail)):
        assert _is_storable(one)


@given(MAILS)
def test_a_repaired_mail_has_no_nul_and_is_known_by_its_key(source):
    key = mail_source.key(mail_source.headers(source), source)
    repaired = mail_source.repaired(source, key)
    assert b"\x00" not in repaired
    assert mail_source.text(mail_source.headers(repaired), "Message-Id") == key


@given(MAILS, st.text(max_size=60), st.text(max_size=200))
def test_the_rule_answers_for_any_mail(source, subject, text):
    kinds = ("", automatic.SPAM, automatic.BOUNCE, automatic.ANSWER, automatic.NEWSLETTER, automatic.MACHINE)
    assert automatic.why(mail_source.headers(source), subject, text) in kinds
