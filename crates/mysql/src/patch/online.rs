//! What an ALTER TABLE costs those who are at work on the table, and the clause that makes the server refuse where it would cost more.
//! <https://dev.mysql.com/doc/refman/en/innodb-online-ddl-operations.html>
//! <https://mariadb.com/docs/server/server-usage/storage-engines/innodb/innodb-online-ddl>
//!
//! Measured on the tested servers by `tests/patch/online`: what is said is the lightest that the server takes, form by form.

use super::text::{is_literal, is_now};
use super::{Target, flag, list};
use crate::flavor::Flavor;
use crate::grammar::token::{Sort, tokens};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Statement, World};
use std::collections::BTreeSet;

/// What one clause costs by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cost {
    /// Nothing but the definition is another.
    Definition,
    /// The same for a column that comes or goes, as long as nothing else is done meanwhile: then all rows are written anew.
    Column,
    /// Like [`Cost::Column`], of a column that is computed and not stored: in one statement with little else.
    Virtual,
    /// An index of something computed goes, and with it a column that nobody sees: in a statement of its own.
    Hidden,
    /// An index of something computed comes, and with it such a column: beside other indexes alone.
    Expression,
    /// The definition, which the server calls work on the table (MySQL).
    Light,
    /// An index is built or goes.
    Index,
    /// An index of words is built.
    Words,
    /// More than one is, which the server does by copying alone.
    ManyWords,
    /// The same while others may only read.
    Shared,
    /// All rows are written anew, while others read and write.
    Rebuild,
    /// All rows are copied: others may read, on newer servers write too.
    Copy,
    /// The server chooses, and nothing is claimed; said as the heaviest.
    Unknown,
}

/// What the clauses of one statement cost.
pub type Costs = BTreeSet<Cost>;

/// What is only a definition to MariaDB.
pub fn light(flavor: &Flavor) -> Cost {
    if flavor.alters_definitions_at_once() { Cost::Definition } else { Cost::Light }
}

/// Types of shapes.
const SHAPES: &[&str] = &["geometry", "point", "linestring", "polygon", "geomcollection", "geometrycollection"];

pub fn of_new_column(column: &Object, flavor: &Flavor) -> Vec<Cost> {
    // MySQL has none to give to each row, and so does it in no light way.
    let is_shape = column.text("type").is_some_and(|shown| SHAPES.iter().any(|shape| shown.trim_start_matches("multi").starts_with(shape)));
    if is_shape && flag(column, "not_null") && !flavor.is_mariadb() {
        return vec![Cost::Unknown];
    }
    // Each row gets a value of its own.
    let is_computed = column.text("default").is_some_and(|default| !is_literal(default) && !is_now(default));
    if flag(column, "auto_increment") {
        vec![Cost::Shared, Cost::Rebuild]
    } else if is_computed || column.text("generated_kind") == Some("stored") {
        vec![Cost::Copy]
    } else if column.get("generated").is_some() {
        vec![Cost::Virtual]
    } else {
        vec![Cost::Column]
    }
}

pub fn of_gone_column(column: &Object) -> Cost {
    let is_virtual = column.get("generated").is_some() && column.text("generated_kind") != Some("stored");
    if is_virtual { Cost::Virtual } else { Cost::Column }
}

/// Whether a default calls something that another server answers otherwise.
/// <https://dev.mysql.com/doc/refman/en/replication-rbr-safe-unsafe.html>
pub fn differs_by_server(default: &str) -> bool {
    const CALLS: &[&str] = &[
        "uuid",
        "uuid_short",
        "rand",
        "random_bytes",
        "sysdate",
        "user",
        "session_user",
        "system_user",
        "version",
        "connection_id",
        "found_rows",
        "row_count",
        "last_insert_id",
        "load_file",
        "sleep",
        "get_lock",
        "release_lock",
    ];
    tokens(default).filter(|token| token.sort == Sort::Word).any(|token| CALLS.contains(&&*token.text.to_ascii_lowercase()))
}

