"""Runs migrations with a state that renders what an operation changed, and not all that is related to it.

Django renders every model that can be reached from the changed one anew, after each operation: nine tenths of a new
database's time went there. Operations on the schema look at their own model alone. Code that looks further
(``RunPython``) is given a state rendered whole, by Django's own rule for a delayed one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ModelState, ProjectState

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper


class FrugalState(ProjectState):
    """A state of the schema; the same tables, constraints and triggers come out as with Django's own."""

    def clone(self) -> FrugalState:
        """A copy for the next operation."""
        return _frugal(super().clone())

    def add_model(self, model_state: ModelState) -> None:
        """A new model changes none that is there: it alone is rendered."""
        rendered = self.__dict__.pop("apps", None)
        super().add_model(model_state)
        if rendered is not None:
            self.__dict__["apps"] = rendered
            rendered.render_multiple([model_state])
            self.is_delayed = True

    def reload_model(self, app_label: str, model_name: str, delay: bool = False) -> None:
        """A column, index, constraint or trigger (``delay``) changes one model; a relation, whatever it reaches."""
        if delay and "apps" in self.__dict__:
            with self.apps.bulk_update():
                self.apps.unregister_model(app_label, model_name)
            self.apps.render_multiple([self.models[app_label, model_name]])
            self.is_delayed = True
        else:
            super().reload_model(app_label, model_name, delay)


def _frugal(state: ProjectState) -> FrugalState:
    state.__class__ = FrugalState
    return cast(FrugalState, state)


def run_migrations(connection: BaseDatabaseWrapper) -> None:
    """Run what this database lacks."""
    executor = MigrationExecutor(connection)
    executor.loader.check_consistent_history(connection)
    present = executor._create_project_state(with_applied_migrations=True)  # type: ignore[attr-defined]
    executor.migrate(executor.loader.graph.leaf_nodes(), state=_frugal(present))
