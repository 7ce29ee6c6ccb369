//! One open snapshot and what is asked of it: whole statements and plain kinds. What may meet a lock goes through `batch`.

use super::Asked;
use super::batch::Patience;
use super::names::Names;
use super::refused::Refused;
use super::rows::{self, Role};
use super::statements::{self, Filled, Statement};
use crate::connect::{Fault, OVER, Session};
use crate::flavor;
use evenkeel_core::compare::may_be_member;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Gap, Identity, Object};
use evenkeel_core::port::{Event, Request, Watch};
use std::sync::{Arc, Mutex};
use tokio_postgres::error::SqlState;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Row, RowStream};

/// What stops a read.
#[derive(Debug)]
pub enum Stop {
    /// The driver's error, not yet in words.
    Driver(tokio_postgres::Error),
    /// In words.
    Fault(Fault),
    /// The SQL and the declaration disagree: a bug, found by the first test that runs the statement.
    Declaration(String),
}

/// What was left out because an extension has it.
#[derive(Debug, Clone)]
pub struct Member {
    pub extension: u32,
    pub address: Address,
    pub kind: Kind,
    pub shown: Box<str>,
}

/// How often statements whose transaction is over let others speak first.
const TURNS: usize = 8;

/// The result of a read.
pub type Read<T> = Result<T, Stop>;

impl From<tokio_postgres::Error> for Stop {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Driver(error)
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Where an object stands in the catalogs: what comments, labels, owners and extension membership refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Address {
    pub class: u32,
    pub oid: u32,
    pub column: i32,
}

/// An object with its address.
#[derive(Debug)]
pub struct Found {
    pub object: Object,
    pub address: Address,
}

/// Reads through one session and snapshot.
#[derive(Clone)]
pub struct Reader<'a> {
    pub session: &'a Session,
    /// A second session on the same snapshot, where one could be had: what is read through it runs beside.
    pub beside: Option<&'a Session>,
    pub major: u16,
    /// The role that is connected.
    pub role: &'a str,
    /// What is not sent, because the server would refuse it.
    pub refused: &'a Refused,
    pub migration_role: Option<&'a str>,
    pub request: &'a Request,
    pub watch: &'a Watch<'a>,
    pub gaps: Arc<Mutex<Vec<Gap>>>,
    /// What was left out because an extension has it, by the extension.
    pub members: Arc<Mutex<Vec<Member>>>,
    /// How much waiting for locks is left.
    pub patience: Arc<Patience>,
}

