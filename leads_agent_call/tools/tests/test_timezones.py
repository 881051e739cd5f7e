"""Where customers may be, and when they may be called: periods in UTC, and any text as an address."""

from datetime import datetime, timedelta

import phonenumbers
import pytest
import pytz
from hypothesis import given, settings
from hypothesis import strategies as st

from leads_agent_call.tools.calling_hours import Clock, Hours, next_opening_everywhere, open_everywhere, open_windows
from leads_agent_call.tools.timezones import Address, address_zones, number_prefix, possible_zones, shown_zone
from leads_agent_call.tools.zone_data import MAIN, STATES, ZIPS

thorough = settings(max_examples=300, derandomize=True, deadline=None)
# From eight to nine in the evening of local time, every day, like the federal rule of the United States.
TCPA = Hours(((8, 21),), ((8, 21),), ((8, 21),))
WINTER = datetime(2026, 1, 14)
SUMMER = datetime(2026, 7, 15)


def window(address: Address, number: str = "", day: datetime = WINTER) -> str:
    """Return the legal period of a day in UTC, which may end on the next day."""
    clocks = tuple(Clock(TCPA, zone) for zone in possible_zones(address, number))
    spans = [span for span in open_windows(clocks, day, day + timedelta(days=2)) if day < span[0]]
    return f"{spans[0][0]:%H:%M}-{spans[0][1]:%H:%M}" if spans else "never"


