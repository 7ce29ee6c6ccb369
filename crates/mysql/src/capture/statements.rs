//! Every statement a capture sends: the one list that the capture itself reads. A `Reader` sends what stands here and nothing
//! else, for a `Statement` is made here alone.
//!
//! Lives here: which statement is for which dimension and server, and when it is not sent. What names an object (SHOW CREATE and
//! the like) stands here with a place for the name. Does not live here: the longer texts, which are `.sql` files beside this one,
//! rendered for a server by `sql`; what a session says by itself (`connect`).

use super::scope::Scope;
use super::sql;
use crate::connect;
use crate::flavor::Flavor;
use evenkeel_core::kind::{Dimension, Engine, Engines, Kind};
use evenkeel_core::port::{Query, fill, listing};

/// A statement.
#[derive(Debug)]
pub struct Statement {
    name: &'static str,
    text: Text,
    dimensions: &'static [Dimension],
    engines: Engines,
    /// When it is sent, where that is not always.
    only: Option<(Engines, &'static str)>,
}

#[derive(Debug, Clone, Copy)]
enum Text {
    Fixed(&'static str),
    /// What vendors and versions call otherwise.
    Of(fn(&Flavor) -> &'static str),
}

/// A statement as it is sent, its parts put in.
#[derive(Debug, Clone)]
pub struct Filled(String);

impl Statement {
    const fn new(name: &'static str, text: Text, engines: Engines, dimensions: &'static [Dimension]) -> Self {
        Self { name, text, dimensions, engines, only: None }
    }

    const fn only(self, when: &'static str) -> Self {
        self.only_on(BOTH, when)
    }

    /// The same on some servers; on the others it is always sent.
    const fn only_on(mut self, engines: Engines, when: &'static str) -> Self {
        self.only = Some((engines, when));
        self
    }

    /// As it is sent to that server, about these databases.
    #[must_use]
    pub fn render(&self, flavor: &Flavor, scope: &Scope) -> Filled {
        Filled(match self.text {
            Text::Fixed(text) => sql::render(text, flavor, scope),
            Text::Of(text) => text(flavor).to_owned(),
        })
    }

    /// With these in the places that vary.
    #[must_use]
    pub fn fill(&self, parts: &[&str]) -> Filled {
        Filled(match self.text {
            Text::Fixed(text) => fill(text, parts),
            // Every server calls it so that fills it in.
            Text::Of(_) => String::new(),
        })
    }
}

impl Filled {
    /// As it is sent.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }
}

use Dimension::{Configuration, Data, History, Privileges, Schema, Topology};

const EVERY: &[Dimension] = &Dimension::ALL;
/// Definers and grants hang on the objects of the schema, so these are read for them too.
const OBJECTS: &[Dimension] = &[Schema, Privileges];
/// Tables of migration tools are known by their columns.
const TABLES: &[Dimension] = &[Schema, Privileges, History];

const BOTH: Engines = Engines::MYSQL_FAMILY;
const MYSQL: Engines = Engines::MYSQL;
const MARIADB: Engines = Engines::MARIADB;
/// MariaDB lists sequences from 11.5 on; before, each is asked by itself.
const SEQUENCES: Engines = Engines::MARIADB.from(Engine::MariaDb, 1105);
/// What has libraries.
const LIBRARIES: Engines = Kind::Library.spec().engines;

macro_rules! statements {
    ($($name:ident = $file:literal on $engines:expr, for $dimensions:expr $(, $more:ident($($value:expr),+))?;)+) => {
        $(pub const $name: &Statement = &Statement::new($file, Text::Fixed(include_str!($file)), $engines, $dimensions)$(.$more($($value),+))?;)+
        /// Those of files, in about the order in which a capture sends them.
        const FILES: &[&Statement] = &[$($name),+];
    };
}

const ACCOUNTS_SEEN: &str = "where the account may read accounts (SELECT on mysql.*)";

statements! {
    TABLE = "table.sql" on BOTH, for TABLES;
    COLUMN = "column.sql" on BOTH, for TABLES;
    CONSTRAINT = "constraint.sql" on BOTH, for OBJECTS;
    FOREIGN_KEY = "foreign_key.sql" on BOTH, for OBJECTS;
    FOREIGN_RULE = "foreign_rule.sql" on BOTH, for OBJECTS;
    TRIGGER = "trigger.sql" on BOTH, for OBJECTS;
    PARTITION = "partition.sql" on BOTH, for OBJECTS, only_on(MARIADB, "where a table is partitioned");
    SCHEMA = "schema.sql" on BOTH, for OBJECTS;
    INDEX = "index.sql" on BOTH, for OBJECTS;
    VIEW = "view.sql" on BOTH, for OBJECTS;
    PARAMETER = "parameter.sql" on BOTH, for OBJECTS;
    ROUTINE = "routine.sql" on BOTH, for OBJECTS;
    LIBRARY = "library.sql" on LIBRARIES, for OBJECTS;
    ROUTINE_LIBRARY = "routine_library.sql" on LIBRARIES, for OBJECTS;
    EVENT = "event.sql" on BOTH, for OBJECTS;
    LOADABLE = "loadable.sql" on BOTH, for OBJECTS;
    SEQUENCE = "sequence.sql" on SEQUENCES, for OBJECTS, only("where there are sequences");
    ROLE_DEFAULT = "role_default.sql" on MYSQL, for &[Privileges], only(ACCOUNTS_SEEN);
    ROLE = "role.sql" on BOTH, for &[Privileges], only(ACCOUNTS_SEEN);
    MEMBERSHIP = "membership.sql" on BOTH, for &[Privileges], only(ACCOUNTS_SEEN);
    GRANT = "grant.sql" on BOTH, for &[Privileges], only(ACCOUNTS_SEEN);
    GRANT_ROUTINE = "grant_routine.sql" on BOTH, for &[Privileges], only(ACCOUNTS_SEEN);
    GRANT_PROXY = "grant_proxy.sql" on BOTH, for &[Privileges], only(ACCOUNTS_SEEN);
    GRANT_REVOKED = "grant_revoked.sql" on MYSQL, for &[Privileges], only(ACCOUNTS_SEEN);
    SETTING = "setting.sql" on BOTH, for &[Configuration];
    SERVER = "server.sql" on BOTH, for &[Configuration];
    TIMEZONE = "timezone.sql" on BOTH, for &[Configuration];
    PLUGIN = "plugin.sql" on BOTH, for &[Configuration];
    COMPONENT = "component.sql" on MYSQL, for &[Configuration];
    TABLE_STATISTICS = "table_statistics.sql" on BOTH, for &[Data];
    PARTITION_STATISTICS = "partition_statistics.sql" on BOTH, for &[Data];
    ANALYZED = "analyzed.sql" on BOTH, for &[Data];
    INDEX_STATISTICS = "index_statistics.sql" on BOTH, for &[Data];
    INDEX_SIZE = "index_size.sql" on BOTH, for &[Data];
    COLUMN_STATISTICS = "column_statistics.sql" on BOTH, for &[Data];
    REFERENCE_COLUMN = "reference_column.sql" on BOTH, for &[Data], only("where reference tables are named");
    REPLICATION_VARIABLES = "replication_variables.sql" on BOTH, for &[Topology];
    REPLICA = "replica.sql" on BOTH, for &[Topology];
    NODE = "node.sql" on BOTH, for &[Topology];
    GROUP_MEMBER = "group_member.sql" on MYSQL, for &[Topology];
}

macro_rules! parts {
    ($($name:ident = $shown:literal, $text:expr, on $engines:expr, for $dimensions:expr $(, $more:ident($($value:expr),+))?;)+) => {
        $(pub const $name: &Statement = &Statement::new($shown, $text, $engines, $dimensions)$(.$more($($value),+))?;)+
        /// Those that are short, or that name an object.
        const PARTS: &[&Statement] = &[$($name),+];
    };
}

const COUNTED: &str = "where the account has PROCESS and the server is no replica";
use Text::{Fixed, Of};

parts! {
    DATABASE = "current database", Fixed("SELECT database()"), on BOTH, for EVERY;
    INSTANCE = "running server", Of(Flavor::instance), on BOTH, for EVERY;
    REPLICA_STATUS = "what it replays", Of(Flavor::replica_status), on BOTH, for EVERY;
    CURRENT_USER = "own account", Fixed("SELECT current_user()"), on BOTH, for EVERY;
    NAMING = "rules of names", Fixed("SHOW GLOBAL VARIABLES WHERE Variable_name IN ('partial_revokes', 'lower_case_table_names')"),
        on BOTH, for EVERY;
    GRANTS = "own privileges", Fixed("SHOW GRANTS"), on BOTH, for EVERY;
    // Rows where the server is, or may be, a member of a cluster: what others define arrives without being counted.
    CLUSTERED = "clusters", Fixed("SHOW GLOBAL VARIABLES WHERE Variable_name = 'wsrep_on' AND Value = 'ON' \
        OR Variable_name = 'group_replication_group_name' AND Value <> '' OR Variable_name = 'ndbcluster' AND Value = 'ON'"),
        on BOTH, for EVERY, only(COUNTED);
    // Counters of statements that define something.
    COUNTERS = "counters of definitions", Fixed("SHOW GLOBAL STATUS WHERE Variable_name LIKE 'Com\\_alter%' OR Variable_name LIKE 'Com\\_create%' \
        OR Variable_name LIKE 'Com\\_drop%' OR Variable_name LIKE 'Com\\_rename%' OR Variable_name LIKE 'Com\\_grant%' \
        OR Variable_name LIKE 'Com\\_revoke%' OR Variable_name LIKE 'Com\\_set\\_role' OR Variable_name LIKE 'Com\\_install%' \
        OR Variable_name LIKE 'Com\\_uninstall%' OR Variable_name LIKE 'Com\\_truncate' OR Variable_name LIKE 'Com\\_repair' \
        OR Variable_name LIKE 'Com\\_optimize' OR Variable_name LIKE 'Com\\_import'"),
        on BOTH, for EVERY, only(COUNTED);
    // Statements of others that may define something and run now. Needs PROCESS to see those of other accounts.
    RUNNING = "running definitions", Fixed("SELECT count(*) FROM information_schema.processlist WHERE info REGEXP \
        '^[[:space:]]*(/[*].*[*]/)?[[:space:]]*(alter|create|drop|rename|grant|revoke|install|uninstall|truncate|repair|optimize|call|execute|begin|import)'"),
        on BOTH, for EVERY, only(COUNTED);
    PARSERS = "full-text parsers", Fixed("SELECT count(*) FROM information_schema.plugins WHERE plugin_type = 'FTPARSER'"),
        on BOTH, for OBJECTS;
    SHOW_TABLE = "definition of a table", Fixed("SHOW CREATE TABLE {table}"), on BOTH, for TABLES,
        only("for what no list tells: periods, parsers, tables of a MERGE table, options of partitions, characters beyond U+FFFF");
    SHOW_VIEW = "definition of a view", Fixed("SHOW CREATE VIEW {view}"), on BOTH, for OBJECTS,
        only("on MySQL for each view, on MariaDB where its query holds a literal");
    SHOW_FIELDS = "why a view has no columns", Fixed("SHOW FIELDS FROM {view}"), on BOTH, for OBJECTS,
        only("where a list is not whole, for a view without columns");
    SHOW_TRIGGER = "definition of a trigger", Fixed("SHOW CREATE TRIGGER {trigger}"), on BOTH, for OBJECTS,
        only("where its code holds a literal, or it may be about some columns");
    SHOW_EVENT = "definition of an event", Fixed("SHOW CREATE EVENT {event}"), on BOTH, for OBJECTS, only("where its code holds a literal");
    SHOW_ROUTINE = "definition of a routine", Fixed("SHOW CREATE {what} {routine}"), on BOTH, for OBJECTS,
        only("where its code holds a literal, a parameter may have a default, or it uses libraries");
    SHOW_LIBRARY = "definition of a library", Fixed("SHOW CREATE LIBRARY {library}"), on LIBRARIES, for OBJECTS,
        only("where its code may hold characters beyond U+FFFF");
    DEFAULTS = "defaults of columns", Fixed("SELECT {values} FROM (SELECT 1 AS one) o LEFT JOIN {table} t ON false"), on BOTH, for TABLES,
        only("where the list of columns cannot show them");
    MEMBERS = "members of an ENUM or SET",
        Fixed("BEGIN NOT ATOMIC DECLARE v TYPE OF {column}; DECLARE r LONGTEXT DEFAULT ''; {values}SELECT r; END"), on MARIADB, for TABLES,
        only("where the list of columns cannot show them");
    SEQUENCE_ROW = "a sequence",
        Fixed("SELECT start_value, increment, minimum_value, maximum_value, cache_size, cycle_option FROM {sequence}"), on MARIADB, for OBJECTS,
        only("where there are sequences");
    ACCOUNTS = "accounts", Fixed("SELECT User, Host FROM mysql.user"), on BOTH, for OBJECTS, only("where anything has a definer");
    ROLES = "roles", Fixed("SELECT User FROM mysql.user WHERE is_role = 'Y'"), on MARIADB, for OBJECTS, only("where anything has a definer");
    PRIVILEGES = "privileges of the server", Fixed("SHOW PRIVILEGES"), on BOTH, for &[Privileges], only(ACCOUNTS_SEEN);
    REFERENCE_ROWS = "reference rows", Fixed("SELECT {cells} FROM {table} LIMIT {bound}"), on BOTH, for &[Data],
        only("where reference tables are named");
    HISTORY_ROWS = "history rows", Fixed("SELECT {cells} FROM {table} ORDER BY {order} LIMIT {bound}"), on BOTH, for &[History],
        only("where there are tables of migration tools");
    LOG_STATUS = "binary log", Of(Flavor::log_status), on BOTH, for &[Topology];
    GALERA = "members of a cluster", Fixed("SHOW GLOBAL STATUS LIKE 'wsrep\\_cluster\\_size'"), on MARIADB, for &[Topology],
        only("where Galera is on");
    HEARTBEAT_OPENING = "now", Fixed(connect::OPENING), on BOTH, for &[Topology], only("on a replica, where a heartbeat table was named");
    HEARTBEAT = "heartbeat", Fixed("SELECT h.server_id, timestampdiff(microsecond, cast(h.ts AS datetime(6)), utc_timestamp(6)) / 1000000 \
        FROM {table} h LIMIT 100"), on BOTH, for &[Topology], only("on a replica, where a heartbeat table was named");
}

/// What a capture of these dimensions sends to that server, in about the order in which it does, for the session's current
/// database.
#[must_use]
pub fn queries(flavor: &Flavor, scope: &Scope, dimensions: &[Dimension]) -> Vec<Query<'static>> {
    let session =
        connect::sent(&connect::Limits::default()).into_iter().map(|(name, text, only)| Query { name, text, only, is_bracket: false });
    let wanted = PARTS.iter().chain(FILES).filter(|statement| {
        statement.engines.has(flavor.engine, flavor.number) && dimensions.iter().any(|one| statement.dimensions.contains(one))
    });
    let rendered = |statement: &&Statement| Query {
        name: statement.name,
        text: statement.render(flavor, scope).0.trim_end().to_owned(),
        only: statement.only.filter(|(engines, _)| engines.has(flavor.engine, flavor.number)).map(|(_, only)| only),
        is_bracket: false,
    };
    session.chain(wanted.map(rendered)).collect()
}

/// The same as a script.
#[must_use]
pub fn statements(flavor: &Flavor, dimensions: &[Dimension]) -> String {
    listing(&queries(flavor, &Scope::Current, dimensions))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::BTreeSet;

    fn folder() -> std::path::PathBuf {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/capture")
    }

    #[test]
    fn no_file_is_forgotten() {
        let names = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let there: BTreeSet<String> = names.filter(|name| name.ends_with(".sql")).collect();
        let listed: BTreeSet<String> = FILES.iter().map(|statement| statement.name.to_owned()).collect();
        assert_eq!(there, listed);
    }

    #[test]
    fn each_is_listed_once() {
        let mut names = BTreeSet::new();
        for statement in PARTS.iter().chain(FILES) {
            assert!(names.insert(statement.name), "{} is listed twice", statement.name);
            assert!(!statement.dimensions.is_empty(), "{}", statement.name);
        }
    }

    /// A statement that does not go through the reader would be on no list.
    #[test]
    fn only_the_reader_speaks_to_the_server() {
        let mut found = BTreeSet::new();
        let mut folders = vec![folder()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") && !path.ends_with("statements.rs") {
                    let text = std::fs::read_to_string(&path).unwrap();
                    let calls = ["session.rows(", "session.run(", "session.each(", "lock().await.several("];
                    if calls.iter().any(|call| text.contains(call)) {
                        found.insert(path.strip_prefix(self::folder()).unwrap().display().to_string());
                    }
                }
            }
        }
        assert_eq!(found, BTreeSet::from(["reader.rs".to_owned()]));
    }
}
