//! A MySQL or MariaDB environment, read without writing: a number of statements that does not depend on the number of
//! objects, bounded waits, and a check that nothing changed meanwhile.
//!
//! Lives here: the order of reading. One file (with its `.sql`) a kind. Does not live here: connecting (`connect`), facts
//! about versions (`flavor`), judging (`core`).

pub mod access;
mod canonical;
mod channel;
mod clause;
mod column;
mod constraint;
mod definer;
mod distribution;
mod event;
mod folded;
mod histogram;
mod history;
mod index;
mod kinds;
mod library;
mod loadable;
mod lossy;
mod lossy_column;
mod own;
mod partition;
mod printed;
mod privilege;
mod reader;
mod reference;
mod refused;
mod renewal;
mod role;
mod routine;
mod schema;
pub mod scope;
mod sequence;
mod server;
mod setting;
mod setting_value;
mod special;
mod sql;
mod statements;
mod statistics;
mod steady;
mod stored;
mod table;
mod topology;
mod trigger;
mod view;

pub use own::{KEY, made_as, own_table};
pub use renewal::renew;
pub use statements::{queries, statements};

use crate::connect::rows::{Row, Wrong};
use crate::connect::{Canceller, Fault, Session, Target, connect};
use access::Access;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{ALL_DATABASES, Endpoint, Gap, Instance, Manifest, NodeRole, Object, Reason, Whose};
use evenkeel_core::port::{Request, Watch};
use evenkeel_runtime::{Interrupted, interruptible};
use futures_util::future::join_all;
use reader::{Read, Reader, Stop};
use scope::Scope;
use std::sync::PoisonError;
use tokio::sync::Mutex;

/// What a capture could not do at all.
#[derive(Debug, thiserror::Error)]
pub enum CaptureFault {
    #[error(transparent)]
    Connect(#[from] Fault),
    #[error("a statement and the declaration of its kind disagree: {0}")]
    Declaration(String),
    #[error("interrupted")]
    Interrupted,
}

impl From<Interrupted> for CaptureFault {
    fn from(_: Interrupted) -> Self {
        Self::Interrupted
    }
}

impl From<Stop> for CaptureFault {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Fault(fault) => Self::Connect(fault),
            Stop::Declaration(message) => Self::Declaration(message),
        }
    }
}

impl Troublesome for CaptureFault {
    fn trouble(&self) -> Trouble {
        match self {
            Self::Connect(fault) => fault.trouble(),
            Self::Declaration(_) => Trouble::new(Class::Internal, "evenkeel's own statement does not fit")
                .found(self.to_string())
                .fix("report it: this is a bug in evenkeel"),
            Self::Interrupted => Interrupted.trouble(),
        }
    }
}

/// What is asked of a capture.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub target: &'a Target,
    /// `database.table` that a process on the source writes the time into; replicas' lag is told by it as well.
    pub heartbeat: Option<&'a str>,
    pub request: &'a Request,
}

/// Reads the environment. Where the schema changed meanwhile it reads again, and if it changed again says so as a gap.
///
/// # Errors
/// The server cannot be reached, refuses, goes away or falls silent; the user interrupts.
pub async fn capture(asked: Asked<'_>, watch: &Watch<'_>) -> Result<Manifest, CaptureFault> {
    let Asked { target, request, .. } = asked;
    // One after the other: a wrong password is sent once, and a limit of one connection is met by the first.
    let connected = async {
        match connect(target).await {
            Ok(session) => Ok((session, connect(target).await.ok())),
            // What the database holds is a gap then (`access`); the server's settings and topology are there to be read.
            Err(Fault::DatabaseForbidden { .. }) => {
                let outside = target.outside();
                Ok((connect(&outside).await?, connect(&outside).await.ok()))
            }
            Err(fault) => Err(CaptureFault::from(fault)),
        }
    };
    let (session, other) = interruptible(watch.stop, async {}, Box::pin(connected)).await?;
    let cancellers: Vec<_> = std::iter::once(&session).chain(&other).map(Session::canceller).collect();
    let (session, other) = (Mutex::new(session), other.map(Mutex::new));
    let work = async {
        let limits = request.limits();
        session.lock().await.begin_read_only(&limits).await?;
        // A role may be allowed one connection only: then everything is read through that one.
        let other = match &other {
            Some(other) => other.lock().await.begin_read_only(&limits).await.is_ok().then_some(other),
            None => None,
        };
        whole(asked, &session, other, watch).await
    };
    let cancelling = join_all(cancellers.iter().map(Canceller::cancel));
    // On the heap: it is handed on by value, and threads have small stacks.
    let manifest = interruptible(watch.stop, cancelling, Box::pin(work)).await?;
    for session in std::iter::once(session).chain(other) {
        session.into_inner().close().await;
    }
    Ok(manifest)
}

