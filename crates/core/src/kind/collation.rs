//! Kind `collation`: made by users; those of pg_catalog come with the server. Versions are configuration. The encoding is not
//! here: a copy of "C" works with any, the same collation restored from a dump with the database's own; both are the same to it.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "collation",
    plural: "collations",
    dimension: Dimension::Schema,
    identity: &["schema", "name"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::POSTGRESQL,
    properties: &[
        Property::text("provider", "`libc`, `icu` or `builtin`.", "Text is ordered by other rules.").neutral(Neutral::Text("libc")),
        Property::flag("deterministic", "Strings that differ in bytes are never equal.", "Strings are equal in one environment only; LIKE and unique indexes behave differently.").neutral(Neutral::Flag(true)),
        Property::text("collate", "Locale for order (libc).", "Text is ordered differently."),
        Property::text("ctype", "Locale for character classes (libc).", "Upper and lower case and pattern matching differ."),
        Property::text("locale", "Locale (ICU and builtin).", "Text is ordered differently."),
        Property::text("rules", "Tailoring of the ICU locale.", "Text is ordered differently.").since(16),
    ],
    summary: &["provider", "locale"],
    why: "Columns and indexes that name it cannot exist without it.",
    missing: Severity::Block,
};
