from . import models, wizard
from . import demo
