"""The place of the files that pass between the steps of a run: a folder, or the prefix of a bucket.

A bucket serves clusters whose machines share no file system. Files appear complete or not at all.
"""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pyarrow as pa
from pyarrow import fs

from warehouse.folder_names import STAGING_FOLDER
from warehouse.storage.location import WarehouseLocation, locate_warehouse, open_bucket_file_system

BUCKET_SCHEME = "s3://"
UNFINISHED_SUFFIX = ".new"
MAX_STAGE_AGE = timedelta(days=2)
"""age from which the files of a stage in a bucket are those of a run that was killed"""


@dataclass(frozen=True, slots=True)
class Stage:
    """The files of one run, named by their paths below its address."""

    address: str
    """path of a folder, or s3://bucket/prefix"""

    def open_input(self, name: str) -> pa.NativeFile:
        """Return a file opened for random access; one in a folder is mapped into memory."""
        if self._is_in_bucket:
            return self._file_system.open_input_file(self._get_path(name))
        return pa.memory_map(self._get_path(name))

    def open_output(self, name: str) -> pa.NativeFile:
        """Return a stream that writes a file, which is complete when the stream is closed."""
        return self._file_system.open_output_stream(self._get_path(name))

    def write_table(self, name: str, table: pa.Table) -> None:
        """Write a table as an Arrow file, which appears complete or not at all."""
        path = self._get_path(name)
        written = path if self._is_in_bucket else path + UNFINISHED_SUFFIX
        if not self._is_in_bucket:
            self._file_system.create_dir(path.rpartition("/")[0])
        with (
            self._file_system.open_output_stream(written) as stream,
            pa.ipc.new_file(stream, table.schema) as writer,
        ):
            writer.write_table(table)
        if written != path:
            self._file_system.move(written, path)

    def list_files(self, folder: str) -> list[str]:
        """Return the names of the files below a folder, in order."""
        selector = fs.FileSelector(self._get_path(folder), allow_not_found=True, recursive=True)
        root = f"{self._get_path('')}"
        found = self._file_system.get_file_info(selector)
        return sorted(info.path.removeprefix(root) for info in found if info.type is fs.FileType.File)

    def delete_files(self, names: list[str]) -> None:
        """Delete files."""
        for name in names:
            self._file_system.delete_file(self._get_path(name))

    @property
    def _is_in_bucket(self) -> bool:
        return self.address.startswith(BUCKET_SCHEME)

    @property
    def _file_system(self) -> fs.FileSystem:
        return _open_file_system(self._is_in_bucket)

    def _get_path(self, name: str) -> str:
        return f"{self.address.removeprefix(BUCKET_SCHEME)}/{name}"


@cache
def _open_file_system(is_bucket: bool) -> fs.FileSystem:
    """Return the file system of all stages of a kind, opened once a process."""
    return open_bucket_file_system() if is_bucket else fs.LocalFileSystem()


@contextmanager
def open_stage(warehouse: str, run_id: str, *, is_shared: bool = False) -> Iterator[Stage]:
    """Yield the stage of a run, whose files are deleted when the block ends.

    It is in the folder of the locked warehouse, after removing what killed runs left there. For a warehouse in a bucket
    it is in the bucket if ``is_shared``, that is if other machines use it, and otherwise in a temporary folder.
    """
    location = locate_warehouse(warehouse)
    if location.local_folder is None and is_shared:
        with _open_bucket_stage(location, run_id) as stage:
            yield stage
        return
    with ExitStack() as stack:
        home = location.local_folder or Path(stack.enter_context(TemporaryDirectory(prefix="counterclaim-")))
        folder = home / STAGING_FOLDER
        shutil.rmtree(folder, ignore_errors=True)
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        (folder / run_id).mkdir(parents=True)
        yield Stage(str(folder / run_id))


@contextmanager
def _open_bucket_stage(location: WarehouseLocation, run_id: str) -> Iterator[Stage]:
    """Yield a stage in the bucket; those of other runs stay while they are young, since nothing locks a bucket."""
    files, folder = location.file_system, f"{location.root_path}/{STAGING_FOLDER}"
    before = datetime.now(UTC) - MAX_STAGE_AGE
    for info in files.get_file_info(fs.FileSelector(folder, allow_not_found=True, recursive=True)):
        if info.type is fs.FileType.File and info.mtime < before:
            files.delete_file(info.path)
    stage = Stage(f"{location.uri}/{STAGING_FOLDER}/{run_id}")
    try:
        yield stage
    finally:
        stage.delete_files(stage.list_files(""))
