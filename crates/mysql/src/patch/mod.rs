//! Statements that make, alter and drop objects of MySQL and MariaDB, from what a manifest says of them.
//!
//! Lives here: which file writes which kind. One file a kind or a family of kinds; `text` turns shown names and canonical texts back to
//! SQL, `stored` is what all stored code has in common, `together` is one ALTER TABLE for all that changes on a table, whose parts `clauses` writes and `online` weighs, `kept` says what becomes of values, `letters`
//! is about capitals in names, `named` about what a statement names besides, `outside` about other databases, `rights` about what whoever runs a script lacks. Does not live here: the order of statements (`core/patch`), facts about versions (`flavor`).

mod account;
mod clauses;
mod column;
mod constraint;
mod event;
mod grant;
mod index;
mod kept;
mod letters;
mod named;
mod online;
mod outside;
mod partition;
mod period;
pub(crate) mod record;
mod rights;
mod routine;
mod schema;
mod sequence;
mod stored;
mod table;
mod text;
mod together;
mod trigger;
mod view;

use crate::flavor::Flavor;
use crate::grammar::token::{Sort, tokens};
use crate::ident::Ident;
use crate::remedy::name::Place;
use evenkeel_core::history::row::Deed;
use evenkeel_core::kind::{Dimension, Kind, Value};
use evenkeel_core::manifest::{Endpoint, Manifest, Object};
use evenkeel_core::patch::{Act, Change, Dialect, Hazard, Making, One, Piece, Plan, Statement, Together, Way, World, Written, differing};
use std::collections::BTreeMap;

/// What a file here knows of its kind. What it does not say is the usual.
trait Maker: Sync {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written;

    /// What makes one state the other, where [`Maker::way`] says that it can be altered.
    fn alter(&self, _: &Change<'_>, _: &Target<'_>) -> Written {
        Err("there is no statement that alters it".to_owned())
    }

    fn way(&self, _: &Change<'_>, _: (&World<'_>, &World<'_>), _: &MysqlDialect) -> Way {
        Way::Replace
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written;

    fn needs<'w>(&self, _: &'w Object, _: &World<'w>) -> Vec<&'w Object> {
        Vec::new()
    }

    fn made_with<'w>(&self, _: &'w Object, _: &World<'w>) -> Option<&'w Object> {
        None
    }
}

/// The server that statements are written for, and what is known while they are.
#[derive(Clone, Copy)]
struct Target<'a> {
    dialect: &'a MysqlDialect,
    making: &'a Making<'a>,
}

impl Target<'_> {
    const fn flavor(&self) -> &Flavor {
        &self.dialect.flavor
    }

    /// An object of the form schema and name.
    fn whole(&self, object: &Object) -> String {
        self.dialect.place.whole(object)
    }

    fn account(&self, shown: &str) -> Result<String, String> {
        text::account(shown, &self.dialect.roles)
    }

    /// Whether this plan makes the relation, so that nobody uses it yet.
    fn is_new(&self, schema: &str, name: &str) -> bool {
        self.making.to.relation(schema, name).is_some_and(|relation| self.making.new.contains(&relation.display()))
    }

    /// Whether this plan makes the object, for the first time or anew.
    fn is_made(&self, object: &Object) -> bool {
        self.making.made.contains(&World::name_of(object))
    }
}

/// Statements for one server.
#[derive(Debug, Clone)]
pub struct MysqlDialect {
    place: Place,
    flavor: Flavor,
    /// Who is connected there, as evenkeel saw it.
    role: String,
    /// Shared name to name on this server.
    roles: BTreeMap<String, String>,
}

impl MysqlDialect {
    /// For the server that was captured.
    #[must_use]
    pub fn of(endpoint: &Endpoint) -> Self {
        let flavor = Flavor { engine: endpoint.engine, version: endpoint.server_version.clone(), number: endpoint.server_major };
        Self { place: Place::new(&endpoint.database), flavor, role: endpoint.role.clone(), roles: endpoint.roles.clone() }
    }
}

