//! What no case can change here, each with its reason. Keep it tiny: every line is a property nobody proves.

use evenkeel_core::kind::{Engine, Kind, Property};

/// Kind, property (`_missing` for presence), the vendor it holds for where not both, and why no server in a test can show it.
const EXEMPT: &[(&str, &str, Option<Engine>, &str)] = &[
    ("server", "_missing", None, "every server describes itself"),
    ("definer", "_missing", None, "every object of its kinds has one; it goes with it"),
    ("node", "_missing", None, "every server is a node"),
    ("table-statistics", "_missing", None, "every table has them; they go with it"),
    ("index-statistics", "_missing", None, "every index has them; they go with it"),
    ("channel", "lag_seconds", None, "is judged from ten seconds of delay on"),
    ("channel", "heartbeat_lag_seconds", None, "is judged from ten seconds of delay on"),
    ("replica", "lag_seconds", None, "the source of MySQL and MariaDB does not know it"),
    ("replica", "connected", None, "only those that are connected are seen"),
    ("replica", "state", None, "it streams as soon as it is there"),
    ("table", "encrypted", Some(Engine::MySql), "a keyring is set up in the folder of the server's program"),
    ("index", "table", None, "it is part of the name"),
    ("index", "parser", Some(Engine::MariaDb), "no parser comes with the server"),
    ("constraint", "type", None, "of one name, a key, a check and a foreign key are three constraints"),
    ("column", "engine_attribute", Some(Engine::MySql), "no engine that comes with the server takes one"),
    ("index", "engine_attribute", Some(Engine::MySql), "no engine that comes with the server takes one"),
    ("partition", "engine", None, "engines that could be mixed do not come with the server"),
    ("function", "language", None, "no other language comes with the server; a function out of a library has a name of its own"),
    ("function", "library", None, "no two libraries that come with the server hold the same function"),
    ("procedure", "language", None, "no other language comes with the server"),
    ("library", "language", None, "JavaScript is the one language that comes with the server"),
    ("role", "login", Some(Engine::MariaDb), "a role has no host, and no account is called like one"),
    ("role", "comment", Some(Engine::MariaDb), "accounts have none"),
    ("schema", "comment", Some(Engine::MySql), "databases have none"),
    ("plugin", "type", None, "a plugin of that name has that type"),
    ("plugin", "version", Some(Engine::MySql), "one series of MySQL is installed, and a plugin comes with the server's version"),
    ("plugin", "library", None, "a plugin is built in or is not, by whoever built the server"),
    ("node", "cluster", None, "Galera does not come with MariaDB; a replication group wants a network that not every machine has"),
    ("node", "cluster_members", None, "Galera does not come with MariaDB; a replication group wants a network that not every machine has"),
];

/// Whether a kind has a comment on these servers. Every kind is named, so that a new one asks.
const fn has_comment(kind: Kind) -> bool {
    match kind {
        Kind::Schema
        | Kind::Table
        | Kind::Partition
        | Kind::Column
        | Kind::Constraint
        | Kind::Index
        | Kind::Function
        | Kind::Procedure
        | Kind::Package
        | Kind::Library
        | Kind::Event
        | Kind::Sequence
        | Kind::Role => true,
        Kind::Extension
        | Kind::View
        | Kind::MaterializedView
        | Kind::Aggregate
        | Kind::Rule
        | Kind::Trigger
        | Kind::EventTrigger
        | Kind::Policy
        | Kind::Enum
        | Kind::CompositeType
        | Kind::Domain
        | Kind::DomainConstraint
        | Kind::RangeType
        | Kind::BaseType
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
        | Kind::Server
        | Kind::Setting
        | Kind::Override
        | Kind::ExtensionVersion
        | Kind::CollationVersion
        | Kind::Tablespace
        | Kind::Plugin
        | Kind::TableStatistics
        | Kind::IndexStatistics
        | Kind::ColumnStatistics
        | Kind::ReferenceTable
        | Kind::ReferenceRow
        | Kind::Node
        | Kind::Replica
        | Kind::Slot
        | Kind::Channel
        | Kind::Owner
        | Kind::Definer
        | Kind::Grant
        | Kind::DefaultPrivilege
        | Kind::Membership
        | Kind::HistoryTable
        | Kind::Migration => false,
    }
}

/// Kinds that are read only where the configuration names tables, which a case cannot. The tests of the command line compare rows of them.
const CONFIGURED: &[Kind] = &[Kind::ReferenceTable, Kind::ReferenceRow];

/// Why that property needs no case, and whether that is worth telling; `property` is nothing for presence.
pub fn reason(engine: Engine, kind: Kind, property: Option<&Property>) -> Option<(&'static str, bool)> {
    let name = property.map_or("_missing", |property| property.name);
    if name == "comment" && !has_comment(kind) {
        return Some(("it has no comment on these servers", false));
    }
    if name == "security_labels" {
        return Some(("these servers have none", false));
    }
    if CONFIGURED.contains(&kind) {
        return Some(("read only where `reference` is configured", true));
    }
    let found = EXEMPT
        .iter()
        .find(|(exempt, attribute, only, _)| *exempt == kind.name() && *attribute == name && only.is_none_or(|only| only == engine));
    found.map(|(.., reason)| (*reason, true))
}
