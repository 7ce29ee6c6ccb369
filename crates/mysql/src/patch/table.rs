//! Tables: CREATE TABLE with everything that stands in it, and their options.

use super::text::{collated, word};
use super::{Maker, MysqlDialect, Target, column, constraint, flag, index, is_foreign_key, is_not, list, loses, partition};
use crate::ident::{Ident, Quoted};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Object, shown_parts};
use evenkeel_core::patch::{Change, Statement, Way, World, Written};

pub struct Tables;

/// What nobody but a person knows.
const SECRET: &str = "its connection holds a password, which no manifest keeps: a person's work";

impl Maker for Tables {
    fn create(&self, object: &Object, to: &Target<'_>) -> Written {
        let world = to.making.to;
        let (schema, name) = (object.identity.part(0), object.identity.part(1));
        let mut lines = Vec::new();
        for column in world.columns(schema, name) {
            lines.push(column::definition(column, to)?);
        }
        lines.extend(row_period(object, world));
        lines.extend(list(object, "periods").iter().map(|shown| period(shown)).collect::<Result<Vec<_>, _>>()?);
        for part in parts(object, world, constraint::is_primary) {
            lines.extend(constraint::clause(part, to)?);
        }
        for part in parts(object, world, |part| part.kind == Kind::Index) {
            lines.push(index::clause(part, to)?);
        }
        for part in parts(object, world, constraint::is_check) {
            lines.extend(constraint::clause(part, to)?);
        }
        let mut sql = format!("CREATE TABLE {} (\n    {}\n)", to.whole(object), lines.join(",\n    "));
        for option in options(object, to)? {
            sql.push_str(&format!(" {option}"));
        }
        if let Some(clause) = partition::clause(object, to)? {
            sql.push_str(&format!("\n  {clause}"));
        }
        let mut statements = vec![Statement::new(format!("{sql};"))];
        if parts(object, world, |part| is_not(part, "enabled")).next().is_some() {
            statements.push(Statement::new(format!("ALTER TABLE {} DISABLE KEYS;", to.whole(object))));
        }
        Ok(lenient(object, to, statements))
    }

    fn way(&self, change: &Change<'_>, _: (&World<'_>, &World<'_>), _: &MysqlDialect) -> Way {
        if change.touches("connection") {
            return Way::Refuse(SECRET.to_owned());
        }
        let keeps = |table: &Object| flag(table, "system_versioned");
        if change.touches("engine") && keeps(change.from) && keeps(change.to) {
            return Way::Refuse(
                "it keeps old versions of its rows, and the server changes the engine of no such table: a person's work".to_owned(),
            );
        }
        let is_merged = |table: &Object| table.text("engine") == Some("MRG_MyISAM");
        match (change.touches("engine"), is_merged(change.from), is_merged(change.to)) {
            // It has no rows of its own.
            (true, true, _) => Way::Replace,
            (true, false, true) => {
                Way::Refuse("it has rows, and the table that it shall be has none of its own: a person's work".to_owned())
            }
            _ => Way::InPlace,
        }
    }

    fn drop(&self, object: &Object, to: &Target<'_>) -> Written {
        let sql = format!("DROP TABLE {};", to.whole(object));
        if object.text("engine") == Some("MRG_MyISAM") {
            return Ok(vec![Statement::new(sql)]);
        }
        Ok(vec![loses(sql, format!("all rows of {}", object.display()))])
    }

    fn needs<'w>(&self, object: &'w Object, world: &World<'w>) -> Vec<&'w Object> {
        list(object, "merged").iter().filter_map(|shown| world.shown("table", shown)).collect()
    }
}

fn parts<'w>(table: &'w Object, world: &'w World<'w>, is_meant: impl Fn(&Object) -> bool) -> impl Iterator<Item = &'w Object> {
    let parts = world.parts_of(table.identity.part(0), table.identity.part(1));
    parts.filter(move |part| !is_foreign_key(part) && is_meant(part))
}

