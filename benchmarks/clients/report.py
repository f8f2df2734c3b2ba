"""What every measured client prints as its last line. Runs in any Python, with nothing installed."""

import json
import sys
import time
from pathlib import Path


def options():
    return json.loads(sys.argv[1])


def measure(work):
    """Run `work`, which returns how many rows it handled; print seconds, peak memory and that number."""
    started = time.perf_counter()
    count = work()
    seconds = time.perf_counter() - started
    print(json.dumps({"seconds": seconds, "peak_mib": _peak_mib(), "count": count}))


def _peak_mib():
    """Of this process alone: `ru_maxrss` begins with what its parent held when it was forked."""
    with Path("/proc/self/status").open() as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM:")) / 1024
