//! Kind `base-type`: types made of C functions, and shells of types that were never defined.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "base-type",
    plural: "base types",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::flag("defined", "It has input and output functions; without, it is a shell.", "A shell can stand in signatures only; no column can have the type.").neutral(Neutral::Flag(true)),
        Property::text("input", "Function that reads text.", "Text is read differently."),
        Property::text("output", "Function that writes text.", "Values are written differently."),
        Property::text("receive", "Function that reads the binary form.", "Binary clients and COPY fail."),
        Property::text("send", "Function that writes the binary form.", "Binary clients and COPY fail."),
        Property::text("modifier_in", "Function that reads modifiers.", "The type takes modifiers in one environment only."),
        Property::text("modifier_out", "Function that writes modifiers.", "Modifiers are shown differently."),
        Property::text("analyze", "Function that collects statistics.", "Plans change."),
        Property::text("subscript", "Function behind subscripts.", "Subscripting works in one environment only.").since(14),
        Property::integer("length", "Bytes of a value; -1 for any number, -2 for a C string.", "Stored values are read differently.").neutral(Neutral::Integer(-1)),
        Property::flag("by_value", "Values are passed by value.", "Stored values are read differently."),
        Property::text("alignment", "`char`, `int2`, `int4` or `double`.", "Stored values are read differently.").neutral(Neutral::Text("int4")),
        Property::text("storage", "TOAST strategy.", "Large values are compressed or moved out of line differently.").neutral(Neutral::Text("plain")),
        Property::text("category", "Type category, one letter.", "Other implicit casts are preferred.").neutral(Neutral::Text("U")),
        Property::flag("preferred", "Preferred within its category.", "Ambiguous calls are resolved differently."),
        Property::text("default", "Default value.", "Rows inserted without a value get different ones."),
        Property::text("element", "Element type, for a type that can be subscripted.", "Subscripts give other values."),
        Property::text("delimiter", "Delimiter in arrays of the type.", "Array literals are read differently.").neutral(Neutral::Text(",")),
        Property::flag("collatable", "Values have a collation.", "COLLATE is accepted in one environment only."),
    ],
    summary: &["input", "output"],
    why: "Columns and functions of the type cannot exist without it.",
    missing: Severity::Block,
};
