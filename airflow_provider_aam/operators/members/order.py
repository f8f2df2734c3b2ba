"""From a task's arguments to the order that the job carries out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from airflow_provider_aam.hooks.paths import open_path, optional_path
from airflow_provider_aam.operators.members.writing import WritingOperator

if TYPE_CHECKING:
    from airflow_provider_aam.api.client import AAMClient
    from airflow_provider_aam.compat import Context
    from airflow_provider_aam.members.job import Order


class OrderingOperator(WritingOperator):
    """Its arguments, documented at :class:`.push.AAMPushTraitMembersOperator`, as an order."""

    user: str
    trait: str | None
    trait_separator: str | None
    key: str | None
    value: str | None
    action: str | None
    traits_are: str
    trait_map: Mapping[str, int] | None
    check_traits: bool
    create_missing: Mapping[str, Any] | None
    data_source: int | str
    target_data_source: int | str | None
    id_format: str | None
    mode: str
    clear_users: bool
    previous: str | None
    previous_conn_id: str | None
    max_removed_ratio: float
    pgp_key: str | None

    def _order(self, context: Context) -> Order:
        from airflow_provider_aam.members.job import Order, Words
        from airflow_provider_aam.members.reading.shape import Shape

        return Order(
            source=self._source(),
            shape=Shape(
                user=self.user,
                trait=self.trait,
                trait_separator=self.trait_separator,
                key=self.key,
                value=self.value,
                action=self.action,
            ),
            words=Words(
                are_sids=self.traits_are == "sid",
                map=self.trait_map,
                checked=self.check_traits,
                create=None if self.create_missing is None else self._create,
            ),
            data_source=self.data_source,
            target_data_source=self.target_data_source,
            id_format=self.id_format,
            mode="sync" if self.mode == "sync" else "overwrite",
            clear_users=self.clear_users,
            previous=optional_path(self.previous, self.previous_conn_id, what="previous"),
            target=self._target(context, pgp_key=self._public_key(), max_removed_ratio=self.max_removed_ratio),
            limits=self._limits(),
        )

    def _public_key(self) -> bytes | None:
        return open_path(self.pgp_key, None, what="pgp_key").read_bytes() if self.pgp_key else None

    def _create(self, client: AAMClient, owner_id: int, codes: Sequence[str]) -> None:
        from airflow_provider_aam.catalog import PlanOptions, load, push

        given = {"traitType": "ON_BOARDED_TRAIT", **(self.create_missing or {})}
        rows = [{"name": code, **given, "integrationCode": code, "dataSource": owner_id} for code in codes]
        catalog, _ = load(rows, kind="traits", match_on="integrationCode")
        options = PlanOptions(match_on="integrationCode")
        push(client, catalog, options, source="traits that the source names", dry_run=self.plan_only)
