from . import test_batch_undo, test_hand_over_callbacks
