"""Random pairs of accounts that overlap, for hypothesis.

Names and codes come from small pools, so that two accounts share some objects, differ in others, and swap names and
codes. What a catalog cannot say is left out on purpose:

* Natural keys are unambiguous: no code is another object's name, no two keys differ in upper and lower case only, no
  text begins or ends with a blank, holds two in a row or an HTML entity.
* What AAM keeps as it was created (a destination's type, the flags of unique codes) goes with the key, as does the type
  of a trait; trait types, which nobody can delete, are in B if they are in A, as are partner sites.
* Days are far apart: AAM may answer with the day before.
* No model is built, by way of its baseline, on a trait that a model makes.
* A kind of which B has nothing has nothing in A either: pruning to nothing is refused.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from catalog import account_words as w
from catalog.accounts import PREDEFINED_TYPES, Account, folders

Fields = dict[str, Any]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[Account, Account]:
    """Accounts A and B."""
    absent = draw(st.sets(st.sampled_from(("derived_signals", "models", "mappings"))))
    types = draw(st.lists(st.sampled_from(("Loyalty: gold", "123", "№ {5}")), unique=True))
    sites = [{"$": url, "url": url} for url in draw(st.lists(st.sampled_from(("a.example", "7", "b:c")), unique=True))]
    kept = draw(st.integers(0, len(types)))
    a, b = draw(_accounts(types[:kept], sites, absent, least=0)), draw(_accounts(types, sites, absent, least=1))
    return a, b


@st.composite
def _accounts(draw: st.DrawFn, types: list[str], sites: list[Fields], absent: set[str], *, least: int) -> Account:
    """``least`` of each kind that is not ``absent``."""
    drawing = _Drawing(draw, absent, least)
    account: Account = {"partner_sites": sites, "trait_types": [{"$": name, "name": name} for name in types]}
    account["data_sources"] = drawing.data_sources()
    for name in ("trait_folders", "segment_folders"):
        account[name] = folders(draw(st.sets(st.sampled_from(w.PATHS), min_size=least, max_size=4)))
    account["derived_signals"] = drawing.derived_signals()
    plain = drawing.traits(account, least) if account["data_sources"] else []
    segments = drawing.segments(account, plain, [])
    account["models"] = drawing.models(account, plain, segments)
    account["traits"] = [*plain, *(drawing.algo_traits(account) if account["models"] else [])]
    account["segments"] = drawing.segments(account, account["traits"], segments)
    account["destinations"] = drawing.destinations(sites)
    account["mappings"] = drawing.mappings(account)
    return account


class _Drawing:
    def __init__(self, draw: st.DrawFn, absent: set[str], least: int) -> None:
        self._draw = draw
        self._absent = absent
        self._least = least

    def _one(self, values: Any) -> Any:
        return self._draw(st.sampled_from([*values]))

    def _count(self, collection: str, most: int, least: int | None = None) -> int:
        if collection in self._absent:
            return 0
        return self._draw(st.integers(self._least if least is None else least, most))

    def data_sources(self) -> list[Fields]:
        chosen = self._draw(st.lists(st.sampled_from(range(len(w.SOURCES))), unique=True, min_size=self._least))
        return [self._data_source(number) for number in chosen]

    def _data_source(self, number: int) -> Fields:
        names, codes, unique = w.SOURCES[number]
        id_type = self._one(("", "COOKIE", "CROSS_DEVICE", "DEVICE_ADVERTISING_ID"))
        numbers = {
            "customNamespaceId": self._one((None, 1, 7)),
            "samplingStartTime": self._one((None, 0, 1735689600000)),
        }
        return {
            "$": f"d{number}",
            "name": self._one(names),
            "integrationCode": self._one((None, *codes)),
            "uniqueTraitIntegrationCodes": unique,
            "uniqueSegmentIntegrationCodes": unique,
            "description": self._draw(w.TEXT),
            "status": self._draw(w.STATUS),
            "idType": id_type,
            "useAudienceManagerVisitorID": id_type == "COOKIE" and self._draw(w.FLAG),
            "inboundS2S": self._draw(w.FLAG),
            "customNamespaceCode": self._draw(w.LINE),
            "dataExportRestrictions": self._draw(
                st.sets(st.sampled_from(("PII", "ONSITE_PERSONALIZATION"))).map(sorted)
            ),
            "containerIds": self._one(([], [3], [3, 4])),
            **numbers,
        }

    def derived_signals(self) -> list[Fields]:
        pair = st.tuples(st.sampled_from(("c_sku", "a: b")), st.sampled_from(w.LINES[:20]))
        chosen = self._draw(st.lists(pair, unique=True, max_size=3, min_size=self._count("derived_signals", 3)))
        return [
            {
                "$": f"{key}={value}",
                "sourceKey": key,
                "sourceValue": value,
                "integrationCode": self._draw(w.LINE),
                "targetKey": self._one(("c_t", "t: 1")),
                "targetValue": self._one(w.LINES),
            }
            for key, value in (() if "derived_signals" in self._absent else chosen)
        ]

    def traits(self, account: Account, least: int) -> list[Fields]:
        found: list[Fields] = []
        for trait_type in ("RULE_BASED_TRAIT", "ON_BOARDED_TRAIT"):
            least_here = least if trait_type == "RULE_BASED_TRAIT" else 0
            found += self._keyed(account, len(found), w.NAMES[trait_type], w.CODES[trait_type], least_here)
            for item in found:
                item.setdefault("traitType", trait_type)
        rules: dict[str, Any] = {"RULE_BASED_TRAIT": w.TRAIT_RULES, "ON_BOARDED_TRAIT": (None, "", 'ic == "x"')}
        types = (None, *PREDEFINED_TYPES, *(item["$"] for item in account["trait_types"]))
        for item in found:
            item |= {"traitRule": self._one(rules[item["traitType"]]), "type": self._one(types)}
            self._fill(item, account)
        return found

    def algo_traits(self, account: Account) -> list[Fields]:
        found = self._keyed(account, 50, w.NAMES["ALGO_TRAIT"], w.CODES["ALGO_TRAIT"], 0)
        for item in found:
            item |= {
                "traitType": "ALGO_TRAIT",
                "algoModelId": self._one(account["models"])["$"],
                "thresholdType": self._one(("ACCURACY", "REACH")),
                "accuracy": self._one((0.19, 0.5, 1.0)),
            }
            self._fill(item, account)
        return found

    def _keyed(self, account: Account, number: int, names: Any, codes: Any, least: int) -> list[Fields]:
        """Objects of data sources, each with a name and a code of its own in its source."""
        found: dict[Any, Fields] = {}
        for _ in range(self._draw(st.integers(least, len(names)))):
            source, name, code = self._one(account["data_sources"])["$"], self._one(names), self._one((None, *codes))
            keys = {("name", source, name), ("code", source, code or name)}
            if not keys & found.keys():
                item = {"$": f"t{number}", "dataSourceId": source, "name": name, "integrationCode": code}
                found |= dict.fromkeys(keys, item)
                number += 1
        return [*{item["$"]: item for item in found.values()}.values()]

    def _fill(self, trait: Fields, account: Account) -> None:
        trait |= {
            "folderId": self._one(["/", *(item["$"] for item in account["trait_folders"])]),
            "description": self._draw(w.TEXT),
            "comments": self._draw(w.TEXT),
            "status": self._draw(w.STATUS),
            "ttl": self._one((0, 30, 120)),
            "categoryId": self._one((0, 5)),
            "backfillStatus": self._one(("NONE", "X")),
        }
        if trait.get("type", 0) is None:
            del trait["type"]

    def segments(self, account: Account, traits: list[Fields], found: list[Fields]) -> list[Fields]:
        """``found``, and some more, over these traits."""
        if not traits:
            return []
        more = self._keyed(account, 100 + len(found), w.SEGMENT_NAMES, w.SEGMENT_CODES, 0 if found else self._least)
        taken = {(item["dataSourceId"], item[name]) for item in found for name in ("name", "integrationCode")}
        more = [
            item
            for item in more
            if not {(item["dataSourceId"], item["name"]), (item["dataSourceId"], item["integrationCode"] or "")} & taken
        ]
        for item in more:
            item["$"] = f"s{item['$']}"
            item |= {
                "folderId": self._one(["/", *(each["$"] for each in account["segment_folders"])]),
                "segmentRule": self._rule(traits),
                "description": self._draw(w.TEXT),
                "status": self._draw(w.STATUS),
                "mergeRuleDataSourceId": self._one([None, *(each["$"] for each in account["data_sources"])]),
            }
            if item["mergeRuleDataSourceId"] is None:
                del item["mergeRuleDataSourceId"]
        return [*found, *more]

    def _rule(self, traits: list[Fields]) -> str:
        words = [f"{{{item['$']}}}" for item in traits]
        counted = [f"{{{item['$']}}}" for item in traits if item["traitType"] == "RULE_BASED_TRAIT"]
        a, *more = self._draw(st.permutations(words))
        forms = [a]
        if len(more) > 1:
            forms += [f"({a} OR {more[0]}) AND NOT {more[1]}", f"{a} AND {more[0]}"]
        if counted:
            b, *others = self._draw(st.permutations(counted))
            forms += [f"FREQUENCY([{b}] <= 3D) >= 5", f"FREQUENCY([{', '.join([b, *others])}]) >= 2"]
            forms += [f"FREQUENCY([{b}]) >= 1 AND FREQUENCY([{b}]) <= 5"]
        return str(self._one(forms))

    def models(self, account: Account, traits: list[Fields], segments: list[Fields]) -> list[Fields]:
        if not traits:
            return []
        names = self._draw(st.permutations(("Model: 1", "null", "{m}")))[: self._count("models", 2)]
        return [
            {
                "$": name,
                "name": name,
                "description": self._draw(w.TEXT),
                "status": self._draw(w.STATUS),
                "algoTypeId": 1,
                "lookBackPeriod": self._one((30, 60)),
                "intervalSeconds": self._one((604_800, 1)),
                "dataSources": [item["$"] for item in self._some(account["data_sources"], least=1)],
                "excludedTraits": [item["$"] for item in self._some(traits)],
                "sid": self._one([*traits, *segments])["$"],
            }
            for name in names
        ]

    def _some(self, items: list[Fields], least: int = 0) -> list[Fields]:
        return list(self._draw(st.permutations(items)))[: self._draw(st.integers(least, len(items)))]

    def destinations(self, sites: list[Fields]) -> list[Fields]:
        chosen = self._draw(st.lists(st.sampled_from(w.DESTINATIONS), unique=True, max_size=3, min_size=self._least))
        return [self._destination(name, kind, sites) for name, kind in chosen]

    def _destination(self, name: str, kind: str, sites: list[Fields]) -> Fields:
        serial = self._draw(w.FLAG)
        common = {
            "$": name,
            "name": name,
            "destinationType": kind,
            "description": self._draw(w.TEXT),
            "status": self._draw(w.STATUS),
            "startDate": self._one((None, *w.DAYS)),
            "serializationEnabled": serial,
            "endDate": self._one((None, *w.LATE_DAYS)),
            "domainRestrictions": self._one(("ALL_DOMAINS", "INCLUSION", "EXCLUSION")),
        }
        if kind == "PUSH":
            urls = ("https://x.example/s?d=%ALIAS%", 'http://y.example/"%ALIAS%"?a=b&c={d}#e')
            any_url = urls if serial else (None, "", *urls)
            separators = w.SEPARATORS if serial else (None, "", *w.SEPARATORS)
            return common | {
                "urlFormatString": self._one(any_url),
                "secureUrlFormatString": self._one((None, "", *urls)),
                "delimiter": self._one(separators),
                "tagType": self._one((0, 1)),
            }
        single = self._draw(w.FLAG)
        return common | {
            "adServerTypeID": 1,
            "cnameDomain": self._one(w.LINES),
            "cookieName": self._one(w.LINES),
            "formatType": "SINGLE_KEY" if single else "KEY_VALUE",
            "singleKey": self._one(w.LINES) if single else None,
            "keySeparator": self._one(w.SEPARATORS),
            "valueSeparator": self._one(w.SEPARATORS),
            "serializationSeparator": self._one(w.SEPARATORS) if serial else self._one((None, "", ",")),
            "maxSize": self._one((0, 2048)),
            "ttl": self._one((0, 60)),
            "transferMethod": self._draw(w.LINE),
            "siteIDs": [item["$"] for item in self._some(sites)],
            "uparamEnabled": self._draw(w.FLAG),
        }

    def mappings(self, account: Account) -> list[Fields]:
        if not account["segments"] or not account["destinations"]:
            return []
        found: dict[tuple[Any, ...], Fields] = {}
        for number in range(self._count("mappings", 5)):
            to, segment = self._one(account["destinations"]), self._one(account["segments"])["$"]
            item = {
                "$": str(number),
                "destinationId": to["$"],
                "sid": segment,
                "startDate": self._one(w.DAYS),
                "endDate": self._one((None, *w.LATE_DAYS)),
                "priority": self._one((None, 0, 3)),
                **self._aliases(to),
            }
            found.setdefault((to["$"], segment, *(item.get(n) for n in ("url", "traitAlias", "valueAlias"))), item)
        return [*found.values()]

    def _aliases(self, to: Fields) -> Fields:
        alias, value = self._one(w.ALIASES), self._one(w.ALIASES)
        if to["destinationType"] == "PUSH":
            urls = {"url": f"https://e.example/?{alias}", "secureUrl": self._one((None, f"https://s.example/{value}"))}
            return {"traitAlias": alias} if to["serializationEnabled"] else urls
        return {"valueAlias": value} if to.get("singleKey") else {"valueAlias": value, "traitAlias": alias}
