"""Orchestration: the only package that imports Prefect.

Prefect reads its environment when it is imported, so the environment is set here, before any module of this package
can import Prefect.
"""

from flows.runtime.environment import refuse_foreign_packages, set_environment_defaults

refuse_foreign_packages()
set_environment_defaults()