pub fn of_new_index(index: &Object, to: &Target<'_>) -> Vec<Cost> {
    let parts = to.making.from.parts_of_kind(index.identity.part(0), index.identity.part(1), Kind::Index);
    match index.text("method") {
        // The first makes a hidden column.
        Some("fulltext") if parts.filter(|other| other.text("method") == Some("fulltext")).count() == 0 => {
            vec![Cost::Words, Cost::Shared, Cost::Rebuild]
        }
        Some("fulltext") => vec![Cost::Words, Cost::Shared],
        Some("spatial") => vec![Cost::Shared],
        Some(method) if method.starts_with("vector") => vec![Cost::Unknown],
        _ => vec![Cost::Index],
    }
}

pub fn of_gone_index(index: &Object) -> Cost {
    if super::index::has_expression(index) { Cost::Hidden } else { Cost::Index }
}

/// An index of which a change is only said: MariaDB does not build it again.
pub fn of_index(change: &Change<'_>, to: &Target<'_>) -> Vec<Cost> {
    if change.only(&["comment"]) && to.flavor().alters_definitions_at_once() { vec![Cost::Definition] } else { of_new_index(change.to, to) }
}

pub fn of_option(option: &str, change: &Change<'_>, flavor: &Flavor) -> Cost {
    let differs = |name: &str| {
        let named = |object: &Object| list(object, "options").iter().find(|item| item.starts_with(name)).cloned();
        named(change.from) != named(change.to)
    };
    match option {
        "comment" | "collation" => light(flavor),
        "row_format" => Cost::Rebuild,
        "options" if change_of_others(change).is_empty() && differs("stats_") => light(flavor),
        _ => Cost::Unknown,
    }
}

/// Options that differ and say more than how the server counts for its plans.
fn change_of_others(change: &Change<'_>) -> Vec<String> {
    let (was, is) = (list(change.from, "options"), list(change.to, "options"));
    let differing = was.iter().filter(|item| !is.contains(item)).chain(is.iter().filter(|item| !was.contains(item)));
    differing.filter(|item| !item.starts_with("stats_")).map(ToString::to_string).collect()
}

/// A column that is defined anew.
pub fn of_column(change: &Change<'_>, to: &Target<'_>) -> Vec<Cost> {
    let is_computed = |object: &Object| object.get("generated").is_some();
    let has_check = super::constraint::of_column(change.from, to.making.from).is_some();
    if is_computed(change.from) || is_computed(change.to) || has_check || super::constraint::of_column(change.to, to.making.to).is_some() {
        return vec![Cost::Unknown];
    }
    let one = |attribute: &&str| match *attribute {
        "comment" | "default" | "invisible" | "on_update" => Cost::Definition,
        // MariaDB gives no row another time in place.
        "not_null" if to.flavor().is_mariadb() && change.to.text("type").is_some_and(|typ| typ.starts_with("timestamp")) => Cost::Copy,
        "not_null" => Cost::Rebuild,
        "type" => of_type(change, to),
        "collation" if is_of_one_set(change) => match (is_in_a_key(change.from, to.making.from), light(to.flavor())) {
            (false, cost) => cost,
            // The order of its index is another.
            (true, Cost::Definition) => Cost::Index,
            (true, _) => Cost::Copy,
        },
        _ => Cost::Unknown,
    };
    change.attributes.iter().map(one).collect()
}

fn is_of_one_set(change: &Change<'_>) -> bool {
    let set = |object: &Object| object.text("collation").and_then(|collation| collation.split('_').next()).map(str::to_owned);
    set(change.from).is_some() && set(change.from) == set(change.to)
}

fn is_in_a_key(column: &Object, world: &World<'_>) -> bool {
    let name = column.identity.part(2);
    world.parts_of(column.identity.part(0), column.identity.part(1)).any(|part| {
        matches!(part.kind, Kind::Index | Kind::Constraint)
            && ["keys", "columns"].iter().flat_map(|property| list(part, property)).any(|key| key.contains(name))
    })
}

/// Bytes for a sign at most, where that is known.
fn width(column: &Object) -> Option<u32> {
    match column.text("collation")?.split('_').next()? {
        "latin1" | "latin2" | "ascii" | "binary" => Some(1),
        "utf8" | "utf8mb3" => Some(3),
        "utf8mb4" => Some(4),
        _ => None,
    }
}

