from . import models, wizard
from . import demo
from .hooks import post_init_hook, uninstall_hook
