"""The loop that people write first: csv, a dictionary of sets, gzip."""

import csv
import gzip
from collections import defaultdict
from pathlib import Path

from report import measure, options

given = options()


def push() -> int:
    traits = defaultdict(set)
    with Path(given["path"]).open(newline="") as file:
        for row in csv.DictReader(file):
            traits[row["user"]].add(row["trait"])
    with gzip.open(given["out"], "wt", encoding="utf-8") as file:
        for user, sids in traits.items():
            file.write(f"{user}\t{','.join(f'd_sid={sid}' for sid in sorted(sids))}\n")
    return len(traits)


measure(push)
