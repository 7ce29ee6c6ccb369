//! A PostgreSQL environment, read without writing: one snapshot, a fixed number of statements, bounded waits.
//!
//! Lives here: the order of reading, and the check that nothing changed meanwhile. One file (with its `.sql`) a kind;
//! `plain` lists the kinds that are one statement each. Does not live here: connecting (`connect`), judging (`core`).

mod batch;
mod beside;
mod bulk;
mod canonical;
mod column;
mod constraint;
mod depend;
mod earlier;
mod history;
mod index;
mod kinds;
mod locale;
mod names;
mod number;
mod options;
mod own;
mod plain;
mod present;
mod printed;
mod privilege;
mod reader;
mod reference;
mod refusal;
mod refused;
mod role;
mod role_member;
mod rows;
mod scan;
mod schema_name;
mod setting;
mod setting_override;
mod spelling;
mod sql;
mod statements;
mod statistics;
mod table;
mod topology;
mod unread;
mod view;
mod watch;

pub use earlier::renew;
pub use own::SCHEMA;
pub use privilege::{NOTHING, OWNER};
pub use schema_name::PostgresSchemaNames;
pub use sql::render;
pub use statements::{queries, statements};

use crate::connect::{Fault, Limits, OVER, Session, Target, connect};
use crate::ident;
use depend::Needs;
use evenkeel_core::digest;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::kind::{Dimension, Engine, Kind, Value};
use evenkeel_core::manifest::{Endpoint, Gap, Instance, Manifest, NodeRole, Object, Reason, Whose};
use evenkeel_core::port::{Request, Watch};
use evenkeel_runtime::Interrupted;
use names::Names;
use number::ByNumber;
use present::Absent;
use reader::{Address, Found, Read, Reader, Stop};
use refused::Refused;
use std::collections::HashMap;

/// What a capture could not do at all.
#[derive(Debug, thiserror::Error)]
pub enum CaptureFault {
    #[error(transparent)]
    Connect(#[from] Fault),
    #[error("{0}")]
    Driver(String),
    #[error("a statement and the declaration of its kind disagree: {0}")]
    Declaration(String),
    /// Twice a statement failed the way statements fail on objects that are dropped beneath them.
    #[error("the schema changed while it was read: {0}")]
    Changed(Fault),
    /// A load balancer, or a name with several addresses: what two sessions read is no one environment.
    #[error("{place} leads to two servers: {} and {}", .servers[0], .servers[1])]
    TwoServers { place: String, servers: [String; 2] },
    #[error("interrupted")]
    Interrupted,
}

impl From<Interrupted> for CaptureFault {
    fn from(_: Interrupted) -> Self {
        Self::Interrupted
    }
}

impl Troublesome for CaptureFault {
    fn trouble(&self) -> Trouble {
        match self {
            Self::Connect(fault) => fault.trouble(),
            Self::Driver(message) => Trouble::new(Class::Unreachable, "the capture broke off").found(message.clone()),
            Self::Declaration(_) => Trouble::new(Class::Internal, "evenkeel's own statement does not fit")
                .found(self.to_string())
                .fix("report it: this is a bug in evenkeel"),
            Self::Changed(fault) => Trouble {
                class: Class::CouldNotTell,
                what: "the schema changed while it was read, twice".to_owned(),
                fix: Some("run it again when no migration is running; if nothing is, report it".to_owned()),
                ..fault.trouble()
            },
            Self::TwoServers { place, servers } => Trouble::new(Class::CouldNotTell, "the address leads to two servers")
                .expected(format!("one server at {place}"))
                .found(servers.join(", and at the next connection "))
                .fix("name one of the servers by its own host and port instead of the load balancer; to compare them, name both"),
            Self::Interrupted => Interrupted.trouble(),
        }
    }
}

/// What is asked of a capture.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    pub target: &'a Target,
    /// The role migrations run as; effective settings are computed for it.
    pub migration_role: Option<&'a str>,
    pub request: &'a Request,
}

/// What a capture reads through: one session, and a second one where there can be one.
pub struct Sessions {
    session: Session,
    beside: Option<Session>,
}

