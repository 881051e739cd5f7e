"""Mails as a person reads them."""

from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_channel.tools.reading import plain_text

thorough = settings(max_examples=300, derandomize=True, deadline=None)
soup = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<td>",
            "<tr>",
            "</table>",
            "<b>",
            "</b>",
            "<br/>",
            "<!--",
            "-->",
            "<",
            ">",
            "&",
            "&amp;",
            "\x00",
        ]
        + ["<pre>", "<title>", "<a href='", "'>", "word", " ", "\n", "<?xml encoding='x'?>", "\ud800", "http://"]
    ),
    max_size=20,
).map("".join)


@thorough
@given(st.text(max_size=60) | soup)
def test_any_text_can_be_read(source):
    text = plain_text(source)
    assert text == text.strip()
    assert "\n\n" not in text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ('<p>See <a href="https://x.example/boats?id=10115">our page</a></p>', "See our page"),
        ('<p>See <a href="https://x.example/boat">https://x.example/boat</a> soon</p>', "See soon"),
        ("<pre>Look: &lt;https://x.example/boat&gt; or www.boat.example, thanks</pre>", "Look: or thanks"),
        ('<p>Hi<img src="https://x.example/boat.png" alt="boat"/>!</p>', "Hi!"),
        ("<html><head><title>Boat news</title><style>.boat{}</style></head><body>Roof</body></html>", "Roof"),
        ('<div style="display:none;max-height:0">boat</div><p>Roof</p>', "Roof"),
        ("<p>so<b>lar</b> ro<span>o</span>f</p>", "solar roof"),
        ("<p>heat <i>pump</i></p><p>for two</p>", "heat pump\nfor two"),
        ("<ul><li>roof</li><li>wall</li></ul>", "roof\nwall"),
        ("<p>heat\n   pump</p>", "heat pump"),
        ("<pre>heat\npump</pre>", "heat\npump"),
        ("<table><tr><th>Name</th><td><p>Jo</p></td></tr><tr><td>Zip</td><td>1</td></tr></table>", "Name\tJo\nZip\t1"),
        ('<p>Yes</p><blockquote data-o-mail-quote="1">boat</blockquote>', "Yes"),
        ("<pre>Yes\n\nOn Mon, 3 May 2027 at 10:00, Bo Boat wrote:</pre>", "Yes"),
        ("<pre>Ja\n\nAm 03.05.2027 um 10:00 schrieb Bo Boat:</pre>", "Ja"),
        ("<p>Yes</p><p>-----Original Message-----<br>boat</p>", "Yes"),
        ("<p>Yes</p><div><b>From:</b> Bo<br><b>Sent:</b> today<br><b>Subject:</b> boat<br></div><p>boat</p>", "Yes"),
        ("<p>Oui</p><p>De : Bo<br>Envoy\u00e9 : lundi<br>Objet : boat</p>boat", "Oui"),
        ('<blockquote data-o-mail-quote="1">boat</blockquote>', "boat"),
        ('<p>FYI</p><div data-o-mail-quote="1">---------- Forwarded message ---------<br>boat</div>',
         "FYI\n---------- Forwarded message ---------\nboat"),
        ("", ""),
        ("<!-- nothing -->", ""),
    ],
)  # fmt: skip
def test_what_a_person_reads(source, text):
    assert plain_text(source) == text


def test_a_forwarded_mail_is_read_to_its_end():
    source = "<p>For you</p><div>From: Jo<br>Sent: today<br>Subject: boat<br></div><p>heat pump</p>"
    assert "heat pump" not in plain_text(source, "RE: boat")
    assert "heat pump" in plain_text(source, "FW: boat")


@pytest.mark.parametrize(
    "piece", ["<div>", "<b>", "\n", "<td>", "- ", "on a\n", "&", "< ", "from: a\n", "http://", "<?xml"]
)
def test_time_grows_with_the_text_and_no_faster(piece):
    def seconds(length):
        times = []
        for _nr in range(3):
            start = process_time()
            plain_text((piece * length)[:length])
            times.append(process_time() - start)
        return min(times)

    assert seconds(400_000) < 16 * max(seconds(50_000), 0.002) + 0.2
