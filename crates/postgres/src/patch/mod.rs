//! Statements that make, alter and drop objects of PostgreSQL, from what a manifest says of them.
//!
//! One file a kind or a family of kinds; `text` turns shown names back to SQL, `value` reads an object, `named` is what COMMENT ON, DROP and OWNER TO take.

mod access;
mod alone;
mod aside;
mod attached;
mod cast;
mod column;
mod constraint;
mod domain;
mod extension;
mod foreign;
mod identity;
mod index;
mod inherited;
mod kept;
mod lock;
mod named;
mod notes;
mod operator;
mod parameter;
mod partial;
mod publication;
pub(crate) mod record;
mod retype;
mod role;
mod routine;
mod rule;
mod search;
mod sequence;
mod setting;
mod statistics;
mod table;
mod text;
mod trigger;
mod types;
mod value;
mod view;

use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Endpoint, Object};
use evenkeel_core::patch::{Change, Counted, Dialect, Hazard, Making, One, Over, Plan, Statement, Way, World, Written};
use std::collections::BTreeMap;
use value::{flag, integer, is_foreign_key, is_not, list};

/// What a file here knows of its kind. What it does not say is the usual.
trait Maker: Sync {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written;

    /// What makes one state the other, where [`Maker::way`] says that it can be altered.
    fn alter(&self, _: &Change<'_>, _: &Target<'_>) -> Written {
        Err("there is no statement that alters it".to_owned())
    }

    fn way(&self, _: &Change<'_>, _: &World<'_>, _: &World<'_>) -> Way {
        Way::Replace
    }

    fn drop(&self, object: &Object, _: &Target<'_>) -> Written {
        let named = named::named(object).ok_or("it has a name that cannot be told apart from its arguments")?;
        Ok(vec![Statement::new(format!("DROP {named};"))])
    }

    fn finish(&self, _: &Object, _: &Target<'_>) -> Written {
        Ok(Vec::new())
    }

    fn finish_needs<'w>(&self, _: &'w Object, _: &World<'w>) -> Option<Vec<&'w Object>> {
        None
    }

    fn needs<'w>(&self, _: &'w Object, _: &World<'w>) -> Vec<&'w Object> {
        Vec::new()
    }

    fn made_with<'w>(&self, _: &'w Object, _: &World<'w>) -> Option<&'w Object> {
        None
    }

    fn goes_with<'w>(&self, _: &'w Object, _: &World<'w>) -> Option<&'w Object> {
        None
    }
}

/// The server that statements are written for, and what is known while they are.
#[derive(Clone, Copy)]
struct Target<'a> {
    dialect: &'a PostgresDialect,
    making: &'a Making<'a>,
}

impl Target<'_> {
    /// A role as SQL, by its name on the server.
    fn role(&self, shown: &str) -> Result<String, String> {
        text::role(shown, &self.dialect.roles)
    }

    /// The object as the candidate has it, where it is altered in place.
    fn before(&self, object: &Object) -> Option<&Object> {
        self.making.from.same(object).filter(|_| !self.making.made.contains(&World::name_of(object)))
    }

    /// Options of foreign objects; on a throwaway server what may be secret is made up.
    fn foreign_options<'a>(&self, items: impl IntoIterator<Item = &'a Box<str>>) -> Result<Vec<String>, String> {
        if !self.making.form.throwaway {
            return text::foreign_options(items);
        }
        let made_up: Vec<Box<str>> = items
            .into_iter()
            .map(|item| item.strip_suffix(" (set)").map_or_else(|| item.clone(), |name| format!("{name}=0").into()))
            .collect();
        text::foreign_options(&made_up)
    }

    /// Whether this plan makes the relation, so that nobody uses it yet.
    fn is_new(&self, schema: &str, name: &str) -> bool {
        self.making.to.relation(schema, name).is_some_and(|relation| self.making.new.contains(&relation.display()))
    }

    /// Whether others are at work on the relation while the statement runs.
    fn is_in_use(&self, schema: &str, name: &str) -> bool {
        !self.making.form.offline && !self.is_new(schema, name)
    }
}