/// Definitions are read in as many passes as it takes to see the same state twice, up to this many.
const PASSES: usize = 3;

/// The manifest of a state that existed.
async fn whole(
    asked: Asked<'_>,
    session: &Mutex<Session>,
    other: Option<&Mutex<Session>>,
    watch: &Watch<'_>,
) -> Result<Manifest, CaptureFault> {
    let Asked { target, heartbeat, request } = asked;
    let started = jiff::Timestamp::now();
    let (scope, flavor, role, access, instance) = {
        let mut session = session.lock().await;
        let database = reader::first(&mut session, statements::DATABASE, "asking for the current database").await?;
        let database = database.first().and_then(|row| row.text(0).ok().flatten());
        // The server's spelling, or the asked one where it lets us not in.
        let database = database.unwrap_or_else(|| target.describe().database.value.as_str().into());
        let role = session.role().await?;
        let access = Access::read(&mut session).await?;
        let instance = instance(&mut session).await?;
        (Scope::of(&database), session.flavor.clone(), role, access, instance)
    };
    let (gaps, unread) = Default::default();
    let (flavor, scope, access, gaps, unread) = (&flavor, &scope, &access, &gaps, &unread);
    let reader = Reader { session, other, flavor, scope, access, heartbeat, request, watch, gaps, unread };
    let (objects, torn) = settled(&reader, role.is_replica).await?;
    if Access::read(&mut *session.lock().await).await? != *access {
        for dimension in &request.dimensions {
            let detail = "what this account may see changed while it was read".to_owned();
            reader.gap(Gap::dimension(*dimension, Reason::Changed, detail).cure("run it again"));
        }
    }
    let gaps = std::mem::take(&mut *gaps.lock().unwrap_or_else(PoisonError::into_inner));
    let gaps = access::condensed(gaps);
    let described = target.describe();
    let node = if described.port.value.is_empty() {
        described.host.value.clone()
    } else {
        format!("{}:{}", described.host.value, described.port.value)
    };
    let endpoint = Endpoint {
        engine: flavor.engine,
        server_version: flavor.version.clone(),
        server_major: flavor.number,
        database: scope.one().unwrap_or(ALL_DATABASES).to_owned(),
        role: described.user.value.clone(),
        node,
        node_role: if role.is_replica == Some(true) { NodeRole::Standby } else { NodeRole::Primary },
        captured_at: started.round(jiff::Unit::Second).unwrap_or(started).to_string(),
        roles: request.roles.clone(),
        whose: instance.map_or(Whose::Hidden { cure: None }, Whose::Server),
    };
    let gaps = gaps.into_iter().filter(|gap| request.dimensions.contains(&gap.dimension)).collect();
    let objects = objects.into_iter().filter(|object| request.dimensions.contains(&object.kind.spec().dimension)).collect();
    Ok(Manifest::new(endpoint, request.dimensions.clone(), objects, gaps).torn(&torn, &format!("in each of {PASSES} passes")))
}

/// How far two readings of a server's start may lie apart, in microseconds: it counts whole seconds.
const SECOND: u64 = 1_500_000;

/// Which database of which running server is read; `None` where the server does not say.
async fn instance(session: &mut Session) -> Result<Option<Instance>, Fault> {
    const DOING: &str = "asking which server this is";
    let rows = match reader::first(session, statements::INSTANCE, DOING).await {
        Ok(rows) => rows,
        Err(Fault::Server { .. }) => return Ok(None),
        Err(fault) => return Err(fault),
    };
    let Some(row) = rows.first() else { return Ok(None) };
    let read = |row: &Row| -> Result<Option<Instance>, Wrong> {
        let (server, started) = (row.text(row.place("server")?)?, row.integer(row.place("started")?)?);
        let database = row.text(row.place("database")?)?;
        let database = database.map_or_else(|| ALL_DATABASES.to_owned(), Into::into);
        Ok(server.zip(started).map(|(server, started)| Instance { server: server.into(), cluster: None, started, slack: SECOND, database }))
    };
    read(row).map_err(|wrong| session.wrong(&wrong, DOING))
}

