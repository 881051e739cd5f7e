from . import test_canary_sweep
from . import test_probes
from . import test_mutants