@pytest.mark.parametrize(
    ("address", "number", "winter", "summer"),
    [
        # Knoxville: the zip says Eastern; without it Tennessee has two zones.
        (Address("US", "TN", "37902"), "+18653212345", "13:00-02:00", "12:00-01:00"),
        (Address("US", "TN"), "+18653212345", "14:00-02:00", "13:00-01:00"),
        (Address("US", "TN", "38103"), "", "14:00-03:00", "13:00-02:00"),  # Memphis
        # A country only, narrowed by a prefix within it
        (Address("US"), "+18085551234", "18:00-07:00", "18:00-07:00"),
        (Address("US"), "+12125550123", "13:00-02:00", "12:00-01:00"),
        (Address("US"), "+14235551234", "14:00-02:00", "13:00-01:00"),  # An area code with two zones
        (Address("US"), "", "18:00-02:00", "18:00-01:00"),
        (Address("US"), "+18005551234", "18:00-02:00", "18:00-01:00"),  # A toll-free number has no place.
        # An address and a prefix in different places: both count
        (Address("US", "NY", "10001"), "+18085551234", "18:00-02:00", "18:00-01:00"),
        (Address("BE"), "+12125550123", "13:00-20:00", "12:00-19:00"),
        (Address("BE"), "+81312345678", "07:00-12:00", "06:00-12:00"),
        # States with one zone, with two, and territories
        (Address("US", "FL", "32501"), "", "14:00-03:00", "13:00-02:00"),  # Pensacola
        (Address("US", "FL", "33101"), "", "13:00-02:00", "12:00-01:00"),  # Miami
        (Address("US", "FL"), "", "14:00-02:00", "13:00-01:00"),
        (Address("US", "TX", "79901"), "", "15:00-04:00", "14:00-03:00"),  # El Paso
        (Address("US", "AZ", "85001"), "", "15:00-04:00", "15:00-04:00"),  # Phoenix has no summer time.
        (Address("US", "AZ"), "", "15:00-04:00", "15:00-03:00"),
        (Address("US", "AK", "99546"), "", "18:00-06:00", "17:00-05:00"),  # Adak
        (Address("PR"), "", "12:00-01:00", "12:00-01:00"),
        (Address("US", "PR", "00901"), "+17875551234", "12:00-01:00", "12:00-01:00"),
        (Address("US", "", "96799"), "", "19:00-08:00", "19:00-08:00"),  # American Samoa
        # Counties, reservations and cities in another zone than the rest of their state
        (Address("US", "TX"), "+19155550123", "15:00-03:00", "14:00-02:00"),  # El Paso, by its number only
        (Address("US", "IN", "46350"), "", "14:00-02:00", "13:00-01:00"),  # La Porte: a zip area with two zones
        (Address("US", "IN", "46204"), "", "13:00-02:00", "12:00-01:00"),  # Indianapolis
        (Address("US", "IN"), "+12193241234", "14:00-02:00", "13:00-01:00"),
        (Address("US", "AZ", "86515"), "", "15:00-04:00", "15:00-03:00"),  # Window Rock, Navajo: with summer time
        (Address("US"), "+16235529111", "15:00-04:00", "15:00-04:00"),  # Phoenix
        (Address("US"), "+13082108578", "15:00-03:00", "14:00-02:00"),  # Nebraska
        # Russia: eleven zones, and three hours that are legal in all of them
        (Address("RU"), "", "06:00-09:00", "06:00-09:00"),
        (Address("RU"), "+79123456789", "06:00-09:00", "06:00-09:00"),
        (Address("RU", "PRI"), "+79123456789", "22:00-11:00", "22:00-11:00"),
        (Address("RU"), "+78121234567", "05:00-18:00", "05:00-18:00"),
        # Brazil
        (Address("BR", "AC"), "", "13:00-02:00", "13:00-02:00"),
        (Address("BR", "AC"), "+551132345678", "13:00-00:00", "13:00-00:00"),
        (Address("BR"), "", "13:00-23:00", "13:00-23:00"),
        (Address("BR", "", "69900-078"), "", "13:00-02:00", "13:00-02:00"),
        # Islands of one country
        (Address("ES", "TF"), "", "08:00-21:00", "07:00-20:00"),
        (Address("ES"), "", "08:00-20:00", "07:00-19:00"),
        (Address("ES"), "+34928123456", "08:00-21:00", "07:00-20:00"),
        (Address("PT", "20"), "", "09:00-22:00", "08:00-21:00"),
        (Address("FR", "", "97400"), "", "04:00-17:00", "04:00-17:00"),
        (Address("KI"), "", "20:00-07:00", "20:00-07:00"),  # From Tarawa to Kiritimati, two hours apart
        (Address("CL"), "+56322100123", "13:00-00:00", "14:00-01:00"),  # Easter Island
        (Address("NZ"), "+6433050123", "18:15-07:15", "19:15-08:15"),  # Chatham
        # Two zones in one street
        (Address("CN"), "+8613812345678", "00:00-13:00", "00:00-13:00"),
        (Address("CN", "\u65b0"), "", "02:00-13:00", "02:00-13:00"),  # Xinjiang
        (Address("CN"), "+869912345678", "02:00-13:00", "02:00-13:00"),
        # Not in the list of countries of the time zone database
        (Address("XK"), "", "07:00-20:00", "06:00-19:00"),
        (Address(), "+38344123456", "07:00-20:00", "06:00-19:00"),
        (Address("XI"), "+442890123456", "08:00-21:00", "07:00-20:00"),
        # Half hours
        (Address("AU", "NSW", "2898"), "", "21:00-10:00", "21:30-10:30"),  # Lord Howe moves its clock by half an hour.
        (Address("CA", "NL", "A1C 1A1"), "", "11:30-00:30", "10:30-23:30"),
        (Address("AU", "NSW", "2880"), "", "21:30-10:30", "22:30-11:30"),
        (Address("IN"), "", "02:30-15:30", "02:30-15:30"),
        # No address: only the prefix
        (Address(), "+32475550103", "07:00-20:00", "06:00-19:00"),
        (Address(), "+79123456789", "06:00-09:00", "06:00-09:00"),
        (Address(), "+18085551234", "18:00-07:00", "18:00-07:00"),
        (Address(), "+61412345678", "00:00-10:00", "00:00-10:30"),
        # Nothing known
        (Address(), "", "never", "never"),
        (Address(), "+18005551234", "never", "never"),
        (Address(), "+870773123456", "never", "never"),  # A satellite phone may be in any of them.
        (Address(), "+881622451234", "never", "never"),
        (Address("US", "AE", "09012"), "", "never", "never"),
        (Address("US", "AP", "96201"), "+12125550123", "never", "never"),  # The forces abroad, with a number from home
        # Confirmed by a user
        (Address(confirmed="Asia/Tokyo"), "+18005551234", "23:00-12:00", "23:00-12:00"),
        (Address("RU", confirmed="Asia/Omsk"), "+79123456789", "02:00-15:00", "02:00-15:00"),
        (Address("US", "NY", "10001", confirmed="America/Los_Angeles"), "", "16:00-02:00", "15:00-01:00"),
    ],
)
def test_legal_window_in_utc(address, number, winter, summer):
    assert (window(address, number), window(address, number, SUMMER)) == (winter, summer)


