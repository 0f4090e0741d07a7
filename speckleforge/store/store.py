"""One store folder as a whole. Takes a path; gives its parts, and the two operations that need several of them."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from speckleforge.errors import Problem, StoreError
from speckleforge.store.ac import ActionCache, Entry
from speckleforge.store.cas import ContentStore
from speckleforge.store.files import remove_tree, store_errors
from speckleforge.store.lock import locked
from speckleforge.store.seen import SeenFiles


class Store:
    """The content store, the action cache and the folders that go with them; nothing is made before it is needed.

    Raises
    ------
    StoreError
        `root` is there and is no folder.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        if self.root.exists() and not self.root.is_dir():
            raise StoreError(Problem("the store is not a folder", str(root), next_step="choose another with --cache"))
        self.cas = ContentStore(self.root / "cas")
        self.ac = ActionCache(self.root / "ac", self.root / "latest")
        self.code_index = self.root / "code.json"
        self.seen = SeenFiles(self.root / "seen")

    def lookup(self, key: str) -> Entry | None:
        """The entry of `key` if all its outputs are here and sound, else None."""
        entry = self.ac.get(key)
        if entry is None or not all(self.cas.has(digest) for digest in entry.outputs.values()):
            return None
        return entry

    def publish(self, entry: Entry, files: Mapping[str, Path]) -> Entry:
        """Store output files, then the entry that names them; nobody sees the entry before all of them are complete."""
        outputs = {name: self.cas.put(path) for name, path in files.items()}
        complete = Entry(**{**vars(entry), "outputs": outputs})
        self.ac.put(complete)
        return complete

    def scratch(self, key: str) -> Path:
        """A folder for the action `key` that survives a kill; made if needed."""
        path = self.root / "scratch" / key
        with store_errors(path):
            path.mkdir(parents=True, exist_ok=True)
        return path

    def ingest(self, spec: str) -> Path:
        """The folder for results that other machines made for a spec."""
        return self.root / "ingest" / spec

    def ingested(self, spec: str) -> dict[str, Path]:
        """Stage -> file with such results."""
        folder = self.ingest(spec)
        return {path.stem: path for path in sorted(folder.glob("*.tar"))} if folder.is_dir() else {}

    def parts(self, stage: str) -> Path:
        """The folder for parts that runs of a stage, or of its replicas, may use again; made with the first one."""
        return self.root / "parts" / stage.partition("@")[0]

    def forget_scratch(self, key: str) -> None:
        """Remove the scratch folder of a finished action."""
        remove_tree(self.root / "scratch" / key)

    def drop_empty_scratch(self, key: str) -> None:
        """Remove the scratch folder of an action if nothing was put there."""
        with suppress(OSError):
            (self.root / "scratch" / key).rmdir()

    @contextmanager
    def work(self, key: str) -> Iterator[Path]:
        """An empty private folder for one run of `key`, removed at the end; its lock must be held."""
        path = self.root / "work" / key
        with store_errors(path):
            remove_tree(path)  # left by a build that was killed
            path.mkdir(parents=True)
        try:
            yield path
        finally:
            remove_tree(path)

    def log(self, stage: str, key: str) -> Path:
        """The log of a running or failed action; a finished one has its log in the content store."""
        return self.root / "logs" / f"{stage}-{key[:12]}.log"

    def lock(self, key: str, cancel: threading.Event | None = None) -> AbstractContextManager[int]:
        """Only one process at a time makes `key`."""
        return locked(self.root / "locks" / key, cancel=cancel)

    def in_use(self) -> AbstractContextManager[int]:
        """Held by every build, so that `gc` does not remove what one has just found."""
        return locked(self.root / "locks" / "store", shared=True)

    def exclusive(self) -> AbstractContextManager[int]:
        """Held by `gc`; raises `StoreError` if a build is running."""
        return locked(self.root / "locks" / "store", wait=False)
