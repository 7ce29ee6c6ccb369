//! The queries of a build: SQL files, sqlc's among them, sqlx's folder, lists of statements; and those that a server has seen.

use crate::capture::Source;
use crate::files;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::finding::Place;
use evenkeel_core::port::{Heard, Limits, Noticed, Stop, Watch};
use evenkeel_core::preflight::{Query, Shape};
use evenkeel_core::statement::{Grammar, Lines, Nature, Piece, Statement, What};
use std::path::Path;

/// All queries of a file or a folder, in the order of files.
///
/// # Errors
/// It cannot be read, or there is no query in it.
pub fn read(path: &Path, grammar: &dyn Grammar, stop: &Stop) -> Result<Vec<Query>, Box<Trouble>> {
    let shown = path.display().to_string();
    let trouble = |found: String| {
        let trouble = Trouble::new(Class::Configuration, format!("cannot read the queries of {shown:?}"));
        Box::new(trouble.expected("a file of SQL, a folder of such files, or sqlx's folder .sqlx").found(found).fix("correct --queries"))
    };
    let mut queries = Vec::new();
    let facts = std::fs::metadata(path).map_err(|error| trouble(error.to_string()))?;
    if facts.is_dir() {
        let tree = files::tree(path, stop)?;
        for (file, why) in &tree.unread {
            queries.push(odd(&format!("{shown}/{file}"), why.clone()));
        }
        for file in &tree.files {
            let name = format!("{}/{}", shown.trim_end_matches('/'), file.path);
            let end = file.name().rsplit_once('.').map(|(_, end)| end.to_lowercase()).unwrap_or_default();
            if ["sql", "psql", "pgsql", "mysql"].contains(&end.as_str()) {
                queries.extend(of_sql(&name, &file.bytes, grammar));
            } else if file.name().starts_with("query-") && file.name().ends_with(".json") {
                queries.push(of_sqlx(&name, &file.bytes));
            }
        }
    } else {
        let bytes = std::fs::read(path).map_err(|error| trouble(error.to_string()))?;
        match path.extension().and_then(|end| end.to_str()) {
            Some("json") => queries.push(of_sqlx(&shown, &bytes)),
            _ => queries.extend(of_sql(&shown, &bytes, grammar)),
        }
    }
    if queries.is_empty() { Err(trouble("no query in it".to_owned())) } else { Ok(queries) }
}

/// What clients have sent to a server, as `shown` has it; and what of that is hidden. Statements that are no queries are none of a build's.
///
/// # Errors
/// The server keeps none, or cannot be asked; there is none.
pub fn noticed(
    source: &Source,
    shown: &str,
    (grammar, limits): (&dyn Grammar, &Limits),
    watch: &Watch<'_>,
) -> Result<(Vec<Query>, Vec<String>), Box<Trouble>> {
    let (Source::Live { environment, .. } | Source::Split { primary: environment, .. }) = source else {
        let trouble = Trouble::new(Class::Usage, format!("{} keeps no statistics of queries", source.label()));
        return Err(Box::new(trouble.expected("a live environment").found("a file")));
    };
    let Noticed { queries: texts, hidden } = environment.noticed(limits, watch)?;
    let mut queries = Vec::new();
    for (Heard { text, cut, calls }, line) in texts.into_iter().zip(1..) {
        let place = Place { file: shown.to_owned(), line, column: None };
        if let Some(why) = cut {
            queries.push(Query { sql: text, place, expected: None, odd: Some(why), weight: calls });
            continue;
        }
        let all = of_sql(shown, text.as_bytes(), grammar);
        // What is defined, set or begun is no query; what cannot be read is said.
        let is_other = |statement: &Statement| statement.odd.is_none() && !is_query(statement, &text);
        let pieces = grammar.split(&text);
        if pieces.iter().filter_map(Piece::statement).all(is_other) {
            continue;
        }
        queries.extend(all.into_iter().map(|query| Query { place: place.clone(), weight: calls, ..query }));
    }
    if queries.is_empty() && hidden.is_empty() {
        let trouble = Trouble::new(Class::Configuration, format!("{shown} has no query"));
        return Err(Box::new(
            trouble.expected("queries that the application has sent").found("none").fix("ask again when it has worked for a while"),
        ));
    }
    Ok((queries, hidden))
}

/// Whether a server can prepare it. A first parenthesis hides the word: then the server says whether it is a query.
fn is_query(statement: &Statement, own: &str) -> bool {
    PREPARED.contains(&statement.tag.as_str()) || statement.nature == Nature::Data && own.trim_start().starts_with('(')
}

fn odd(file: &str, why: String) -> Query {
    Query { sql: String::new(), place: Place { file: file.to_owned(), line: 1, column: None }, expected: None, odd: Some(why), weight: 1 }
}

/// Tags of statements that can be prepared.
const PREPARED: &[&str] = &["SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE", "VALUES", "WITH", "TABLE"];

