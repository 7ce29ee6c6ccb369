//! Two open sessions and what is asked of them. MySQL and MariaDB keep no snapshot of definitions, so nothing is shared
//! between the two but the check at the end that nothing changed.

use super::access::Access;
use super::scope::Scope;
use super::statements::{Filled, Statement};
use crate::connect::rows::{Row, Wrong};
use crate::connect::{Fault, Session};
use crate::flavor::Flavor;
use evenkeel_core::kind::{Kind, Parent, Shape, Value};
use evenkeel_core::manifest::{Gap, Identity, Object, Reason, display};
use evenkeel_core::port::{Event, Request, Watch};
use std::sync::{Arc, PoisonError};
use tokio::sync::Mutex;

/// What stops a read.
#[derive(Debug)]
pub enum Stop {
    Fault(Fault),
    /// The SQL and the declaration disagree: a bug, found by the first test that runs the statement.
    Declaration(String),
}

/// The result of a read.
pub type Read<T> = Result<T, Stop>;

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<Wrong> for Stop {
    fn from(wrong: Wrong) -> Self {
        Self::Declaration(wrong.to_string())
    }
}

/// Reads through one of two sessions. A statement waits for the one before it on the same session.
#[derive(Clone, Copy)]
pub struct Reader<'a> {
    pub session: &'a Mutex<Session>,
    /// A second session, where one could be had: what is read through it runs beside.
    pub other: Option<&'a Mutex<Session>>,
    pub flavor: &'a Flavor,
    pub scope: &'a Scope,
    /// What our account may see.
    pub access: &'a Access,
    pub heartbeat: Option<&'a str>,
    pub request: &'a Request,
    pub watch: &'a Watch<'a>,
    pub gaps: &'a std::sync::Mutex<Vec<Gap>>,
    /// Kinds whose statement failed midway: what was read of them may be half.
    pub unread: &'a std::sync::Mutex<Vec<Kind>>,
}

