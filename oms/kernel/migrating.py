"""Many operations in one step of a migration.

Django renders every related model anew after each operation: a fresh house of 170 models that all lead to each other took
9,000 renderings, most of the time of its first `migrate`. Here they are rendered once, when all are known.
"""

from collections.abc import Sequence

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.operations import CreateModel
from django.db.migrations.operations.base import Operation, OperationCategory
from django.db.migrations.state import ProjectState


class Together(Operation):
    """The given operations, in their order, each seeing the models as they are before the first and after the last.

    So tables are made in a step of their own: whatever a later operation of the same step added to them would be
    in them already. Raises ValueError if something else stands beside a CreateModel.
    """

    category = OperationCategory.MIXED
    serialization_expand_args = ["operations"]

    def __init__(self, operations: Sequence[Operation]) -> None:
        tables = sum(isinstance(operation, CreateModel) for operation in operations)
        if tables not in (0, len(operations)):
            raise ValueError("Put the CreateModel operations together, and the others together after them.")
        self.operations = operations

    def deconstruct(self):
        return self.__class__.__name__, [self.operations], {}

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        state.__dict__.pop("apps", None)  # rendered when next asked for, with all of them
        for operation in self.operations:
            operation.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in self.operations:
            operation.database_forwards(app_label, schema_editor, from_state, to_state)

    def database_backwards(
        self, app_label: str, schema_editor: BaseDatabaseSchemaEditor, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        for operation in reversed(self.operations):
            operation.database_backwards(app_label, schema_editor, from_state, to_state)

    def references_model(self, name: str, app_label: str) -> bool:
        return any(operation.references_model(name, app_label) for operation in self.operations)

    def describe(self) -> str:
        return f"{len(self.operations)} operations"

    @property
    def migration_name_fragment(self) -> str:
        return "together"