/// Reads the environment. Retries once where the schema changed meanwhile,
/// then says so as a gap.
///
/// # Errors
/// The server cannot be reached, refuses, goes away or falls silent; the user interrupts.
pub async fn capture(asked: Asked<'_>, watch: &Watch<'_>) -> Result<Manifest, CaptureFault> {
    let sessions = open(asked, watch).await?;
    read(asked, &sessions, watch).await
}

/// Opens the sessions that a capture reads through.
///
/// # Errors
/// As [`capture`].
pub async fn open(asked: Asked<'_>, watch: &Watch<'_>) -> Result<Sessions, CaptureFault> {
    let Asked { target, request, .. } = asked;
    // One after the other: a wrong password is sent once, and a limit of one connection is met by the first.
    let connected = async {
        let session = connect(target).await?;
        Ok((session, connect(target).await))
    };
    let (session, beside) = watch::interruptible(watch.stop, &[], Box::pin(connected)).await?;
    // A role may be allowed one connection only: then everything is read through that one.
    let beside = beside.ok().filter(|beside| beside.host == session.host && beside.port == session.port);
    let beside = match beside {
        Some(beside) => watch::interruptible(watch.stop, &[], beside::apart(&session, beside, request)).await?,
        None => None,
    };
    Ok(Sessions { session, beside })
}

/// Reads through sessions that are open. Nothing of it is left in them: they may read once more.
///
/// # Errors
/// As [`capture`].
pub async fn read(asked: Asked<'_>, Sessions { session, beside }: &Sessions, watch: &Watch<'_>) -> Result<Manifest, CaptureFault> {
    let sessions: Vec<&Session> = std::iter::once(session).chain(beside).collect();
    // On the heap: it is handed on by value, and threads have small stacks.
    let reading = Box::pin(twice(asked, session, beside.as_ref(), watch));
    let work = watch::heard(&sessions, asked.request.statement_timeout, reading);
    watch::interruptible(watch.stop, &sessions, work).await
}

/// Reads once, and once more where the first time was no state that existed.
async fn twice(asked: Asked<'_>, session: &Session, beside: Option<&Session>, watch: &Watch<'_>) -> Result<Manifest, CaptureFault> {
    let mut refused = Refused::default();
    let mut first = once(asked, session, beside, watch, &refused).await;
    if let Err(fault) = &first
        && is_refusal(fault)
    {
        refused = refusals(asked, session, watch).await?;
        if !refused.is_empty() {
            first = once(asked, session, beside, watch, &refused).await;
        }
    }
    match first {
        Ok((manifest, None)) => return Ok(manifest),
        Ok((_, Some(_))) => {}
        Err(fault) if is_about_change(&fault) => {}
        Err(fault) => return Err(fault),
    }
    match once(asked, session, beside, watch, &refused).await {
        Ok((manifest, None)) => Ok(manifest),
        Ok((manifest, Some(catalogs))) => Ok(manifest.torn(PRINTED, &format!("twice (in {catalogs})"))),
        Err(CaptureFault::Connect(fault)) if is_about_change(&CaptureFault::Connect(fault.clone())) => Err(CaptureFault::Changed(fault)),
        Err(fault) => Err(fault),
    }
}

/// Dimensions that hold what printing functions say of the newest catalogs. Privileges do by the names of their objects:
/// a function is named with its argument types.
const PRINTED: &[Dimension] = &[Dimension::Schema, Dimension::Privileges];

/// Statements fail like that when an object they print is dropped or altered beneath them (the printing functions read
/// the newest catalogs), and when a standby has to give up our snapshot.
fn is_about_change(fault: &CaptureFault) -> bool {
    let CaptureFault::Connect(fault) = fault else { return false };
    // internal error (cache lookup failed), undefined table, column, object, function, schema; serialization failure
    matches!(fault.sqlstate(), Some("XX000" | "42P01" | "42703" | "42704" | "42883" | "3F000" | "40001"))
}

/// Whether a statement was refused for want of a privilege; the others of its transaction say only that it is over.
fn is_refusal(fault: &CaptureFault) -> bool {
    let CaptureFault::Connect(fault) = fault else { return false };
    matches!(fault.sqlstate(), Some("42501" | OVER))
}