impl Reader<'_> {
    /// A reader through the second session, or through the only one.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self { session: self.other.unwrap_or(self.session), ..*self }
    }

    /// Forgets what the pass before could not see, and takes a new view of the dictionary for both sessions. MySQL answers
    /// from the snapshot of each one's transaction: without this, two passes would agree on whatever lies between the two
    /// snapshots.
    pub async fn begin_pass(&self) -> Read<()> {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.renew().await?;
        if self.other.is_some() { self.beside().renew().await } else { Ok(()) }
    }

    /// All rows of a statement of ours. Where the server warns, rows may be missing or hollow: each warning is a gap of
    /// the kind.
    pub async fn rows(&self, statement: &Statement, kind: Kind) -> Read<Vec<Row>> {
        let mut rows = Vec::new();
        self.each(statement, kind, |row| {
            rows.push(row);
            Ok(())
        })
        .await?;
        Ok(rows)
    }

    /// As `rows`, one row at a time.
    pub async fn each(&self, statement: &Statement, kind: Kind, mut take: impl FnMut(Row) -> Result<(), Wrong>) -> Read<()> {
        let statement = self.rendered(statement);
        let doing = format!("reading {}", kind.spec().plural);
        let mut session = self.session.lock().await;
        let mut failed = None;
        let answer = session
            .each(statement.text(), &doing, |row| {
                if failed.is_none() {
                    failed = take(row).err();
                }
                Ok(())
            })
            .await;
        let warnings = match answer {
            Ok(warnings) => warnings,
            // One table that cannot be opened (its server is gone) fails the list of all of them. The rest is not lost for it.
            Err(Fault::Server { message, .. }) => {
                self.failed(kind, &format!("{doing} failed: {message}"));
                return Ok(());
            }
            Err(fault) => return Err(fault.into()),
        };
        if let Some(wrong) = failed {
            return Err(Stop::Declaration(format!("{}: {wrong}", kind.name())));
        }
        if warnings > 0 {
            let notices = session.notices().await?;
            if notices.len() < usize::from(warnings) {
                let detail = format!("the server warned {warnings} times and told {} of the reasons", notices.len());
                self.gap(Gap::kind(kind, Reason::Failed, detail));
            }
            // A view that cannot be opened costs its columns and nothing else; `view::without_columns` finds it by that.
            for notice in notices.into_iter().filter(|notice| !ABOUT_VIEWS.contains(&notice.code)) {
                let gap = Gap::kind(kind, reason(notice.code), format!("{WARNED}{}", notice.message));
                self.gap(Gap { object: self.skipped(kind, &notice.message).filter(|_| notice.code == SKIPPED), ..gap });
            }
        }
        Ok(())
    }

    /// Whether a list may not be whole.
    pub fn is_warned(&self) -> bool {
        let gaps = self.gaps.lock().unwrap_or_else(PoisonError::into_inner);
        gaps.iter().any(|gap| gap.object.is_none() && gap.detail.starts_with(WARNED))
    }

    /// Whether a fault is of a kind that a query alone has: columns, functions or rights that it lacks, never a table that is broken.
    pub const fn is_of_a_query(code: u16) -> bool {
        matches!(
            code,
            1052 | 1054
                | 1055
                | 1056
                | 1060
                | 1064
                | 1111
                | 1140
                | 1142
                | 1143
                | 1146
                | 1222
                | 1241
                | 1242
                | 1247
                | 1267
                | 1271
                | 1305
                | 1318
                | 1356
                | 1370
                | 1449
                | 1463
        )
    }

    /// Takes back warnings in these words, which are a view's own: it cannot be opened, and nothing else is missing for that. Whether
    /// there are others.
    pub fn is_warned_beyond(&self, message: &str) -> bool {
        let is_this = |gap: &Gap| gap.object.is_none() && gap.detail.strip_prefix(WARNED) == Some(message);
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).retain(|gap| !is_this(gap));
        self.is_warned()
    }

    /// The one table a warning is about, where a gap about it covers all that hangs on it.
    fn skipped(&self, kind: Kind, message: &str) -> Option<String> {
        let is_covered = kind.spec().parent == Parent::Relation || matches!(kind, Kind::Table | Kind::View);
        let (schema, rest) = message.strip_prefix("Table '")?.split_once("'.'")?;
        let (name, _) = rest.split_once("' was skipped").filter(|_| is_covered)?;
        Some(display(Kind::Table, &Identity::new([self.scope.shown(schema), name.into()])))
    }

    /// The rows of a statement that names an object, or that the server may refuse: then its fault, where the session lives on.
    pub async fn attempt(&self, statement: &Filled, doing: &str) -> Read<Result<Vec<Row>, Fault>> {
        let mut session = self.session.lock().await;
        match session.rows(statement.text(), doing).await {
            Ok(rows) => Ok(Ok(rows)),
            Err(fault) if fault.code().is_some() => Ok(Err(fault)),
            Err(fault) => Err(Stop::Fault(fault)),
        }
    }

    /// As `attempt`, for a statement that reads what an account may be refused.
    pub async fn allowed(&self, statement: &Statement, kind: Kind) -> Read<Result<Vec<Row>, Fault>> {
        self.attempt(&self.rendered(statement), &format!("reading {}", kind.spec().plural)).await
    }

    /// A statement that names no object, for this server and scope.
    #[must_use]
    pub fn rendered(&self, statement: &Statement) -> Filled {
        statement.render(self.flavor, self.scope)
    }

    /// The rows of each of several statements that are sent as one packet, up to the first one that the server refuses.
    pub async fn several(&self, statements: &[Filled], doing: &str) -> Read<(Vec<Vec<Row>>, Option<Fault>)> {
        let texts: Vec<String> = statements.iter().map(|statement| statement.text().to_owned()).collect();
        Ok(self.session.lock().await.several(&texts, doing).await?)
    }

    /// Ends the transaction and opens the next: rows as they are now, and locks on tables let go.
    pub async fn renew(&self) -> Read<()> {
        Ok(self.session.lock().await.renew().await?)
    }

    /// Notes that the list of a kind failed: all that is made of it is a gap, and what was made so far may be half.
    fn failed(&self, kind: Kind, detail: &str) {
        let cure = if matches!(kind, Kind::Function | Kind::View | Kind::Trigger | Kind::Event) { LISTING } else { OPENING };
        for made in made_of(&kind) {
            self.gap(Gap::kind(*made, Reason::Failed, detail.to_owned()).cure(cure));
        }
        if kind == Kind::Partition {
            for property in ["partition_by", "subpartition_by"] {
                self.gap(Gap::kind(Kind::Table, Reason::Failed, detail.to_owned()).attribute(property).cure(OPENING));
            }
        }
        self.unread.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(made_of(&kind));
    }

    /// Notes something that could not be seen.
    pub fn gap(&self, gap: Gap) {
        self.gaps.lock().unwrap_or_else(PoisonError::into_inner).push(gap);
    }

    /// Says how many objects of a kind were read.
    pub fn tell(&self, kind: Kind, objects: usize) {
        self.watch.see(Event::Read { label: &self.request.label, kind, objects });
    }

    /// Objects of a kind straight from a statement whose columns are named like the declaration: identity parts and
    /// properties; a name that begins with an underscore is read by whoever asked. A part called `schema` is a database.
    pub async fn plain(&self, kind: Kind, statement: &Statement) -> Read<Vec<(Object, Row)>> {
        let rows = self.rows(statement, kind).await?;
        let Some(first) = rows.first() else { return Ok(Vec::new()) };
        let roles = roles(first, kind).map_err(Stop::Declaration)?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            found.push((self.object(kind, &row, &roles)?, row));
        }
        self.tell(kind, found.len());
        Ok(found)
    }

    fn object(&self, kind: Kind, row: &Row, roles: &[Role]) -> Read<Object> {
        let mut parts: Vec<Arc<str>> = vec!["".into(); roles.iter().filter(|role| matches!(role, Role::Identity { .. })).count()];
        let mut values = Vec::with_capacity(roles.len());
        for (index, role) in roles.iter().enumerate() {
            match role {
                Role::Identity { part, database } => {
                    let text = row.text(index)?.unwrap_or_default();
                    if let Some(slot) = parts.get_mut(*part) {
                        *slot = if *database { self.scope.shown(&text) } else { text.into() };
                    }
                }
                Role::Property(place, shape) => values.extend(value(row, index, *shape)?.map(|value| (*place, value))),
                Role::Own => {}
            }
        }
        let mut object = Object::new(kind, Identity::new(parts));
        values.into_iter().for_each(|(place, value)| object.set_at(place, value));
        Ok(object)
    }
}

