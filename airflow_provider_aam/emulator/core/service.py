"""What a folder of `aam/` adds to the emulator, and a test from outside of the package may add as well."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from airflow_provider_aam.emulator.core.crud import crud_routes

if TYPE_CHECKING:
    from airflow_provider_aam.emulator.core.call import Route
    from airflow_provider_aam.emulator.core.fields import Field
    from airflow_provider_aam.emulator.core.resource import Resource


@dataclass(frozen=True, kw_only=True)
class Service:
    """A group of the documentation page: its resources, and its routes that do not follow from these.

    `bodies` are the fields of bodies that belong to no resource, by the name that the documentation page gives them.
    """

    tag: str
    about: str
    resources: tuple[Resource, ...] = ()
    routes: tuple[Route, ...] = ()
    bodies: dict[str, tuple[Field, ...]] = field(default_factory=dict)

    def all_routes(self) -> list[Route]:
        """Return all of its routes, each in a group."""
        routes = [*self.routes, *(route for resource in self.resources for route in crud_routes(resource))]
        return [route if route.tag else replace(route, tag=self.tag) for route in routes]
