"""Reads every hostile file, answer and plan, each in a fork of its own; one line of JSON for each: what came of it."""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from hostile.answers import ANSWERS, ask
from hostile.corpus import FILES
from hostile.plans import PLANS, show

from airflow_provider_aam.api.errors import AAMSourceError
from airflow_provider_aam.catalog.checking.check import check_catalog
from airflow_provider_aam.catalog.checking.sources import load


def read(path: Path) -> str:
    try:
        catalog, _ = load(str(path))
        return "\n".join(map(str, check_catalog(catalog)[1]))
    except AAMSourceError as refused:
        return str(refused)


CASES = {"files": [*FILES], "answers": [*ANSWERS], "plans": [*PLANS]}


def prepared(name: str, folder: Path) -> Callable[[], str]:
    """All made that is to be read, so that only the reading is measured."""
    if name in ANSWERS:
        return partial(ask, name, ANSWERS[name]())
    if name in PLANS:
        (folder / "plan.json").write_bytes(PLANS[name]())
        return partial(show, folder / "plan.json")
    return partial(read, FILES[name](folder))


def measured(name: str) -> dict[str, object]:
    """In a child, so that one file's memory is not another's."""
    with tempfile.TemporaryDirectory() as folder:
        outcome = prepared(name, Path(folder))
        answers, answer = os.pipe()
        child = os.fork()
        if not child:
            with os.fdopen(answer, "w") as told:
                Path("/proc/self/clear_refs").write_text("5")
                started = time.process_time()
                try:
                    said, crash = outcome(), None
                except BaseException as error:  # noqa: BLE001  what is looked for
                    said, crash = "", f"{type(error).__name__}: {str(error)[:200]}"
                peak = Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0]
                took = time.process_time() - started
                json.dump({"name": name, "said": said[:4000], "crash": crash, "s": took, "mb": int(peak) // 1024}, told)
            os._exit(0)
        os.close(answer)
        with os.fdopen(answers) as told:
            text = told.read()
        os.waitpid(child, 0)
    return json.loads(text) if text else {"name": name, "said": "", "crash": "killed", "s": 0, "mb": 0}


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    for each in CASES[sys.argv[1]]:
        print(json.dumps(measured(each)), flush=True)
