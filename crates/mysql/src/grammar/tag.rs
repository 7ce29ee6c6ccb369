//! What one statement is, by its first words: there is no parser of these servers to ask. A word that none of them knows is told.
//!
//! <https://dev.mysql.com/doc/refman/en/sql-statements.html>, <https://mariadb.com/kb/en/sql-statements/>

use super::token::{Sort, tokens};
use evenkeel_core::statement::{Nature, Shows, Statement, Word};

/// What a statement's text is.
pub(super) fn statement(text: &str) -> Statement {
    let words = words(text);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let nature = nature(&words);
    let odd = match (nature, words.first()) {
        (Nature::Unknown, Some(first @ (&"create" | &"alter" | &"drop"))) => {
            Some(format!("nothing that MySQL or MariaDB know follows {}", first.to_uppercase()))
        }
        (Nature::Unknown, Some(first)) => Some(format!("no statement of MySQL or MariaDB begins with {}", first.to_uppercase())),
        (Nature::Unknown, None) => Some("it begins with no word".to_owned()),
        _ => None,
    };
    Statement { tag: tag(&words), nature, alone: false, shows: shows(text, &words, nature), beyond: super::beyond::of(text), odd }
}

/// What of it a schema surely shows. What is for the session alone is gone with it.
fn shows(text: &str, words: &[&str], nature: Nature) -> Shows {
    const SHOWN: &[&str] = &["table", "view", "index", "procedure", "function", "trigger", "event", "sequence"];
    const ROWS: &[&str] = &["insert", "update", "delete", "replace", "load", "truncate", "lock", "unlock", "analyze"];
    let is_sure = !words.iter().any(|word| matches!(*word, "if" | "replace" | "temporary"));
    let made = words.iter().skip(1).find(|word| OBJECTS.contains(word));
    let is_shown = made.is_some_and(|made| SHOWN.contains(made));
    match words.first() {
        Some(first) if ROWS.contains(first) => Shows::Quiet,
        _ if matches!(nature, Nature::Session | Nature::Right | Nature::Transaction(Word::Begin | Word::Commit)) => Shows::Quiet,
        // What stands on it is for the session too.
        Some(&"create") if words.contains(&"temporary") => Shows::Anything,
        Some(&"create") if nature == Nature::Definition && is_sure && is_shown => Shows::Makes,
        Some(&"create") if nature == Nature::Definition => Shows::MayMake,
        Some(&"drop") if nature == Nature::Definition && is_sure && is_shown => Shows::Takes,
        Some(&"alter") if made == Some(&"table") => altered(text),
        _ => Shows::Anything,
    }
}

/// The same of ALTER TABLE, by all its words outside of quotes.
fn altered(text: &str) -> Shows {
    let words: Vec<String> = tokens(text).filter(|token| token.sort == Sort::Word).map(|token| token.text.to_ascii_lowercase()).collect();
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    match (has(&["add"]), has(&["drop"])) {
        _ if has(&["rename", "change", "exchange", "import", "discard", "convert", "reorganize", "coalesce", "remove"]) => Shows::Anything,
        (true, true) => Shows::Anything,
        (true, false) if !has(&["if"]) => Shows::Makes,
        (false, true) if !has(&["if"]) => Shows::Takes,
        (_, true) => Shows::Anything,
        (true, false) => Shows::MayMake,
        (false, false) => Shows::Quiet,
    }
}

/// The first words of a statement, in small letters; what stands in quotes or is a sign is left out, as is a parenthesis before all.
fn words(text: &str) -> Vec<String> {
    const ENOUGH: usize = 14;
    let mut words = Vec::new();
    for token in tokens(text) {
        match token.sort {
            Sort::Word if words.len() < ENOUGH => words.push(token.text.to_ascii_lowercase()),
            Sort::Word => break,
            Sort::Sign if words.is_empty() && token.text != "(" => break,
            Sort::Name | Sort::Text | Sort::Broken if words.is_empty() => break,
            _ => {}
        }
    }
    words
}

/// What is made, altered or dropped.
const OBJECTS: &[&str] = &[
    "table",
    "view",
    "index",
    "procedure",
    "function",
    "trigger",
    "event",
    "database",
    "schema",
    "user",
    "role",
    "server",
    "sequence",
    "tablespace",
    "package",
    "library",
    "instance",
    "group",
    "reference",
    "catalog",
];
/// Words of a beginning with one more: `START TRANSACTION`.
const PAIRS: &[&str] = &["start", "stop", "load", "lock", "unlock", "rename", "truncate", "analyze", "optimize", "repair", "check"];

/// The server's word for it, in capitals: `CREATE TABLE`.
fn tag(words: &[&str]) -> String {
    let Some(verb) = words.first() else { return "nothing".to_owned() };
    let second = match *verb {
        "create" | "alter" | "drop" => words.iter().skip(1).find(|word| OBJECTS.contains(word)),
        verb if PAIRS.contains(&verb) => words.get(1),
        _ => None,
    };
    std::iter::once(verb).chain(second).copied().collect::<Vec<_>>().join(" ").to_uppercase()
}

/// Whether what is made or altered is an account, or something of the whole server.
fn is_of_right(words: &[&str]) -> bool {
    const OF_RIGHT: &[&str] = &["user", "role", "server", "tablespace", "instance", "group"];
    words.iter().skip(1).find(|word| OBJECTS.contains(word)).is_some_and(|made| OF_RIGHT.contains(made))
}

fn nature(words: &[&str]) -> Nature {
    let Some(first) = words.first() else { return Nature::Unknown };
    let second = words.get(1).copied().unwrap_or_default();
    match *first {
        "drop" if second == "prepare" => Nature::Code,
        "create" | "alter" | "drop" if !words.iter().any(|word| OBJECTS.contains(word)) => Nature::Unknown,
        "grant" | "revoke" | "install" | "uninstall" => Nature::Right,
        "create" | "alter" | "drop" | "rename" if is_of_right(words) => Nature::Right,
        "create" | "alter" | "drop" | "rename" => Nature::Definition,
        "begin" if second == "not" => Nature::Code,
        "begin" => Nature::Transaction(Word::Begin),
        "start" if second == "transaction" => Nature::Transaction(Word::Begin),
        "commit" => Nature::Transaction(Word::Commit),
        "rollback" if words.contains(&"to") => Nature::Transaction(Word::Within),
        "rollback" => Nature::Transaction(Word::RollBack),
        "savepoint" | "release" | "xa" => Nature::Transaction(Word::Within),
        "set" if words.iter().take(3).any(|word| *word == "transaction") => Nature::Transaction(Word::Within),
        // It is the statement behind it that is run.
        "set" if second == "statement" => Nature::Code,
        "set" | "use" | "reset" | "start" | "stop" | "change" | "purge" | "flush" | "kill" | "shutdown" | "restart" | "binlog"
        | "clone" | "backup" => Nature::Session,
        "call" | "prepare" | "execute" | "deallocate" | "signal" | "resignal" | "get" | "if" | "case" | "loop" | "while" | "repeat"
        | "for" => Nature::Code,
        "select" | "insert" | "update" | "delete" | "replace" | "load" | "with" | "values" | "table" | "do" | "truncate" | "handler"
        | "import" | "lock" | "unlock" | "explain" | "describe" | "desc" | "show" | "analyze" | "optimize" | "repair" | "check"
        | "checksum" | "cache" | "help" => Nature::Data,
        _ => Nature::Unknown,
    }
}