/// `` PERIOD FOR SYSTEM_TIME (`s`, `e`) `` where the table names its columns.
pub fn row_period(table: &Object, world: &World<'_>) -> Option<String> {
    let columns = world.columns(table.identity.part(0), table.identity.part(1));
    let named =
        |end: &str| columns.iter().find(|column| column.text("row_period") == Some(end)).map(|column| Ident(column.identity.part(2)));
    Some(format!("PERIOD FOR SYSTEM_TIME ({}, {})", named("start")?, named("end")?))
}

/// `name(start, end)` as a clause.
pub fn period(shown: &str) -> Result<String, String> {
    let wrong = || format!("the period {shown} cannot be read");
    let (name, columns) = shown.split_once('(').ok_or_else(wrong)?;
    let (start, end) = columns.strip_suffix(')').and_then(|columns| columns.split_once(", ")).ok_or_else(wrong)?;
    Ok(format!("PERIOD FOR {} ({}, {})", Ident(name), Ident(start), Ident(end)))
}

/// Options of the table as a manifest has it, in the order in which they are written.
pub fn options(table: &Object, to: &Target<'_>) -> Result<Vec<String>, String> {
    let mut found = Vec::new();
    if table.get("connection").is_some() {
        return Err(SECRET.to_owned());
    }
    for property in ["engine", "row_format", "collation", "compression", "encrypted", "options", "merged", "system_versioned", "comment"] {
        found.extend(option(table, None, property, to)?);
    }
    Ok(found)
}

/// What says one property; `before` is the table as it is, where it is altered.
pub fn option(table: &Object, before: Option<&Object>, property: &str, to: &Target<'_>) -> Result<Vec<String>, String> {
    let is_mariadb = to.flavor().is_mariadb();
    let text = table.text(property);
    Ok(match property {
        "engine" => text.map(|engine| Ok(format!("ENGINE={}", word(engine)?))).into_iter().collect::<Result<_, String>>()?,
        "row_format" => {
            let format = text.filter(|_| has_formats(table)).map(|format| Ok(format!("ROW_FORMAT={}", word(format)?.to_ascii_uppercase())));
            // What was said for the engine before stays said, and shows.
            let unsaid = || (before.is_some() && !has_formats(table)).then(|| Ok("ROW_FORMAT=DEFAULT".to_owned()));
            format.or_else(unsaid).into_iter().collect::<Result<_, String>>()?
        }
        "collation" => text.map(|collation| Ok(format!("DEFAULT {}", collated(collation)?))).into_iter().collect::<Result<_, String>>()?,
        "compression" => {
            let words = match (is_mariadb, text) {
                (true, Some(_)) => "PAGE_COMPRESSED=1".to_owned(),
                (true, None) => "PAGE_COMPRESSED=0".to_owned(),
                (false, Some(method)) => format!("COMPRESSION={}", Quoted::of(method)),
                (false, None) => "COMPRESSION='NONE'".to_owned(),
            };
            vec![words].into_iter().filter(|_| text.is_some() || before.is_some()).collect()
        }
        "encrypted" => {
            let is = flag(table, "encrypted");
            let words = match (is_mariadb, is) {
                (true, true) => "ENCRYPTED=YES",
                (true, false) => "ENCRYPTED=DEFAULT",
                (false, true) => "ENCRYPTION='Y'",
                (false, false) => "ENCRYPTION='N'",
            };
            vec![words.to_owned()].into_iter().filter(|_| is || before.is_some()).collect()
        }
        "options" => named_options(list(table, "options"), before.map(|before| list(before, "options")), is_mariadb)?,
        "merged" => {
            let names = list(table, "merged").iter().map(|shown| relation(shown, to)).collect::<Result<Vec<_>, _>>()?;
            let words = format!("UNION=({})", names.join(", "));
            vec![words].into_iter().filter(|_| !names.is_empty() || before.is_some()).collect()
        }
        "system_versioned" if before.is_none() => {
            vec!["WITH SYSTEM VERSIONING".to_owned()].into_iter().filter(|_| flag(table, "system_versioned")).collect()
        }
        "comment" => {
            let comment = text.unwrap_or_default();
            vec![format!("COMMENT={}", Quoted::of(comment))].into_iter().filter(|_| !comment.is_empty() || before.is_some()).collect()
        }
        _ => Vec::new(),
    })
}

