"""The checks in order, and what happens to the later ones when one fails."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from airflow_provider_aam.api.errors import AAMError
from airflow_provider_aam.api.guide import Step
from airflow_provider_aam.cli.checkup import account, resources, sign_in
from airflow_provider_aam.cli.checkup.result import Result, State, StepVerdict, red, red_of, skipped
from airflow_provider_aam.cli.checkup.visit import Visit


@dataclass(frozen=True, kw_only=True)
class Check:
    """``step`` is what to repeat where an error names nothing; without ``essential`` the next checks go on."""

    title: str
    step: Step
    run: Callable[[Visit], StepVerdict]
    essential: bool = True


def plan_checks() -> Iterator[Check]:
    yield Check(title="Connection", step=Step.CONNECTION, run=sign_in.check_found)
    yield Check(title="Fields", step=Step.CONNECTION, run=sign_in.check_fields)
    yield Check(title="Private key", step=Step.CREDENTIAL, run=sign_in.check_private_key)
    yield Check(title="Token host, clock", step=Step.TOKEN, run=sign_in.check_clock)
    yield Check(title="Token", step=Step.TOKEN, run=sign_in.check_token)
    yield Check(title="Host and headers", step=Step.FIRST_CALL, run=account.check_host)
    yield Check(title="API in the project", step=Step.ADD_API, run=account.check_api_in_project)
    yield Check(title="Product profile", step=Step.PRODUCT_PROFILE, run=account.check_product_profile)
    yield Check(title="Technical account", step=Step.TECHNICAL_USER, run=account.check_user)
    yield from _each("Read", resources.readable(), resources.check_reading)
    yield Check(title="Group", step=Step.TECHNICAL_USER, run=account.check_group, essential=False)
    yield from _each("Write", resources.writable(), resources.check_writing)
    yield from _each("Limit", resources.limited(), resources.check_limit)


def walk(visit: Visit) -> Iterator[Result]:
    """One result a check. After an essential one that is red the others are skipped, because they cannot work."""
    failed: str | None = None
    for check in plan_checks():
        verdict = skipped(f"needs: {failed}") if failed else _run(check, visit)
        if verdict.state is State.RED and check.essential:
            failed = failed or check.title
        yield verdict.of(check.title)


def _run(check: Check, visit: Visit) -> StepVerdict:
    try:
        return check.run(visit)
    except AAMError as error:
        return red_of(error, check.step)
    except Exception as unexpected:  # noqa: BLE001  shown, and the checks that can go on do
        said = visit.clean(str(unexpected))
        return red(f"{type(unexpected).__name__}{f': {said}' if said else ''}", check.step)


def _each(verb: str, names: list[str], run: Callable[[Visit, str], StepVerdict]) -> Iterator[Check]:
    for name in names:
        title = f"{verb} {name.replace('_', ' ')}"
        yield Check(title=title, step=Step.TECHNICAL_USER, run=_bind(run, name), essential=False)


def _bind(run: Callable[[Visit, str], StepVerdict], name: str) -> Callable[[Visit], StepVerdict]:
    return lambda visit: run(visit, name)
