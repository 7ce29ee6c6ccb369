//! How each kind is read. The match below has an arm for every kind there is: a new one does not compile until it says by what
//! statement or file it is read here, or why PostgreSQL has none.
//!
//! Neighbours: `plain` reads the kinds of one statement, `statements` lists what all of them send.

use super::statements::{OBJECTS, Statement};
use evenkeel_core::kind::{Dimension, Kind};

/// How a kind is read. The words are for whoever reads the match, and for the tests.
#[allow(dead_code, reason = "the capture asks for plain kinds alone; the words are read by people and by the tests")]
pub enum How {
    /// By one statement whose columns are named like the declaration.
    Plain(Plain),
    /// By a file beside this one.
    Own(&'static str),
    /// Not at all.
    Absent(&'static str),
}

/// A kind read by one statement.
#[derive(Clone, Copy)]
pub struct Plain {
    pub statement: &'static Statement,
    /// Option lists that may hold secrets.
    pub secrets: &'static [&'static str],
    /// Properties or identity parts that name roles: they are mapped to the names all environments share.
    pub roles: &'static [&'static str],
}

/// A plain kind: its file, and where it is not nothing, lists that may hold secrets and parts that name roles.
macro_rules! plain {
    ($file:literal $(for $dimensions:expr)? $(, only $only:expr)? $(, secrets $secrets:expr)? $(, roles $roles:expr)?) => {{
        const DIMENSIONS: &[Dimension] = first!($($dimensions,)? OBJECTS);
        const STATEMENT: &Statement = &Statement::new($file, include_str!($file), DIMENSIONS)$(.only($only))?;
        How::Plain(Plain { statement: STATEMENT, secrets: first!($($secrets,)? &[]), roles: first!($($roles,)? &[]) })
    }};
}

/// The same for a kind that `present.sql` looks for first.
macro_rules! rare {
    ($file:literal $(, $word:ident $list:expr)*) => {
        plain!($file, only RARE $(, $word $list)*)
    };
}

macro_rules! first {
    ($first:expr $(, $rest:expr)*) => {
        $first
    };
}

const RARE: &str = "where present.sql finds any";
const CONFIGURATION: &[Dimension] = &[Dimension::Configuration];
const NONE_OF_MYSQL: &str = "MySQL and MariaDB have it";

