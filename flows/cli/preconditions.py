"""Checks of a command's input before a server is started or a model is loaded."""

import importlib.util

from tasks.errors import ModelError
from warehouse.credentials import check_no_credentials
from warehouse.errors import InputError


def check_model(name: str) -> None:
    """Raise ModelError if the model is not installed as a package."""
    if not name.isidentifier() or importlib.util.find_spec(name) is None:
        raise ModelError(
            f"The model {name!r} is not installed. Install the package of that name, or leave out --model."
        )


class RunnerError(InputError):
    """The extra that a runner needs is not installed."""


def check_runner(name: str) -> None:
    """Raise RunnerError if the cluster's library is not installed."""
    if name in ("dask", "ray") and importlib.util.find_spec(f"prefect_{name}") is None:
        raise RunnerError(f"--runner {name} needs an extra: pip install 'counterclaim[{name}]'")


def check_run_options(warehouse: str, model: str, runner: str) -> None:
    """Raise InputError, or WarehouseError for an address with credentials, if a flow cannot run with these options."""
    check_no_credentials(warehouse)  # before Prefect stores it as a parameter
    check_model(model)
    check_runner(runner)
