//! What only SHOW CREATE TABLE tells: parsers of full-text indexes, options of vector indexes, block sizes of keys, periods, tables
//! of a MERGE table and where it puts rows, that there is a connection, options of partitions. Asked for tables that may have
//! such a thing; what cannot be read is a gap.
//!
//! Neighbours: `clause` (tokens), `special` (asking).

use super::clause::{self, Token};
use super::reader::{Read, Reader};
use super::special::{self, Unread};
use super::statements::{self, Filled};
use super::table::{Place, Tables};
use crate::ident::Ident;
use evenkeel_core::kind::{Kind, Value};
use evenkeel_core::manifest::{Identity, Object, Reason, display};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Engines whose tables are on this server and take no connection.
const LOCAL: &[&str] =
    &["innodb", "myisam", "aria", "memory", "heap", "csv", "archive", "blackhole", "mrg_myisam", "rocksdb", "columnstore"];

/// A property of an object that SHOW CREATE TABLE would tell.
type Concern = (usize, &'static str);

/// Completes tables, indexes, keys and partitions among `found`.
pub async fn read(reader: &Reader<'_>, tables: &Tables, found: &mut Vec<Object>) -> Read<()> {
    let known: HashMap<&Place, (&str, &str, &str)> =
        tables.iter().map(|(schema, name, facts)| (&facts.place, (schema, name, facts.engine.as_deref().unwrap_or_default()))).collect();
    let parsers = reader.attempt(&reader.rendered(statements::PARSERS), "looking for full-text parsers").await?;
    let has_parsers = parsers.is_ok_and(|rows| rows.first().and_then(|row| row.integer(0).ok().flatten()) != Some(0));
    let mut concerns: BTreeMap<Place, Vec<Concern>> = BTreeMap::new();
    for (at, object) in found.iter().enumerate().filter(|(_, object)| may_be_told(object)) {
        let place = place(object);
        let Some((.., engine)) = known.get(&place) else { continue };
        let attributes = attributes(object, engine, has_parsers, reader.flavor.is_mariadb());
        if !attributes.is_empty() {
            concerns.entry(place).or_default().extend(attributes.into_iter().map(|attribute| (at, attribute)));
        }
    }
    let asked: Vec<(Place, String, Vec<Concern>)> = concerns
        .into_iter()
        .filter_map(|(place, concerns)| {
            let (schema, name, _) = known.get(&place)?;
            let quoted = format!("{}.{}", Ident(schema), Ident(name));
            Some((place, quoted, concerns))
        })
        .collect();
    let shown: Vec<Filled> = asked.iter().map(|(_, quoted, _)| statements::SHOW_TABLE.fill(&[quoted])).collect();
    let answers = special::ask(reader, &shown, "reading definitions of tables").await?;
    let mut rows: HashMap<Place, Vec<usize>> = asked.iter().map(|(place, ..)| (place.clone(), Vec::new())).collect();
    for (at, object) in found.iter().enumerate().filter(|(_, object)| may_be_told(object)) {
        if let Some(rows) = rows.get_mut(&place(object)) {
            rows.push(at);
        }
    }
    let mut gone = BTreeSet::new();
    for ((place, quoted, concerns), answer) in asked.into_iter().zip(answers) {
        let text =
            answer.and_then(|row| row.text(1).ok().flatten().ok_or_else(|| Unread::new(Reason::Failed, "the server shows no definition")));
        let parsed = text.and_then(|text| {
            parse(&text).ok_or_else(|| Unread::new(Reason::Failed, "what SHOW CREATE TABLE prints could not be read: please report it"))
        });
        match parsed {
            Ok(printed) => apply(reader, found, rows.get(&place).map_or(&[], Vec::as_slice), &printed, &mut gone),
            Err(unread) => {
                for (at, attribute) in concerns {
                    if let Some(object) = found.get(at) {
                        let gap = unread.gap(object, &format!("GRANT SELECT ON {quoted} TO {};", reader.access.account));
                        reader.gap(if attribute.is_empty() { gap } else { gap.attribute(attribute) });
                    }
                }
            }
        }
    }
    let mut at = 0;
    found.retain(|_| {
        at += 1;
        !gone.contains(&(at - 1))
    });
    Ok(())
}

const fn may_be_told(object: &Object) -> bool {
    matches!(object.kind, Kind::Table | Kind::Partition | Kind::Index | Kind::Constraint)
}

/// The table an object is or hangs on.
fn place(object: &Object) -> Place {
    (object.identity.part(0).into(), object.identity.part(1).into())
}

/// Which of its properties only SHOW CREATE TABLE would tell. Empty text: that it is there at all.
fn attributes(object: &Object, engine: &str, has_parsers: bool, is_mariadb: bool) -> Vec<&'static str> {
    let engine = engine.to_ascii_lowercase();
    let mut attributes = Vec::new();
    match object.kind {
        Kind::Table if engine == "mrg_myisam" => attributes.extend(["merged", "options"]),
        Kind::Table if !engine.is_empty() && !LOCAL.contains(&&*engine) => attributes.push("connection"),
        Kind::Partition => attributes.push("options"),
        Kind::Index => {
            if has_parsers && object.text("method") == Some("fulltext") {
                attributes.push("parser");
            }
            if object.text("method") == Some("vector") {
                attributes.push("method");
            }
            // InnoDB takes the size of its pages for all keys, whatever is said of one.
            if matches!(&*engine, "myisam" | "aria") {
                attributes.push("block_size");
            }
        }
        // A period is listed as a check that its start lies before its end, under its own name.
        Kind::Constraint if is_mariadb && object.text("expression").is_some_and(is_comparison) => attributes.push(""),
        _ => {}
    }
    attributes
}