/// Objects of a state that existed: either nothing that defines anything ran meanwhile, or two passes agree. With the
/// dimensions of which no two passes saw the same.
async fn settled(reader: &Reader<'_>, is_replica: Option<bool>) -> Result<(Vec<Object>, Vec<Dimension>), CaptureFault> {
    let mut before: Option<Vec<Object>> = None;
    let mut torn = reader.request.dimensions.clone();
    for _ in 0..PASSES {
        let steady = steady::Steady::begin(reader, is_replica).await?;
        reader.begin_pass().await?;
        let objects = pass(reader, is_replica).await?;
        if steady.nothing_ran(reader).await? {
            return Ok((objects, Vec::new()));
        }
        if let Some(before) = &before {
            torn = steady::torn(&reader.request.dimensions, before, &objects);
        }
        before = Some(objects);
        if torn.is_empty() {
            break;
        }
    }
    Ok((before.unwrap_or_default(), torn))
}

/// Everything the request asks for, once.
async fn pass(reader: &Reader<'_>, is_replica: Option<bool>) -> Read<Vec<Object>> {
    let wants = |dimension| reader.request.dimensions.contains(&dimension);
    let beside = reader.beside();
    reader.access.note(reader);
    let mut found = Vec::new();
    let wants_schema = wants(Dimension::Schema) || wants(Dimension::Privileges);
    // Tables of migration tools are known by their columns.
    if !wants_schema && wants(Dimension::History) {
        let (tables, _) = table::read(reader).await?;
        let columns = column::read(reader, &tables).await?;
        found.extend(history::read(reader, &tables, &columns).await?);
    }
    // Definers and grants hang on the objects of the schema, so these are read for them too.
    if wants_schema {
        let (tables, objects) = table::read(reader).await?;
        found.extend(objects);
        let first = async {
            let (mut columns, mut constraints) = (column::read(reader, &tables).await?, constraint::read(reader, &tables).await?);
            let history = if wants(Dimension::History) { history::read(reader, &tables, &columns).await? } else { Vec::new() };
            canonical::unite(&mut columns, &mut constraints);
            let mut found = vec![columns, history, constraints, trigger::read(reader).await?];
            let (partitions, keyed) = partition::read(reader, &tables).await?;
            found.push(partitions);
            Ok::<_, Stop>((found, keyed))
        };
        let second = async {
            let databases = beside.plain(Kind::Schema, statements::SCHEMA).await?;
            let mut found: Vec<Object> = databases.into_iter().map(|(object, _)| object).collect();
            schema::finish(&mut found);
            found.extend(index::read(&beside, &tables).await?);
            found.extend(view::read(&beside).await?);
            let mut routines = routine::read(&beside).await?;
            library::uses(&beside, &mut routines).await?;
            found.extend(routines);
            found.extend(library::read(&beside).await?);
            found.extend(event::read(&beside, is_replica).await?);
            found.extend(loadable::read(&beside).await?);
            found.extend(sequence::read(&beside, &tables).await?);
            Ok(vec![found])
        };
        let ((first, keyed), second) = tokio::try_join!(first, second)?;
        found.extend(first.into_iter().chain(second).flatten());
        view::without_columns(reader, &found).await?;
        partition::apply(keyed, &mut found);
        printed::read(reader, &tables, &mut found).await?;
        definer::definers(reader, &mut found).await?;
    }
    if wants(Dimension::Privileges) {
        let more = privileges(reader, &mut found).await?;
        found.extend(more);
    }
    if wants(Dimension::Configuration) {
        let (settings, server) = tokio::try_join!(setting::read(reader), server::read(&beside))?;
        found.extend(settings.into_iter().chain(server));
    }
    if wants(Dimension::Data) {
        found.extend(statistics::read(reader).await?);
        found.extend(reference::read(reader).await?);
    }
    if wants(Dimension::Topology) {
        found.extend(topology::read(reader).await?);
    }
    let unread = std::mem::take(&mut *reader.unread.lock().unwrap_or_else(PoisonError::into_inner));
    found.retain(|object| !unread.contains(&object.kind));
    let mut found = own::without(found, &mut reader.gaps.lock().unwrap_or_else(PoisonError::into_inner));
    found.iter_mut().for_each(folded::names);
    Ok(found)
}

/// Accounts, roles and grants, where the account may see those of others.
async fn privileges(reader: &Reader<'_>, found: &mut [Object]) -> Read<Vec<Object>> {
    privilege::name_definers(reader, found);
    if !reader.access.on_database("mysql", "SELECT") {
        return Ok(Vec::new());
    }
    let beside = reader.beside();
    let (roles, grants) = tokio::try_join!(role::read(reader), privilege::read(&beside, found))?;
    Ok(roles.into_iter().chain(grants).collect())
}
