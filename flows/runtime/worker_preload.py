"""What a process imports that workers are forked from: extraction, the model and the tables, as memory they share.

``COUNTERCLAIM_PRELOAD`` names the model.
"""

import os

from flows.pipeline.extraction import knowledge
from flows.runtime.fork_server import PRELOAD
from tasks.read.language import identifier

identifier()
knowledge(os.environ[PRELOAD])