/// A longer VARCHAR whose length takes as many bytes as before, or further values of an ENUM or SET behind the others.
fn of_type(change: &Change<'_>, to: &Target<'_>) -> Cost {
    let (Some(was), Some(is)) = (change.from.text("type"), change.to.text("type")) else { return Cost::Unknown };
    let length = |text: &str| text.strip_prefix("varchar(")?.strip_suffix(')')?.parse::<u32>().ok();
    if let (Some(was), Some(is)) = (length(was), length(is)) {
        let Some(width) = width(change.from).filter(|_| is_of_one_set(change)) else { return Cost::Unknown };
        let is_same = (is * width < 256) == (was * width < 256);
        return match was <= is {
            true if is_same => light(to.flavor()),
            // Up to half of what one byte counts, MariaDB leaves the rows as they are.
            true if to.flavor().alters_definitions_at_once() && was * width < 128 && !is_in_a_key(change.from, to.making.from) => {
                Cost::Definition
            }
            true if to.flavor().alters_definitions_at_once() => Cost::Unknown,
            _ => Cost::Copy,
        };
    }
    let values = |word: &str, text: &str| text.strip_prefix(word)?.strip_prefix('(')?.strip_suffix(')').map(str::to_owned);
    // Values that take a byte: another number of bytes is another type.
    for (word, bytes) in [("enum", &[255, 65535][..]), ("set", &[8, 16, 24, 32, 64][..])] {
        if let (Some(was), Some(is)) = (values(word, was), values(word, is)) {
            let count = |text: &str| text.split("',").count();
            let size = |text: &str| bytes.iter().position(|most| count(text) <= *most);
            let is_longer = is.strip_prefix(&was).is_some_and(|more| more.starts_with(",'"));
            return if is_longer && size(&was) == size(&is) { Cost::Definition } else { Cost::Copy };
        }
    }
    Cost::Copy
}

/// What a whole statement costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whole {
    Instant {
        columns: bool,
    },
    InPlace {
        rebuilds: bool,
        shared: bool,
    },
    Copy,
    /// MySQL fails where nobody says that it may copy.
    SaidCopy,
    Unknown,
}

fn whole(costs: &Costs, table: &Object, to: &Target<'_>) -> Whole {
    let (before, flavor) = (to.making.from.same(table).unwrap_or(table), to.flavor());
    let is_plain =
        |table: &Object| table.text("engine") == Some("InnoDB") && !flag(table, "system_versioned") && table.get("periods").is_none();
    let has = |cost: Cost| costs.contains(&cost);
    if !is_plain(before) || !is_plain(table) || has(Cost::Unknown) {
        return Whole::Unknown;
    }
    if has(Cost::Copy) {
        return Whole::Copy;
    }
    if has(Cost::ManyWords) {
        return if flavor.is_mariadb() { Whole::Copy } else { Whole::SaidCopy };
    }
    let heaviest = costs.last().copied().unwrap_or(Cost::Definition);
    let others = costs.iter().filter(|cost| !matches!(cost, Cost::Definition | Cost::Virtual));
    if has(Cost::Hidden) {
        return if costs.len() == 1 { Whole::InPlace { rebuilds: false, shared: false } } else { Whole::Unknown };
    }
    if has(Cost::Expression) {
        let is_alone = costs.iter().all(|cost| matches!(cost, Cost::Expression | Cost::Index));
        return if is_alone { Whole::InPlace { rebuilds: false, shared: true } } else { Whole::Unknown };
    }
    if has(Cost::Virtual) {
        // Beside an index it depends on the other columns whether it is made in place: nothing is claimed.
        return match others.clone().next().is_none() {
            true => Whole::Instant { columns: false },
            false if heaviest > Cost::Virtual => Whole::Unknown,
            false if flavor.alters_definitions_at_once() => Whole::Copy,
            false => Whole::Instant { columns: true },
        };
    }
    let words = |world: &World<'_>| {
        let indexes = world.parts_of_kind(table.identity.part(0), table.identity.part(1), Kind::Index);
        indexes.filter(|index| index.text("method") == Some("fulltext")).count()
    };
    let has_words = words(to.making.from) > 0;
    let is_compressed =
        [before, table].iter().any(|table| table.text("row_format").is_some_and(|format| format.eq_ignore_ascii_case("compressed")));
    if heaviest <= Cost::Column && !(has(Cost::Column) && (has_words || is_compressed)) {
        return Whole::Instant { columns: has(Cost::Column) };
    }
    let rebuilds = has(Cost::Rebuild) || has(Cost::Column);
    match (rebuilds && has_words, flavor.alters_definitions_at_once()) {
        (true, false) => Whole::Copy,
        // Each of them is built again, and it builds one at a time.
        (true, true) if words(to.making.from).max(words(to.making.to)) > 1 => Whole::Copy,
        (true, true) => Whole::InPlace { rebuilds, shared: true },
        (false, _) => Whole::InPlace { rebuilds, shared: has(Cost::Shared) },
    }
}

