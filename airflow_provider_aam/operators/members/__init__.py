"""Who has which trait → inbound files that AAM picks up."""

from airflow_provider_aam.operators.members.push import AAMPushTraitMembersOperator

__all__ = ["AAMPushTraitMembersOperator"]
