from . import (
    test_access,
    test_catch_all,
    test_ledger,
    test_incoming_numbers,
    test_links,
    test_menus,
    test_offer_units,
    test_offers,
    test_offers_scale,
    test_reports,
    test_routing,
    test_tours,
)
