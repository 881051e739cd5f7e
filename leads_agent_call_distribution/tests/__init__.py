from . import test_batch_undo, test_hand_over_callbacks, test_hand_over_tours, test_hand_over_units
