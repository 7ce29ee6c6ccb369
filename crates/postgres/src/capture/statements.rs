//! Every statement a capture sends: the one list that the capture itself reads. A `Reader` sends what stands here and nothing
//! else, for a `Statement` is made here alone, or where a kind says how it is read (`kinds`), which this list goes through.
//!
//! Lives here: which statement is for which dimension, and when it is not sent. Does not live here: the texts, which are `.sql`
//! files beside this one, rendered for a version by `sql`; what a session says by itself (`connect`).

use super::kinds::{self, How};
use super::sql;
use crate::connect::{self, Limits};
use crate::flavor;
use evenkeel_core::kind::{ALL as KINDS, Dimension};
use evenkeel_core::port::{Query, fill, listing};

/// A statement.
#[derive(Debug)]
pub struct Statement {
    name: &'static str,
    text: &'static str,
    dimensions: &'static [Dimension],
    /// Those that cannot be told without it, where these are not the same.
    feeds: Option<&'static [Dimension]>,
    /// The first major version it is for.
    since: u16,
    /// When it is sent, where that is not always.
    only: Option<&'static str>,
    is_bracket: bool,
}

/// A statement with its parts put in.
#[derive(Debug)]
pub struct Filled(String);

impl Statement {
    /// A file beside this one.
    pub(super) const fn new(name: &'static str, text: &'static str, dimensions: &'static [Dimension]) -> Self {
        Self { name, text, dimensions, feeds: None, since: 0, only: None, is_bracket: false }
    }

    pub(super) const fn only(mut self, when: &'static str) -> Self {
        self.only = Some(when);
        self
    }

    /// It opens or closes what stands between.
    const fn bracket(mut self) -> Self {
        self.is_bracket = true;
        self
    }

    const fn feeds_only(mut self, dimensions: &'static [Dimension]) -> Self {
        self.feeds = Some(dimensions);
        self
    }

    /// What it is called in the list.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// The dimensions that cannot be told without it.
    #[must_use]
    pub const fn feeds(&self) -> &'static [Dimension] {
        match self.feeds {
            Some(feeds) => feeds,
            None => self.dimensions,
        }
    }

    const fn since(mut self, major: u16) -> Self {
        self.since = major;
        self
    }

    /// As it is sent to that major version.
    #[must_use]
    pub fn render(&self, major: u16) -> String {
        sql::render(self.text, major)
    }

    /// The same, to be sent by hand.
    #[must_use]
    pub fn rendered(&self, major: u16) -> Filled {
        Filled(self.render(major))
    }

    /// With these in the places that vary.
    #[must_use]
    pub fn fill(&self, parts: &[&str]) -> Filled {
        Filled(fill(self.text, parts))
    }
}

#[cfg(test)]
impl Statement {
    /// What it is for.
    #[must_use]
    pub const fn dimensions(&self) -> &'static [Dimension] {
        self.dimensions
    }

    /// Whether it is not always sent.
    #[must_use]
    pub const fn is_conditional(&self) -> bool {
        self.only.is_some()
    }
}

impl Filled {
    /// As it is sent.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.0
    }

    /// Several that are one: all rows of each.
    #[must_use]
    pub fn union(all: Vec<Self>) -> Self {
        Self(all.into_iter().map(|filled| filled.0).collect::<Vec<_>>().join("\nunion all\n"))
    }
}

use Dimension::{Configuration, Data, History, Privileges, Schema, Topology};

const EVERY: &[Dimension] = &Dimension::ALL;
/// Owners and grants hang on the objects of the schema, so these are read for them too.
pub(super) const OBJECTS: &[Dimension] = &[Schema, Privileges];
/// What needs to know where an object stands, and whose it is.
const PLACED: &[Dimension] = &[Schema, Privileges, Configuration, Data, History];
/// What has comments, labels or roles.
const NAMED: &[Dimension] = &[Schema, Privileges, Configuration];
const REFUSAL: &str = "where a privilege that everybody has was taken away";
/// What may meet a lock.
const LOCKING: &[Dimension] = &[Schema, Privileges, Data, History];

macro_rules! statements {
    ($($name:ident = $file:literal for $dimensions:expr $(, $more:ident($value:expr))*;)+) => {
        $(pub const $name: &Statement = &Statement::new($file, include_str!($file), $dimensions)$(.$more($value))*;)+
        /// Those of files, in the order in which a capture sends them.
        const FILES: &[&Statement] = &[$($name),+];
    };
}

