"""``python -m warehouse.report.site``: build a site, publish it if a place is given, and write a summary as JSON.

It is for a process that must not import DuckDB itself, such as that of a flow.
"""

import argparse
import json
import sys
from dataclasses import asdict
from pathlib import Path

from warehouse.errors import FailureError, InputError
from warehouse.report.site import build_site, publish_site


def main(arguments: list[str]) -> int:
    """Build and publish; return 0, or the exit code of the error after its message."""
    given = _parse_arguments(arguments)
    try:
        done = build_site(given.warehouse, given.folder, address=given.site_url)
        published = publish_site(given.folder, given.publish) if given.publish else None
    except (FailureError, InputError) as error:
        print(error, file=sys.stderr)
        return error.exit_code
    except OSError as error:
        print(f"The site cannot be written to {given.folder}: {error.strerror or error}.", file=sys.stderr)
        return FailureError.exit_code
    summary = {"site": asdict(done), "published": asdict(published) if published else None}
    given.result.write_text(json.dumps(summary), encoding="utf-8")
    return 0


def _parse_arguments(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m warehouse.report.site", description=__doc__)
    parser.add_argument("warehouse")
    parser.add_argument("folder", type=Path)
    parser.add_argument("result", type=Path)
    parser.add_argument("--publish")
    parser.add_argument("--site-url")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
