from . import receivers
