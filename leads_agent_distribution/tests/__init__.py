from . import (
    test_availability,
    test_availability_tours,
    test_batch_sharing,
    test_batch_tours,
    test_figures_of_batches,
    test_hand_over,
    test_limits,
    test_limits_concurrency,
    test_rule,
    test_sharing_costs,
)
