"""The floor of a pull: the same pages by a minimal pooled loop, as many at once, the bodies thrown away."""

from concurrent.futures import ThreadPoolExecutor

import requests
from report import measure, options
from requests.adapters import HTTPAdapter

given = options()
session = requests.Session()
session.trust_env = False
session.mount("http://", HTTPAdapter(pool_maxsize=given["concurrency"]))
session.headers.update({**given["headers"], "AAM-Disable-Escaping-HTML": "true"})


def fetch(page):
    answer = session.get(f"{given['url']}/v1/segments/", params={"page": page, "pageSize": 1000}, timeout=60)
    answer.raise_for_status()
    return answer.content


def work():
    total = requests.models.complexjson.loads(fetch(0))["total"]
    with ThreadPoolExecutor(given["concurrency"]) as pool:
        for _ in pool.map(fetch, range(1, -(-total // 1000))):
            pass
    return total


measure(work)
