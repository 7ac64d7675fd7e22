"""What can be refused at once, before a server or a model is started for it."""

import importlib.util

from tasks.errors import ModelError
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
