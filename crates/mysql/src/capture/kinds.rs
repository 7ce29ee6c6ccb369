//! How each kind is read. The match below has an arm for every kind there is: a new one does not compile until it says which
//! file reads it here, or why MySQL and MariaDB have none.
//!
//! Neighbours: `statements` lists what is sent for them, `access::need` which privileges make them complete, `reader::made_of`
//! what is lost with a list.

use evenkeel_core::kind::Kind;

/// How a kind is read. The words are for whoever reads the match, and for the tests.
#[allow(dead_code, reason = "a match that must be whole; its words are read by people and by the tests")]
pub enum How {
    /// By this file.
    Own(&'static str),
    /// Not at all.
    Absent(&'static str),
}

const NONE_OF_POSTGRESQL: &str = "PostgreSQL has it";

/// How that kind is read.
#[cfg_attr(not(test), allow(dead_code, reason = "as above"))]
#[must_use]
pub const fn how(kind: Kind) -> How {
    match kind {
        Kind::Schema => How::Own("mod"),
        Kind::Table => How::Own("table"),
        Kind::Partition => How::Own("partition"),
        Kind::Column => How::Own("column"),
        Kind::Constraint => How::Own("constraint"),
        Kind::Index => How::Own("index"),
        Kind::Sequence => How::Own("sequence"),
        Kind::View => How::Own("view"),
        Kind::MaterializedView => How::Absent("a view of MySQL may be materialized: a gap of that view"),
        Kind::Function | Kind::Procedure | Kind::Package => How::Own("routine"),
        Kind::Library => How::Own("library"),
        Kind::Aggregate => How::Absent("an aggregate is a function"),
        Kind::Trigger => How::Own("trigger"),
        Kind::Event => How::Own("event"),
        Kind::Server | Kind::Plugin => How::Own("server"),
        Kind::Setting => How::Own("setting"),
        Kind::Override => How::Absent("no account and no database has settings of its own"),
        Kind::TableStatistics | Kind::IndexStatistics => How::Own("statistics"),
        Kind::ColumnStatistics => How::Own("distribution"),
        Kind::Node | Kind::Replica => How::Own("topology"),
        Kind::Channel => How::Own("channel"),
        Kind::Owner => How::Absent("nothing is owned; whose privileges code runs with is `definer`"),
        Kind::Definer => How::Own("definer"),
        Kind::Grant => How::Own("privilege"),
        Kind::Role | Kind::Membership => How::Own("role"),
        Kind::HistoryTable | Kind::Migration => How::Own("history"),
        Kind::ReferenceTable | Kind::ReferenceRow => How::Own("reference"),
        Kind::Domain | Kind::DomainConstraint | Kind::Enum | Kind::CompositeType | Kind::RangeType | Kind::BaseType => {
            How::Absent("there are no types of one's own")
        }
        Kind::ExtensionVersion | Kind::CollationVersion => How::Absent("the version of the server says it"),
        Kind::Tablespace => How::Absent("not read: tables name theirs"),
        Kind::Extension
        | Kind::Rule
        | Kind::EventTrigger
        | Kind::Policy
        | Kind::Cast
        | Kind::Operator
        | Kind::OperatorClass
        | Kind::OperatorFamily
        | Kind::Collation
        | Kind::Conversion
        | Kind::TextSearchParser
        | Kind::TextSearchTemplate
        | Kind::TextSearchDictionary
        | Kind::TextSearchConfiguration
        | Kind::Statistics
        | Kind::Language
        | Kind::AccessMethod
        | Kind::Transform
        | Kind::ForeignDataWrapper
        | Kind::ForeignServer
        | Kind::UserMapping
        | Kind::Publication
        | Kind::PublicationTable
        | Kind::Subscription
        | Kind::Slot
        | Kind::DefaultPrivilege => How::Absent(NONE_OF_POSTGRESQL),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use evenkeel_core::kind::{ALL, Engine};

    #[test]
    fn what_is_read_is_declared_for_mysql_or_mariadb_and_nothing_else_is() {
        for kind in ALL {
            let is_declared = [Engine::MySql, Engine::MariaDb].iter().any(|engine| kind.spec().engines.since(*engine).is_some());
            let is_read = !matches!(how(*kind), How::Absent(_));
            assert_eq!(is_read, is_declared, "{}: read, and declared for MySQL or MariaDB", kind.name());
        }
    }

    #[test]
    fn files_that_read_a_kind_are_there_and_name_it() {
        for kind in ALL {
            if let How::Own(file) = how(*kind) {
                let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/capture").join(format!("{file}.rs"));
                let text = std::fs::read_to_string(&path).unwrap();
                assert!(text.contains(&format!("Kind::{kind:?}")), "{file}.rs does not name the kind {}", kind.name());
            }
        }
    }
}