/// sqlc's line above a query: `-- name: ListOrders :many`.
/// <https://docs.sqlc.dev/en/stable/reference/query-annotations.html>
fn is_annotation(line: &str) -> bool {
    let told = line.trim_start().strip_prefix("--").or_else(|| line.trim_start().strip_prefix("/*"));
    let words: Option<Vec<&str>> =
        told.and_then(|told| told.trim_start().strip_prefix("name:")).map(|rest| rest.split_whitespace().collect());
    words.is_some_and(|words| matches!(words.as_slice(), [_, command, ..] if command.starts_with(':')))
}

/// How often the queries of a file are asked beside others: `-- weight: 5` on a line of its own.
fn weight(text: &str) -> Result<u64, String> {
    let said = text.lines().filter_map(|line| line.trim_start().strip_prefix("--")?.trim_start().strip_prefix("weight:"));
    let mut weights = said.map(|word| {
        let weight = word.trim().parse().ok().filter(|weight| (1..=HEAVIEST).contains(weight));
        weight.ok_or_else(|| format!("{:?} is no weight: a whole number from 1 to {HEAVIEST}", word.trim()))
    });
    match (weights.next(), weights.next()) {
        (None, _) => Ok(1),
        (Some(weight), None) => weight,
        (Some(_), Some(_)) => Err("it has several weights".to_owned()),
    }
}

/// What is asked more often than that beside others leaves no room for them.
const HEAVIEST: u64 = 1_000_000;

fn of_sql(file: &str, bytes: &[u8], grammar: &dyn Grammar) -> Vec<Query> {
    let Ok(text) = std::str::from_utf8(bytes) else { return vec![odd(file, "it is no UTF-8".to_owned())] };
    let lines = Lines::of(text);
    let is_generated = text.lines().any(is_annotation);
    let mut queries = Vec::new();
    let weight = match weight(text) {
        Ok(weight) => weight,
        Err(why) => return vec![odd(file, why)],
    };
    for piece in grammar.split(text) {
        let (line, column) = lines.at(text, piece.start);
        let place = Place { file: file.to_owned(), line, column: Some(column) };
        let own = piece.text(text);
        let own = if is_generated { grammar.parameters(own) } else { own.to_owned() };
        let one = |odd: Option<String>| Query { sql: own.clone(), place: place.clone(), expected: None, odd, weight };
        match &piece.what {
            What::Statement(statement) if is_query(statement, &own) => queries.push(one(None)),
            What::Statement(statement) => {
                let why = statement.odd.clone().unwrap_or_else(|| format!("{} is no query that a server prepares", statement.tag));
                queries.push(one(Some(why)));
            }
            What::Command { odd: Some(why) } => queries.push(one(Some(why.clone()))),
            What::Between | What::Rows | What::Command { odd: None } => {}
        }
    }
    queries
}

/// One file of sqlx's folder: the query, and what it was when it was compiled.
fn of_sqlx(file: &str, bytes: &[u8]) -> Query {
    #[derive(serde::Deserialize)]
    struct Offline {
        query: String,
        describe: Describe,
    }
    #[derive(serde::Deserialize)]
    struct Describe {
        columns: Vec<Column>,
        #[serde(default)]
        parameters: Parameters,
    }
    #[derive(serde::Deserialize)]
    struct Column {
        name: String,
        type_info: serde_json::Value,
    }
    #[derive(serde::Deserialize, Default)]
    struct Parameters {
        #[serde(rename = "Left", default)]
        types: Vec<serde_json::Value>,
        /// Where the server tells no types: how many there are.
        #[serde(rename = "Right", default)]
        count: usize,
    }
    match serde_json::from_slice::<Offline>(bytes) {
        Err(error) => odd(file, format!("it is no file of sqlx's folder: {error}")),
        Ok(Offline { query, describe }) => {
            let columns = describe.columns.iter().map(|column| (column.name.clone(), type_name(&column.type_info))).collect();
            let parameters = describe.parameters.types.iter().map(type_name);
            // No query has more.
            let untold = std::iter::repeat_n("unknown".to_owned(), describe.parameters.count.min(usize::from(u16::MAX)));
            let parameters = parameters.chain(untold).collect();
            let place = Place { file: file.to_owned(), line: 1, column: None };
            Query { sql: query, place, expected: Some(Shape { columns, parameters }), odd: None, weight: 1 }
        }
    }
}

/// sqlx's word for a type as the server has it: `Int8`, `TextArray`, `{"Custom": {"name": "mood"}}`.
fn type_name(info: &serde_json::Value) -> String {
    let word = match info {
        serde_json::Value::String(word) => word.as_str(),
        other => {
            // MySQL's, with flags beside it.
            if let Some(sort) = other.get("type").and_then(|sort| sort.as_str()) {
                return sort.to_ascii_lowercase();
            }
            let custom = other.get("Custom");
            let kind = custom.and_then(|custom| custom.get("kind"));
            if let Some(of) = kind.and_then(|kind| kind.get("Array")) {
                return format!("_{}", type_name(of));
            }
            return custom.and_then(|custom| custom.get("name")).and_then(|name| name.as_str()).unwrap_or("unknown").to_owned();
        }
    };
    let small = word.to_ascii_lowercase();
    match small.strip_suffix("array") {
        Some(of) if !of.is_empty() => format!("_{of}"),
        _ => small,
    }
}
