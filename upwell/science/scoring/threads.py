"""Work over the rows of a large table, shared out to the processors."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

OF_A_THREAD = int(np.iinfo(np.uint16).max) + 1  # rows


def in_threads(work: Callable[[slice], object], rows: int) -> None:
    """Do it for every part of the rows; it has to spend its time in NumPy, which lets others run meanwhile."""
    parts = [slice(start, min(start + OF_A_THREAD, rows)) for start in range(0, rows, OF_A_THREAD)]
    if len(parts) <= 1:
        for part in parts:
            work(part)
        return
    with ThreadPoolExecutor(min(os.cpu_count() or 1, len(parts))) as pool:
        for _ in pool.map(work, parts):  # raises what was raised there
            pass
