"""Fuzzing on demand: feeds broken files, rules, plans, keys and answers to all that reads them; looks for crashes.

`make fuzz MINUTES=60` gives each target the same share of the time, one half to changes of bytes that follow the
coverage (atheris), the other to inputs that Hypothesis draws, steered by the same coverage. A crash is an exception
that is not the package's own, or more than 5 seconds of the processor, or more than 500 MB, for one input. Each kind of
crash is kept once under `.fuzz/crashes`, next to what was raised; a later run goes on with the corpus of the last.
"""

from __future__ import annotations

import argparse
import re
import resource
import shutil
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import product
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".fuzz"
PACKAGE = "airflow_provider_aam"
SECONDS, MEGABYTES = 5, 500
STUCK_S = 60
"""Of the wall, after which an input is given up; under coverage all is slower, so the replay decides."""
WAYS = ("bytes", "drawn")
AT_ONCE = 2


def crash_of(read: Callable[[bytes], object], content: bytes) -> tuple[str, str] | None:
    """A short name for the kind of crash, and the whole story."""
    from fuzz_targets import is_documented

    Path("/proc/self/clear_refs").write_text("5")  # the peak of memory starts anew
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.process_time()
    try:
        read(content)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001  what is looked for
        if not is_documented(error):
            return f"{type(error).__name__}-{_place(error)}", traceback.format_exc()
    took = time.process_time() - started
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    if took > SECONDS:
        return "slow", f"{took:.1f} s"
    return ("big", f"{grown} MB") if grown > MEGABYTES else None


def _place(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    last = next(frame for frame in reversed(frames) if PACKAGE in frame.filename or frame is frames[0])
    return f"{Path(last.filename).stem}-{last.lineno}"


def fuzz_one(target: str, way: str, seconds: int) -> None:
    """In a process of its own, which libFuzzer ends."""
    import atheris

    with atheris.instrument_imports(include=[PACKAGE], enable_loader_override=False):
        from fuzz_targets import TARGETS

    chosen = TARGETS[target]
    corpus = KEPT / "corpus" / f"{target}-{way}"
    crashes = KEPT / "crashes" / target
    for folder in (corpus, crashes):
        folder.mkdir(parents=True, exist_ok=True)

    last = _last(target, way)
    last.parent.mkdir(parents=True, exist_ok=True)

    def run(content: bytes) -> None:
        last.write_bytes(content)
        found = crash_of(chosen.read, content)
        if found and not (crashes / found[0]).exists():
            (crashes / found[0]).write_bytes(content)

    if way == "drawn":
        from hypothesis import HealthCheck, given, settings

        quiet = settings(database=None, deadline=None, suppress_health_check=[*HealthCheck])
        feed = quiet(given(chosen.made)(run)).hypothesis.fuzz_one_input
    else:
        feed = run
        for number, seed in enumerate(chosen.seeds):
            (corpus / f"seed-{number}").write_bytes(seed)
    options = {
        "max_total_time": seconds,
        "timeout": STUCK_S,
        "rss_limit_mb": 4096,
        "artifact_prefix": f"{last.parent}/",
    }
    atheris.Setup([sys.argv[0], *(f"-{name}={value}" for name, value in options.items()), str(corpus)], feed)
    atheris.Fuzz()


def _last(target: str, way: str) -> Path:
    """The input that is being read, for when the process does not survive it."""
    return KEPT / "last" / f"{target}-{way}"


def _run_all(minutes: float, targets: list[str]) -> None:
    runs = [*product(targets, WAYS)]
    share = max(1, int(minutes * 60 * AT_ONCE / len(runs)))
    (KEPT / "logs").mkdir(parents=True, exist_ok=True)

    def one(run: tuple[str, str]) -> None:
        log = KEPT / "logs" / f"{'-'.join(run)}.txt"
        ends, fed = time.monotonic() + share, 0
        while (left := int(ends - time.monotonic())) > 0:  # an input that stops the process does not stop the rest
            with log.open("w") as file:
                command = [sys.executable, __file__, "--one", *run, "--seconds", str(left)]
                code = subprocess.run(command, stdout=file, stderr=file, check=False).returncode
            done = re.findall(r"^(?:Done |#)(\d+)", log.read_text(errors="replace"), re.MULTILINE)
            fed += int(done[-1]) if done else 0
            if code and _last(*run).exists():
                shutil.copy(_last(*run), KEPT / "crashes" / run[0] / f"stopped-{run[1]}-{code}")
            elif code:
                print(f"{' '.join(run)}: cannot run, see {log}", flush=True)
                return
        print(f"{' '.join(run)}: {fed:,} inputs", flush=True)

    with ThreadPoolExecutor(AT_ONCE) as pool:
        [*pool.map(one, runs)]


def _crashes() -> Iterator[Path]:
    """Those that crash without the coverage as well; the others are deleted."""
    for path in sorted((KEPT / "crashes").glob("*/*")):
        if subprocess.run(
            [sys.executable, __file__, "--replay", str(path)], capture_output=True, check=False
        ).returncode:
            yield path
        else:
            path.unlink()


def replay(path: Path) -> int:
    from fuzz_targets import TARGETS

    found = crash_of(TARGETS[path.resolve().parent.name].read, path.read_bytes())
    print(found[1] if found else "no crash")
    return 1 if found else 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--target", action="append", help="only this one; may be repeated")
    parser.add_argument("--replay", type=Path, help="read one input again, and show what is raised")
    parser.add_argument("--one", nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--seconds", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.replay:
        return replay(options.replay)
    if options.one:
        fuzz_one(*options.one, options.seconds)
        return 0
    from fuzz_targets import TARGETS

    _run_all(options.minutes, options.target or [*TARGETS])
    crashes = [*_crashes()]
    print(f"{len(crashes)} kinds of crash" + (f" under {KEPT / 'crashes'}; show one with:" if crashes else ""))
    for path in crashes:
        print(f"  {Path(sys.executable)} scripts/fuzz.py --replay {path.relative_to(ROOT)}")
    return 1 if crashes else 0


if __name__ == "__main__":
    sys.exit(main())
