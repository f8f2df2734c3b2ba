"""Who has which trait → inbound files that AAM picks up."""

from airflow_provider_aam.operators.members.id_sync import AAMPushIdSyncOperator
from airflow_provider_aam.operators.members.push import AAMPushTraitMembersOperator
from airflow_provider_aam.operators.members.shares import (
    AAMJoinTraitMembersOperator,
    AAMPlanTraitMembersOperator,
    AAMPushTraitMembersShareOperator,
)

__all__ = [
    "AAMJoinTraitMembersOperator",
    "AAMPlanTraitMembersOperator",
    "AAMPushIdSyncOperator",
    "AAMPushTraitMembersOperator",
    "AAMPushTraitMembersShareOperator",
]