statements! {
    NAMESPACE = "namespace.sql" for EVERY, feeds_only(PLACED);
    MEMBER = "member.sql" for EVERY, feeds_only(PLACED);
    LOOKUP = "lookup.sql" for EVERY, feeds_only(OBJECTS);
    OPCLASS = "opclass.sql" for EVERY, feeds_only(OBJECTS);
    RELATION = "relation.sql" for EVERY, feeds_only(PLACED);
    ROLE_NAME = "role_name.sql" for EVERY, feeds_only(NAMED);
    COMMENT = "comment.sql" for EVERY, feeds_only(NAMED);
    LABEL = "label.sql" for EVERY, feeds_only(NAMED);
    PRESENT = "present.sql" for OBJECTS, feeds_only(&[]);
    COLUMN = "column.sql" for OBJECTS;
    DEFAULT = "default.sql" for OBJECTS;
    TRIGGER_OFF = "trigger_off.sql" for OBJECTS;
    INHERIT = "inherit.sql" for OBJECTS;
    UNREAD = "unread.sql" for OBJECTS;
    DEPEND = "depend.sql" for &[Schema];
    CONSTRAINT = "constraint.sql" for OBJECTS;
    INDEX = "index.sql" for OBJECTS;
    TYPE_NAME = "type_name.sql" for OBJECTS;
    NOT_NULL = "not_null.sql" for OBJECTS, since(flavor::NAMED_NOT_NULL);
    IDENTITY = "identity.sql" for OBJECTS, only("where a column is an identity");
    GENERATED = "generated.sql" for OBJECTS, only("where an expression of a column names columns");
    CHECK = "check.sql" for OBJECTS, only("where there are checks");
    INDEX_ATTRIBUTE = "index_attribute.sql" for OBJECTS, only("where an index may have parameters or statistics targets");
    INDEX_EXPRESSION = "index_expression.sql" for OBJECTS, only("where an index has expressions or a predicate");
    PARTITION_KEY = "partition_key.sql" for OBJECTS, only("where there are partitioned tables");
    PARTITION_BOUND = "partition_bound.sql" for OBJECTS, only("where there are partitions");
    FOREIGN_TABLE = "foreign_table.sql" for OBJECTS, only("where there are foreign tables");
    VIEW = "view.sql" for OBJECTS, only("where there are views");
    RULE_KEY = "rule_key.sql" for &[Schema], only("where there are rules");
    RULE_TEXT = "rule_text.sql" for &[Schema], only("where there are rules");
    TRIGGER_KEY = "trigger_key.sql" for &[Schema], only("where there are triggers");
    TRIGGER_TEXT = "trigger_text.sql" for &[Schema], only("where a trigger has a condition");
    POLICY_KEY = "policy_key.sql" for &[Schema], only("where there are policies");
    POLICY_TEXT = "policy_text.sql" for &[Schema], only("where there are policies");
    STATISTICS_KEY = "statistics_key.sql" for &[Schema], only("where there are extended statistics");
    STATISTICS_TEXT = "statistics_text.sql" for &[Schema], only("where extended statistics have expressions"), since(flavor::EXPRESSION_STATISTICS);
    PUBLICATION_TABLE_KEY = "publication_table_key.sql" for &[Schema], only("where tables are published");
    PUBLICATION_TABLE_TEXT = "publication_table_text.sql" for &[Schema], only("where a published table has a filter"), since(flavor::PUBLISHED_FILTERS);
    SQLBODY_KEY = "sqlbody_key.sql" for &[Schema], only("where there are functions or procedures");
    SQLBODY_TEXT = "sqlbody_text.sql" for &[Schema], only("where a function or procedure has a SQL-standard body"), since(flavor::SQL_BODIES);
    SETTING_TYPE = "setting_type.sql" for OBJECTS, only("where a function has settings of its own");
    SETTING_SEEN = "setting_seen.sql" for &[Configuration];
    OVERRIDE = "override.sql" for &[Configuration];
    SETTING = "setting.sql" for &[Configuration];
    SERVER = "server.sql" for &[Configuration];
    TIMEZONE = "timezone.sql" for &[Configuration], feeds_only(&[]);
    OWNER = "owner.sql" for &[Privileges];
    ACL = "acl.sql" for &[Privileges];
    ACL_OBJECT = "acl_object.sql" for &[Privileges], only("where grants are on what no kind holds");
    ROLE = "role.sql" for &[Privileges];
    MEMBERSHIP = "membership.sql" for &[Privileges];
    DEFAULT_ACL = "default_acl.sql" for &[Privileges];
    TABLE_STATISTICS = "table_statistics.sql" for &[Data];
    INDEX_STATISTICS = "index_statistics.sql" for &[Data];
    COLUMN_STATISTICS = "column_statistics.sql" for &[Data];
    SEQUENCE_POSITION = "sequence_position.sql" for &[Data];
    HIDDEN_STATISTICS = "hidden_statistics.sql" for &[Data];
    NODE = "node.sql" for &[Topology];
    REPLICA = "replica.sql" for &[Topology];
    SLOT = "slot.sql" for &[Topology];
    STATISTICS_SEEN = "statistics_seen.sql" for &[Topology];
    HISTORY = "history.sql" for &[History];
    REFERENCE = "reference.sql" for &[Data], only("where reference tables are named");
    INSTANCE = "instance.sql" for EVERY, feeds_only(&[]);
    LOCKED = "locked.sql" for LOCKING, only("where another session holds a lock that is waited for"), feeds_only(&[]);
    SNAPSHOT = "snapshot.sql" for OBJECTS;
    FINGERPRINT = "fingerprint.sql" for OBJECTS, only("where transactions ended while the capture ran");
    REFUSED = "refused.sql" for EVERY, only(REFUSAL), feeds_only(&[]);
}

