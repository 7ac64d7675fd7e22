"""Calls to a Prefect server that is gone."""

import socket
from collections.abc import Iterator

import pytest

import flows  # noqa: F401 - prepares the environment before Prefect is imported

pytestmark = pytest.mark.usefixtures("dead_server")


@pytest.fixture
def dead_server() -> Iterator[None]:
    """Let Prefect's API be at an address that nobody serves."""
    from prefect.settings import PREFECT_API_URL, temporary_settings

    with socket.create_server(("127.0.0.1", 0)) as free:
        address = f"http://127.0.0.1:{free.getsockname()[1]}/api"
    with temporary_settings({PREFECT_API_URL: address}):
        yield


@pytest.mark.parametrize("method", ["read_flows", "raise_for_api_version_mismatch"])
def test_a_call_to_a_server_that_is_gone_is_left_out_and_noted_once(method: str) -> None:
    from prefect import get_client

    from flows.runtime.prefect_calls import OptionalCalls

    warnings: list[str] = []
    calls = OptionalCalls(warnings.append)
    made: list[str] = []

    def call() -> None:
        made.append("call")
        with get_client(sync_client=True) as client:
            getattr(client, method)()

    calls.try_call(call)
    calls.try_call(call)
    assert made == ["call"]
    (warning,) = warnings
    assert "does not answer" in warning


def test_an_error_of_our_own_is_not_taken_for_a_server_that_is_gone() -> None:
    from flows.runtime.prefect_calls import OptionalCalls

    def call() -> None:
        raise RuntimeError("an error of ours")

    warnings: list[str] = []
    with pytest.raises(RuntimeError, match="an error of ours"):
        OptionalCalls(warnings.append).try_call(call)
