"""A trigger that measures the event loop it runs in."""

import asyncio
import os
import time

from airflow.triggers.base import BaseTrigger

EVERY_S = 0.01
COUNT_EVERY = 100


class LoopLag(BaseTrigger):
    """Writes ``moment lag_s tasks`` for each sleep, the number of the loop's tasks for each hundredth."""

    def __init__(self, path):
        super().__init__()
        self.path = path

    def serialize(self):
        return "loop_lag.LoopLag", {"path": self.path}

    async def run(self):
        with open(self.path, "a", buffering=1) as file:  # noqa: ASYNC230, PTH123  a line is written in microseconds
            file.write(f"# {os.getpid()}\n")
            tasks = number = 0
            while True:
                if number % COUNT_EVERY == 0:
                    tasks = len(asyncio.all_tasks())
                number += 1
                began = time.perf_counter()
                await asyncio.sleep(EVERY_S)
                file.write(f"{time.time():.3f} {time.perf_counter() - began - EVERY_S:.6f} {tasks}\n")
        yield
