//! Columns and checks whose texts information_schema cannot show (`lossy` says why): literals are asked for with DEFAULT() in a join
//! that reads no row, expressions with SHOW CREATE TABLE, values of ENUM and SET with a variable of that type, which only MariaDB has.

use super::canonical::{self, Context};
use super::clause::{self, Token};
use super::column;
use super::lossy;
use super::reader::{Read, Reader};
use super::special::{self, Unread};
use super::statements::{self, Filled};
use crate::connect::Fault;
use crate::connect::rows::{Row, Wrong};
use crate::ident::{Ident, Member};
use evenkeel_core::fault::Troublesome;
use evenkeel_core::manifest::{Object, Reason};
use std::collections::{BTreeMap, HashMap};

/// What is in doubt of a column.
enum What {
    Literal,
    /// Of a binary column.
    Bytes,
    /// Its property and its text.
    Expression(&'static str, Box<str>),
    Members,
}

/// A column in doubt: its place among those found, its table and its name, both quoted.
pub struct Column {
    at: usize,
    table: String,
    name: String,
    what: What,
}

/// What is in doubt of a column that was read from this row.
pub fn doubt(
    reader: &Reader<'_>,
    (row, places): (&Row, column::At),
    column: &Object,
    at: usize,
    schema: &str,
    is_view: bool,
) -> Result<Vec<Column>, Wrong> {
    let is_mariadb = reader.flavor.is_mariadb();
    let data_type = column.text("type").unwrap_or_default();
    let mut found = Vec::new();
    let is_wide = column.text("collation").is_some_and(|name| WIDE.iter().any(|wide| name.starts_with(wide)));
    if is_wide && (data_type.starts_with("enum(") || data_type.starts_with("set(")) && lossy::is_doubtful(data_type) {
        found.push(What::Members);
    }
    if !is_view {
        let texts = places.texts(row)?;
        if let Some(raw) = texts.generated.filter(|raw| is_mariadb && lossy::is_doubtful(raw)) {
            found.push(What::Expression("generated", raw));
        } else if let Some(raw) = texts.default.filter(|_| column.text("default").is_some()) {
            let is_expression = if is_mariadb { !is_literal(&raw) } else { texts.extra.contains("DEFAULT_GENERATED") };
            let is_binary = is_binary(data_type);
            match (is_expression, lossy::is_doubtful(&raw)) {
                (true, true) if is_mariadb => found.push(What::Expression("default", raw)),
                (true, _) => {}
                // MySQL cuts them at the first zero.
                (false, is_doubtful) if is_binary && (is_doubtful || !is_mariadb) => found.push(What::Bytes),
                (false, true) if is_wide => found.push(What::Literal),
                (false, _) => {}
            }
        }
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let table = lossy::place(reader, schema, column.identity.part(1));
    let name = Ident(column.identity.parts().nth(2).unwrap_or_default()).to_string();
    Ok(found.into_iter().map(|what| Column { at, table: table.clone(), name: name.clone(), what }).collect())
}

/// Character sets that hold characters beyond U+FFFF.
const WIDE: &[&str] = &["utf8mb4", "utf16", "utf32", "gb18030"];

fn is_binary(data_type: &str) -> bool {
    let base = data_type.split(['(', ' ']).next().unwrap_or_default();
    matches!(base, "binary" | "varbinary") || base.ends_with("blob")
}

fn is_literal(raw: &str) -> bool {
    let mut tokens = clause::tokens(raw);
    matches!((tokens.next(), tokens.next()), (Some(Token::Text(_)), None))
}

/// Says what the columns hold, and leaves a gap where that cannot be known.
pub async fn settle(reader: &Reader<'_>, doubts: Vec<Column>, found: &mut [Object]) -> Read<()> {
    if doubts.is_empty() {
        return Ok(());
    }
    let (mut literals, mut expressions, mut members) = (BTreeMap::new(), Vec::new(), Vec::new());
    for doubt in doubts {
        match doubt.what {
            What::Literal | What::Bytes => literals.entry(doubt.table.clone()).or_insert_with(Vec::new).push(doubt),
            What::Expression(property, text) => expressions.push((doubt.at, doubt.table, property, text)),
            What::Members => members.push(doubt),
        }
    }
    self::literals(reader, &literals, found).await?;
    self::expressions(reader, expressions, found).await?;
    self::members(reader, &members, found).await?;
    // What was asked of a table keeps it from being changed until the transaction ends.
    reader.renew().await
}

async fn literals(reader: &Reader<'_>, tables: &BTreeMap<String, Vec<Column>>, found: &mut [Object]) -> Read<()> {
    let value = |column: &Column| match column.what {
        What::Bytes => format!("hex(default(t.{}))", column.name),
        _ => format!("convert(default(t.{}) using utf8mb4)", column.name),
    };
    let statement = |(table, columns): (&String, &Vec<Column>)| {
        let values: Vec<String> = columns.iter().map(value).collect();
        statements::DEFAULTS.fill(&[&values.join(", "), table])
    };
    let asked: Vec<Filled> = tables.iter().map(statement).collect();
    let answers = special::ask(reader, &asked, "reading defaults that the list of columns cannot show").await?;
    let definitions = definitions(reader, tables, &answers).await?;
    let untold = || Unread::new(Reason::Failed, "the server does not tell its default, which the list of columns cannot show");
    for ((table, columns), answer) in tables.iter().zip(answers) {
        for (index, column) in columns.iter().enumerate() {
            let Some(object) = found.get_mut(column.at) else { continue };
            let value =
                answer.as_ref().map_err(Unread::clone).and_then(|row| match (row.text(index).ok().flatten(), definitions.get(table)) {
                    (Some(text), _) => Ok(text),
                    (None, Some(Ok(text))) => printed_default(text, object, &column.what).map(Into::into).ok_or_else(untold),
                    (None, Some(Err(unread))) => Err(unread.clone()),
                    (None, None) => Err(untold()),
                });
            let default = value.and_then(|value| literal(object, &value, matches!(column.what, What::Bytes)));
            match default {
                Ok(Some(default)) => {
                    object.set("default", default);
                }
                Ok(None) => {}
                Err(unread) => reader.gap(unread.gap(object, &cure(reader, table)).attribute("default")),
            }
        }
    }
    Ok(())
}

/// Both vendors take the default of a column that is never NULL for the NULL of the row that is not there. MySQL's SHOW CREATE
/// TABLE shows its bytes; MariaDB's shows question marks too.
async fn definitions(
    reader: &Reader<'_>,
    tables: &BTreeMap<String, Vec<Column>>,
    answers: &[Result<Row, Unread>],
) -> Read<HashMap<String, Result<Box<str>, Unread>>> {
    if reader.flavor.is_mariadb() {
        return Ok(HashMap::new());
    }
    let lacks = |(columns, answer): (&Vec<Column>, &Result<Row, Unread>)| {
        answer.as_ref().is_ok_and(|row| (0..columns.len()).any(|index| row.text(index).is_ok_and(|text| text.is_none())))
    };
    let asked: Vec<&String> =
        tables.iter().zip(answers).filter(|((_, columns), answer)| lacks((columns, answer))).map(|((table, _), _)| table).collect();
    let shown: Vec<Filled> = asked.iter().map(|table| statements::SHOW_TABLE.fill(&[table])).collect();
    let shown = special::ask(reader, &shown, "reading defaults of columns that are never NULL").await?;
    let hidden = || Unread::new(Reason::Privilege, "the account may not read how its table was created, which alone tells its default");
    let text = |answer: Result<Row, Unread>| answer.and_then(|row| row.text(1).ok().flatten().ok_or_else(hidden));
    Ok(asked.into_iter().cloned().zip(shown.into_iter().map(text)).collect())
}

/// The default of a column out of `CREATE TABLE …`: as hexadecimal digits for bytes, else as text.
fn printed_default(definition: &str, column: &Object, what: &What) -> Option<String> {
    let tokens: Vec<Token<'_>> = clause::tokens(definition).collect();
    let (elements, _) = clause::group(&tokens, tokens.iter().position(|token| *token == Token::Sign('('))?)?;
    let is_it = |part: &&[Token<'_>]| matches!(part.first(), Some(Token::Name(name)) if *name == column.identity.part(2));
    let element = clause::parts(elements).into_iter().find(is_it)?;
    let default = element.get(element.iter().position(|token| token.is("default"))? + 1)?;
    let is_bytes = matches!(what, What::Bytes);
    match default {
        Token::Text(text) if is_bytes => Some(text.bytes().map(|byte| format!("{byte:02X}")).collect()),
        Token::Text(text) => Some(text.clone()),
        Token::Word(word) => {
            let digits = word.strip_prefix("0x")?;
            if is_bytes {
                return Some(digits.to_ascii_uppercase());
            }
            // The bytes are those of the column's own character set.
            column.text("collation").filter(|name| name.starts_with("utf8mb4"))?;
            let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
            String::from_utf8((0..digits.len()).step_by(2).map(byte).collect::<Option<Vec<u8>>>()?).ok()
        }
        _ => None,
    }
}

/// The default that is not what was read already.
fn literal(column: &Object, value: &str, is_bytes: bool) -> Result<Option<String>, Unread> {
    if !is_bytes {
        return Ok(value.chars().any(|c| c > '\u{FFFF}').then(|| canonical::literal(value)));
    }
    let data_type = column.text("type").unwrap_or_default();
    let shown = canonical::binary_literal(value, data_type).ok_or_else(lossy::unknown)?;
    if data_type.contains("blob") && canonical::text_of(value).is_some_and(|text| text.chars().all(|c| c <= '\u{FFFF}')) {
        return Ok(None);
    }
    Ok(Some(shown))
}

async fn expressions(reader: &Reader<'_>, asked: Vec<(usize, String, &'static str, Box<str>)>, found: &mut [Object]) -> Read<()> {
    let shown: Vec<Filled> = asked.iter().map(|(_, table, ..)| statements::SHOW_TABLE.fill(&[table])).collect();
    let answers = special::ask(reader, &shown, "reading expressions with characters beyond U+FFFF").await?;
    let context = Context { flavor: reader.flavor, scope: reader.scope };
    for ((at, table, property, text), answer) in asked.into_iter().zip(answers) {
        let Some(object) = found.get_mut(at) else { continue };
        let whole = answer.and_then(|row| row.text(1).ok().flatten().ok_or_else(lossy::unknown));
        let name = object.identity.parts().nth(2).unwrap_or_default();
        match whole.and_then(|whole| expression(&text, &whole, name).ok_or_else(lossy::unknown)) {
            Ok(whole) if *whole == *text => {}
            Ok(whole) => {
                let index = object.kind.spec().index_of(property);
                object.marks.retain(|mark| Some(mark.property) != index);
                object.set(property, canonical::exact(&whole, context));
                canonical::marks(object, property, &whole, context);
            }
            Err(unread) => reader.gap(unread.gap(object, &cure(reader, &table)).attribute(property)),
        }
    }
    Ok(())
}

/// The expression as it is, from the line of the column or check of that name, or from anywhere in the definition.
fn expression(text: &str, whole: &str, name: &str) -> Option<String> {
    let name = Ident(name);
    let starts = [format!("  {name} "), format!("  CONSTRAINT {name} ")];
    let lines = whole.lines().filter(|line| starts.iter().any(|start| line.starts_with(start)));
    let [line] = lines.collect::<Vec<_>>()[..] else { return lossy::restore(text, whole) };
    // Of a line that holds no such character the text stands only if it is there.
    let found =
        if line.chars().all(|c| c <= '\u{FFFF}') { line.contains(text).then(|| text.to_owned()) } else { lossy::restore(text, line) };
    found.or_else(|| lossy::restore(text, whole))
}

/// Says what checks hold, each with its place among those found, its table and its text.
pub async fn checks(reader: &Reader<'_>, doubts: Vec<(usize, String, Box<str>)>, found: &mut [Object]) -> Read<()> {
    let asked = doubts.into_iter().map(|(at, table, text)| (at, table, "expression", text)).collect();
    expressions(reader, asked, found).await
}

fn cure(reader: &Reader<'_>, table: &str) -> String {
    format!("GRANT SELECT ON {table} TO {};", reader.access.account)
}

/// Locks waited for, as in `special`.
const WAITS: usize = 3;
/// Columns asked for their values, one statement each: a question mark in such a value is rare.
const COLUMNS: usize = 1000;

async fn members(reader: &Reader<'_>, asked: &[Column], found: &mut [Object]) -> Read<()> {
    let mut waits = 0;
    for (number, column) in asked.iter().enumerate() {
        let Some(object) = found.get_mut(column.at) else { continue };
        let data_type = object.text("type").unwrap_or_default().to_owned();
        let outcome = if !reader.flavor.is_mariadb() {
            let detail = "a value of it is or holds `?`, which MySQL prints for characters beyond U+FFFF too: nothing tells which it is";
            Err(Unread::new(Reason::Failed, detail))
        } else if waits == WAITS || number >= COLUMNS {
            let detail = "not asked what `?` in its values stands for: other sessions hold locks, or there are too many such columns";
            Err(Unread::new(if waits == WAITS { Reason::Locked } else { Reason::Failed }, detail))
        } else if let Some((statement, places)) = questions(column, &data_type) {
            match reader.attempt(&statement, "reading values with characters beyond U+FFFF").await? {
                Ok(rows) => {
                    let text = rows.first().and_then(|row| row.text(0).ok().flatten());
                    text.and_then(|text| with_members(&data_type, &places, &text)).ok_or_else(lossy::unknown)
                }
                Err(fault) => {
                    waits += usize::from(matches!(fault, Fault::LockTimeout { .. }));
                    let reason = match &fault {
                        Fault::LockTimeout { .. } => Reason::Locked,
                        _ => fault.code().map_or(Reason::Failed, super::reader::reason),
                    };
                    Err(Unread::new(reason, &fault.trouble().found.unwrap_or_else(|| fault.to_string())))
                }
            }
        } else {
            Err(lossy::unknown())
        };
        match outcome {
            Ok(data_type) => {
                object.set("type", data_type);
            }
            Err(unread) => reader.gap(unread.gap(object, &cure(reader, &column.table)).attribute("type")),
        }
    }
    Ok(())
}

/// The values in quotes.
fn values(data_type: &str) -> Option<Vec<String>> {
    let tokens: Vec<Token<'_>> = clause::tokens(data_type).collect();
    let (inner, _) = clause::group(&tokens, 1)?;
    clause::parts(inner).into_iter().map(|part| if let [Token::Text(text)] = part { Some(text.clone()) } else { None }).collect()
}

/// A block that tells the values that hold a question mark, by a variable of the column's type, and which these are.
/// <https://mariadb.com/docs/server/reference/sql-statements/programmatic-compound-statements/declare-variable>
fn questions(column: &Column, data_type: &str) -> Option<(Filled, Vec<usize>)> {
    let is_set = data_type.starts_with("set(");
    let places: Vec<usize> =
        values(data_type)?.iter().enumerate().filter(|(_, value)| lossy::is_doubtful(value)).map(|(at, _)| at).collect();
    let mut told = String::new();
    for at in &places {
        let number = if is_set { 1_u64.checked_shl(u32::try_from(*at).ok()?)? } else { u64::try_from(*at).ok()? + 1 };
        told.push_str(&format!("SET v = {number}; SET r = CONCAT(r, HEX(CONVERT(v USING utf8mb4)), ','); "));
    }
    Some((statements::MEMBERS.fill(&[&format!("{}.{}", column.table, column.name), &told]), places))
}

/// The type with these values in these places, told as their bytes.
fn with_members(data_type: &str, places: &[usize], told: &str) -> Option<String> {
    let mut values = values(data_type)?;
    let told: Vec<String> = told.split_terminator(',').map(canonical::text_of).collect::<Option<_>>()?;
    if told.len() != places.len() {
        return None;
    }
    if told.iter().all(|value| value.chars().all(|c| c <= '\u{FFFF}')) {
        return Some(data_type.to_owned());
    }
    for (at, value) in places.iter().zip(told) {
        *values.get_mut(*at)? = value;
    }
    let name = data_type.split('(').next()?;
    let quoted: Vec<String> = values.iter().map(|value| Member(value).to_string()).collect();
    Some(format!("{name}({})", quoted.join(",")))
}

#[cfg(test)]
mod tests {
    use super::{expression, is_literal, with_members};

    #[test]
    fn expressions_are_found_on_their_own_line() {
        let whole = "CREATE TABLE `t` (\n  `a` text DEFAULT f('😀'),\n  `b` text DEFAULT f('🎉'),\n  `c` text DEFAULT f('?'),\n  \
                     CONSTRAINT `d` CHECK (f('😀'))\n)";
        let of = |text, name| expression(text, whole, name);
        assert_eq!(of("f('????')", "a").as_deref(), Some("f('😀')"));
        assert_eq!(of("f('????')", "b").as_deref(), Some("f('🎉')"));
        assert_eq!(of("f('?')", "c").as_deref(), Some("f('?')"));
        assert_eq!(of("f('????')", "d").as_deref(), Some("f('😀')"));
        assert_eq!(of("f('????')", "e"), None);
        assert_eq!(of("g('?')", "c"), None);
    }

    #[test]
    fn members_take_the_places_of_question_marks() {
        let shown = |told| with_members("enum('?','it''s','a?')", &[0, 2], told);
        assert_eq!(shown("F09F9880,613F,").as_deref(), Some("enum('😀','it''s','a?')"));
        assert_eq!(shown("3F,613F,").as_deref(), Some("enum('?','it''s','a?')"));
        assert_eq!(shown("3F,"), None);
        assert_eq!(shown("FF,FF,"), None);
    }

    #[test]
    fn a_literal_is_one_text() {
        assert!(is_literal("'a''?'"));
        assert!(!is_literal("concat('?')") && !is_literal("x'3f'") && !is_literal("'a' + 'b'"));
    }
}
