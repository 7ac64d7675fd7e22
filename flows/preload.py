"""What a process imports that workers are forked from: the flow, the model and the tables, as memory they share.

``COUNTERCLAIM_PRELOAD`` names the model.
"""

import gc
import os

import flows.pool  # noqa: F401 - here the workers find their task
from flows.extracting import knowledge
from flows.forking import PRELOAD
from tasks.read.language import identifier

identifier()
knowledge(os.environ[PRELOAD])
gc.collect()
# The collector would write to what it looks at, and a page that is written to is no longer shared.
gc.freeze()
