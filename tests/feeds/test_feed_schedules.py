"""200 random schedules of delivery: every file is handed out exactly once, whoever asks and whatever dies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import Random

import pytest

from airflow_provider_aam.feeds.feed_question import FeedQuestion
from airflow_provider_aam.feeds.feed_verdict import FeedVerdict
from airflow_provider_aam.feeds.ledger import Claim
from tests.feeds.feed_places import Bucket, Notebook, Reader, folder, info_of, name

HOURS = 8
LATEST_H = 60.0
QUIET_H = 1.0


def deliver(bucket: Bucket, random: Random) -> set[str]:
    """Hours on time, late by days or in pieces; in their folder or a later one; with ``.info`` whenever or never."""
    paths: set[str] = set()
    for hour in random.sample(range(HOURS), HOURS):
        late = random.choice([0.0, 0.0, random.uniform(0, 3), random.uniform(0, LATEST_H)])
        sequences = [*range(random.randint(1, 4))]
        pieces = [sequences] if random.random() < 0.7 else [sequences[:1], sequences[1:]]
        for number, piece in enumerate(pieces):
            begun = hour + late + number * random.uniform(0, 20)
            where = folder(hour + random.choice([0, 0, 0, 1, 5]))
            files = {}
            for each in piece:
                path = f"{where}/{name(each)}"
                if path in paths:  # of another hour
                    path = f"{folder(hour)}/{name(each)}"
                if path in paths:
                    continue
                content = random.randbytes(random.randint(1, 40))
                bucket.put(path, content, landed=begun + random.uniform(0, 2))
                paths.add(path)
                files[name(each)] = content
            if random.random() < 0.8:
                info_at = begun + random.choice([0.0, random.uniform(0, 2), random.uniform(0, 10)])
                bucket.put(f"{folder(hour)}/{number}.info", info_of(hour, files), landed=info_at)
    return paths


class Crowded(Notebook):
    """Others are often faster between reading it and writing to it."""

    def __init__(self, random: Random) -> None:
        super().__init__()
        self._random, self._is_crowded = random, False
        self.others: Callable[[], None] = lambda: None

    def append(self, number: int, claim: Claim) -> bool:
        if not self._is_crowded and self._random.random() < 0.3:
            self._is_crowded = True
            self.others()
            self._is_crowded = False
        return super().append(number, claim)


class Tasks:
    """Runs of several DAGs, some of which look, and hand themselves what they saw only after others did."""

    def __init__(self, readers: list[Reader], random: Random) -> None:
        self._readers, self._random = readers, random
        self._looked: list[tuple[Reader, FeedQuestion, FeedVerdict]] = []
        self._done: list[tuple[Reader, FeedQuestion, FeedVerdict]] = []

    def step(self) -> None:
        reader = self._random.choice(self._readers)
        question = reader.question()
        self._looked.append((reader, question, reader.asks(question)))
        while self._looked and self._random.random() < 0.6:
            self._claim(*self._looked.pop(self._random.randrange(len(self._looked))))
        if self._done and self._random.random() < 0.2:
            reader, question, got = self._random.choice(self._done)  # its worker has died, or someone clears it
            assert reader.claims(reader.asks(question), question).files == got.files

    def finish(self) -> None:
        """Until nothing is left."""
        while self._looked:
            self._claim(*self._looked.pop())
        question = self._readers[0].question()
        while self._claim(self._readers[0], question, self._readers[0].asks(question)):
            question = self._readers[0].question()

    def _claim(self, reader: Reader, question: FeedQuestion, verdict: FeedVerdict) -> bool:
        got = reader.claims(verdict, question)
        if got.files:
            self._done.append((reader, question, got))
        return bool(got.files)

    @property
    def handed_out(self) -> Counter[str]:
        return Counter(file.uri.removeprefix("s3://b/feed/") for _, _, got in self._done for file in got.files)


@pytest.mark.parametrize("seed", range(200))
def test_every_file_is_handed_out_exactly_once(seed):
    random = Random(seed)
    bucket, ledger = Bucket(tells_etags=random.random() < 0.7), Crowded(random)
    paths = deliver(bucket, random)
    options = {"max_hours": random.choice([1, 3, 12])}
    tasks = Tasks([Reader(bucket, ledger, dag, **options) for dag in ("one", "two")], random)
    ledger.others = tasks.step
    last = max(landed for _, landed, _ in bucket.files.values())
    while bucket.now < last + QUIET_H:
        bucket.now += random.uniform(0.1, 6)
        tasks.step()
    ledger.others = lambda: None
    tasks.finish()
    assert tasks.handed_out == Counter(paths)
    assert bucket.now < 8 * 24
