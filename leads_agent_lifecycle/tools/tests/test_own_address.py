import pytest
from hypothesis import given
from hypothesis import strategies as st

from leads_agent_lifecycle.tools import own_address

ADA, BOB = "ada@example.com", "bob@example.com"
OWN = [
    (ADA, ADA),
    (f"I am at {ADA}, or +33 1 55 55 01 23", ADA),
    (f"Hi, {ADA} here. Thanks!", ADA),
    (f"my e-mail: {ADA}", ADA),
    (f"It is {ADA}", ADA),
    (f"You can reach me at {ADA}", ADA),
    (f"Please send the price list to {ADA}", ADA),
    (f"{ADA} is my address", ADA),
    (f"I wrote from {ADA} yesterday", ADA),
    (f"sure: {ADA} / +33 1 55 55 01 23", ADA),
    ("Call me at +33 1 55 55 01 23 after six", "+33 1 55 55 01 23"),
    ("I work with Bob, my number is +33 1 55 55 01 23", "+33 1 55 55 01 23"),
    (f"Ask {BOB} or write me at {ADA}", ADA),
    (f"My colleague is {BOB}, mine is {ADA}", ADA),
    (f"mon adresse est {ADA}", ADA),
    ("Rappelez-moi au +33 1 55 55 01 23", "+33 1 55 55 01 23"),
    ("Meine Nummer ist +49 30 901820", "+49 30 901820"),
    (f"Mijn e-mailadres is {ADA}", ADA),
    (f"mi correo es {ADA}", ADA),
    (f"il mio indirizzo: {ADA}", ADA),
    (f"meu e-mail é {ADA}", ADA),
]
OTHERS = [
    f"ask {BOB}",
    f"Please ask Bob, {BOB}",
    "my colleague's number is +32 2 555 01 99",
    "The number of my boss is +32 2 555 01 99",
    f"Bob's e-mail is {BOB}",
    f"You can reach Bob at {BOB}",
    "please call Bob on +32 2 555 01 99",
    f"My wife {BOB} decides on that",
    f"He is at {BOB}",
    f"{BOB} is my accountant",
    f"Write to my boss: {BOB}, +32 2 555 01 99",
    f"contact {BOB} for the invoice",
    f"cc {BOB} please",
    f"I got a mail from {BOB} yesterday",
    "Is info@shop.example.com your address?",
    "I wrote to info@shop.example.com and nobody answered",
    "Is +32 2 555 01 99 your number?",
    "Somebody called with +32 2 555 01 99",
    "Somebody called me with +32 2 555 01 99",
    "The firm that sold our machine has the address sales@other.example.com",
    f"Ma collègue : {BOB}",
    f"Demandez à {BOB}",
    "Die Nummer meines Kollegen ist +49 30 901820",
    f"Mijn collega is {BOB}",
    f"Pregunta a {BOB}",
    f"Chiedi a {BOB}",
]
CORRECTIONS = [
    f"sorry, it is {ADA}",
    f"*{ADA}",
    f"{ADA}*",
    f"Oops, typo: {ADA}",
    f"I meant {ADA}",
    f"My e-mail is not ada@exmaple.com but {ADA}",
    f"désolé, c'est {ADA}",
    f"Entschuldigung, {ADA} ist richtig",
    f"Sorry, ik bedoel {ADA}",
    f"Perdón, es {ADA}",
]


@pytest.mark.parametrize(("text", "own"), OWN)
def test_the_speakers_own(text, own):
    told = own_address.read_own(text)
    assert own in (told.email, told.phone)
    assert BOB not in (told.email, told.phone)


@pytest.mark.parametrize("text", OTHERS)
def test_somebody_elses(text):
    assert own_address.read_own(text) == own_address.OwnAddresses()


@pytest.mark.parametrize("text", CORRECTIONS)
def test_corrections(text):
    told = own_address.read_own(text)
    assert (told.email, told.corrects) == (ADA, True)


def test_what_goes_on_with_what_was_said_before():
    assert own_address.read_own(BOB, before="You had better ask my colleague").email == ""
    assert own_address.read_own("+32 2 555 01 99", before="My boss has another number").phone == ""
    assert own_address.read_own(ADA, before="Do you ship to Ghent?").email == ADA
    assert own_address.read_own(f"And mine: {ADA}", before="Ask my colleague").email == ADA


@given(
    st.text(max_size=200)
    | st.lists(st.sampled_from([ADA, BOB, "ask ", "my ", ", ", "'s ", "\n", "+", "1", "*"])).map("".join)
)
def test_whatever_is_said(text):
    told = own_address.read_own(text, text)
    assert told.email in text
    assert not told.corrects or told.email or told.phone
