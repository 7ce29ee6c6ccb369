//! Kind `plugin`: server plugins and components.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "plugin",
    plural: "plugins",
    dimension: Dimension::Configuration,
    identity: &["name"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::MYSQL_FAMILY,
    properties: &[
        Property::text("type", "`storage engine`, `authentication`, `component` and so on.", "It does something else."),
        Property::text("status", "`active`, `disabled`, `inactive`.", "What it does is there in one environment only.").neutral(Neutral::Text("active")),
        Property::text("version", "Its version.", "It behaves differently.").weighs(Severity::Inform),
        Property::text("library", "The file it comes from; absent where it is built in.", "A server without that file does not load it.").weighs(Severity::Inform),
    ],
    summary: &["type", "status"],
    why: "What it does (a storage engine, an authentication method, an audit) is there in one environment only.",
    missing: Severity::Warn,
};