/// Where the columns of one statement's answer stand.
pub trait Columns: Copy {
    /// Looks them up by their names. A name that is not there, or that nobody reads, is the statement's fault.
    fn of(row: &Row) -> Result<Self, Wrong>;
}

/// A type for the columns of one statement: `columns!(At { name })` is read as `at.name`, and called `_name` in the SQL.
macro_rules! columns {
    ($name:ident { $($column:ident),+ $(,)? }) => {
        #[derive(Debug, Clone, Copy)]
        pub(super) struct $name {
            $($column: usize),+
        }

        impl $crate::capture::reader::Columns for $name {
            fn of(row: &$crate::connect::rows::Row) -> Result<Self, $crate::connect::rows::Wrong> {
                row.is_read(&[$(concat!("_", stringify!($column))),+])?;
                Ok(Self { $($column: row.place(concat!("_", stringify!($column)))?),+ })
            }
        }
    };
}
pub(super) use columns;

/// The places of an answer's columns, looked up once.
pub struct Places<C>(Option<C>);

impl<C: Columns> Places<C> {
    #[must_use]
    pub const fn unknown() -> Self {
        Self(None)
    }

    /// Where the columns of this row stand, and of all after it.
    pub fn of(&mut self, row: &Row) -> Result<C, Wrong> {
        match self.0 {
            Some(at) => Ok(at),
            None => Ok(*self.0.insert(C::of(row)?)),
        }
    }
}

/// The rows of a statement that is sent before it is known what is captured.
pub async fn first(session: &mut Session, statement: &Statement, doing: &str) -> Result<Vec<Row>, Fault> {
    let flavor = session.flavor.clone();
    session.rows(statement.render(&flavor, &Scope::Current).text(), doing).await
}

