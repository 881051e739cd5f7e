from . import test_access, test_channels, test_leads, test_panel
