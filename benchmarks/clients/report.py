"""What every measured client prints as its last line. Runs in any Python, with nothing installed."""

import json
import resource
import sys
import time


def options():
    return json.loads(sys.argv[1])


def measure(work):
    """Run `work`, which returns how many rows it handled; print seconds, peak memory and that number."""
    started = time.perf_counter()
    count = work()
    seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "peak_mib": peak, "count": count}))
