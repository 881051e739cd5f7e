"""Finding the person in forms and forwarded mails."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_channel.tools.form_lines import inner_senders, is_form, stated

thorough = settings(max_examples=200, derandomize=True, deadline=None)
lines = st.lists(
    st.sampled_from(["Name", "E-mail", "Phone", "Zip", "Message", ":", "\t", " ", "\n", "jo@writer.example.org", "12"])
    | st.text(max_size=5),
    max_size=16,
).map("".join)


@thorough
@given(lines)
def test_any_text_can_be_read(text):
    assert all(value and isinstance(value, str) for value in stated(text).values())
    assert isinstance(inner_senders(text, "Fwd: x"), list)


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("Phone: 0470 00 00 00\nName: Jo", {"phone": "0470 00 00 00", "name": "Jo"}),
        (
            "Name\tJo Baker\nE-Mail-Adresse\tjo@writer.example.org",
            {"name": "Jo Baker", "email": "jo@writer.example.org"},
        ),
        ("Name\nJo Baker\nEmail\njo@writer.example.org", {"name": "Jo Baker", "email": "jo@writer.example.org"}),
        (
            "Vorname: Jo\nNachname: Becker\nPLZ: 01067\nOrt: Dresden",
            {"zip": "01067", "city": "Dresden", "name": "Jo Becker"},
        ),
        ("Your Name: Jo Message: Hello Phone: 555-0100-22", {"name": "Jo", "phone": "555-0100-22"}),
        ("Address: 9 Elm St Zip: 02139", {"street": "9 Elm St", "zip": "02139"}),
        ("my phone: is broken, the name: is long", {}),
        ("Email: none\nPhone: later", {}),
    ],
)
def test_lines_of_forms(text, values):
    assert stated(text) == values
    assert is_form(stated(text)) == bool(len(values) > 1 and {"email", "phone"} & values.keys())
