"""Fault points: named moments at which a test makes a writer kill itself."""

import os
import signal

FAULT_VARIABLE = "COUNTERCLAIM_FAULT"


def reach_fault_point(point: str) -> None:
    """Kill this process by SIGKILL if the environment names this point; do nothing otherwise."""
    if os.environ.get(FAULT_VARIABLE) == point:
        os.kill(os.getpid(), signal.SIGKILL)