/// PostgreSQL's statements for one server.
#[derive(Debug, Clone)]
pub struct PostgresDialect {
    database: String,
    major: u16,
    /// Shared name to name on this server.
    roles: BTreeMap<String, String>,
}

impl PostgresDialect {
    /// For the server that was captured.
    #[must_use]
    pub fn of(endpoint: &Endpoint) -> Self {
        Self { database: endpoint.database.clone(), major: endpoint.server_major, roles: endpoint.roles.clone() }
    }
}

/// Who writes a kind, and where it stands among the others; `None` for what no statement of a patch makes.
const fn maker(kind: Kind) -> Option<(u16, &'static dyn Maker)> {
    Some(match kind {
        Kind::Role => (10, &role::Roles),
        Kind::Membership => (20, &role::Memberships),
        Kind::Schema => (30, &extension::Schemas),
        Kind::Extension => (40, &extension::Extensions),
        Kind::ExtensionVersion => (45, &extension::Versions),
        Kind::Language => (50, &extension::Languages),
        Kind::AccessMethod => (55, &extension::AccessMethods),
        Kind::ForeignDataWrapper => (60, &foreign::Wrappers),
        Kind::ForeignServer => (65, &foreign::Servers),
        Kind::UserMapping => (70, &foreign::Mappings),
        Kind::Collation => (80, &types::Collations),
        Kind::Enum => (90, &types::Enums),
        Kind::CompositeType => (95, &types::Composites),
        Kind::RangeType => (100, &types::Ranges),
        Kind::BaseType => (105, &types::Bases),
        Kind::Domain => (110, &domain::Domains),
        Kind::DomainConstraint => (115, &domain::Constraints),
        Kind::Function => (120, &routine::Routines { word: "FUNCTION" }),
        Kind::Procedure => (121, &routine::Routines { word: "PROCEDURE" }),
        Kind::Aggregate => (125, &routine::Aggregates),
        Kind::Operator => (130, &operator::Operators),
        Kind::OperatorFamily => (135, &operator::Families),
        Kind::OperatorClass => (140, &operator::Classes),
        Kind::Cast => (145, &operator::Casts),
        Kind::Transform => (146, &operator::Transforms),
        Kind::Conversion => (147, &operator::Conversions),
        Kind::TextSearchParser => (150, &search::Parsers),
        Kind::TextSearchTemplate => (151, &search::Templates),
        Kind::TextSearchDictionary => (152, &search::Dictionaries),
        Kind::TextSearchConfiguration => (153, &search::Configurations),
        Kind::Sequence => (160, &sequence::Sequences),
        Kind::Table => (170, &table::Tables),
        Kind::Column => (175, &column::Columns),
        Kind::View => (180, &view::Views),
        Kind::MaterializedView => (181, &view::MaterializedViews),
        Kind::Constraint => (200, &constraint::Constraints),
        Kind::Index => (190, &index::Indexes),
        Kind::Statistics => (210, &statistics::Extended),
        Kind::Rule => (220, &rule::Rules),
        Kind::Trigger => (230, &trigger::Triggers),
        Kind::Policy => (240, &rule::Policies),
        Kind::Publication => (250, &publication::Publications),
        Kind::PublicationTable => (255, &publication::Tables),
        Kind::Subscription => (260, &publication::Subscriptions),
        Kind::Owner => (300, &access::Owners),
        Kind::Grant => (310, &access::Grants),
        Kind::DefaultPrivilege => (320, &access::Defaults),
        Kind::Override => (330, &setting::Overrides),
        // They fire on what is done after them.
        Kind::EventTrigger => (400, &trigger::EventTriggers),
        // Of another engine.
        Kind::Partition | Kind::Package | Kind::Library | Kind::Event | Kind::Plugin | Kind::Definer | Kind::Channel => return None,
        // A server's own, or what it measures, or what a run of a tool leaves: no statement of a patch makes them.
        Kind::Server
        | Kind::Setting
        | Kind::CollationVersion
        | Kind::Tablespace
        | Kind::TableStatistics
        | Kind::IndexStatistics
        | Kind::ColumnStatistics
        | Kind::ReferenceTable
        | Kind::ReferenceRow
        | Kind::Node
        | Kind::Replica
        | Kind::Slot
        | Kind::HistoryTable
        | Kind::Migration => return None,
    })
}

