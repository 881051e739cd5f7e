from . import test_assigning_races
from . import test_canary_sweep
from . import test_journeys
from . import test_mutants
from . import test_probes
from . import test_public_methods
from . import test_residuals
