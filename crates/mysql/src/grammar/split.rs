//! A file's text cut into statements as the clients of MySQL and MariaDB cut it. What a statement is, `tag` says.
//!
//! Lives here: where a statement ends, under `DELIMITER` too; the clients' own commands, of which nothing is run. Where the body of a
//! routine ends, `body` says.
//! <https://dev.mysql.com/doc/refman/en/mysql-commands.html>

use super::body::Body;
use super::token::{Sort, tokens};
use super::{definer, form, rows, tag};
use evenkeel_core::statement::{Apart, Errand, Grammar, OnRows, Piece, Statement, Substitute, What};

/// The grammar of MySQL and MariaDB, as the port has it.
#[derive(Debug, Clone, Copy)]
pub struct MysqlGrammar;

impl Grammar for MysqlGrammar {
    fn apart(&self, statement: &Statement, text: &str) -> Apart {
        rows::apart(statement, text)
    }

    fn forms(&self) -> &'static [&'static str] {
        &form::FORMS
    }

    fn in_form(&self, statement: &Statement, text: &str, form: &str) -> Option<String> {
        form::in_form(statement, text, form)
    }

    fn on_rows(&self, statement: &Statement, text: &str) -> OnRows {
        rows::on_rows(statement, text)
    }

    fn servers(&self) -> &'static [&'static str] {
        &["mysql", "mariadb"]
    }

    fn dumps(&self) -> &'static [&'static str] {
        &["-- MySQL dump ", "-- MariaDB dump "]
    }

    fn parameters(&self, statement: &str) -> String {
        super::parameter::marked(statement)
    }

    fn split(&self, source: &str) -> Vec<Piece> {
        Cutter { source, at: 0, delimiter: ";", pieces: Vec::new() }.pieces()
    }

    /// What servers from a version on execute is no comment.
    fn bare(&self, statement: &str) -> String {
        let mut bare = String::with_capacity(statement.len());
        for token in tokens(statement) {
            match token.sort {
                Sort::Space | Sort::Comment if bare.ends_with(' ') || bare.is_empty() => {}
                Sort::Space | Sort::Comment => bare.push(' '),
                _ => bare.push_str(token.text),
            }
        }
        bare.trim_end_matches([' ', ';']).to_owned()
    }

    /// Each of their accounts can make all that a database of its own holds, but not in the name of another.
    fn errand(&self, statement: &str) -> Option<Errand> {
        Some(Errand { by: Substitute::Definer, before: &[], sql: definer::own(statement)?, done: &[] })
    }
}

/// Commands of one letter after a backslash that send what stands before them.
const SENDING: &[char] = &['g', 'G'];
/// Those that change nothing that is sent: printing, warnings, the pager, the notes.
const HARMLESS: &[char] = &['p', 'w', 'W', 'n', 't', 'c'];

/// How MariaDB's dumps have their client run no commands.
const SANDBOX: &str = "/*M!999999\\- ";

