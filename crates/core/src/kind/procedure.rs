//! Kind `procedure`; overloads are told apart by input types.

use super::library::LIBRARIES;
use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "procedure",
    plural: "procedures",
    dimension: Dimension::Schema,
    identity: &["schema", "signature"],
    within_table: &[],
    parent: Parent::Schema,
    engines: Engines::ALL,
    properties: &[
        Property::text("arguments", "Arguments with names, modes and defaults.", "Calls by name or with defaults fail."),
        Property::text("language", "Implementation language.", "It needs that language installed."),
        Property::definition("body", "The source text, or the SQL-standard body as the server prints it.", "It does something else.")
            .as_text("The text differs. Code in this language is not read, so blanks and comments count: whether it does something else is not told."),
        Property::text("layout", "How SQL and PL/pgSQL code is laid out: blanks and comments, which its body leaves out of account.", "Only blanks and comments differ: it does the same.")
            .on(Engines::POSTGRESQL)
            .cosmetic(),
        Property::text("library", "Object file of a C function.", "It needs that file on the server.").on(Engines::POSTGRESQL),
        Property::text("security", "`invoker` or `definer`.", "It runs with other privileges.").neutral(Neutral::Text("invoker")),
        Property::list("configuration", "Settings for the duration of the call, each `name=value`, sorted.", "The same statement behaves differently inside of it.").on(Engines::POSTGRESQL),
        Property::list("transforms", "Types that are transformed for the language.", "Arguments arrive in another form.").on(Engines::POSTGRESQL),
        Property::flag("deterministic", "Declared to give the same result for the same arguments.", "With the binary log on, one that is not is refused or makes replicas differ.").on(Engines::MYSQL_FAMILY),
        Property::text("data_access", "`contains sql`, `no sql`, `reads sql data` or `modifies sql data`.", "With the binary log on, it is refused or not.").neutral(Neutral::Text("contains sql")).on(Engines::MYSQL_FAMILY),
        Property::list("sql_mode", "The SQL mode it runs under, kept from when it was made, sorted.", "Invalid values are refused in one environment and bent in the other.").on(Engines::MYSQL_FAMILY).of_session("sql_mode"),
        Property::list("charsets", "Character set and collations of the session and database that made it.", "Literals in it compare by other rules.").on(Engines::MYSQL_FAMILY).cosmetic(),
        Property::list("libraries", "Stored libraries it takes in, each with the name it has in its code, sorted.", "Its code calls something else, or fails.").on(LIBRARIES),
    ],
    summary: &["language"],
    why: "CALL fails where it is missing.",
    missing: Severity::Block,
};