macro_rules! parts {
    ($($name:ident = $shown:literal, $text:literal for $dimensions:expr, $only:literal $(, $more:ident())?;)+) => {
        $(pub const $name: &Statement = &Statement::new($shown, $text, $dimensions).only($only)$(.$more())?;)+
        /// Those that are put together, or that open and close what stands between them.
        const PARTS: &[&Statement] = &[$($name),+];
    };
}

parts! {
    EXPLAINED = "explained", "EXPLAIN {statement}" for EVERY, "where a privilege that everybody has was taken away, each statement of this list";
    EXPORT = "export", "select pg_catalog.pg_export_snapshot()" for EVERY,
        "where a second session can be had";
    BATCH_OPENING = "batch opening", "SAVEPOINT evenkeel; SET LOCAL lock_timeout = {milliseconds}" for LOCKING,
        "before each statement that may meet a lock", bracket();
    BATCH_CLOSING = "batch closing", "ROLLBACK TO SAVEPOINT evenkeel; RELEASE SAVEPOINT evenkeel" for LOCKING,
        "after each statement that may meet a lock, which lets go of those it took", bracket();
    TRY_OPENING = "attempt opening", "SAVEPOINT evenkeel_try" for EVERY,
        "before a statement that may be refused", bracket();
    TRY_CLOSING = "attempt closing", "ROLLBACK TO SAVEPOINT evenkeel_try; RELEASE SAVEPOINT evenkeel_try" for EVERY,
        "after a statement that may be refused", bracket();
    SETTING_OPENING = "setting opening", "SAVEPOINT evenkeel_settings; RESET ALL; {limits}; SET LOCAL {limit} = {milliseconds}" for &[Configuration],
        "before setting.sql, which is sent twice: each limit hides its own source once", bracket();
    SETTING_CLOSING = "setting closing", "ROLLBACK TO SAVEPOINT evenkeel_settings; RELEASE SAVEPOINT evenkeel_settings" for &[Configuration],
        "after setting.sql", bracket();
    REFERENCE_ROWS = "reference rows",
        "select array[{hashes}]::text[] as hashes, array[{cells}]::text[] as cells from (select {columns} from {table} t limit {bound}) s"
        for &[Data], "where reference tables are named, one a statement";
    HISTORY_ROWS = "history rows",
        "select {number}::int4 as number, row_number() over (order by {order}) as rank, array[{cells}]::text[] as cells from (select {columns} from {table} t limit {bound}) s"
        for &[History], "where there are tables of migration tools, many a statement";
}

