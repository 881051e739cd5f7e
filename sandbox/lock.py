"""File locks for commands that run at the same time."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from .console import say
from .paths import HOME, made


class FileLock:
    """An advisory lock that the kernel releases when the process ends for any reason."""

    def __init__(self, name: str):
        self.path = HOME / "locks" / f"{name}.lock"
        self._file: IO[str] | None = None

    def take(self, *, shared: bool = False, waiting_for: str = "") -> None:
        """Wait for the lock, and print what is waited for."""
        if not self.try_take(shared=shared):
            if waiting_for:
                say(f"    waiting for {waiting_for}")
            fcntl.flock(self._open(), fcntl.LOCK_SH if shared else fcntl.LOCK_EX)

    def try_take(self, *, shared: bool = False) -> bool:
        """Acquire the lock if it is free; a lock already held is converted."""
        try:
            fcntl.flock(self._open(), (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        if self._file:
            self._file.close()
            self._file = None

    def _open(self) -> IO[str]:
        if not self._file:
            made(self.path.parent)
            self._file = open(self.path, "a")  # noqa: SIM115 - held until release
        return self._file


@contextmanager
def held(name: str, *, waiting_for: str = "") -> Iterator[None]:
    """Hold an exclusive lock for a block."""
    lock = FileLock(name)
    lock.take(waiting_for=waiting_for)
    try:
        yield
    finally:
        lock.release()


def set_up_lock() -> "contextmanager[None]":
    """Return the lock for all downloads and installations."""
    return held("set-up", waiting_for="another set-up")
