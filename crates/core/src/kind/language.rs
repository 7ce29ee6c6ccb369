//! Kind `language`: procedural languages that no extension brought.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "language",
    plural: "languages",
    dimension: Dimension::Schema,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::flag("trusted", "Every user may write functions in it.", "CREATE FUNCTION needs a superuser in one environment."),
        Property::text("handler", "Function that runs its functions.", "Functions run differently, or not."),
        Property::text("inline", "Function that runs DO blocks.", "DO works in one environment only."),
        Property::text("validator", "Function that checks new functions.", "Broken functions are accepted."),
    ],
    summary: &["handler"],
    why: "Functions in the language cannot exist without it.",
    missing: Severity::Block,
};