/// Who writes a kind, and where it stands among the others; `None` for what no statement of a patch makes.
const fn maker(kind: Kind) -> Option<(u16, &'static dyn Maker)> {
    Some(match kind {
        Kind::Role => (10, &account::Accounts),
        Kind::Membership => (20, &account::Memberships),
        Kind::Schema => (30, &schema::Schemas),
        Kind::Library => (40, &routine::Libraries),
        Kind::Sequence => (50, &sequence::Sequences),
        Kind::Table => (60, &table::Tables),
        Kind::Column => (61, &column::Columns),
        Kind::Index => (62, &index::Indexes),
        Kind::Constraint => (70, &constraint::Constraints),
        Kind::Partition => (80, &partition::Partitions),
        Kind::Function => (90, &routine::Routines { word: "FUNCTION" }),
        Kind::Procedure => (91, &routine::Routines { word: "PROCEDURE" }),
        Kind::Package => (92, &routine::Packages),
        Kind::View => (100, &view::Views),
        Kind::Trigger => (110, &trigger::Triggers),
        Kind::Event => (120, &event::Events),
        Kind::Definer => (130, &stored::Definers),
        Kind::Grant => (140, &grant::Grants),
        // Of another engine.
        Kind::Extension
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
        | Kind::DefaultPrivilege => return None,
        // A server's own, or what it measures, or what a run of a tool leaves: no statement of a patch makes them.
        Kind::Server
        | Kind::Setting
        | Kind::Plugin
        | Kind::TableStatistics
        | Kind::IndexStatistics
        | Kind::ColumnStatistics
        | Kind::ReferenceTable
        | Kind::ReferenceRow
        | Kind::Node
        | Kind::Replica
        | Kind::Channel
        | Kind::HistoryTable
        | Kind::Migration => return None,
    })
}

fn of(object: &Object) -> Result<&'static dyn Maker, String> {
    maker(object.kind).map(|(_, maker)| maker).ok_or_else(|| "no statement of a patch makes such a thing".to_owned())
}

/// The items of a list property.
fn list<'a>(object: &'a Object, property: &str) -> &'a [Box<str>] {
    match object.get(property) {
        Some(Value::List(items)) => items,
        _ => &[],
    }
}

fn flag(object: &Object, property: &str) -> bool {
    object.get(property) == Some(&Value::Flag(true))
}

/// A property whose neutral value is yes.
fn is_not(object: &Object, property: &str) -> bool {
    object.get(property) == Some(&Value::Flag(false))
}

fn integer(object: &Object, property: &str) -> Option<i64> {
    match object.get(property) {
        Some(Value::Integer(number)) => Some(*number),
        _ => None,
    }
}

/// A statement that goes with data.
fn loses(sql: String, what: String) -> Statement {
    Statement::new(sql).hazard(Hazard::Loses(what))
}

/// Whether it is a foreign key, which is made after all tables.
fn is_foreign_key(object: &Object) -> bool {
    object.kind == Kind::Constraint && object.text("type") == Some("foreign key")
}

/// The table of what is written into its statement; columns of views are their queries' own.
fn table_of<'w>(object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
    if !matches!(object.kind, Kind::Column | Kind::Index | Kind::Constraint | Kind::Partition) || is_foreign_key(object) {
        return None;
    }
    world.find(Kind::Table, &[object.identity.part(0), object.identity.part(1)])
}

/// Whether a table is refused that is to be another one.
fn is_kept_as_it_is(before: &Object, after: &Object, to: &Target<'_>) -> bool {
    let Making { from, to: world, .. } = *to.making;
    let attributes = differing(before, after, (from.manifest, world.manifest));
    let change = Change { from: before, to: after, attributes: &attributes };
    !attributes.is_empty() && matches!(to.dialect.way(&change, from, world), Way::Refuse(_))
}

impl Dialect for MysqlDialect {
    fn recorded(&self, table: &Object, deed: &Deed) -> Result<String, String> {
        Ok(record::row(&self.place.whole(table), deed))
    }