/// What the server refuses us.
async fn refusals(asked: Asked<'_>, session: &Session, watch: &Watch<'_>) -> Result<Refused, CaptureFault> {
    session.begin_read_only(&asked.request.limits(), None).await?;
    let described = asked.target.describe();
    let nothing = Refused::default();
    let reader = Reader::new(asked, session, None, &described.user.value, &nothing, watch);
    let refused = refusal::look(&reader).await.map_err(|stop| words(session, stop));
    session.end().await?;
    refused
}

/// One pass. The second value names the catalogs that changed meanwhile.
async fn once(
    asked: Asked<'_>,
    session: &Session,
    beside: Option<&Session>,
    watch: &Watch<'_>,
    refused: &Refused,
) -> Result<(Manifest, Option<String>), CaptureFault> {
    let (target, wanted) = (asked.target, asked.request);
    let request = &refused.narrowed(wanted);
    let asked = Asked { request, ..asked };
    let described = target.describe();
    let limits = request.limits();
    session.begin_read_only(&limits, None).await?;
    let shared = beside::share(session, beside, &limits).await;
    let started = jiff::Timestamp::now();
    let reader = Reader::new(asked, session, shared, &described.user.value, refused, watch);
    let pass = pass(&reader).await;
    let instance = if pass.is_ok() { instance(&reader).await } else { Ok(None) };
    let ended = match shared {
        Some(shared) => shared.end().await,
        None => Ok(()),
    };
    let moved = match &pass {
        Ok(_) if PRINTED.iter().any(|dimension| request.dimensions.contains(dimension)) => changed(&reader, beside, &limits).await,
        _ => Ok(None),
    };
    let closed = session.end().await;
    let objects = pass.map_err(|stop| words(session, stop))?;
    let instance = instance.map_err(|stop| words(session, stop))?;
    ended?;
    let moved = moved.map_err(|stop| words(session, stop))?;
    closed?;
    let endpoint = Endpoint {
        engine: Engine::PostgreSql,
        server_version: session.server_version.split(' ').next().unwrap_or_default().to_owned(),
        server_major: reader.major,
        database: described.dbname.value.clone(),
        role: described.user.value.clone(),
        node: format!("{}:{}", session.host, session.port),
        node_role: if session.is_standby { NodeRole::Standby } else { NodeRole::Primary },
        captured_at: started.round(jiff::Unit::Second).unwrap_or(started).to_string(),
        roles: request.roles.clone(),
        whose: match instance {
            Some(instance) => Whose::Server(instance),
            None => Whose::Hidden {
                cure: Some(format!(
                    "GRANT EXECUTE ON FUNCTION pg_catalog.pg_control_system(), pg_catalog.pg_postmaster_start_time() TO {};",
                    ident::quoted(&described.user.value)
                )),
            },
        },
    };
    let mut gaps = std::mem::take(&mut *reader.gaps.lock().unwrap_or_else(std::sync::PoisonError::into_inner));
    gaps.retain(|gap| request.dimensions.contains(&gap.dimension));
    gaps.extend(refused.gaps().into_iter().filter(|gap| wanted.dimensions.contains(&gap.dimension)));
    let dimensions = request.dimensions.iter().copied().filter(|dimension| plain::READ.contains(dimension)).collect();
    let objects = own::without(objects, &mut gaps);
    Ok((Manifest::new(endpoint, dimensions, objects, gaps), moved))
}

/// Which database of which running server is read; `None` where the server does not say.
async fn instance(reader: &Reader<'_>) -> Read<Option<Instance>> {
    let Some(rows) = reader.attempt(statements::INSTANCE).await? else { return Ok(None) };
    beside::instance_of(&rows)
}

