"""What a process imports that workers are forked from: the flow, the model and the tables, as memory they share.

``COUNTERCLAIM_PRELOAD`` names the model.
"""

import os

import flows.pool  # noqa: F401 - here the workers find their task
from flows.extracting import knowledge
from flows.forking import PRELOAD
from tasks.read.language import identifier

identifier()
knowledge(os.environ[PRELOAD])