/// Whether a foreign key of it follows what becomes of the rows it refers to: no copy goes on beside that.
fn follows(table: &Object, world: &World<'_>) -> bool {
    let mut keys = world.parts_of_kind(table.identity.part(0), table.identity.part(1), Kind::Constraint);
    keys.any(|key| ["on_delete", "on_update"].iter().any(|rule| key.text(rule).is_some_and(|rule| rule == "cascade" || rule == "set null")))
}

/// The statement with its clause, where others are at work; with what it does to them.
pub fn statement(plain: &str, costs: &Costs, table: &Object, to: &Target<'_>) -> Statement {
    let said_whole = whole(costs, table, to);
    if to.making.form.offline {
        let clause = if said_whole == Whole::SaidCopy { ",\n    ALGORITHM=COPY" } else { "" };
        return Statement::new(format!("{plain}{clause};"));
    }
    let relation = table.display();
    let said = |clause: &str| Statement::new(format!("{plain},\n    {clause};"));
    let (rewrites, locks) = (Hazard::Rewrites(relation.clone()), Hazard::Locks { mode: "SHARED", relation: relation.clone() });
    match said_whole {
        Whole::SaidCopy => said("ALGORITHM=COPY").hazard(rewrites).hazard(locks),
        Whole::Instant { columns } => {
            let statement = said(if to.flavor().is_mariadb() { "ALGORITHM=INSTANT, LOCK=NONE" } else { "ALGORITHM=INSTANT" });
            if columns && to.flavor().counts_instant_changes() {
                statement.hazard(Hazard::FailsIf(format!(
                    "{relation} has had as many such changes as it can keep (total_row_versions in information_schema.innodb_tables)"
                )))
            } else {
                statement
            }
        }
        Whole::InPlace { rebuilds, shared } => {
            let algorithm = if to.flavor().is_mariadb() && !rebuilds && !shared { "NOCOPY" } else { "INPLACE" };
            let mut statement = said(&format!("ALGORITHM={algorithm}, LOCK={}", if shared { "SHARED" } else { "NONE" }));
            statement.hazards.extend(rebuilds.then_some(rewrites));
            statement.hazards.extend(shared.then_some(locks));
            statement
        }
        // Nothing is said of the algorithm: the server takes a lighter one where it can.
        Whole::Copy if to.flavor().copies_while_others_write() && !follows(table, to.making.from) && !follows(table, to.making.to) => {
            said("LOCK=NONE").hazard(rewrites)
        }
        Whole::Copy | Whole::Unknown => Statement::new(format!("{plain};")).hazard(rewrites).hazard(locks),
    }
}

/// Old versions of the rows are altered along.
pub fn keeping_history(table: &Object, mut statements: Vec<Statement>, to: &Target<'_>) -> Vec<Statement> {
    let is_versioned = |world: &World<'_>| world.same(table).is_some_and(|table| flag(table, "system_versioned"));
    // What loses data may come after what begins to keep it.
    let may_come_after = || statements.len() > 1 || statements.iter().any(Statement::is_destructive);
    if to.flavor().asks_what_becomes_of_history()
        && !statements.is_empty()
        && (is_versioned(to.making.from) || is_versioned(to.making.to) && may_come_after())
    {
        let set = |word: &str| Statement::new(format!("SET SESSION system_versioning_alter_history = {word};")).independent();
        statements.insert(0, set("KEEP"));
        statements.push(set("ERROR"));
    }
    statements
}