/// Everything the request asks for, in one snapshot.
async fn pass(reader: &Reader<'_>) -> Read<Vec<Object>> {
    let wants = |dimension| reader.request.dimensions.contains(&dimension);
    // Owners and grants hang on the objects of the schema, so these are read for them too.
    let schema = wants(Dimension::Schema) || wants(Dimension::Privileges);
    let plainly = |dimension| wants(dimension) || dimension == Dimension::Schema && schema;
    let (names, notes, needs, mut found) = if schema {
        let (names, raw, plain, notes) = catalogs(reader, plainly).await?;
        // The second session is still printing views when this one has told what needs what.
        let (mut found, needs) = tokio::try_join!(bulk::read(reader, &names, raw), Needs::read(reader))?;
        found.extend(plain);
        (names, notes, needs, found)
    } else {
        let names = Names::read(reader).await?;
        let found = plain::read(reader, &names, &Absent::default(), plainly).await?;
        (names, Notes::read(reader).await?, Needs::default(), found)
    };
    if wants(Dimension::Configuration) {
        found.extend(setting::read(reader, &names).await?);
    }
    canonical::typed(&mut found.iter_mut().map(|found| &mut found.object).collect::<Vec<_>>(), reader.major);
    canonical::dates(&mut found, reader.major);
    if wants(Dimension::Privileges) {
        found.extend(privilege::read(reader, &names, &found).await?);
        found.extend(role_member::read(reader, &names).await?);
    }
    notes.hang(&mut found);
    needs.hang(&names, &mut found);
    members(reader, &mut found);
    // These stand at the addresses of tables and indexes too, and must not take their comments or owners.
    if wants(Dimension::Data) {
        found.extend(statistics::read(reader, &names).await?);
        found.extend(reference::read(reader, &names).await?);
    }
    if wants(Dimension::Topology) {
        found.extend(topology::read(reader, &names).await?);
    }
    if wants(Dimension::History) {
        found.extend(history::read(reader, &names).await?);
    }
    for dimension in &reader.request.dimensions {
        if !plain::READ.contains(dimension) {
            reader.gap(Gap::dimension(
                *dimension,
                Reason::NotCaptured,
                format!("this version of evenkeel does not read {}", dimension.name()),
            ));
        }
    }
    Ok(found.into_iter().map(|found| found.object).filter(|object| wants(object.kind.spec().dimension)).collect())
}

/// Hangs on extensions what they have, so that it is not missing where nobody else has it; on their owners too, where the schema is
/// not wanted.
fn members(reader: &Reader<'_>, found: &mut [Found]) {
    let mut members: ByNumber<u32, Vec<Box<str>>> = ByNumber::default();
    for member in std::mem::take(&mut *reader.members.lock().unwrap_or_else(std::sync::PoisonError::into_inner)) {
        members.entry(member.extension).or_default().push(format!("{} {}", member.kind.name(), member.shown).into());
    }
    let mut of: HashMap<Box<str>, Value> = HashMap::new();
    for extension in found.iter_mut().filter(|found| found.object.kind == Kind::Extension) {
        let mut members = members.remove(&extension.address.oid).unwrap_or_default();
        members.sort_unstable();
        members.dedup();
        let members = Value::List(members.into());
        of.insert(extension.object.identity.part(0).into(), members.clone());
        extension.object.set("members", members);
    }
    if reader.request.dimensions.contains(&Dimension::Schema) {
        return;
    }
    let is_extensions = |object: &Object| object.kind == Kind::Owner && object.identity.part(0) == Kind::Extension.name();
    for owner in found.iter_mut().map(|found| &mut found.object).filter(|object| is_extensions(object)) {
        if let Some(members) = of.remove(owner.identity.part(1)) {
            owner.set("members", members);
        }
    }
}

/// What the catalogs hold of the schema: all statements that need nothing but each other's names, sent at once.
async fn catalogs(reader: &Reader<'_>, plainly: impl Fn(Dimension) -> bool) -> Read<(Names, bulk::Raw, Vec<Found>, Notes)> {
    let beside = reader.beside();
    let named = async {
        let (names, absent) = tokio::try_join!(Names::read(reader), Absent::read(reader))?;
        let (constraints, indexes, plain) = tokio::try_join!(
            constraint::raw(reader, &names),
            index::raw(reader, &names),
            // By then the second session is still at work on the columns.
            plain::read(&beside, &names, &absent, plainly),
        )?;
        Ok((names, constraints, indexes, plain))
    };
    let ((names, constraints, indexes, plain), defaults, off, parents, columns, notes, ()) = tokio::try_join!(
        named,
        column::Defaults::read(reader),
        constraint::unwatched(reader),
        table::parents(reader),
        // Columns are most of what there is to read; the second session begins with them at once.
        column::Columns::read(&beside),
        Notes::read(&beside),
        unread::note(&beside),
    )?;
    let raw = bulk::Raw { columns, defaults, constraints, off, indexes, parents };
    Ok((names, raw, plain, notes))
}

