"""A delivery of many lines, of which a million differ; ``packed``: the same gzipped, as AAM sends it."""

import random
from pathlib import Path

from isal import igzip
from report import measure, options

given = options()
DIFFERENT, BLOCK = 1_000_000, 50_000


def block(rng: random.Random, pool: list[str]) -> bytes:
    lines = []
    for _ in range(min(BLOCK, given["lines"])):
        removed = rng.choices(pool, k=rng.randrange(1, 4)) if rng.random() < 0.3 else ()
        segments = rng.choices(pool, k=rng.randrange(1, 16))
        lines.append(f"{rng.randrange(10**37, 10**38)} {','.join(segments)} {','.join(removed)}\n")
    return "".join(lines).encode()


def generate() -> int:
    rng = random.Random(7)
    pool = [str(rng.randrange(10**5, 3 * 10**7)) for _ in range(2_000)]
    blocks = [block(rng, pool) for _ in range(min(DIFFERENT, given["lines"]) // BLOCK)]
    with Path(given["path"]).open("wb") as plain:
        for number in range(given["lines"] // BLOCK):
            plain.write(blocks[number % len(blocks)])
    if "packed" in given:
        with igzip.open(given["packed"], "wb") as packed:
            for number in range(given["lines"] // BLOCK):
                packed.write(blocks[number % len(blocks)])
    return given["lines"]


measure(generate)