/// Engines whose rows have formats that a table chooses; those of the others follow from its columns.
fn has_formats(table: &Object) -> bool {
    matches!(table.text("engine"), Some("InnoDB" | "MyISAM" | "Aria"))
}

/// `NAME=value`; what is no longer there as its default.
fn named_options(wanted: &[Box<str>], before: Option<&[Box<str>]>, is_mariadb: bool) -> Result<Vec<String>, String> {
    let name = |item: &str| item.split('=').next().unwrap_or_default().to_owned();
    let mut found: Vec<String> =
        wanted.iter().filter(|item| before.is_none_or(|before| !before.contains(item))).map(|item| named_option(item)).collect();
    for gone in before.unwrap_or_default().iter().filter(|item| !wanted.iter().any(|other| name(other) == name(item))) {
        let name = name(gone);
        let neutral = match &*name {
            "stats_persistent" | "stats_auto_recalc" | "stats_sample_pages" | "pack_keys" | "transactional" => "DEFAULT",
            "insert_method" => "NO",
            "max_rows" | "min_rows" | "avg_row_length" | "checksum" | "delay_key_write" | "key_block_size" | "autoextend_size" => "0",
            // What an engine calls so.
            _ if is_mariadb => "DEFAULT",
            _ => return Err(format!("there is no word that takes its option {name} back")),
        };
        found.push(format!("{}={neutral}", name.to_ascii_uppercase()));
    }
    Ok(found)
}

fn named_option(item: &str) -> String {
    let Some((name, value)) = item.split_once('=') else { return item.to_ascii_uppercase() };
    let is_bare = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) || name == "insert_method";
    let value = match name {
        "tablespace" => Ident(value).to_string(),
        _ if is_bare => value.to_ascii_uppercase(),
        _ => Quoted::of(value).to_string(),
    };
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b' '));
    let name = if is_plain { name.to_ascii_uppercase() } else { Ident(name).to_string() };
    format!("{name}={value}")
}

fn relation(shown: &str, to: &Target<'_>) -> Result<String, String> {
    match shown_parts(shown).as_deref() {
        Some([name]) => Ok(to.dialect.place.qualified("", name)),
        Some([schema, name]) => Ok(to.dialect.place.qualified(schema, name)),
        _ => Err(format!("the name {shown} cannot be read")),
    }
}

/// An engine that does not know an option keeps it where the session lets it.
pub fn lenient(table: &Object, to: &Target<'_>, statements: Vec<Statement>) -> Vec<Statement> {
    let sides = || [Some(table), to.making.from.same(table)].into_iter().flatten();
    let has = |option: &dyn Fn(&Object) -> bool, known: &[&str]| {
        sides().any(option) && sides().any(|table| !known.contains(&table.text("engine").unwrap_or_default()))
    };
    let is_transactional = |table: &Object| list(table, "options").iter().any(|item| item.starts_with("transactional="));
    let is_odd = has(&|table| flag(table, "encrypted"), &["InnoDB"]) || has(&is_transactional, &["InnoDB", "Aria"]);
    if !to.flavor().is_mariadb() || statements.is_empty() || !is_odd {
        return statements;
    }
    let set = |modes: &str| Statement::new(format!("SET SESSION sql_mode = '{modes}';")).independent();
    // The strict mode takes a bad option for an error; where values may become others it stays all the same.
    let turns = statements.iter().any(|statement| statement.sql.contains("MODIFY COLUMN") || statement.sql.contains("CHANGE COLUMN"));
    let strict = if turns { "STRICT_ALL_TABLES," } else { "" };
    let mut all = vec![set(&format!("{strict}IGNORE_BAD_TABLE_OPTIONS,NO_ENGINE_SUBSTITUTION"))];
    all.extend(statements);
    all.push(set(super::stored::MODES));
    all
}
