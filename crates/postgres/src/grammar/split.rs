//! A file's text cut into statements as psql and the servers' own scanner cut it. What a statement is, `tag` says.
//!
//! Lives here: where a statement ends; rows that follow `COPY … FROM stdin`; psql's own commands, of which nothing is run.
//! <https://www.postgresql.org/docs/current/app-psql.html>

use super::tag;
use super::token::{Sort, Token, tokens};
use evenkeel_core::statement::{Errand, Grammar, Piece, Statement, Taken, What};

/// PostgreSQL's grammar, as the port has it.
#[derive(Debug, Clone, Copy)]
pub struct PostgresGrammar;

impl Grammar for PostgresGrammar {
    fn servers(&self) -> &'static [&'static str] {
        &["postgresql"]
    }

    fn dumps(&self) -> &'static [&'static str] {
        &["-- PostgreSQL database dump"]
    }

    fn parameters(&self, statement: &str) -> String {
        super::parameter::numbered(statement)
    }

    fn split(&self, source: &str) -> Vec<Piece> {
        Cutter { source, at: 0, pieces: Vec::new() }.pieces()
    }

    fn bare(&self, statement: &str) -> String {
        let mut bare = String::with_capacity(statement.len());
        for Token { sort, start, end } in tokens(statement) {
            match sort {
                Sort::Space | Sort::Comment if bare.ends_with(' ') || bare.is_empty() => {}
                Sort::Space | Sort::Comment => bare.push(' '),
                _ => bare.push_str(statement.get(start..end).unwrap_or_default()),
            }
        }
        bare.trim_end_matches([' ', ';']).to_owned()
    }

    fn errand(&self, statement: &str) -> Option<Errand> {
        super::errand::of(statement)
    }

    fn takes(&self, _: &Statement, text: &str) -> Option<Vec<Taken>> {
        super::takes::of(text)
    }
}

/// Commands of psql that change nothing in the database and nothing of what is sent to it.
/// <https://www.postgresql.org/docs/current/app-psql.html>
const HARMLESS: &[&str] = &[
    "?",
    "C",
    "H",
    "T",
    "a",
    "conninfo",
    "copyright",
    "echo",
    "errverbose",
    "f",
    "h",
    "help",
    "l",
    "p",
    "pset",
    "qecho",
    "restrict",
    "t",
    "timing",
    "unrestrict",
    "unset",
    "warn",
    "x",
];
/// Settings of psql that change what it sends, or when. How it goes on after a failure a runner has rules of its own for.
const SENDING: &[&str] = &["AUTOCOMMIT", "SINGLELINE", "SINGLESTEP"];

/// Why a command of psql is not passed over: it changes what is sent, or what the rest of the text means.
fn not_harmless(name: &str, argument: &str, source: &str) -> Option<String> {
    let unknown = || Some(format!("\\{name} is a command of psql that evenkeel does not run"));
    match name {
        // They list what is there.
        _ if HARMLESS.contains(&name) || name.starts_with('d') && name.len() <= 4 => None,
        "encoding" if argument.is_empty() || ["utf8", "utf-8", "unicode"].contains(&argument.to_lowercase().as_str()) => None,
        "set" if SENDING.contains(&argument) => unknown(),
        // A variable that nothing uses is nobody's.
        "set" | "prompt" if !is_used(argument, source) => None,
        "set" | "prompt" => Some(format!("\\{name} gives {argument} a value, which psql puts into the text: evenkeel does not")),
        _ => unknown(),
    }
}

/// Whether a text has psql put a variable's value in: `:name`, `:'name'`, `:"name"`, `:{?name}`.
fn is_used(name: &str, source: &str) -> bool {
    let is_of_name = |c: char| c.is_alphanumeric() || c == '_';
    let bare = source.match_indices(&format!(":{name}")).any(|(at, found)| {
        let before = source.get(..at).unwrap_or_default();
        let after = source.get(at + found.len()..).unwrap_or_default();
        // A cast is none.
        !before.ends_with(':') && !after.starts_with(is_of_name)
    });
    bare || [format!(":'{name}'"), format!(":\"{name}\""), format!(":{{?{name}}}")].iter().any(|use_of| source.contains(use_of.as_str()))
}

struct Cutter<'t> {
    source: &'t str,
    at: usize,
    pieces: Vec<Piece>,
}

/// What is known of a statement before its end.
#[derive(Default)]
struct Open {
    start: Option<usize>,
    depth: usize,
    /// The first words, in small letters: whether a body may hold semicolons, and rows follow.
    words: Vec<String>,
    /// How many `BEGIN` and `CASE` of a body have no `END` yet.
    blocks: usize,
    /// `FROM stdin` stands in a `COPY`.
    from: bool,
    stdin: bool,
}

