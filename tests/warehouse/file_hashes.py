"""Hashes of the files of a warehouse, to show that a call changes none."""

import hashlib
from pathlib import Path


def hash_files_and_links(root: Path) -> dict[str, str]:
    """Return the hash of every file of the tables, the log of Delta and the published links included."""
    found = [p for p in root.rglob("*") if p.is_file() and "_runs" not in p.parts and p.name != ".lock"]
    links = {str(p): str(p.readlink()) for p in root.iterdir() if p.is_symlink()}
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in found} | links