/// `` `s` < `e` ``, with whatever names.
fn is_comparison(expression: &str) -> bool {
    let tokens: Vec<Token<'_>> = clause::tokens(expression).take(4).collect();
    matches!(tokens.as_slice(), [start, Token::Sign('<'), end] if start.name().is_some() && end.name().is_some())
}

fn apply(reader: &Reader<'_>, found: &mut [Object], rows: &[usize], printed: &Printed, gone: &mut BTreeSet<usize>) {
    for at in rows {
        let Some(object) = found.get_mut(*at) else { continue };
        let name = object.identity.parts().nth(2).unwrap_or_default().to_owned();
        match object.kind {
            Kind::Table => {
                object
                    .set("merged", Value::list(printed.union.iter().map(|(schema, name)| merged(reader, object, schema.as_deref(), name))));
                if let Some(method) = &printed.insert_method {
                    let more = format!("insert_method={method}");
                    let mut options = match object.get("options") {
                        Some(Value::List(options)) => options.to_vec(),
                        _ => Vec::new(),
                    };
                    options.push(more.into());
                    options.sort_unstable();
                    object.set("options", Value::List(options.into()));
                }
                if printed.has_connection || printed.engine.as_deref().is_some_and(|engine| engine.eq_ignore_ascii_case("spider")) {
                    object.set("connection", "set");
                }
                object.set("periods", Value::list(printed.periods.iter().map(|(name, start, end)| format!("{name}({start}, {end})"))));
                if let Some(by) = &printed.partition_by
                    && object.text("partition_by").is_some()
                {
                    object.set("partition_by", &**by);
                }
            }
            Kind::Partition => {
                // These come and go as time goes by.
                let is_passing = printed.partition_by.as_deref().is_some_and(|by| by.ends_with(" auto"));
                if is_passing && object.text("values") == Some("system_time history") {
                    gone.insert(*at);
                }
                if let Some(options) = printed.partitions.get(&name) {
                    object.set("options", Value::list(options.iter().map(|option| &**option)));
                }
                let own = printed.engines.get(&name).filter(|engine| Some(&***engine) != printed.engine.as_deref());
                object.set_some("engine", own.map(|engine| &**engine));
            }
            Kind::Index | Kind::Constraint => {
                if let Some(index) = printed.indexes.iter().find(|index| index.name.eq_ignore_ascii_case(&name)) {
                    object.set_some("parser", index.parser.as_deref().filter(|_| object.kind == Kind::Index));
                    object.set_some("block_size", index.block_size.filter(|_| object.kind == Kind::Index));
                    if object.text("method") == Some("vector") && !index.vector.is_empty() {
                        object.set("method", format!("vector ({})", index.vector.join(", ")));
                    }
                    if !index.keys.is_empty() {
                        let property = if object.kind == Kind::Index { "keys" } else { "columns" };
                        object.set(property, Value::list(index.keys.iter().map(|key| &**key)));
                        if object.kind == Kind::Constraint {
                            object.set("temporal", true);
                        }
                    }
                } else if object.text("type") == Some("check") && printed.periods.iter().any(|(period, ..)| *period == name) {
                    gone.insert(*at);
                }
            }
            _ => {}
        }
    }
}

