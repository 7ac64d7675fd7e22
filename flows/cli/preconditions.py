"""Checks of a command's input before a server is started or a model is loaded."""

import importlib.util
import re

from flows.cli.options import ExtractionOptions
from flows.parameter_bounds import CLUSTER_ADDRESS_PATTERN
from tasks.errors import ModelError
from warehouse.errors import InputError
from warehouse.storage.location import check_address


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


def check_not_empty(name: str, value: str | None) -> None:
    """Raise InputError if the value of an argument or option is given and empty."""
    if value is not None and not value:
        raise InputError(f"{name} is empty: give a value, or leave it out.")


def check_cluster(address: str | None) -> None:
    """Raise InputError if the address of a cluster is given and has no scheme."""
    if address is not None and not re.match(CLUSTER_ADDRESS_PATTERN, address):
        raise InputError(f"--cluster: expected tcp://host:8786 or ray://host:10001; found {address!r}.")


def check_run_options(warehouse: str, extraction: ExtractionOptions) -> None:
    """Raise InputError, or WarehouseError for an address with credentials, if a flow cannot run with these options."""
    check_address(warehouse)  # before Prefect stores it as a parameter
    check_model(extraction.model)
    check_runner(extraction.runner)
    check_cluster(extraction.cluster)
