//! Kind `procedure`; overloads are told apart by input types.

use crate::kind::{Dimension, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "procedure",
    plural: "procedures",
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
    ],
    summary: &["language"],
    why: "CALL fails where it is missing.",
    missing: Severity::Block,
};
