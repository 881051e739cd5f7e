from . import test_chat_tours, test_livechat, test_told
