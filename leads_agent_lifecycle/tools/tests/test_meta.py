import itertools
import json

from hypothesis import given
from hypothesis import strategies as st

from leads_agent_lifecycle.tools import meta

WORDS = [
    *("object", "entry", "changes", "value", "contacts", "profile", "name", "wa_id", "messages", "from", "id", "type"),
    *("interactive", "nfm_reply", "response_json", "order", "product_items", "location", "latitude", "payload", "url"),
    *(
        "system",
        "revoke",
        "edit",
        "original_message_id",
        "from_user_id",
        "user_id",
        "reaction",
        "message_edit",
        "standby",
    ),
    *("timestamp", "text", "body", "messaging", "sender", "message", "mid", "attachments", "is_echo", *meta.CHANNELS),
]
leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS) | st.text(max_size=5)
things = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=20,
)
texts = things | st.text(max_size=5) | st.just("7")
messages = st.fixed_dictionaries(
    {
        "from": texts,
        "id": texts,
        "timestamp": texts,
        "type": texts,
        "interactive": things,
        "contacts": things,
        "text": things,
        "sender": things,
        "message": things,
    }
)
changes = st.fixed_dictionaries({"value": st.fixed_dictionaries({"messages": st.lists(messages)})})
entries = st.fixed_dictionaries(
    {"changes": things | st.lists(changes), "messaging": things | st.lists(messages)},
)
payloads = things | st.fixed_dictionaries(
    {"object": st.sampled_from([*meta.CHANNELS]), "entry": things | st.lists(entries)}
)


@given(payloads)
def test_whatever_comes_is_told_in_order(payload):
    said = meta.said(payload)
    assert [one.at for one in said] == sorted(one.at for one in said)
    assert said or payload.get("entry")
    for one in said:
        assert one.key and one.channel and one.what != "own"
        assert one.what in ("notice", "unreadable") or (one.sender and one.at > 0)
        # Parsing the stored payload gives the same event.
        assert one in meta.said(json.loads(json.dumps(one.payload)))
        assert all("\x00" not in text for text in (one.key, one.sender, one.text, one.name, one.phone))
        "".join((one.key, one.sender, one.text, one.name, *itertools.chain(*one.things))).encode()


@given(st.text(), st.binary(), st.text())
def test_no_signature_but_the_right_one(signature, body, secret):
    assert not meta.is_signed(body, signature, secret)