/// A table of a MERGE table; one of the same database without it.
fn merged(reader: &Reader<'_>, table: &Object, schema: Option<&str>, name: &str) -> String {
    let schema = schema.map_or_else(|| Arc::from(table.identity.part(0)), |schema| reader.scope.shown(schema));
    display(Kind::Table, &Identity::new([schema, Arc::from(name)]))
}

/// What the clauses say.
#[derive(Debug, Default, PartialEq, Eq)]
struct Printed {
    indexes: Vec<Index>,
    /// Name, start and end.
    periods: Vec<(String, String, String)>,
    has_connection: bool,
    union: Vec<(Option<String>, String)>,
    /// Where a MERGE table puts new rows, if it takes any.
    insert_method: Option<String>,
    engine: Option<String>,
    /// Only where the list of partitions says less.
    partition_by: Option<String>,
    partitions: HashMap<String, BTreeSet<String>>,
    engines: HashMap<String, String>,
}

#[derive(Debug, Default, PartialEq, Eq)]
struct Index {
    name: String,
    parser: Option<String>,
    block_size: Option<i64>,
    /// Options of a vector index, `m=8`.
    vector: Vec<String>,
    /// Only of a key without overlaps, which the list of keys shows with the columns of the period.
    keys: Vec<String>,
}

fn parse(text: &str) -> Option<Printed> {
    let tokens: Vec<Token<'_>> = clause::tokens(text).collect();
    if tokens.contains(&Token::Broken) || !tokens.first()?.is("create") {
        return None;
    }
    let (elements, end) = clause::group(&tokens, tokens.iter().position(|token| *token == Token::Sign('('))?)?;
    let mut printed = Printed::default();
    for element in clause::parts(elements) {
        printed.element(element)?;
    }
    let rest = tokens.get(end + 1..)?;
    let partition = rest.windows(2).position(|pair| matches!(pair, [a, b] if a.is("partition") && b.is("by")));
    let (options, partition) = rest.split_at_checked(partition.unwrap_or(rest.len()))?;
    printed.options(options)?;
    if !partition.is_empty() {
        printed.partitioning(partition.get(2..)?)?;
    }
    Some(printed)
}

