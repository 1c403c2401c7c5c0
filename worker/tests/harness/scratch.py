"""Where servers of the tests keep their files: in memory where there is room.

On a disk with ext4 databases are slow to make where others have just been dropped: for minutes their inodes are not used again,
and each of the thousand files of a database passes over all of them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path

import psutil

_MEMORY = Path("/dev/shm")  # noqa: S108
_ROOM = 4 * 2**30


def places() -> set[Path]:
    """The directories in which scratch files may be, of this run or of others."""
    return {Path(tempfile.gettempdir()), _MEMORY}


@cache
def scratch() -> Path:
    """The directory for scratch files of this run: memory, if a run fits there and as much is left for programs."""
    try:
        fits = os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free > _ROOM
    except OSError:
        fits = False
    return _MEMORY if fits and psutil.virtual_memory().available > 2 * _ROOM else Path(tempfile.gettempdir())
