//! Kind `statistics`: extended statistics objects; the numbers in them are data.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "statistics",
    plural: "statistics objects",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Property("table"),
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::list("table", "The table it describes, as schema and name.", "Estimates for another table change."),
        Property::list("kinds", "`dependencies`, `mcv`, `ndistinct`, sorted.", "The planner knows other things about the columns."),
        Property::list("columns", "Columns, sorted.", "The planner knows other columns."),
        Property::list("expressions", "Expressions, in canonical form.", "The planner knows other expressions.").since(14),
        Property::integer("target", "Statistics target, where one was set.", "ANALYZE collects more or fewer values, and plans differ."),
    ],
    summary: &["table", "kinds", "columns"],
    why: "Estimates over several columns are worse where it is missing, and plans differ.",
    missing: Severity::Block,
};