/// How that kind is read.
#[must_use]
pub const fn how(kind: Kind) -> How {
    match kind {
        Kind::Schema => plain!("schema.sql"),
        Kind::Extension => plain!("extension.sql"),
        Kind::Table => How::Own("table"),
        Kind::Partition => How::Absent("a partition is a table"),
        Kind::Column => How::Own("column"),
        Kind::Constraint => How::Own("constraint"),
        Kind::Index => How::Own("index"),
        Kind::Sequence => plain!("sequence.sql"),
        Kind::View | Kind::MaterializedView => How::Own("view"),
        Kind::Function => rare!("function.sql"),
        Kind::Procedure => rare!("procedure.sql"),
        Kind::Package | Kind::Library => How::Absent(NONE_OF_MYSQL),
        Kind::Aggregate => rare!("aggregate.sql"),
        Kind::Rule => plain!("rule.sql"),
        Kind::Trigger => plain!("trigger.sql"),
        Kind::EventTrigger => rare!("event_trigger.sql"),
        Kind::Event => How::Absent(NONE_OF_MYSQL),
        Kind::Policy => rare!("policy.sql", roles & ["roles"]),
        Kind::Enum => rare!("enumeration.sql"),
        Kind::CompositeType => plain!("composite_type.sql"),
        Kind::Domain => rare!("domain.sql"),
        Kind::DomainConstraint => rare!("domain_constraint.sql"),
        Kind::RangeType => rare!("range_type.sql"),
        Kind::BaseType => rare!("base_type.sql"),
        Kind::Cast => rare!("cast.sql"),
        Kind::Operator => rare!("operator.sql"),
        Kind::OperatorClass => rare!("operator_class.sql"),
        Kind::OperatorFamily => rare!("operator_family.sql"),
        Kind::Collation => rare!("collation.sql"),
        Kind::Conversion => rare!("conversion.sql"),
        Kind::TextSearchParser => rare!("text_search_parser.sql"),
        Kind::TextSearchTemplate => rare!("text_search_template.sql"),
        Kind::TextSearchDictionary => rare!("text_search_dictionary.sql"),
        Kind::TextSearchConfiguration => rare!("text_search_configuration.sql"),
        Kind::Statistics => rare!("statistics.sql"),
        Kind::Language => rare!("language.sql"),
        Kind::AccessMethod => rare!("access_method.sql"),
        Kind::Transform => rare!("transform.sql"),
        Kind::ForeignDataWrapper => rare!("foreign_data_wrapper.sql", secrets & ["options"]),
        Kind::ForeignServer => rare!("foreign_server.sql", secrets & ["options"]),
        Kind::UserMapping => rare!("user_mapping.sql", roles & ["user"]),
        Kind::Publication => rare!("publication.sql"),
        Kind::PublicationTable => rare!("publication_table.sql"),
        Kind::Subscription => plain!("subscription.sql"),
        Kind::Server | Kind::Setting => How::Own("setting"),
        Kind::Override => How::Own("setting_override"),
        Kind::ExtensionVersion => plain!("extension_version.sql" for CONFIGURATION),
        Kind::CollationVersion => plain!("collation_version.sql" for CONFIGURATION),
        Kind::Tablespace => plain!("tablespace.sql" for CONFIGURATION),
        Kind::Plugin => How::Absent("what is loaded is told by settings and extensions"),
        Kind::TableStatistics | Kind::IndexStatistics | Kind::ColumnStatistics => How::Own("statistics"),
        Kind::Node | Kind::Replica | Kind::Slot => How::Own("topology"),
        Kind::Channel => How::Absent(NONE_OF_MYSQL),
        Kind::Owner | Kind::Grant => How::Own("privilege"),
        Kind::Definer => How::Absent("whoever runs code is told by its owner and its security"),
        Kind::DefaultPrivilege | Kind::Role | Kind::Membership => How::Own("role_member"),
        Kind::HistoryTable | Kind::Migration => How::Own("history"),
        Kind::ReferenceTable | Kind::ReferenceRow => How::Own("reference"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use evenkeel_core::kind::{ALL, Engine};

    #[test]
    fn what_is_read_is_declared_for_postgresql_and_nothing_else_is() {
        for kind in ALL {
            let is_declared = kind.spec().engines.since(Engine::PostgreSql).is_some();
            let is_read = !matches!(how(*kind), How::Absent(_));
            assert_eq!(is_read, is_declared, "{}: read, and declared for PostgreSQL", kind.name());
        }
    }

    #[test]
    fn files_that_read_a_kind_are_there_and_name_it() {
        for kind in ALL {
            if let How::Own(file) = how(*kind) {
                let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/capture").join(format!("{file}.rs"));
                let text = std::fs::read_to_string(&path).unwrap();
                let is_named = text.contains(&format!("Kind::{kind:?}")) || *kind == Kind::Migration;
                assert!(is_named, "{file}.rs does not name the kind {}", kind.name());
            }
        }
    }

    #[test]
    fn a_statement_is_for_the_dimension_of_its_kind() {
        for kind in ALL {
            if let How::Plain(plain) = how(*kind) {
                let dimension = kind.spec().dimension;
                let expected = if dimension == Dimension::Schema { OBJECTS } else { &[dimension] };
                assert_eq!(plain.statement.dimensions(), expected, "{}", kind.name());
            }
        }
    }

    /// The catalogs that a statement says its objects stand in.
    fn catalogs(plain: &Plain) -> Vec<String> {
        let text = plain.statement.render(18);
        let named = text.match_indices("'::text as _classid").filter_map(|(end, _)| Some(text.get(..end)?.rsplit_once('\'')?.1.to_owned()));
        named.filter(|name| !name.is_empty()).collect()
    }

    #[test]
    fn every_catalog_that_is_named_has_its_number() {
        for kind in ALL {
            if let How::Plain(plain) = how(*kind) {
                for catalog in catalogs(&plain) {
                    assert_ne!(super::super::reader::class_number(&catalog), 0, "{}: {catalog} is no arm of class_number", kind.name());
                }
            }
        }
    }

    /// Catalogs whose changes no printed definition shows but by the name of their objects, which `pg_depend`'s others tell.
    const NOT_PRINTED: &[(&str, &str)] = &[
        ("pg_extension", "read from the snapshot alone"),
        ("pg_event_trigger", "read from the snapshot alone"),
        ("pg_cast", "read from the snapshot alone; printed casts name types"),
        ("pg_opfamily", "read from the snapshot alone"),
        ("pg_conversion", "read from the snapshot alone"),
        ("pg_ts_parser", "read from the snapshot alone"),
        ("pg_ts_template", "read from the snapshot alone"),
        ("pg_am", "read from the snapshot alone; made once, and never renamed"),
        ("pg_transform", "read from the snapshot alone"),
        ("pg_foreign_data_wrapper", "read from the snapshot alone"),
        ("pg_foreign_server", "read from the snapshot alone"),
        ("pg_user_mapping", "read from the snapshot alone"),
        ("pg_publication", "read from the snapshot alone; filters are those of pg_publication_rel"),
        ("pg_subscription", "read from the snapshot alone"),
    ];

    #[test]
    fn the_fingerprint_covers_each_catalog_or_it_is_said_why_not() {
        let fingerprint = include_str!("fingerprint.sql");
        for kind in ALL.iter().filter(|kind| kind.spec().dimension == Dimension::Schema) {
            if let How::Plain(plain) = how(*kind) {
                for catalog in catalogs(&plain) {
                    let is_covered = fingerprint.contains(&format!("select '{catalog}'"));
                    let is_excused = NOT_PRINTED.iter().any(|(name, _)| *name == catalog);
                    assert_ne!(is_covered, is_excused, "{}: {catalog} in fingerprint.sql, or in NOT_PRINTED", kind.name());
                }
            }
        }
    }

    /// Properties that sound like secrets or roles and are not.
    const HARMLESS: &[(Kind, &str, &str)] =
        &[(Kind::Subscription, "run_as_owner", "a switch"), (Kind::Subscription, "password_required", "a switch")];

    #[test]
    fn what_may_hold_secrets_or_name_roles_says_so() {
        for kind in ALL {
            let How::Plain(plain) = how(*kind) else { continue };
            let spec = kind.spec();
            let names = spec.properties.iter().map(|property| property.name).chain(spec.identity.iter().copied());
            for name in names {
                let is_harmless = HARMLESS.iter().any(|(harmless, property, _)| harmless == kind && *property == name);
                let foreign = matches!(kind, Kind::ForeignDataWrapper | Kind::ForeignServer | Kind::UserMapping) || name.contains("conn");
                let is_secret =
                    name == "options" && foreign || name.contains("password") || name.contains("connection") && name != "connection_limit";
                let is_role = name.split('_').any(|word| matches!(word, "role" | "roles" | "user" | "owner" | "grantee"));
                assert!(!is_secret || is_harmless || plain.secrets.contains(&name), "{}.{name} may hold secrets", spec.name);
                assert!(!is_role || is_harmless || plain.roles.contains(&name), "{}.{name} names roles", spec.name);
            }
        }
    }

    /// `present.sql` asks for the same kinds as are said to be sent only then.
    #[test]
    fn what_is_sent_only_where_there_is_any_is_asked_for_first() {
        let asked = include_str!("present.sql");
        for kind in ALL {
            if let How::Plain(plain) = how(*kind) {
                let is_asked = asked.contains(&format!("'{}'", kind.name()));
                assert_eq!(is_asked, plain.statement.is_conditional(), "{} in present.sql", kind.name());
            }
        }
    }
}