fn of(object: &Object) -> Result<&'static dyn Maker, String> {
    maker(object.kind).map(|(_, maker)| maker).ok_or_else(|| "no statement of a patch makes such a thing".to_owned())
}

const COMMENT: &str = "comment";
const LABELS: &str = "security_labels";

impl Dialect for PostgresDialect {
    fn recorded(&self, table: &Object, deed: &record::Deed) -> Result<String, String> {
        Ok(record::row(table, deed))
    }

    fn dimensions(&self) -> &'static [Dimension] {
        &[Dimension::Schema, Dimension::Privileges, Dimension::Configuration]
    }

    fn covers(&self, kind: Kind) -> bool {
        maker(kind).is_some()
    }

    fn why_not(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Setting => {
                "it is the server's own, for all its databases: set it where the server is configured, on a managed server in its parameter group"
            }
            Kind::ExtensionVersion => "what CREATE EXTENSION would install comes with the server's packages",
            Kind::CollationVersion => "indexes must be rebuilt before a version is taken note of",
            Kind::Tablespace => "a tablespace is a folder of the server's machine",
            Kind::Server => "it was decided when the server or database was made",
            Kind::HistoryTable | Kind::Migration => "what a migration tool records is not schema",
            Kind::ReferenceTable | Kind::ReferenceRow => "rows are data, and no patch writes data",
            _ => "no statement of a patch makes it",
        }
    }

    fn sets(&self, kind: Kind, attribute: &str) -> bool {
        kind != Kind::ExtensionVersion || attribute == "version"
    }

    fn notes(&self, plan: &Plan, from: &World<'_>, to: &World<'_>) -> Vec<String> {
        notes::notes(plan, from, to)
    }

    fn stands_without(&self, object: &Object, needed: &Object) -> bool {
        object.kind == Kind::Index && needed.kind == Kind::Index
    }

    fn left_alone<'w>(&self, from: &World<'w>, to: &World<'w>) -> Vec<(&'w Object, String)> {
        attached::left_alone(from, to).into_iter().chain(aside::left_alone(from, to)).collect()
    }

    fn renames(&self, from: &Object, to: &Object) -> Option<String> {
        let name = text::last(to);
        Some(match from.kind {
            Kind::Column => format!("ALTER TABLE {} RENAME COLUMN {} TO {name};", text::whole(from), text::last(from)),
            Kind::Constraint => format!("ALTER TABLE {} RENAME CONSTRAINT {} TO {name};", text::whole(from), text::last(from)),
            _ if from.identity.part(0) != to.identity.part(0) => {
                format!("ALTER {} SET SCHEMA {};", named::named(from)?, crate::ident::Ident(to.identity.part(0)))
            }
            _ => format!("ALTER {} RENAME TO {name};", named::named(from)?),
        })
    }

    fn keeps_count(&self, column: &Object, keeper: &Object) -> Option<Counted> {
        identity::kept(column, keeper)
    }

    fn rank(&self, kind: Kind) -> u16 {
        maker(kind).map_or(u16::MAX, |(rank, _)| rank)
    }

    fn name_space(&self, kind: Kind) -> Option<u8> {
        match kind {
            Kind::Table | Kind::View | Kind::MaterializedView | Kind::Sequence | Kind::Index => Some(1),
            Kind::Enum | Kind::CompositeType | Kind::Domain | Kind::RangeType | Kind::BaseType => Some(2),
            Kind::Function | Kind::Procedure | Kind::Aggregate => Some(3),
            _ => None,
        }
    }

    fn rests_on_all(&self, object: &Object) -> bool {
        let is_key = object.kind == Kind::Constraint && object.text("type") == Some("primary key");
        is_key || !matches!(maker(object.kind), Some((180..=320, _)))
    }

    fn called_as(&self, object: &Object) -> Option<String> {
        let is_routine = matches!(object.kind, Kind::Function | Kind::Procedure | Kind::Aggregate);
        let name = text::name_of(object.identity.part(1)).filter(|_| is_routine)?;
        Some(crate::ident::qualified(object.identity.part(0), name))
    }

    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        maker(object.kind).and_then(|(_, maker)| maker.made_with(object, world))
    }

    fn goes_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        maker(object.kind).and_then(|(_, maker)| maker.goes_with(object, world))
    }

    fn can_be_dropped_apart(&self, object: &Object) -> bool {
        is_foreign_key(object)
    }

    fn takes_along(&self, object: &Object) -> bool {
        matches!(object.kind, Kind::BaseType | Kind::RangeType)
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        maker(object.kind).map(|(_, maker)| maker.needs(object, world)).unwrap_or_default()
    }

    fn comes_after<'w>(&self, object: &'w Object, from: &World<'_>, world: &World<'w>) -> Vec<&'w Object> {
        let own = match object.kind {
            Kind::Constraint => constraint::comes_after(object, world),
            Kind::Column => inherited::above(object, world), // Its statement adds it there, too.
            _ => Vec::new(),
        };
        own.into_iter().chain(attached::anew(object, from, world)).collect()
    }

    fn finish_needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<Vec<&'w Object>> {
        maker(object.kind).and_then(|(_, maker)| maker.finish_needs(object, world))
    }

    fn can_be_bare(&self, object: &Object) -> bool {
        match object.kind {
            Kind::Column => object.get("default").is_some(),
            Kind::View | Kind::BaseType => true,
            Kind::RangeType => object.get("canonical").is_some(),
            _ => false,
        }
    }

    fn way(&self, change: &Change<'_>, from: &World<'_>, to: &World<'_>) -> Way {
        let rest: Vec<&'static str> = change.attributes.iter().copied().filter(|one| ![COMMENT, LABELS].contains(one)).collect();
        if rest.is_empty() {
            // Nothing but a comment can be set besides, and what is left is told by the next round.
            return if change.touches(LABELS) && !change.touches(COMMENT) {
                Way::Refuse("its security labels are a provider's, a module that no throwaway server loads: a person's work".to_owned())
            } else {
                Way::InPlace
            };
        }
        match maker(change.to.kind) {
            Some((_, maker)) => maker.way(&Change { attributes: &rest, ..*change }, from, to),
            None => Way::Refuse("no statement of a patch makes such a thing".to_owned()),
        }
    }

    fn is_in_the_way(&self, other: &Object, change: &Change<'_>) -> bool {
        match change.to.kind {
            Kind::Column => column::is_in_the_way(other, change),
            Kind::CompositeType => types::is_in_the_way(other),
            // What refers to the key whose index becomes another.
            Kind::Constraint | Kind::Index => is_foreign_key(other),
            _ => true,
        }
    }

    fn can_loosen(&self, object: &Object, _: &World<'_>, gone: &Object) -> bool {
        // A default names functions and sequences; a type it needs is the column's own.
        object.kind == Kind::Column
            && object.get("default").is_some()
            && matches!(gone.kind, Kind::Function | Kind::Sequence | Kind::Operator | Kind::Aggregate)
    }

    fn can_be_put_aside(&self, change: &Change<'_>) -> Result<(), String> {
        aside::can_be(change)
    }

    fn goes_over(&self, object: &Object, aside: &Object, from: &World<'_>, to: &World<'_>) -> Result<Over, String> {
        aside::goes_over(object, aside, from, to)
    }

    fn put_aside(&self, object: &Object, _: &Making<'_>) -> Written {
        Ok(aside::put(object, self.major))
    }

    fn loosen(&self, object: &Object, _: &Making<'_>) -> Written {
        Ok(vec![column::set_default(object, None)])
    }

    fn create(&self, object: &Object, making: &Making<'_>) -> Written {
        let target = Target { dialect: self, making };
        let mut statements = of(object)?.create(object, &target)?;
        if !statements.is_empty() {
            statements.extend(access::as_built_in(object, &target));
        }
        lock::named(object, &target, &mut statements);
        routine::looked_up(object, &target, &mut statements);
        statements.extend(named::remarks(object)?);
        Ok(statements)
    }

    fn finish(&self, object: &Object, making: &Making<'_>) -> Written {
        let target = Target { dialect: self, making };
        let mut statements = of(object)?.finish(object, &target)?;
        lock::named(object, &target, &mut statements);
        Ok(statements)
    }

    fn alter(&self, change: &Change<'_>, making: &Making<'_>) -> Written {
        let target = Target { dialect: self, making };
        let rest: Vec<&'static str> = change.attributes.iter().copied().filter(|one| ![COMMENT, LABELS].contains(one)).collect();
        let mut statements = Vec::new();
        if !rest.is_empty() {
            statements = of(change.to)?.alter(&Change { attributes: &rest, ..*change }, &target)?;
            lock::named(change.to, &target, &mut statements);
        }
        if change.touches(COMMENT) {
            statements.push(named::comment_on(change.to, change.to.text(COMMENT))?.settles());
        }
        Ok(statements)
    }

    fn drop(&self, object: &Object, making: &Making<'_>) -> Written {
        if making.is_aside(object) {
            return Ok(vec![aside::drop(object)]);
        }
        let target = Target { dialect: self, making };
        let mut statements = of(object)?.drop(object, &target)?;
        lock::named(object, &target, &mut statements);
        Ok(statements)
    }

    fn leans_on(&self, one: &One<'_>, (from, _): (&World<'_>, &World<'_>)) -> Option<String> {
        alone::leans_on(one, from)
    }

    fn mentions<'w>(&self, object: &'w Object, _: &[&'static str], world: &World<'w>) -> Vec<&'w Object> {
        alone::mentions(object, world)
    }

    fn own_databases(&self) -> &'static [&'static str] {
        &["postgres", "template0", "template1"]
    }

    fn scratch_settings(&self) -> &'static [(&'static str, &'static str)] {
        // Subscriptions lead nowhere from there.
        &[("max_logical_replication_workers", "0")]
    }

    fn opening(&self) -> &'static [&'static str] {
        // Names mean what they say, bodies are not looked into before what they use is there.
        // What a database or role sets for its sessions must not change what a statement means.
        &[
            "SET search_path = '';",
            "SET check_function_bodies = off;",
            "SET client_min_messages = warning;",
            "SET standard_conforming_strings = on;",
            "SET default_tablespace = '';",
            "SET default_table_access_method = heap;",
            "SET xmloption = content;",
            "SET statement_timeout = 0;",
        ]
    }

    fn bounds(&self) -> &'static [&'static str] {
        // What waits for a lock stands in the way of all who come after. What stands alone waits for others by design.
        &["SET LOCAL lock_timeout = '5s';"]
    }

    fn transaction(&self) -> Option<(&'static str, &'static str)> {
        Some(("BEGIN;", "COMMIT;"))
    }
}

/// What a lock means for those who are there.
fn locks(mode: &'static str, schema: &str, name: &str) -> Hazard {
    Hazard::Locks { mode, relation: crate::ident::qualified(schema, name) }
}

/// What is said of a column of this table alone.
fn alter_column(column: &Object, what: &str) -> Statement {
    Statement::new(format!("ALTER TABLE ONLY {} ALTER COLUMN {} {what};", text::whole(column), text::last(column)))
}

/// A statement that goes with data.
fn loses(sql: String, what: String) -> Statement {
    Statement::new(sql).hazard(Hazard::Loses(what))
}