impl Open {
    fn word(&mut self, word: &str) {
        const FIRST: usize = 4;
        let word = word.to_ascii_lowercase();
        if self.is_routine() {
            match word.as_str() {
                "begin" | "case" => self.blocks += 1,
                // Of a body that never opened one nothing is closed.
                "end" => self.blocks = self.blocks.saturating_sub(1),
                _ => {}
            }
        }
        if self.depth == 0 && self.words.first().is_some_and(|first| first == "copy") {
            self.stdin |= self.from && word == "stdin";
            self.from = word == "from";
        }
        if self.words.len() < FIRST {
            self.words.push(word);
        }
    }

    /// `CREATE [OR REPLACE] FUNCTION | PROCEDURE`, whose body may be statements.
    fn is_routine(&self) -> bool {
        let mut words = self.words.iter().map(String::as_str);
        let first = words.next() == Some("create");
        let rest: Vec<&str> = words.collect();
        let kind = rest.strip_prefix(&["or", "replace"]).unwrap_or(&rest).first();
        first && kind.is_some_and(|kind| matches!(*kind, "function" | "procedure"))
    }
}

impl<'t> Cutter<'t> {
    fn pieces(mut self) -> Vec<Piece> {
        // A byte order mark is no part of the first statement.
        if let Some(rest) = self.source.strip_prefix('\u{feff}') {
            self.between(self.source.len() - rest.len());
        }
        while self.at < self.source.len() {
            self.statement();
        }
        self.pieces
    }

    fn rest(&self) -> &'t str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn push(&mut self, end: usize, what: What) {
        if end > self.at {
            self.pieces.push(Piece { start: self.at, end, what });
            self.at = end;
        }
    }

    /// Space and comments up to there; several in a row are one piece.
    fn between(&mut self, end: usize) {
        match self.pieces.last_mut() {
            Some(last) if last.what == What::Between && end > self.at => {
                last.end = end;
                self.at = end;
            }
            _ => self.push(end, What::Between),
        }
    }

    /// The next statement, or psql's command, with what stands before it.
    fn statement(&mut self) {
        let (source, base) = (self.source, self.at);
        let mut open = Open::default();
        for Token { sort, start, end } in tokens(self.rest()) {
            let (start, end) = (base + start, base + end);
            let text = source.get(start..end).unwrap_or_default();
            match sort {
                Sort::Space | Sort::Comment => continue,
                Sort::Sign if text == "\\" => return self.command(open.start, start),
                Sort::Sign if text == ";" && open.depth == 0 && open.blocks == 0 => {
                    self.between(open.start.unwrap_or(start));
                    return self.finish(&open, end);
                }
                Sort::Open => open.depth += 1,
                Sort::Close => open.depth = open.depth.saturating_sub(1),
                Sort::Word => open.word(text),
                _ => {}
            }
            open.start.get_or_insert(start);
        }
        match open.start {
            Some(start) => {
                self.between(start);
                // What stands behind a statement without `;` is its own; space at the end is not.
                let end = self.at + self.rest().trim_end().len();
                self.finish(&open, end);
                self.between(source.len());
            }
            None => self.between(source.len()),
        }
    }

    /// A statement that ends there, and the rows that follow it.
    fn finish(&mut self, open: &Open, end: usize) {
        let text = self.source.get(self.at..end).unwrap_or_default();
        // A semicolon that ends nothing.
        if open.start.is_none() {
            return self.between(end);
        }
        let statement = tag::statement(text);
        self.push(end, What::Statement(statement));
        if !open.stdin {
            return;
        }
        // Rows begin on the next line, and end with one that holds nothing but `\.`.
        let line_end = self.rest().find('\n').map_or(self.source.len(), |at| self.at + at + 1);
        self.between(line_end);
        let mut rows = self.at;
        for line in self.rest().split_inclusive('\n') {
            rows += line.len();
            if line.trim_end_matches(['\n', '\r']) == "\\." {
                break;
            }
        }
        self.push(rows, What::Rows);
    }

    /// A command of psql, to the end of its line. What stands before it without `;` is a statement that it may send.
    fn command(&mut self, open: Option<usize>, at: usize) {
        match open {
            None => self.between(at),
            Some(start) => {
                self.between(start);
                let mut statement = tag::statement(self.source.get(self.at..at).unwrap_or_default());
                statement.odd.get_or_insert("a command of psql ends it, and may send it otherwise".to_owned());
                self.push(at, What::Statement(statement));
            }
        }
        let end = self.rest().find('\n').map_or(self.source.len(), |line| self.at + line);
        let text = self.source.get(self.at..end).unwrap_or_default();
        let mut words = text.trim_start_matches('\\').split_whitespace();
        let (name, argument) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let odd = not_harmless(name, argument, self.source);
        self.push(end, What::Command { odd });
    }
}

#[cfg(test)]
#[path = "split_tests.rs"]
mod tests;
