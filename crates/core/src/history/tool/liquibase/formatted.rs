//! SQL with comments that say what a change set is.
//!
//! Names of attributes are sought anywhere on the line, and the last one counts, as Liquibase does.
//! <https://docs.liquibase.com/concepts/changelogs/sql-format.html>

use super::changelog::{Change, ChangeSet, Log, Said, UNNOTICED};
use super::text::Sql;

/// Whether a text is one: its first line that is not empty says so.
pub(super) fn is_one(text: &str) -> bool {
    text.lines().find(|line| !line.trim().is_empty()).is_some_and(is_header)
}

fn is_header(line: &str) -> bool {
    directive(line).is_some_and(|rest| {
        let rest = rest.to_ascii_lowercase();
        rest.strip_prefix("liquibase").is_some_and(|rest| rest.trim_start().starts_with("formatted"))
    })
}

/// What stands behind two dashes.
fn directive(line: &str) -> Option<&str> {
    line.trim_start().strip_prefix("--").map(str::trim_start)
}

/// What follows a word that begins a directive, whatever its case.
fn after<'l>(line: &'l str, word: &str) -> Option<&'l str> {
    let rest = directive(line)?;
    rest.get(..word.len()).filter(|begin| begin.eq_ignore_ascii_case(word))?;
    rest.get(word.len()..)
}

/// The value of an attribute: in quotes, or up to a space.
fn attribute<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let small = line.to_ascii_lowercase();
    let at = small.rfind(&format!("{}:", name.to_ascii_lowercase()))?;
    let rest = line.get(at + name.len() + 1..)?;
    if let Some(quoted) = rest.strip_prefix('"') {
        return quoted.split_once('"').map(|(value, _)| value);
    }
    let value = rest.split(char::is_whitespace).next().unwrap_or_default();
    (!value.is_empty()).then_some(value)
}

fn flag(line: &str, name: &str) -> Option<bool> {
    attribute(line, name).map(|value| value.eq_ignore_ascii_case("true"))
}

/// Author and name of a change set, and what it has beside.
fn header(rest: &str) -> Option<(String, String)> {
    let word = |text: &str, end: fn(char) -> bool| -> Option<(String, usize)> {
        if let Some(quoted) = text.strip_prefix('"') {
            let (value, _) = quoted.split_once('"')?;
            return Some((value.to_owned(), value.len() + 2));
        }
        let end = text.find(end).unwrap_or(text.len());
        let value = text.get(..end)?;
        (!value.trim().is_empty()).then(|| (value.trim().to_owned(), end))
    };
    let rest = rest.trim_start();
    let (author, length) = word(rest, |c| c == ':')?;
    let rest = rest.get(length..)?.trim_start().strip_prefix(':')?.trim_start();
    let (id, _) = word(rest, char::is_whitespace)?;
    Some((author, id))
}

/// What a file says.
pub(super) fn read(path: &str, text: &str) -> Log {
    let mut log = Log::default();
    let mut open: Option<Building> = None;
    let mut lines = text.lines().zip(1u32..);
    while let Some((line, at)) = lines.next() {
        if is_header(line) {
            log.logical = log.logical.or_else(|| attribute(line, "logicalFilePath").map(str::to_owned));
        }
        if let Some(rest) = after(line, "property ") {
            if let (Some(name), Some(value)) = (attribute(rest, "name"), attribute(rest, "value")) {
                let dbms = attribute(rest, "dbms").map(str::to_owned);
                log.said.push(Said::Property { name: name.to_owned(), value: value.to_owned(), dbms });
            } else {
                log.odd.push((at, "a property without a name or a value".to_owned()));
            }
            keep_line(&mut open);
        } else if let Some(word) = after(line, "ignoreLines:") {
            keep_line(&mut open);
            match (word.trim(), word.trim().parse::<u32>()) {
                ("start", _) => {
                    for (line, _) in lines.by_ref() {
                        keep_line(&mut open);
                        if after(line, "ignoreLines:").is_some_and(|word| word.trim() == "end") {
                            break;
                        }
                    }
                }
                (_, Ok(count)) => {
                    for _ in 0..count {
                        keep_line(&mut open);
                        if lines.next().is_none() {
                            break;
                        }
                    }
                }
                _ => log.odd.push((at, "ignoreLines with neither a number nor `start`".to_owned())),
            }
        } else if let Some(rest) = after(line, "changeset").filter(|rest| rest.starts_with(char::is_whitespace)) {
            log.said.extend(open.take().map(|building| building.done(path)));
            match header(rest) {
                Some((author, id)) => {
                    log.odd.extend((flag(line, "failOnError") == Some(false)).then(|| (at, UNNOTICED.to_owned())));
                    open = Some(Building::new(author, id, line, at));
                }
                None => log.odd.push((at, "a change set without AUTHOR:ID: Liquibase refuses the file".to_owned())),
            }
        } else if let Some(building) = &mut open {
            building.line(line, at);
        } else if after(line, "include").is_some() {
            log.odd.push((at, "it includes another file, which is not read here".to_owned()));
        }
    }
    log.said.extend(open.map(|building| building.done(path)));
    log
}

