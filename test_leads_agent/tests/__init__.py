from . import test_answers
from . import test_buttons
from . import test_flows
from . import test_readme
from . import test_visibility_test

# Odoo only searches this package for tests.
from ..proofs import test_all_apps
from ..proofs import test_assigning_races
from ..proofs import test_bad_input
from ..proofs import test_batches_any
from ..proofs import test_canary_sweep
from ..proofs import test_figures_any
from ..proofs import test_forms
from ..proofs import test_journeys
from ..proofs import test_journeys_entering
from ..proofs import test_link_examples
from ..proofs import test_links
from ..proofs import test_mutants
from ..proofs import test_offer_never_lost
from ..proofs import test_offer_probes
from ..proofs import test_offer_races
from ..proofs import test_offer_simulation
from ..proofs import test_probes
from ..proofs import test_public_methods
from ..proofs import test_residuals
from ..proofs import test_sign_in
