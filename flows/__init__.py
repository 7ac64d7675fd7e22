"""Orchestration: the only room that imports Prefect.

Prefect reads its environment when it is imported, so the environment is prepared here, before any module of
this room can import it.
"""

from flows.runtime.environment import prepare, refuse_strangers

refuse_strangers()
prepare()
