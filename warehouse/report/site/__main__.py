"""``python -m warehouse.report.site``: build a site, publish it if an address is given, and write a summary as JSON.

It is for a process that must not import DuckDB itself, such as that of a flow.
"""

import json
import sys
from dataclasses import asdict
from pathlib import Path

from warehouse.errors import FailureError, InputError
from warehouse.report.site import build_site, publish_site


def main(warehouse: str, folder: str, result: str, address: str | None = None) -> int:
    """Build and publish; return 0, or the exit code of the error after its message."""
    try:
        done = build_site(warehouse, Path(folder))
        published = publish_site(Path(folder), address) if address else None
    except (FailureError, InputError) as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"The site cannot be written to {folder}: {error.strerror or error}.", file=sys.stderr)
        return FailureError.exit_code
    summary = {"site": asdict(done), "published": asdict(published) if published else None}
    Path(result).write_text(json.dumps(summary), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