struct Cutter<'t> {
    source: &'t str,
    at: usize,
    delimiter: &'t str,
    pieces: Vec<Piece>,
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

    /// The end of the line in which a byte stands, without its line end.
    fn line_end(&self, from: usize) -> usize {
        let line = self.source.get(from..).unwrap_or_default();
        from + line.find(['\n', '\r']).unwrap_or(line.len())
    }

    /// What a dump of MariaDB begins with: a command to its client in what is a comment to all others, which takes other commands away.
    /// <https://mariadb.org/mariadb-dump-file-compatibility-change/>
    fn sandbox(&mut self) {
        let rest = self.rest();
        let space = rest.len() - rest.trim_start().len();
        let begins = rest.get(space..).is_some_and(|text| text.starts_with(SANDBOX));
        if let Some(end) = rest.find("*/").filter(|_| begins) {
            self.between(self.at + space);
            self.push(self.at + end + 2 - space, What::Command { odd: None });
        }
    }

    /// The next statement, or a client's command, with what stands before it.
    fn statement(&mut self) {
        self.sandbox();
        let (source, delimiter) = (self.source, self.delimiter);
        let mut start: Option<usize> = None;
        let mut body = Body::default();
        // What only some servers execute is one piece, whatever stands in it.
        let mut is_gated = false;
        let mut next = self.at;
        for token in tokens(self.rest()) {
            let at = next;
            next += token.text.len();
            let is_plain = !matches!(token.sort, Sort::Space | Sort::Text | Sort::Name | Sort::Broken);
            if is_plain && let Some(cut) = delimiter_in(source, at, next, token.sort, delimiter) {
                if cut > at {
                    // `END$$` is one word to the server.
                    start.get_or_insert(at);
                    body.word(source.get(at..cut).unwrap_or_default());
                }
                if delimiter != ";" || !body.is_open() && !is_gated {
                    return self.finish(start, cut, &body);
                }
            }
            match token.sort {
                Sort::Space | Sort::Comment => continue,
                Sort::Opening => is_gated = true,
                Sort::Closing => is_gated = false,
                Sort::Sign if token.text == "\\" => return self.command(start, at),
                Sort::Sign => body.sign(token.text),
                Sort::Word if start.is_none() && self.named(token.text, at) => return,
                Sort::Word => body.word(token.text),
                Sort::Name | Sort::Text => body.other(),
                Sort::Broken => body.is_broken = true,
            }
            start.get_or_insert(at);
        }
        match start {
            Some(start) => {
                self.between(start);
                // What stands behind a statement without `;` is its own; space at the end is not.
                let end = self.at + self.rest().trim_end().len();
                self.take(end, &body);
                self.between(source.len());
            }
            None => self.between(source.len()),
        }
    }

    /// A statement before a delimiter. A semicolon is its own; another delimiter is nothing that a server knows.
    fn finish(&mut self, start: Option<usize>, delimiter: usize, body: &Body) {
        let end = delimiter + self.delimiter.len();
        let Some(start) = start else { return self.between(end) };
        self.between(start);
        self.take(if self.delimiter == ";" { end } else { delimiter }, body);
        self.between(end);
    }

    fn take(&mut self, end: usize, body: &Body) {
        let mut statement = tag::statement(self.source.get(self.at..end).unwrap_or_default());
        if body.is_broken {
            statement.odd.get_or_insert("a quote or comment in it does not end".to_owned());
        } else if body.is_open() {
            statement.odd.get_or_insert("a block of its body does not end".to_owned());
        }
        self.push(end, What::Statement(statement));
    }

    /// A command that is a word at the beginning of a statement, to the end of its line. `false` where it is none.
    fn named(&mut self, word: &str, at: usize) -> bool {
        let end = self.line_end(at);
        let argument = self.source.get(at + word.len()..end).unwrap_or_default();
        let is_called = |name: &str| word.eq_ignore_ascii_case(name) && (argument.is_empty() || argument.starts_with([' ', '\t']));
        if is_called("delimiter") {
            self.between(at);
            self.delimit(argument, end);
        } else if is_called("source") {
            self.between(at);
            let odd = Some("source is a command of the client that evenkeel does not run".to_owned());
            self.push(end, What::Command { odd });
        } else if is_called("use") && !argument.contains(self.delimiter) && !argument.contains('\\') {
            // The client takes the line, with a delimiter or without.
            self.between(at);
            self.take(end, &Body::default());
        } else {
            return false;
        }
        true
    }

    /// From here on statements end so.
    fn delimit(&mut self, argument: &'t str, end: usize) {
        let argument = argument.trim();
        let quote = argument.chars().next().filter(|c| matches!(c, '\'' | '"' | '`'));
        let inner = quote.and_then(|quote| argument.strip_prefix(quote)?.split(quote).next());
        let wanted = inner.unwrap_or_else(|| argument.split_whitespace().next().unwrap_or_default());
        let odd = (wanted.is_empty() || wanted.contains('\\')).then(|| format!("{argument:?} is no delimiter"));
        if odd.is_none() {
            self.delimiter = wanted;
        }
        self.push(end, What::Command { odd });
    }

    /// A command after a backslash. What stands before it without a delimiter is a statement that it may send.
    fn command(&mut self, open: Option<usize>, at: usize) {
        let letter = self.source.get(at + 1..).and_then(|rest| rest.chars().next()).unwrap_or(' ');
        let is_sending = SENDING.contains(&letter);
        match open {
            None => self.between(at),
            Some(start) => {
                self.between(start);
                let mut statement = tag::statement(self.source.get(self.at..at).unwrap_or_default());
                if !is_sending {
                    statement.odd.get_or_insert("a command of the client ends it, and may send it otherwise".to_owned());
                }
                self.push(at, What::Statement(statement));
            }
        }
        let short = (at + 1 + letter.len_utf8()).min(self.source.len());
        let line = self.line_end(at).max(at + 1);
        if letter == 'd' && open.is_none() {
            let argument = self.source.get(short..line).unwrap_or_default();
            return self.delimit(argument, line);
        }
        let is_harmless = is_sending || HARMLESS.contains(&letter) && open.is_none();
        let odd = (!is_harmless).then(|| format!("\\{letter} is a command of the client that evenkeel does not run"));
        self.push(if is_harmless { short } else { line }, What::Command { odd });
    }
}

/// Where a delimiter begins in a token or with it. In a word one of signs is found as the clients find it; one of letters is a word.
fn delimiter_in(source: &str, at: usize, end: usize, sort: Sort, delimiter: &str) -> Option<usize> {
    if sort == Sort::Word {
        let word = source.get(at..end)?;
        let is_letters = delimiter.chars().all(char::is_alphanumeric);
        return if is_letters { (word == delimiter).then_some(at) } else { begins_in(source, at, end, delimiter) };
    }
    source.get(at..)?.starts_with(delimiter).then_some(at)
}

/// Within a word, of which the delimiter may be the last part and more.
fn begins_in(source: &str, at: usize, end: usize, delimiter: &str) -> Option<usize> {
    let first = delimiter.chars().next()?;
    let word = source.get(at..end)?;
    word.match_indices(first)
        .map(|(within, _)| at + within)
        .find(|from| source.get(*from..).is_some_and(|rest| rest.starts_with(delimiter)))
}

#[cfg(test)]
#[path = "split_tests.rs"]
mod tests;
