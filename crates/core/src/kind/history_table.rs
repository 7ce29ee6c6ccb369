//! Kind `history-table`: a table in which a migration tool records what it applied. Its rows are of kind `migration`.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "history-table",
    plural: "history tables",
    dimension: Dimension::History,
    identity: &["schema", "name"],
    // Migrations fold into it; it never folds into the table of the schema dimension (see `compare::fold`).
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::ALL,
    properties: &[
        Property::text("tool", "The migration tool whose table it is, told by its columns.", "Another tool decides what is pending, and by other rules."),
        Property::list(
            "current",
            "The versions the database stands at, sorted; for tools that record only that (golang-migrate, Alembic).",
            "The next deploy starts from another version and runs other migrations.",
        ),
        Property::flag("dirty", "The last migration did not finish and nobody said how it ended (golang-migrate).", "The tool refuses to run until a person decides.")
            .must_be_neutral(),
        Property::flag("locked", "The tool's own lock is taken: a deploy is in flight, or one died.", "The next deploy waits for it, or refuses to start.")
            .must_be_neutral(),
    ],
    summary: &["tool", "current"],
    why: "A deploy sees a database without history there and starts from the first migration.",
    missing: Severity::Block,
};