/// A line that is no text of a change set still counts as one.
fn keep_line(open: &mut Option<Building>) {
    if let Some(building) = open {
        building.text.push('\n');
    }
}

struct Building {
    set: ChangeSet,
    text: String,
    back: String,
    back_line: u32,
    line: u32,
    header: String,
}

impl Building {
    fn new(author: String, id: String, header: &str, at: u32) -> Self {
        let own = |name| attribute(header, name).map(str::to_owned);
        let set = ChangeSet {
            id,
            author,
            line: at,
            logical: own("logicalFilePath"),
            context: own("contextFilter").or_else(|| own("context")),
            labels: own("labels"),
            dbms: own("dbms"),
            run_on_change: flag(header, "runOnChange") == Some(true),
            run_always: flag(header, "runAlways") == Some(true),
            in_transaction: flag(header, "runInTransaction") != Some(false),
            ignored: flag(header, "ignore") == Some(true),
            run_with: own("runWith"),
            ..ChangeSet::default()
        };
        Self { set, text: String::new(), back: String::new(), back_line: at, line: at + 1, header: header.to_owned() }
    }

    fn line(&mut self, line: &str, at: u32) {
        if let Some(rest) = after(line, "rollback").filter(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace)) {
            if self.back.is_empty() {
                self.back_line = at;
            }
            self.back.push_str(rest.trim_start());
            self.back.push('\n');
        } else if let Some(rest) = after(line, "validCheckSum") {
            self.set.valid_sums.push(rest.trim_start_matches(':').trim().to_owned());
        } else if after(line, "precondition").is_some() {
            self.set.preconditions = true;
        } else if after(line, "comment").is_none_or(|rest| !rest.starts_with([' ', ':'])) {
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    fn done(self, path: &str) -> Said {
        let Self { mut set, text, back, back_line, line, header } = self;
        let split = |name| flag(&header, name) != Some(false);
        let sql = |text: String, line, split, delimiter: Option<&str>| Sql {
            file: path.to_owned(),
            summed: text.trim().to_owned(),
            text,
            line,
            split,
            strip: flag(&header, "stripComments") != Some(false),
            delimiter: delimiter.map(str::to_owned),
            dbms: None,
        };
        let delimiter = attribute(&header, " endDelimiter");
        set.changes.push(Change::Sql(sql(text, line, split("splitStatements"), delimiter)));
        let small = back.trim().to_ascii_lowercase();
        set.rollback = match small.as_str() {
            "" => None,
            small if small.starts_with("not required") || small.starts_with("empty") => Some(Vec::new()),
            small if small.contains("changesetid") => None,
            _ => {
                let delimiter = attribute(&header, "rollbackEndDelimiter");
                Some(vec![Change::Sql(sql(back, back_line, split("rollbackSplitStatements"), delimiter))])
            }
        };
        Said::Set(Box::new(set))
    }
}