impl Reader<'_> {
    /// A reader of what is asked.
    #[must_use]
    pub fn new<'b>(
        asked: Asked<'b>,
        session: &'b Session,
        beside: Option<&'b Session>,
        role: &'b str,
        refused: &'b Refused,
        watch: &'b Watch<'b>,
    ) -> Reader<'b> {
        let Asked { migration_role, request, .. } = asked;
        let major = flavor::major_of(session.server_version_num);
        let (gaps, members, patience) = (Arc::default(), Arc::default(), Arc::default());
        Reader { session, beside, major, role, refused, migration_role, request, watch, gaps, members, patience }
    }

    /// A reader through the second session, or through the only one.
    #[must_use]
    pub fn beside(&self) -> Self {
        Self { session: self.beside.unwrap_or(self.session), ..self.clone() }
    }

    /// All rows of a statement without parameters.
    pub async fn rows(&self, statement: &Statement, reading: &str) -> Read<Vec<Row>> {
        self.rows_with(statement, &[], reading).await
    }

    /// All rows of a statement.
    pub async fn rows_with(&self, statement: &Statement, parameters: &[(&(dyn ToSql + Sync), Type)], reading: &str) -> Read<Vec<Row>> {
        if self.refused.has(statement) {
            return Ok(Vec::new());
        }
        let rows = self.session.client.query_typed(&statement.render(self.major), parameters).await;
        match rows {
            Ok(rows) => Ok(rows),
            Err(error) => Err(self.failed(&error, reading).await),
        }
    }

    /// The rows of a statement without parameters, one by one.
    pub async fn stream(&self, statement: &Statement, reading: &str) -> Read<RowStream> {
        let none: [(&(dyn ToSql + Sync), Type); 0] = [];
        let stream = self.session.client.query_typed_raw(&statement.render(self.major), none).await;
        match stream {
            Ok(stream) => Ok(stream),
            Err(error) => Err(self.failed(&error, reading).await),
        }
    }

    /// The rows of a statement that may fail without harm: behind a savepoint, `None` where the server refused it.
    pub async fn attempt(&self, statement: &Statement) -> Read<Option<Vec<Row>>> {
        if self.refused.has(statement) {
            return Ok(None);
        }
        let client = &self.session.client;
        client.batch_execute(statements::TRY_OPENING.fill(&[]).text()).await?;
        let rows = client.query_typed(&statement.render(self.major), &[]).await;
        client.batch_execute(statements::TRY_CLOSING.fill(&[]).text()).await?;
        match rows {
            Ok(rows) => Ok(Some(rows)),
            // What everybody may do and we may not is looked at apart.
            Err(error) if error.code() == Some(&SqlState::INSUFFICIENT_PRIVILEGE) => Err(error.into()),
            Err(error) if error.as_db_error().is_some() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Runs a statement that answers with nothing.
    pub async fn run(&self, statement: &Filled, reading: &str) -> Read<()> {
        self.session.client.batch_execute(statement.text()).await.map_err(|error| self.fault(&error, reading))
    }

    /// The rows of one statement between two others, sent together: one round trip. After an error the rest is answered too,
    /// so the order holds.
    pub async fn between(
        &self,
        opening: &Filled,
        statement: &Filled,
        parameters: &[(&(dyn ToSql + Sync), Type)],
        closing: &Filled,
    ) -> Result<Vec<Row>, tokio_postgres::Error> {
        let client = &self.session.client;
        let (opened, rows, closed) = tokio::join!(
            biased;
            client.batch_execute(opening.text()),
            client.query_typed(statement.text(), parameters),
            client.batch_execute(closing.text()),
        );
        opened?;
        closed?;
        rows
    }

    /// A driver error in words. One statement's error ends the transaction of those that were sent with it: they give way, so that
    /// what is told is the error, and not that it is over.
    async fn failed(&self, error: &tokio_postgres::Error, reading: &str) -> Stop {
        if error.code().is_some_and(|code| code.code() == OVER) {
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
        }
        self.fault(error, reading)
    }

    /// A driver error in words.
    pub fn fault(&self, error: &tokio_postgres::Error, reading: &str) -> Stop {
        Stop::Fault(self.session.fault(error, &format!("reading {reading}")))
    }

    /// Notes something that could not be seen.
    pub fn gap(&self, gap: Gap) {
        self.gaps.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(gap);
    }

    /// Notes an object that is an extension's business.
    pub fn left_out(&self, extension: u32, object: &Object, address: Address) {
        if !may_be_member(object.kind) {
            return;
        }
        let member = Member { extension, address, kind: object.kind, shown: object.display().into() };
        self.members.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(member);
    }

    /// Says how many objects of a kind were read.
    pub fn tell(&self, kind: Kind, objects: usize) {
        self.watch.see(Event::Read { label: &self.request.label, kind, objects });
    }

    /// Objects of a kind straight from a statement whose columns are named like the declaration.
    pub async fn plain(&self, kind: Kind, statement: &Statement, names: &Names) -> Read<Vec<Found>> {
        let rows = self.rows(statement, kind.spec().plural).await?;
        let found = self.found(kind, &rows, names)?;
        self.tell(kind, found.len());
        Ok(found)
    }

    /// Turns rows into objects; members of extensions are left out.
    pub fn found(&self, kind: Kind, rows: &[Row], names: &Names) -> Read<Vec<Found>> {
        let Some(first) = rows.first() else { return Ok(Vec::new()) };
        let spec = kind.spec();
        let roles = rows::roles(first, spec).map_err(Stop::Declaration)?;
        let mut found = Vec::with_capacity(rows.len());
        for row in rows {
            let mut identity: Vec<Box<str>> = vec![Box::default(); spec.identity.len()];
            let mut address = Address::default();
            let mut holder = (0, 0);
            let mut values = Vec::with_capacity(roles.len());
            for (index, role) in roles.iter().enumerate() {
                match role {
                    Role::Identity(part) => {
                        if let Some(slot) = identity.get_mut(*part) {
                            *slot = rows::text(row, index)?;
                        }
                    }
                    Role::Property(place, shape) => {
                        if let Some(value) = rows::value(row, index, *shape)? {
                            values.push((*place, value));
                        }
                    }
                    Role::Class => address.class = known_class(&rows::text(row, index)?)?,
                    Role::Oid => address.oid = rows::oid(row, index)?,
                    Role::Holder(class) => holder = (*class, rows::oid(row, index)?),
                    Role::Own => {}
                }
            }
            if names.members.contains_key(&holder) {
                continue;
            }
            let mut object = Object::new(kind, Identity::new(identity));
            if let Some(extension) = names.members.get(&(address.class, address.oid)) {
                self.left_out(*extension, &object, address);
                continue;
            }
            for (place, value) in values {
                object.set_at(place, value);
            }
            found.push(Found { object, address });
        }
        Ok(found)
    }
}

/// The name under which this session's snapshot can be read by another one; `None` where the server refuses.
pub async fn export(session: &Session) -> Option<Box<str>> {
    let exported = session.client.query_typed(statements::EXPORT.fill(&[]).text(), &[]).await;
    exported.ok().and_then(|rows| rows.first().and_then(|row| rows::text(row, 0).ok()))
}

/// The rows in which this session's server says which one it is; `None` where it refuses, which ends the transaction.
pub async fn instance(session: &Session) -> Option<Vec<Row>> {
    let statement = statements::INSTANCE.render(flavor::major_of(session.server_version_num));
    session.client.query_typed(&statement, &[]).await.ok()
}

/// The fixed number of a system catalog that a statement names; 0 where the objects have no address.
fn known_class(name: &str) -> Read<u32> {
    match class_number(name) {
        0 if !name.is_empty() => Err(Stop::Declaration(format!("the number of the catalog {name:?} is not known (class_number)"))),
        number => Ok(number),
    }
}

/// The fixed number of a system catalog; 0 where it is not known.
#[must_use]
pub fn class_number(name: &str) -> u32 {
    match name {
        "pg_class" => 1259,
        "pg_proc" => 1255,
        "pg_type" => 1247,
        "pg_namespace" => 2615,
        "pg_extension" => 3079,
        "pg_constraint" => 2606,
        "pg_trigger" => 2620,
        "pg_rewrite" => 2618,
        "pg_policy" => 3256,
        "pg_cast" => 2605,
        "pg_operator" => 2617,
        "pg_opclass" => 2616,
        "pg_opfamily" => 2753,
        "pg_collation" => 3456,
        "pg_conversion" => 2607,
        "pg_ts_config" => 3602,
        "pg_ts_dict" => 3600,
        "pg_ts_parser" => 3601,
        "pg_ts_template" => 3764,
        "pg_statistic_ext" => 3381,
        "pg_foreign_data_wrapper" => 2328,
        "pg_foreign_server" => 1417,
        "pg_user_mapping" => 1418,
        "pg_publication" => 6104,
        "pg_publication_rel" => 6106,
        "pg_subscription" => 6100,
        "pg_event_trigger" => 3466,
        "pg_language" => 2612,
        "pg_am" => 2601,
        "pg_transform" => 3576,
        "pg_database" => 1262,
        "pg_tablespace" => 1213,
        "pg_authid" => 1260,
        _ => 0,
    }
}
