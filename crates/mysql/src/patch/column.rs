//! Columns by their whole definition, as CREATE TABLE, ADD COLUMN and MODIFY COLUMN take it. Columns of views are their queries' own.

use super::text::{collated, column_type, is_large, is_literal, is_now, is_number, runnable};
use super::{Maker, MysqlDialect, Target, constraint, flag, integer, is_kept_as_it_is, online, table_of};
use crate::ident::{Ident, Quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{Change, Hazard, Way, World, Written, differing};

pub struct Columns;

/// What a foreign key on either side does not let be altered.
const KEYED: &[&str] = &["type", "collation", "generated", "generated_kind"];

impl Maker for Columns {
    /// Alone: a column of a view, which comes with it.
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        of_a_view(object, to)
    }

    fn way(&self, change: &Change<'_>, worlds: (&World<'_>, &World<'_>), dialect: &MysqlDialect) -> Way {
        if is_unsaid(change, worlds) {
            return Way::Refuse(
                "its view reads to the letter as the reference's does: the server does not say how a literal of it was written (N'…') or \
                 what the connection was that made it"
                    .to_owned(),
            );
        }
        let is_keyed = change.attributes.iter().any(|attribute| KEYED.contains(attribute));
        let counts = change.touches("auto_increment") && dialect.flavor.keeps_keys_from_counting();
        if is_keyed || counts { Way::Cleared } else { Way::InPlace }
    }

    fn alter(&self, change: &Change<'_>, to: &Target<'_>) -> Written {
        match table_of(change.to, to.making.to) {
            Some(_) => Err("its table cannot be altered".to_owned()),
            None => introduced(change, to),
        }
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        if table_of(object, to.making.from).is_none() {
            return Ok(Vec::new());
        }
        let plain = format!("ALTER TABLE {} DROP COLUMN {}", to.whole(object), Ident(object.identity.part(2)));
        let parts = [object.identity.part(0), object.identity.part(1)];
        let table = to.making.to.find(Kind::Table, &parts).ok_or("its table cannot be altered")?;
        // What is not to become of the table is not begun.
        let before = to.making.from.same(table).ok_or("its table cannot be altered")?;
        if is_kept_as_it_is(before, table, to) {
            return Err("its table cannot be altered".to_owned());
        }
        if super::period::ends_what_stays(object, (before, table), to) {
            return Err("a period of its table ends by it, and that table stays as it is".to_owned());
        }
        let mut statement = online::statement(&plain, &online::Costs::from([online::of_gone_column(object)]), table, to);
        statement.hazards.insert(0, Hazard::Loses(format!("the values of {}", object.display())));
        Ok(online::keeping_history(table, vec![statement], to))
    }

    fn made_with<'w>(&self, object: &'w Object, world: &World<'w>) -> Option<&'w Object> {
        let parts = [object.identity.part(0), object.identity.part(1)];
        world.find(Kind::Table, &parts).or_else(|| world.find(Kind::View, &parts))
    }
}

/// Whether a view and what it reads are the same on both sides, and its column is not: no statement that could be read off makes it so.
fn is_unsaid(change: &Change<'_>, (from, to): (&World<'_>, &World<'_>)) -> bool {
    let parts = [change.to.identity.part(0), change.to.identity.part(1)];
    let (Some(before), Some(after)) = (from.find(Kind::View, &parts), to.find(Kind::View, &parts)) else { return false };
    let is_same = |one: &Object, other: &Object| differing(one, other, (from.manifest, to.manifest)).is_empty();
    let reads = super::of(after).map(|maker| maker.needs(after, to)).unwrap_or_default();
    let stays = |read: &&Object| {
        let columns = |world: &World<'_>| world.columns(read.identity.part(0), read.identity.part(1)).len();
        let own = to.columns(read.identity.part(0), read.identity.part(1));
        from.same(read).is_some_and(|there| is_same(there, read))
            && columns(from) == own.len()
            && own.iter().all(|column| from.same(column).is_some_and(|there| is_same(there, column)))
    };
    change.only(&["collation"])
        && before.text("definition") == after.text("definition")
        && is_same(before, after)
        && reads.iter().all(stays)
}

/// What stands in a table is written with the table, and if not, then that cannot be altered.
fn of_a_view(object: &Object, to: &Target<'_>) -> Written {
    match table_of(object, to.making.to) {
        Some(_) => Err("its table cannot be altered".to_owned()),
        None => Ok(Vec::new()),
    }
}