/// All of them but what sessions say by themselves: names, then each kind's own, then the rest.
fn all() -> impl Iterator<Item = &'static Statement> {
    let plain = KINDS.iter().filter_map(|kind| match kinds::how(*kind) {
        How::Plain(plain) => Some(plain.statement),
        How::Own(_) | How::Absent(_) => None,
    });
    FILES.iter().copied().chain(plain).chain(PARTS.iter().copied())
}

/// Those of files that this major version is sent.
pub(super) fn sent_by_files(major: u16) -> impl Iterator<Item = &'static Statement> {
    all().filter(move |statement| statement.since <= major && statement.name.ends_with(".sql"))
}

/// The one with that name.
pub(super) fn named(name: &str) -> Option<&'static Statement> {
    all().find(|statement| statement.name == name)
}

/// What a capture of these dimensions sends to a server of that major version, in about the order in which it does.
#[must_use]
pub fn queries(major: u16, dimensions: &[Dimension]) -> Vec<Query<'static>> {
    let limits = Limits::default();
    let session = |name, text: String, only| Query { name, text, only, is_bracket: false };
    let mut queries = vec![
        session("greeting", connect::GREETING.to_owned(), None),
        session("greeting without functions", connect::PLAIN_GREETING.to_owned(), Some(REFUSAL)),
        session("opening", connect::opening(&limits, None, major, false), None),
        session("opening of bytes", connect::opening(&limits, None, major, true), Some("where the database's encoding is SQL_ASCII")),
        session(
            "opening beside",
            connect::opening(&limits, Some("{snapshot}"), major, false),
            Some("where a second session reads the same snapshot"),
        ),
    ];
    let wanted = all().filter(|statement| statement.since <= major && dimensions.iter().any(|one| statement.dimensions.contains(one)));
    queries.extend(wanted.map(|statement| Query {
        name: statement.name,
        text: statement.render(major),
        only: statement.only,
        is_bracket: statement.is_bracket,
    }));
    queries.push(session("closing", connect::CLOSING.to_owned(), None));
    queries
}

/// The same as a script.
#[must_use]
pub fn statements(major: u16, dimensions: &[Dimension]) -> String {
    listing(&queries(major, dimensions))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use std::collections::{BTreeMap, BTreeSet};

    fn folder() -> std::path::PathBuf {
        std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/capture")
    }

    #[test]
    fn no_file_is_forgotten() {
        let names = std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let there: BTreeSet<String> = names.filter(|name| name.ends_with(".sql")).collect();
        let listed: BTreeSet<String> = all().map(|statement| statement.name.to_owned()).filter(|name| name.ends_with(".sql")).collect();
        assert_eq!(there, listed);
    }

    #[test]
    fn each_is_listed_once_and_has_a_text() {
        let mut names = BTreeSet::new();
        for statement in all() {
            assert!(names.insert(statement.name), "{} is listed twice", statement.name);
            assert!(!statement.dimensions.is_empty(), "{}", statement.name);
            assert!(!statement.render(18).trim().is_empty(), "{}", statement.name);
        }
    }

    /// A statement that does not go through the reader would be on no list.
    #[test]
    fn only_the_reader_speaks_to_the_server() {
        let mut found = BTreeMap::new();
        for entry in std::fs::read_dir(folder()).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let number = text.matches(".client").count();
                found.insert(path.file_stem().unwrap().to_str().unwrap().to_owned(), number);
            }
        }
        found.retain(|name, number| *number > 0 && name != "statements");
        assert_eq!(found.keys().map(String::as_str).collect::<Vec<_>>(), ["reader"]);
    }

    #[test]
    fn a_dimension_shows_what_it_needs() {
        let names = |dimensions: &[Dimension]| -> Vec<&str> { queries(18, dimensions).into_iter().map(|query| query.name).collect() };
        let topology = names(&[Topology]);
        assert!(topology.contains(&"node.sql") && topology.contains(&"relation.sql") && !topology.contains(&"column.sql"));
        let schema = names(&[Schema]);
        assert!(schema.contains(&"not_null.sql") && schema.contains(&"schema.sql") && !schema.contains(&"acl.sql"));
        assert!(!queries(17, &[Schema]).iter().any(|query| query.name == "not_null.sql"));
        assert!(names(&[Privileges]).contains(&"column.sql"), "grants hang on objects");
    }
}
