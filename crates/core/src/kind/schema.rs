//! Kind `schema`: a namespace.

use crate::kind::{Dimension, Engines, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "schema",
    plural: "schemas",
    dimension: Dimension::Schema,
    identity: &["schema"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::ALL,
    properties: &[
        Property::text("collation", "Default collation of new tables; it decides the character set too.", "Tables made without a collation differ: joins between them fail with \"illegal mix of collations\".").on(Engines::MYSQL_FAMILY),
        Property::flag("encrypted", "New tables are encrypted by default.", "Tables made by a migration are encrypted in one environment only.").on(Engines::MYSQL),
        Property::flag("read_only", "Nothing in it can be changed.", "Every migration is refused.").on(Engines::MYSQL).must_be_neutral(),
        Property::text("name_case", "What the server does with capitals in names of tables: `lower` where it keeps small letters, `ignored` where it takes both for one.", "What a name may be there.").on(Engines::MYSQL_FAMILY).volatile(),
    ],
    summary: &[],
    why: "Every statement that names the schema fails where it is missing.",
    missing: Severity::Block,
};
