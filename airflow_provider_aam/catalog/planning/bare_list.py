"""Whether AAM's list shows what rows are matched on."""

from __future__ import annotations

from collections.abc import Sequence

from airflow_provider_aam.account.account import Account
from airflow_provider_aam.api.errors import AAMNotFound, AAMPlanRefused
from airflow_provider_aam.catalog.kinds import Kind


def refuse_bare_list(account: Account, kind: Kind, ways: Sequence[str]) -> None:
    """Refuses a list that says less than AAM knows: every row would look new and be created again.

    Up to three objects are asked for singly; what they do not show is looked for before each create. Raises
    :class:`AAMPlanRefused`.
    """
    objects = account.objects(kind.resource)
    bare = [way for way in ways if not objects.shows(kind.match_on[way])]
    if kind.is_tree or kind.resource.in_short or kind.within or not bare:
        return
    collection = account.client.collection(kind.resource.name)
    for object_id in _sample([*objects.ids()]):
        try:
            single = collection.get(object_id)
        except AAMNotFound:
            continue
        listed = objects.listed
        hidden = [name for name in kind.model.columns() if name not in listed and single.get(name) not in (None, "")]
        if hidden:
            raise AAMPlanRefused(
                f"AAM's list of {kind.resource.name} leaves out {', '.join(hidden)}, although {kind.name} {object_id} "
                f"has it, so rows cannot be matched on {', '.join(bare)} and would all be created again. Nothing was "
                "changed. Does a proxy before AAM drop the query parameter includeDetails? match_on='name' works "
                "without it."
            )


def _sample(ids: Sequence[int]) -> list[int]:
    return [ids[place] for place in dict.fromkeys((0, len(ids) // 2, len(ids) - 1))]