    fn dimensions(&self) -> &'static [Dimension] {
        &[Dimension::Schema, Dimension::Privileges]
    }

    fn covers(&self, kind: Kind) -> bool {
        maker(kind).is_some()
    }

    fn rank(&self, kind: Kind) -> u16 {
        maker(kind).map_or(u16::MAX, |(rank, _)| rank)
    }

    fn name_space(&self, kind: Kind) -> Option<u8> {
        match kind {
            Kind::Table | Kind::View | Kind::Sequence => Some(1),
            _ => None,
        }
    }

    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        maker(object.kind).and_then(|(_, maker)| maker.made_with(object, world))
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        maker(object.kind).map(|(_, maker)| maker.needs(object, world)).unwrap_or_default()
    }

    fn mentions<'w>(&self, object: &'w Object, attributes: &[&'static str], world: &World<'w>) -> Vec<&'w Object> {
        named::mentions(object, attributes, world)
    }

    fn leans_on(&self, one: &One<'_>, worlds: (&World<'_>, &World<'_>)) -> Option<String> {
        named::leans_on(one, worlds)
    }

    fn finish_needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<Vec<&'w Object>> {
        (object.kind == Kind::Role).then(|| account::memberships_of(object, world))
    }

    fn outlives(&self, object: &Object, to: &World<'_>) -> bool {
        object.kind == Kind::View && view::is_broken(object, to)
    }

    fn can_be_bare(&self, _: &Object) -> bool {
        false
    }

    fn way(&self, change: &Change<'_>, from: &World<'_>, to: &World<'_>) -> Way {
        match maker(change.to.kind) {
            Some((_, maker)) => maker.way(change, (from, to), self),
            None => Way::Refuse("no statement of a patch makes such a thing".to_owned()),
        }
    }

    fn is_in_the_way(&self, other: &Object, change: &Change<'_>) -> bool {
        if change.to.kind == Kind::Grant { grant::is_on_column(other) } else { is_foreign_key(other) }
    }

    fn can_loosen(&self, _: &Object, _: &World<'_>, _: &Object) -> bool {
        false
    }

    fn loosen(&self, _: &Object, _: &Making<'_>) -> Written {
        Err("nothing here lets go of what it needs".to_owned())
    }

    fn create(&self, object: &Object, making: &Making<'_>) -> Written {
        letters::may_be_called_so(object, making)?;
        outside::needs_nothing_outside(object, making.to)?;
        letters::reads_what_is_there(object, &of(object)?.needs(object, making.to), making)?;
        of(object)?.create(object, &Target { dialect: self, making })
    }

    fn finish(&self, object: &Object, making: &Making<'_>) -> Written {
        if object.kind == Kind::Role { account::default_roles(object, &Target { dialect: self, making }) } else { Ok(Vec::new()) }
    }

    fn alter(&self, change: &Change<'_>, making: &Making<'_>) -> Written {
        outside::needs_nothing_outside(change.to, making.to)?;
        letters::reads_what_is_there(change.to, &of(change.to)?.needs(change.to, making.to), making)?;
        of(change.to)?.alter(change, &Target { dialect: self, making })
    }

    fn drop(&self, object: &Object, making: &Making<'_>) -> Written {
        letters::is_called_otherwise(object, making)?;
        of(object)?.drop(object, &Target { dialect: self, making })
    }

    fn altered_with<'w>(&self, object: &'w Object, act: Act, (world, other): (&World<'w>, &World<'_>)) -> Option<&'w Object> {
        // What loses data is a statement of its own, so that all the others run without it. A column that numbers rows goes with its key.
        let is_apart = ["generated", "auto_increment", "row_period"].iter().all(|property| object.get(property).is_none());
        let loses = object.kind == Kind::Column && is_apart;
        match object.kind {
            Kind::Table => Some(object),
            _ if act == Act::Drop && loses => None,
            Kind::Partition if act == Act::Drop && partition::goes_alone(object, world, other) => None,
            _ => table_of(object, world),
        }
    }

    fn why_not(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Setting => {
                "it is the server's own, for all its databases: set it where the server is configured, on a managed server in its parameter group"
            }
            Kind::Plugin => "what the server loads is said where it is configured, and its file has to be there",
            Kind::Server => "it was decided when the server was made",
            Kind::HistoryTable | Kind::Migration => "what a migration tool records is not schema",
            Kind::ReferenceTable | Kind::ReferenceRow => "rows are data, and no patch writes data",
            _ => "no statement of a patch makes it",
        }
    }

    fn renames(&self, from: &Object, to: &Object) -> Option<String> {
        let (table, last) = (self.place.whole(from), |object: &Object| Ident(object.identity.part(2)).to_string());
        Some(match from.kind {
            Kind::Table | Kind::View => format!("RENAME TABLE {table} TO {};", self.place.whole(to)),
            Kind::Column => format!("ALTER TABLE {table} RENAME COLUMN {} TO {};", last(from), last(to)),
            Kind::Index => format!("ALTER TABLE {table} RENAME INDEX {} TO {};", last(from), last(to)),
            _ => return None,
        })
    }

    /// <https://dev.mysql.com/doc/refman/en/create-table.html>
    fn longest_comment(&self, kind: Kind) -> Option<usize> {
        match kind {
            Kind::Table => Some(2048),
            Kind::Column | Kind::Index => Some(1024),
            _ => None,
        }
    }

    /// Foreign keys, and checks of MySQL, have their names in the database.
    fn is_named_in_table(&self, object: &Object) -> bool {
        match object.kind {
            Kind::Column | Kind::Index => true,
            Kind::Constraint => !is_foreign_key(object) && (constraint::is_primary(object) || self.flavor.is_mariadb()),
            _ => false,
        }
    }

    fn alter_together(&self, object: &Object, pieces: &[Piece<'_>], making: &Making<'_>) -> Together {
        together::alter(object, pieces, &Target { dialect: self, making })
    }

    fn is_dropped_apart(&self, object: &Object, _: &World<'_>) -> bool {
        // Rights outlive what they are on.
        object.kind == Kind::Grant
    }

    fn stays_behind(&self, object: &Object) -> bool {
        // Those on stored code go with that.
        object.kind == Kind::Grant && matches!(object.identity.part(0), "table" | "view" | "column" | "sequence")
    }

    fn can_be_dropped_apart(&self, object: &Object) -> bool {
        is_foreign_key(object)
    }

    fn for_client(&self, sql: &str) -> String {
        // Where a text in it ends is the mode's that it is read in: any such sign may be taken for an end.
        let body = sql.strip_suffix(';').unwrap_or(sql);
        // A note at the end goes on to the end of its line.
        let is_note = tokens(body).last().is_some_and(|last| last.sort == Sort::Comment && !last.text.starts_with("/*"));
        let owned = format!("{body}\n");
        let body = if is_note { owned.as_str() } else { body };
        let more = (1..100).map(|number| format!("$${number}$"));
        let mut ends = [";;", "//"].into_iter().map(str::to_owned).chain(more).filter(|end| !body.contains(end));
        match ends.next() {
            Some(end) if body.contains(';') && sql.starts_with("CREATE") => format!("DELIMITER {end}\n{body}{end}\nDELIMITER ;"),
            _ => format!("{body};"),
        }
    }

    fn own_databases(&self) -> &'static [&'static str] {
        schema::OWN
    }

    fn notes(&self, plan: &Plan, from: &World<'_>, to: &World<'_>) -> Vec<String> {
        rights::lacking(plan, (from, to), self).into_iter().collect()
    }

    fn shared_settings(&self, manifest: &Manifest) -> Vec<(&'static str, String)> {
        letters::shared(manifest)
    }

    fn scratch_settings(&self) -> &'static [(&'static str, &'static str)] {
        // Nothing runs by itself there.
        &[("event_scheduler", "OFF")]
    }

    fn needs_opening(&self, statement: &Statement) -> bool {
        // Others set what stored code keeps, and set it back to that; or are read by the session's mode and character set.
        let is_escaped = |sql: &str| tokens(sql).any(|token| token.sort == Sort::Text && token.text.contains('\\'));
        // What does not fit is refused only by a strict mode.
        let is_fitted =
            statement.sql.contains("MODIFY COLUMN") && statement.hazards.iter().any(|hazard| matches!(hazard, Hazard::FailsIf(_)));
        is_fitted || statement.sql.starts_with("SET ") || !statement.sql.is_ascii() || is_escaped(&statement.sql)
    }

    fn opening(&self) -> &'static [&'static str] {
        // A value that does not fit fails and is not bent; dates that the usual mode refuses stand in defaults.
        &["SET NAMES utf8mb4;", "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION';"]
    }

    fn transaction(&self) -> Option<(&'static str, &'static str)> {
        None
    }
}
