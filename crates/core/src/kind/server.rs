//! Kind `server`: what is fixed for a server and database: version, encoding, locale. One object an environment.

use crate::kind::{Dimension, Engines, Neutral, Parent, Property, Severity, Spec};

pub static SPEC: Spec = Spec {
    name: "server",
    plural: "server",
    dimension: Dimension::Configuration,
    identity: &["what"],
    within_table: &[],
    parent: Parent::None,
    engines: Engines::ALL,
    properties: &[
        Property::text("version_major", "Major version.", "Syntax, locks and catalogs differ between major versions: a rehearsal proves little."),
        Property::text("version", "Full version.", "Minor versions fix bugs that a migration may meet.").weighs(Severity::Warn),
        Property::text("encoding", "Database encoding.", "Text that can be stored in one environment is refused in the other.").on(Engines::POSTGRESQL),
        Property::text("locale_provider", "`libc`, `icu` or `builtin`.", "Order and case of text follow other rules.").on(Engines::POSTGRESQL),
        Property::text("collate", "Default collation (LC_COLLATE or provider's locale).", "Order and uniqueness of text, and with them indexes, differ."),
        Property::text("ctype", "Character classification (LC_CTYPE).", "Upper and lower case and pattern matching differ.").on(Engines::POSTGRESQL),
        Property::text("icu_rules", "Tailoring of the default ICU collation.", "Order of text differs.").on(Engines::POSTGRESQL),
        Property::text("collation_version", "Collation version recorded when the database was made.", "A changed collation version silently corrupts indexes on text.").on(Engines::POSTGRESQL),
        Property::text("collation_version_actual", "Collation version of the library in use.", "Differs from the recorded one: indexes on text may be corrupt until rebuilt.").on(Engines::POSTGRESQL),
        Property::flag("collation_outdated", "The library has another version than the recorded one.", "Indexes on text may be corrupt until they are rebuilt: lookups miss rows and duplicates get in.").on(Engines::POSTGRESQL)
            .must_be_neutral(),
        Property::text("timezone_version", "The newest release of the time zone data whose changes the server knows, of those evenkeel probes.", "Local times convert differently.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::text("data_checksums", "`on` or `off`.", "Damaged pages are found or not.").on(Engines::POSTGRESQL).weighs(Severity::Inform),
        Property::integer("connection_limit", "How many sessions the database takes; -1 for no limit.", "A migration, or the application after it, finds no free connection.").on(Engines::POSTGRESQL)
            .neutral(Neutral::Integer(-1))
            .weighs(Severity::Warn),
        Property::flag("is_template", "The database is a template.", "Whoever may make databases can copy it, and DROP DATABASE is refused.").on(Engines::POSTGRESQL).weighs(Severity::Warn),
        Property::text("flavor", "The vendor: `MySQL` or `MariaDB`.", "Syntax, online DDL and catalogs differ: a rehearsal proves little.").on(Engines::MYSQL_FAMILY),
        Property::text("charset", "Default character set of new databases.", "Tables made without one store other characters.").on(Engines::MYSQL_FAMILY),
        Property::text("timezone_tables", "`empty`, or a fingerprint of the loaded time zone rules.", "CONVERT_TZ gives NULL or another time.").weighs(Severity::Warn).on(Engines::MYSQL_FAMILY),
    ],
    summary: &["version"],
    why: "Without it nothing is known about the server.",
    missing: Severity::Block,
};
