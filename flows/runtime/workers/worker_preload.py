"""What the fork server imports and loads, so that workers share it: extraction, the model and the tables.

``COUNTERCLAIM_PRELOAD`` names the model.
"""

import os

from flows.pipeline.extraction import get_knowledge
from flows.runtime.workers.fork_server import PRELOAD_VARIABLE
from tasks.read.language import load_language_identifier

load_language_identifier()
get_knowledge(os.environ[PRELOAD_VARIABLE])