/// A column of a view is what its query makes of it. Where that reads the same, but names the character sets of its literals otherwise, no
/// other act says it: the first of the columns that differ brings the view along.
fn introduced(change: &Change<'_>, to: &Target<'_>) -> Written {
    let parts = [change.to.identity.part(0), change.to.identity.part(1)];
    let (from, world) = (to.making.from, to.making.to);
    let (Some(before), Some(after)) = (from.find(Kind::View, &parts), world.find(Kind::View, &parts)) else { return Ok(Vec::new()) };
    let is_hidden =
        before.text("definition") != after.text("definition") && differing(before, after, (from.manifest, world.manifest)).is_empty();
    let differs =
        |column: &&Object| from.same(column).is_some_and(|own| !differing(own, column, (from.manifest, world.manifest)).is_empty());
    let is_first = world.columns(parts[0], parts[1]).into_iter().find(differs).is_some_and(|first| first.identity == change.to.identity);
    if is_hidden && is_first && !to.is_made(after) { super::of(after)?.create(after, to) } else { Ok(Vec::new()) }
}

/// `` `name` varchar(20) CHARACTER SET … NOT NULL DEFAULT 'x' ``
pub fn definition(column: &Object, to: &Target<'_>) -> Result<String, String> {
    let is_mariadb = to.flavor().is_mariadb();
    let shown = column.text("type").ok_or("its type is not known")?;
    let mut sql = format!("{} {}", Ident(column.identity.part(2)), column_type(shown)?);
    let mut add = |words: &str| {
        sql.push(' ');
        sql.push_str(words);
    };
    if column.text("compression").is_some() {
        add("COMPRESSED");
    }
    if let Some(collation) = column.text("collation") {
        add(&collated(collation)?);
    }
    let is_row = column.text("row_period");
    let generated = column.text("generated");
    if let Some(end) = is_row {
        add(&format!("GENERATED ALWAYS AS ROW {}", end.to_ascii_uppercase()));
    } else if let Some(expression) = generated {
        let kind = if column.text("generated_kind") == Some("stored") { "STORED" } else { "VIRTUAL" };
        add(&format!("GENERATED ALWAYS AS ({}) {kind}", runnable(expression)?));
    }
    let is_computed = is_row.is_some() || generated.is_some();
    if flag(column, "not_null") && is_row.is_none() {
        add("NOT NULL");
    } else if !is_computed {
        add("NULL");
    }
    if let Some(srid) = integer(column, "srid") {
        add(&format!("SRID {srid}"));
    }
    if let Some(default) = column.text("default").filter(|_| !is_computed) {
        add(&format!("DEFAULT {}", default_of(&runnable(default)?, shown, is_mariadb)));
    }
    if let Some(update) = column.text("on_update") {
        add(&format!("ON UPDATE {update}"));
    }
    if flag(column, "auto_increment") {
        add("AUTO_INCREMENT");
    }
    if flag(column, "invisible") {
        add("INVISIBLE");
    }
    if flag(column, "unversioned") {
        add("WITHOUT SYSTEM VERSIONING");
    }
    if let Some(comment) = column.text("comment") {
        add(&format!("COMMENT {}", Quoted::of(comment)));
    }
    if let Some(attribute) = column.text("engine_attribute") {
        add(&format!("ENGINE_ATTRIBUTE = {}", Quoted::of(attribute)));
    }
    if let Some(check) = constraint::of_column(column, to.making.to) {
        add(&format!("CHECK ({check})"));
    }
    Ok(sql)
}

/// Where the type takes no literal, or it is none, in parentheses.
fn default_of(default: &str, shown: &str, is_mariadb: bool) -> String {
    let is_moment = is_now(default) && (shown.starts_with("datetime") || shown.starts_with("timestamp"));
    // MySQL shows a literal as the type has it; any other is an expression.
    let is_of_type = is_mariadb || !is_large(shown) && is_number(shown) != default.starts_with(['\'', 'x']);
    let is_plain = is_moment || is_literal(default) && is_of_type;
    if is_plain { default.to_owned() } else { format!("({default})") }
}

/// Where a column that is added or moved stands: behind the one before it that is there, or is made in the same plan.
pub fn place(column: &Object, to: &Target<'_>) -> String {
    let columns = to.making.to.columns(column.identity.part(0), column.identity.part(1));
    let before = columns.iter().take_while(|other| other.identity != column.identity);
    let is_there = |other: &&&Object| to.making.from.same(other).is_some() || to.is_made(other);
    match before.filter(is_there).last() {
        Some(before) => format!("AFTER {}", Ident(before.identity.part(2))),
        None => "FIRST".to_owned(),
    }
}