def test_a_wrong_zip_widens_and_an_unfinished_one_says_nothing():
    assert address_zones(Address("US", "NY", "90001")) == ("America/Los_Angeles", "America/New_York")
    assert address_zones(Address("US", "TN", "379")) == address_zones(Address("US", "TN"))
    assert address_zones(Address("US", "XX", "")) == address_zones(Address("US"))


def test_the_tables_name_zones_and_the_countries_that_have_several():
    for country, (default, states) in STATES.items():
        assert len(pytz.country_timezones[country]) > 1, country
        assert all(zone in pytz.all_timezones_set for zone in filter(None, [default, *states]))
    for table in ZIPS.values():
        assert all(zone in pytz.all_timezones_set for zones in table.values() for zone in zones)
    assert all(zone in pytz.country_timezones[country] for country, zone in MAIN.items())


words = st.one_of(st.text(max_size=6), st.text(alphabet="0123456789 -", max_size=9))
countries = st.sampled_from(["", "XX", *pytz.country_timezones])
states = st.sampled_from(
    ["", *(code for _zone, states in STATES.values() for codes in states.values() for code in codes.split())]
)
confirmed = st.sampled_from(["", "", "", "Asia/Tokyo", "America/New_York"])
addresses = st.builds(Address, countries, st.one_of(states, words), words, confirmed)
numbers = st.one_of(
    words,
    st.sampled_from(
        [
            phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            for region in sorted(phonenumbers.SUPPORTED_REGIONS)
            for kind in (phonenumbers.PhoneNumberType.MOBILE, phonenumbers.PhoneNumberType.FIXED_LINE)
            if (number := phonenumbers.example_number_for_type(region, kind))
        ]
    ),
)


@thorough
@given(addresses, numbers)
def test_whatever_is_typed_gives_zones_that_exist(address, number):
    zones = possible_zones(address, number)
    assert set(zones) <= pytz.all_timezones_set and list(zones) == sorted(set(zones))
    shown = shown_zone(address, number)
    assert (shown in zones) if zones else shown == (address.confirmed or None)


@thorough
@given(addresses, numbers, st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)))
def test_a_call_is_legal_by_every_clock_or_not_made(address, number, moment):
    clocks = tuple(Clock(TCPA, zone) for zone in possible_zones(address, number))
    assert open_everywhere(clocks, moment) == (bool(clocks) and all(clock.is_open(moment) for clock in clocks))
    if opening := next_opening_everywhere(clocks, moment):
        assert opening >= moment and open_everywhere(clocks, opening)
    for begin, end in open_windows(clocks, moment, moment + timedelta(days=1)):
        assert moment <= begin < end <= moment + timedelta(days=1)
        assert open_everywhere(clocks, begin) and open_everywhere(clocks, end - timedelta(minutes=1))


@thorough
@given(numbers)
def test_a_prefix_lies_in_its_country(number):
    prefix = number_prefix(number)
    assert set(prefix.zones) <= set(pytz.country_timezones.get(prefix.region, ()))