/// The kinds whose objects are made of the list of one kind.
const fn made_of(kind: &Kind) -> &[Kind] {
    match kind {
        Kind::Table => &[
            Kind::Table,
            Kind::Partition,
            Kind::Column,
            Kind::Constraint,
            Kind::Index,
            Kind::Sequence,
            Kind::Grant,
            Kind::HistoryTable,
            Kind::Migration,
        ],
        Kind::Column => &[Kind::Column, Kind::HistoryTable, Kind::Migration],
        Kind::ReferenceTable => &[Kind::ReferenceTable, Kind::ReferenceRow],
        // A primary key has an index of its own.
        Kind::Index => &[Kind::Index, Kind::Constraint],
        Kind::View => &[Kind::View, Kind::Definer, Kind::Grant],
        Kind::Function => &[Kind::Function, Kind::Procedure, Kind::Package, Kind::Definer, Kind::Grant],
        Kind::Trigger => &[Kind::Trigger, Kind::Definer],
        Kind::Event => &[Kind::Event, Kind::Definer],
        Kind::Sequence => &[Kind::Sequence, Kind::Grant],
        Kind::Role => &[Kind::Role, Kind::Membership, Kind::Grant],
        // Nothing else comes out of these.
        Kind::Schema
        | Kind::Partition
        | Kind::Constraint
        | Kind::Procedure
        | Kind::Package
        | Kind::Library
        | Kind::Definer
        | Kind::Grant
        | Kind::Membership
        | Kind::Server
        | Kind::Setting
        | Kind::Plugin
        | Kind::TableStatistics
        | Kind::IndexStatistics
        | Kind::ColumnStatistics
        | Kind::Node
        | Kind::Replica
        | Kind::Channel
        | Kind::HistoryTable
        | Kind::Migration
        | Kind::ReferenceRow
        // These are never read here (`kinds`).
        | Kind::Extension
        | Kind::MaterializedView
        | Kind::Aggregate
        | Kind::Rule
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
        | Kind::Override
        | Kind::ExtensionVersion
        | Kind::CollationVersion
        | Kind::Tablespace
        | Kind::Slot
        | Kind::Owner
        | Kind::DefaultPrivilege => std::slice::from_ref(kind),
    }
}

const LISTING: &str = "recreate or drop the one that fails the list; SHOW CREATE of each tells which";
const OPENING: &str = "repair or drop what the server cannot open; CHECK TABLE on each table tells which";

/// What a column of a result means to the kind it describes.
#[derive(Debug, Clone, Copy)]
enum Role {
    Identity { part: usize, database: bool },
    Property(u8, Shape),
    Own,
}

fn roles(row: &Row, kind: Kind) -> Result<Vec<Role>, String> {
    let spec = kind.spec();
    let named = |names: &[&str], name: &str| names.iter().position(|part| part.eq_ignore_ascii_case(name));
    let within = !spec.within_table.is_empty() && spec.within_table.iter().all(|part| row.position(part).is_some());
    let identity = if within { spec.within_table } else { spec.identity };
    (0..row.len())
        .map(|index| match row.name(index).to_ascii_lowercase() {
            name if name.starts_with('_') => Ok(Role::Own),
            name => match (named(identity, &name), spec.index_of(&name)) {
                (Some(part), _) => Ok(Role::Identity { part, database: name == "schema" }),
                (None, Some(place)) => Ok(Role::Property(place, spec.property(place).map_or(Shape::Text, |property| property.shape))),
                (None, None) => Err(format!("{} declares no {name:?}", spec.name)),
            },
        })
        .collect()
}

/// A property's value from a column, by the shape it was declared with. A list is one text a line.
fn value(row: &Row, index: usize, shape: Shape) -> Result<Option<Value>, Wrong> {
    Ok(match shape {
        Shape::Flag => row.flag(index)?.map(Value::Flag),
        Shape::Integer => row.integer(index)?.map(Value::Integer),
        Shape::Number => row.number(index)?.map(Value::Number),
        Shape::Text | Shape::Definition => row.text(index)?.map(Value::Text),
        Shape::List => row.text(index)?.map(|text| Value::list(text.lines().filter(|line| !line.is_empty()))),
    })
}

/// What is said of a list that a server warns of.
const WARNED: &str = "the server could not show all of it: ";

/// Warnings that a server has whenever it walks over views, whatever was asked: what a view reads is gone, or its definer, or
/// that one may not read it; a name in its query loses blanks, or all it has; a text in it is no number (measured on MariaDB, for a
/// comparison that holds no column; nothing we ask makes numbers of texts).
/// <https://dev.mysql.com/doc/mysql-errors/en/server-error-reference.html>
const ABOUT_VIEWS: [u16; 5] = [1292, 1356, 1449, 1466, 1474];
/// A table was left out because its definition is being changed.
const SKIPPED: u16 = 1684;

/// Why the server left something out, by the number of its warning.
/// <https://mariadb.com/docs/server/reference/error-codes/mariadb-error-code-reference>
pub const fn reason(code: u16) -> Reason {
    match code {
        // skipped since its definition is being modified; lock wait timeout
        SKIPPED | 1205 => Reason::Locked,
        // access denied, in all its forms
        1044 | 1045 | 1142 | 1143 | 1227 | 1370 => Reason::Privilege,
        _ => Reason::Failed,
    }
}