/// Comments and security labels, by what they are about.
#[derive(Default)]
struct Notes {
    comments: ByNumber<Address, Box<str>>,
    labels: ByNumber<Address, Vec<Box<str>>>,
}

rows::columns!(NoteAt { class, oid, sub, note });

impl Notes {
    async fn read(reader: &Reader<'_>) -> Read<Self> {
        let (comments, labels) =
            tokio::try_join!(reader.rows(statements::COMMENT, "pg_description"), reader.rows(statements::LABEL, "pg_seclabel"),)?;
        let address = |row: &tokio_postgres::Row, at: NoteAt| -> Read<Address> {
            let column = rows::get::<i32>(row, at.sub)?.unwrap_or(0);
            Ok(Address { class: rows::oid(row, at.class)?, oid: rows::oid(row, at.oid)?, column })
        };
        let mut notes = Self::default();
        for (row, at) in rows::each::<NoteAt>(&comments)? {
            notes.comments.insert(address(row, at)?, rows::text(row, at.note)?);
        }
        for (row, at) in rows::each::<NoteAt>(&labels)? {
            notes.labels.entry(address(row, at)?).or_default().push(rows::text(row, at.note)?);
        }
        Ok(notes)
    }

    /// Hangs them on their objects.
    fn hang(mut self, found: &mut [Found]) {
        for found in found {
            if let Some(comment) = self.comments.remove(&found.address) {
                found.object.set("comment", Value::Text(comment));
            }
            if let Some(labels) = self.labels.remove(&found.address) {
                found.object.set("security_labels", Value::List(labels.into()));
            }
        }
    }
}

/// Whether the catalogs changed since the snapshot was taken: printed definitions show the newest catalogs, so a change
/// would mix two states. On a quiet server this costs two short statements.
async fn changed(reader: &Reader<'_>, beside: Option<&Session>, limits: &Limits) -> Read<Option<String>> {
    let before = snapshot(reader).await?;
    let Some(fresh) = beside else {
        let old = fingerprint(reader).await?;
        reader.session.end().await?;
        reader.session.begin_read_only(limits, None).await?;
        return Ok(moved(&old, &fingerprint(reader).await?));
    };
    fresh.begin_read_only(limits, None).await?;
    let later = Reader { session: fresh, beside: None, ..reader.clone() };
    let result = async {
        if before == snapshot(&later).await? {
            return Ok(None);
        }
        let (old, new) = tokio::try_join!(fingerprint(reader), fingerprint(&later))?;
        Ok(moved(&old, &new))
    };
    let result = result.await;
    fresh.end().await?;
    result
}

async fn snapshot(reader: &Reader<'_>) -> Read<Box<str>> {
    let rows = reader.rows(statements::SNAPSHOT, "pg_current_snapshot").await?;
    Ok(rows.first().map(|row| rows::text(row, 0)).transpose()?.unwrap_or_default())
}

type Fingerprint = Vec<(Box<str>, digest::Digest)>;

/// The catalogs that changed, if any.
fn moved(old: &Fingerprint, new: &Fingerprint) -> Option<String> {
    let moved: Vec<&str> = new.iter().filter(|line| !old.contains(line)).map(|(catalog, _)| &**catalog).collect();
    (!moved.is_empty()).then(|| moved.join(", "))
}

rows::columns!(FingerprintAt { catalog, rows, versions });

async fn fingerprint(reader: &Reader<'_>) -> Read<Fingerprint> {
    let rows = reader.rows(statements::FINGERPRINT, "the catalogs' fingerprint").await?;
    rows::each::<FingerprintAt>(&rows)?
        .map(|(row, at)| {
            let count = rows::get::<i64>(row, at.rows)?.unwrap_or(0);
            let text = format!("{count} {}", rows::text(row, at.versions)?);
            Ok((rows::text(row, at.catalog)?, digest::chain("fingerprint", &text, std::iter::empty())))
        })
        .collect()
}

fn words(session: &Session, stop: Stop) -> CaptureFault {
    match stop {
        Stop::Fault(fault) => CaptureFault::Connect(fault),
        Stop::Driver(error) => CaptureFault::Connect(session.fault(&error, "reading the catalogs")),
        Stop::Declaration(text) => CaptureFault::Declaration(text),
    }
}