impl Printed {
    /// A column, key, period or constraint.
    fn element(&mut self, element: &[Token<'_>]) -> Option<()> {
        if let [period, word, name, ..] = element
            && period.is("period")
            && word.is("for")
        {
            // That of the row versions is told by the columns.
            if !name.is("system_time") {
                let (columns, _) = clause::group(element, 3)?;
                let names: Vec<&str> = columns.iter().filter_map(Token::name).collect();
                let [start, end] = names.as_slice() else { return None };
                self.periods.push((name.name()?.to_owned(), (*start).to_owned(), (*end).to_owned()));
            }
            return Some(());
        }
        let is_word = |word: &&str| element.first().is_some_and(|token| token.is(word));
        if !["key", "unique", "fulltext", "spatial", "vector", "primary"].iter().any(is_word) {
            return Some(());
        }
        let open = element.iter().position(|token| *token == Token::Sign('('))?;
        let named = element.get(..open)?.iter().find_map(|token| if let Token::Name(name) = token { Some(&**name) } else { None });
        let (parts, close) = clause::group(element, open)?;
        let mut index = Index { name: named.unwrap_or("PRIMARY").to_owned(), ..Index::default() };
        let parts = clause::parts(parts);
        if let Some([.., without, overlaps]) = parts.last()
            && without.is("without")
            && overlaps.is("overlaps")
        {
            index.keys = parts.iter().map(|part| key(part)).collect::<Option<_>>()?;
        }
        let after = element.get(close + 1..)?;
        index.block_size = match value(after, "key_block_size") {
            Some(token) => Some(token.name()?.parse().ok()?),
            None => None,
        };
        // Options of an engine are names, in backticks. Their values are bare up to 11.8.6 and in quotes from 11.8.9 on.
        for window in after.windows(3) {
            let [Token::Name(option), Token::Sign('='), value] = window else { continue };
            index.vector.push(format!("{}={}", option.to_ascii_lowercase(), value.word()?.to_ascii_lowercase()));
        }
        // They may stand in any order: `m` first, as always.
        index.vector.sort_by(|a, b| b.starts_with("m=").cmp(&a.starts_with("m=")).then_with(|| a.cmp(b)));
        let parser = after.windows(3).find(|window| matches!(window, [with, parser, _] if with.is("with") && parser.is("parser")));
        index.parser = parser.and_then(|window| window.last()?.name()).map(str::to_owned);
        self.indexes.push(index);
        Some(())
    }

    /// What stands behind the columns. What a connection is, is not looked at.
    fn options(&mut self, options: &[Token<'_>]) -> Option<()> {
        self.engine = value(options, "engine").and_then(Token::name).map(str::to_owned);
        self.has_connection = value(options, "connection").is_some();
        let method = value(options, "insert_method").and_then(Token::name).map(str::to_ascii_lowercase);
        self.insert_method = method.filter(|method| method != "no");
        let union =
            options.windows(3).position(|window| matches!(window, [union, Token::Sign('='), Token::Sign('(')] if union.is("union")));
        if let Some(at) = union {
            for table in clause::parts(clause::group(options, at + 2)?.0) {
                self.union.push(match table {
                    [name] => (None, name.name()?.to_owned()),
                    [schema, Token::Sign('.'), name] => (Some(schema.name()?.to_owned()), name.name()?.to_owned()),
                    _ => return None,
                });
            }
        }
        Some(())
    }

    /// What stands behind PARTITION BY.
    fn partitioning(&mut self, tokens: &[Token<'_>]) -> Option<()> {
        let open = tokens.iter().position(|token| *token == Token::Sign('('));
        let list = tokens.windows(2).position(|pair| matches!(pair, [Token::Sign('('), word] if word.is("partition")));
        let head = tokens.get(..list.or(open).unwrap_or(tokens.len()))?;
        if head.first()?.is("system_time") {
            self.partition_by = Some(system_time(head));
        } else if let Some(algorithm) = tokens.get(..open.unwrap_or(tokens.len())).and_then(|head| value(head, "algorithm")) {
            let (columns, _) = clause::group(tokens, open?)?;
            let names: Vec<&str> = columns.iter().filter_map(Token::name).collect();
            let linear = if head.first()?.is("linear") { "linear " } else { "" };
            self.partition_by = Some(format!("{linear}key algorithm {} ({})", algorithm.name()?, names.join(", ")));
        }
        let Some(list) = list else { return Some(()) };
        for definition in clause::parts(clause::group(tokens, list)?.0) {
            self.partition(definition)?;
        }
        Some(())
    }

    /// `PARTITION p0 VALUES … (SUBPARTITION s0 …, …)`.
    fn partition(&mut self, definition: &[Token<'_>]) -> Option<()> {
        let name = definition.get(1)?.name()?.to_owned();
        let mut all = BTreeSet::new();
        let sub = definition.windows(2).position(|pair| matches!(pair, [Token::Sign('('), word] if word.is("subpartition")));
        let (own, _) = definition.split_at_checked(sub.unwrap_or(definition.len()))?;
        let mut engine = value(own, "engine").and_then(Token::name).map(str::to_owned);
        all.extend(partition_options(own)?);
        if let Some(at) = sub {
            let parts = clause::parts(clause::group(definition, at)?.0);
            let options: Vec<(String, Vec<String>)> =
                parts.iter().map(|part| Some((part.get(1)?.name()?.to_owned(), partition_options(part)?))).collect::<Option<_>>()?;
            let first = options.first().map(|(_, options)| options.clone()).unwrap_or_default();
            // Servers repeat what was said of the partition for each of its parts.
            if options.iter().all(|(_, options)| *options == first) {
                all.extend(first);
            } else {
                all.extend(options.iter().flat_map(|(name, options)| options.iter().map(move |option| format!("{name}: {option}"))));
            }
            engine = engine.or_else(|| value(parts.first()?, "engine").and_then(Token::name).map(str::to_owned));
        }
        if let Some(engine) = engine {
            self.engines.insert(name.clone(), engine);
        }
        self.partitions.insert(name, all);
        Some(())
    }
}

/// Row limits and directories, each `name=value`.
fn partition_options(tokens: &[Token<'_>]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for name in ["max_rows", "min_rows"] {
        if let Some(token) = value(tokens, name) {
            found.push(format!("{name}={}", token.name()?));
        }
    }
    for name in ["data", "index"] {
        let at = tokens
            .windows(3)
            .position(|window| matches!(window, [word, directory, Token::Sign('=')] if word.is(name) && directory.is("directory")));
        if let Some(Token::Text(path)) = at.and_then(|at| tokens.get(at + 3)) {
            found.push(format!("{name} directory={path}"));
        }
    }
    Some(found)
}

/// What is behind `name =`.
fn value<'t, 'a>(tokens: &'t [Token<'a>], name: &str) -> Option<&'t Token<'a>> {
    let at = tokens.windows(2).position(|pair| matches!(pair, [word, Token::Sign('=')] if word.is(name)))?;
    tokens.get(at + 2)
}

/// A part of a key as `index` shows it, that of a period with its words.
fn key(part: &[Token<'_>]) -> Option<String> {
    Some(match part {
        [name] => name.name()?.to_owned(),
        [name, without, overlaps] if without.is("without") && overlaps.is("overlaps") => format!("{} without overlaps", name.name()?),
        [name, order] if order.is("desc") => format!("{} desc", name.name()?),
        [name, Token::Sign('('), prefix, Token::Sign(')')] => format!("{}({})", name.name()?, prefix.name()?),
        _ => return None,
    })
}

/// `system_time interval 1 day auto`: without the moment it starts at, which is the table's birth where none was named.
fn system_time(head: &[Token<'_>]) -> String {
    let mut words: Vec<String> = Vec::new();
    let mut tokens = head.iter().peekable();
    while let Some(token) = tokens.next() {
        if token.is("partitions") {
            break;
        }
        if token.is("starts") {
            tokens.next_if(|token| token.is("timestamp"));
            tokens.next_if(|token| matches!(token, Token::Text(_)));
            continue;
        }
        words.push(clause::shown(std::slice::from_ref(token)).to_ascii_lowercase());
    }
    words.join(" ")
}

#[cfg(test)]
#[path = "printed_tests.rs"]
mod tests;
