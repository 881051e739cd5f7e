from . import (
    test_access,
    test_channels,
    test_lead_tours,
    test_lead_units,
    test_leads,
    test_meta,
    test_meta_races,
    test_panel,
    test_privacy,
    test_reach,
    test_sign_in,
    test_stop,
)
