//! Kind `function`: plain and window functions; overloads are told apart by input types.

use crate::kind::{Dimension, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "function",
    plural: "functions",
    dimension: Dimension::Schema,
    identity: &["schema", "signature"],
    parent: Parent::Schema,
    properties: &[
        Property::text("arguments", "Arguments with names, modes and defaults.", "Calls by name or with defaults fail."),
        Property::text("language", "Implementation language.", "It needs that language installed."),
        Property::definition("body", "The source text, or the SQL-standard body as the server prints it.", "It does something else."),
        Property::text("library", "Object file of a C function.", "It needs that file on the server."),
        Property::text("security", "`invoker` or `definer`.", "It runs with other privileges.").neutral(Neutral::Text("invoker")),
        Property::list("configuration", "Settings for the duration of the call, each `name=value`, sorted.", "The same statement behaves differently inside of it."),
        Property::list("transforms", "Types that are transformed for the language.", "Arguments arrive in another form."),
        Property::text("returns", "Result type.", "Callers get another type."),
        Property::flag("window", "It is a window function.", "It can only be called with OVER."),
        Property::text("volatility", "`volatile`, `stable` or `immutable`.", "Indexes, generated columns and plans depend on it.").neutral(Neutral::Text("volatile")),
        Property::flag("strict", "NULL in, NULL out.", "It is or is not called with NULL."),
        Property::flag("leakproof", "It may run before security checks.", "Plans over row-level security change."),
        Property::text("parallel", "`unsafe`, `restricted` or `safe`.", "Plans that call it run in parallel or not.").neutral(Neutral::Text("unsafe")),
        Property::number("cost", "Planner's cost of one call, where it is not the language's usual one.", "Plans change."),
        Property::number("rows", "Planner's estimate of rows returned, where it is not the usual 1000.", "Plans change."),
        Property::text("support", "Planner support function.", "Plans change."),
    ],
    summary: &["returns", "language"],
    why: "Statements, triggers and defaults that call it fail where it is missing.",
    missing: Severity::Block,
};
