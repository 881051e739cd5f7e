"""Locks between processes."""

import subprocess
import sys

import pytest

from sandbox import lock
from sandbox.paths import ROOT

OTHER = "import sys; from pathlib import Path; from sandbox import lock; lock.HOME = Path(sys.argv[1]); "
OTHER += "sys.exit(not lock.FileLock('x').try_take(shared=len(sys.argv) > 2))"


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setattr(lock, "HOME", tmp_path)
    return tmp_path


def other_process_gets_it(home, *shared):
    return subprocess.run([sys.executable, "-c", OTHER, str(home), *shared], cwd=ROOT).returncode == 0


def test_exclusive_lock_keeps_others_out_until_it_is_given_back(home):
    mine = lock.FileLock("x")
    mine.take()
    assert not other_process_gets_it(home)
    mine.release()
    assert other_process_gets_it(home)


def test_users_share_and_the_last_one_is_alone(home):
    mine = lock.FileLock("x")
    mine.take(shared=True)
    assert other_process_gets_it(home, "shared")
    assert not other_process_gets_it(home)
    assert mine.try_take()
