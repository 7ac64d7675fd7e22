"""Refuse tracked files that got there by mistake: ``python3 .ci/stray_files.py`` names them and exits with 1."""

import subprocess
import sys
from fnmatch import fnmatchcase
from pathlib import Path

STRAY = ("-*", "*.orig", "*.rej", "*.sw[op]", "*~", "{}", ".DS_Store")
"""names: options taken for a file, what merges and editors leave, a placeholder that nothing replaced"""


def find_stray(paths: list[str]) -> list[str]:
    """Return the paths of which a part, a folder's or the file's name, is of a stray file."""
    return [path for path in paths if any(_is_stray(part) for part in path.split("/"))]


def _is_stray(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in STRAY)


def main() -> None:
    """Look at what git tracks; a folder that is no checkout has nothing to look at."""
    if not Path(".git").exists():
        return
    listed = subprocess.run(["git", "ls-files", "-z"], check=True, stdout=subprocess.PIPE).stdout
    stray = find_stray(listed.decode("utf-8", "replace").split("\0"))
    for path in stray:
        print(f"stray file: {path!r}. Remove it: git rm -- '{path}'", file=sys.stderr)
    sys.exit(1 if stray else 0)


if __name__ == "__main__":
    main()
