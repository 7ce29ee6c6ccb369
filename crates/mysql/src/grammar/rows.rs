//! What a statement leaves where it is interrupted, and what it surely does to rows: closed lists. Whatever does not stand in them is
//! unknown. Each definition is a commit of its own here. Neighbours: `tag`, what a statement is; `beyond`, what no schema shows of it.
//!
//! <https://dev.mysql.com/doc/refman/en/implicit-commit.html>

use super::token::{Sort, tokens};
use evenkeel_core::statement::{Apart, Nature, OnRows, Statement};

/// Statements that only read or change rows: they can be together in a transaction. Whatever else there is commits.
const ROWS: [&str; 8] = ["SELECT", "INSERT", "UPDATE", "DELETE", "REPLACE", "WITH", "VALUES", "LOAD DATA"];
/// What else is known to be a commit of its own, or to have no effect where it is refused.
const ALONE: [&str; 3] = ["TRUNCATE TABLE", "ANALYZE TABLE", "OPTIMIZE TABLE"];
/// What is otherwise as soon as anything else was said in the session, or is evenkeel's own.
const LOST: [&str; 9] = [
    "row_count",
    "found_rows",
    "sql_calc_found_rows",
    "warning_count",
    "error_count",
    "get_lock",
    "release_lock",
    "release_all_locks",
    "is_used_lock",
];
/// What holds for the session that runs it, and is of no use where the next statement has another.
const KEPT: [&str; 3] = ["last_insert_id", "identity", "temporary"];
/// Settings that are none for whatever comes behind them, each time it is run.
const ONCE: [&str; 12] = [
    "global",
    "persist",
    "persist_only",
    "password",
    "role",
    "insert_id",
    "last_insert_id",
    "identity",
    "timestamp",
    "rand_seed1",
    "rand_seed2",
    "autocommit",
];
/// Definitions that no row is part of.
const BESIDE: [&str; 14] = [
    "CREATE INDEX",
    "DROP INDEX",
    "CREATE VIEW",
    "ALTER VIEW",
    "DROP VIEW",
    "CREATE PROCEDURE",
    "DROP PROCEDURE",
    "CREATE FUNCTION",
    "DROP FUNCTION",
    "CREATE TRIGGER",
    "DROP TRIGGER",
    "CREATE EVENT",
    "DROP EVENT",
    "CREATE SEQUENCE",
];

/// How it goes by itself.
pub(super) fn apart(statement: &Statement, text: &str) -> Apart {
    let said = said(text);
    let has = |words: &[&str]| said.iter().any(|one| words.iter().any(|word| one.is(word)));
    if statement.odd.is_some() || has(&LOST) {
        return Apart::Never;
    }
    let tag = statement.tag.as_str();
    let needs_session = has(&KEPT) || speaks_of_variables(&said);
    match statement.nature {
        Nature::Definition | Nature::Right => Apart::Alone { needs_session },
        Nature::Data if ROWS.contains(&tag) => Apart::Rows { needs_session },
        Nature::Data if ALONE.contains(&tag) => Apart::Alone { needs_session },
        Nature::Session if tag == "SET" && !has(&ONCE) => Apart::Setting { needs_session },
        _ => Apart::Never,
    }
}

/// What it does to rows that are there.
pub(super) fn on_rows(statement: &Statement, text: &str) -> OnRows {
    // What only some servers read is read by them.
    let is_hidden = tokens(text).any(|token| {
        matches!(token.sort, Sort::Opening | Sort::Closing | Sort::Broken) || token.sort == Sort::Text && token.text.contains('\\')
    });
    let is_plain = statement.nature == Nature::Definition && statement.odd.is_none() && statement.beyond.unseen.is_none();
    if is_hidden || !is_plain {
        return OnRows::Anything;
    }
    let said = said(text);
    let has = |words: &[&str]| said.iter().any(|one| words.iter().any(|word| one.is(word)));
    match statement.tag.as_str() {
        tag if BESIDE.contains(&tag) && !has(&["ignore"]) => OnRows::Nothing,
        "CREATE TABLE" if !has(&["replace", "select"]) => OnRows::Makes,
        "DROP TABLE" => dropped(&said).map_or(OnRows::Anything, |tables| OnRows::Takes { tables, columns: Vec::new() }),
        "ALTER TABLE" => altered(&said),
        _ => OnRows::Anything,
    }
}

/// A word, a name, a text or a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Said {
    sort: Sort,
    /// Words in small letters, names without their marks.
    text: String,
    /// Nothing stands between it and the one before.
    joined: bool,
}

impl Said {
    /// Whether it is that word, and no name or text of the same letters.
    fn is(&self, word: &str) -> bool {
        self.sort == Sort::Word && self.text == word
    }

    fn is_sign(&self, sign: &str) -> bool {
        self.sort == Sort::Sign && self.text == sign
    }

    fn name(&self) -> Option<&str> {
        matches!(self.sort, Sort::Word | Sort::Name).then_some(self.text.as_str())
    }
}

/// All but space and comments.
fn said(text: &str) -> Vec<Said> {
    let mut all = Vec::new();
    let mut joined = false;
    for token in tokens(text) {
        let text = match token.sort {
            Sort::Word => token.text.to_ascii_lowercase(),
            Sort::Name => token.text.trim_matches('`').replace("``", "`"),
            Sort::Space | Sort::Comment | Sort::Opening | Sort::Closing => {
                joined = false;
                continue;
            }
            Sort::Text | Sort::Sign | Sort::Broken => token.text.to_owned(),
        };
        all.push(Said { sort: token.sort, text, joined });
        joined = true;
    }
    while all.last().is_some_and(|last| last.is_sign(";")) {
        all.pop();
    }
    all
}

/// Whether it speaks of a variable of its session, which no `@@name` and no account's host is.
fn speaks_of_variables(said: &[Said]) -> bool {
    said.iter().enumerate().any(|(at, one)| {
        let before = at.checked_sub(1).and_then(|before| said.get(before)).filter(|_| one.joined);
        let is_account = before.is_some_and(|before| matches!(before.sort, Sort::Text | Sort::Name | Sort::Word));
        let is_second = before.is_some_and(|before| before.is_sign("@"));
        let is_first = said.get(at + 1).is_some_and(|next| next.is_sign("@") && next.joined);
        one.is_sign("@") && !is_account && !is_second && !is_first
    })
}

/// The tables of a plain DROP TABLE; nothing of any other.
fn dropped(said: &[Said]) -> Option<Vec<String>> {
    let [drop, table, rest @ ..] = said else { return None };
    let rest = match rest {
        [one, other, rest @ ..] if one.is("if") && other.is("exists") => rest,
        rest => rest,
    };
    let rest = match rest {
        [rest @ .., last] if last.is("restrict") || last.is("cascade") => rest,
        rest => rest,
    };
    let names = rest.split(|one| one.is_sign(",")).map(|part| match part {
        [name] => name.name().map(str::to_owned),
        _ => None,
    });
    (drop.is("drop") && table.is("table")).then(|| names.collect::<Option<Vec<_>>>()).flatten()
}

fn altered(said: &[Said]) -> OnRows {
    let [alter, of, table, rest @ ..] = said else { return OnRows::Anything };
    let (Some(table), Some(clauses)) = (table.name(), clauses(rest)) else { return OnRows::Anything };
    if !(alter.is("alter") && of.is("table")) {
        return OnRows::Anything;
    }
    if clauses.iter().all(|clause| clause.first().is_some_and(|word| word.is("add"))) {
        return OnRows::Makes;
    }
    let columns: Option<Vec<Option<&str>>> = clauses.iter().map(|clause| taken(clause)).collect();
    columns.map_or(OnRows::Anything, |columns| OnRows::Takes {
        tables: Vec::new(),
        columns: columns.into_iter().flatten().map(|column| (table.to_owned(), column.to_owned())).collect(),
    })
}

/// The clauses, of which none is empty: commas within parentheses are of one.
fn clauses(said: &[Said]) -> Option<Vec<&[Said]>> {
    let (mut depth, mut from, mut all) = (0_usize, 0, Vec::new());
    for (at, one) in said.iter().enumerate() {
        match () {
            () if one.is_sign("(") => depth += 1,
            () if one.is_sign(")") => depth = depth.checked_sub(1)?,
            () if one.is_sign(",") && depth == 0 => {
                all.push(said.get(from..at)?);
                from = at + 1;
            }
            () => {}
        }
    }
    all.push(said.get(from..)?);
    (depth == 0 && all.iter().all(|clause| !clause.is_empty())).then_some(all)
}

/// The column that a clause takes away, or that it takes away what is no column; nothing of any other clause.
fn taken(clause: &[Said]) -> Option<Option<&str>> {
    let [drop, rest @ ..] = clause else { return None };
    if !drop.is("drop") {
        return None;
    }
    match rest {
        [what, _] if ["index", "key", "constraint", "check"].iter().any(|word| what.is(word)) => Some(None),
        [foreign, key, _] if foreign.is("foreign") && key.is("key") => Some(None),
        [primary, key] if primary.is("primary") && key.is("key") => Some(None),
        [column, name] if column.is("column") => name.name().map(Some),
        [column, when, there, name] if column.is("column") && when.is("if") && there.is("exists") => name.name().map(Some),
        [name] => name.name().map(Some),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::tag::statement;
    use super::*;

    fn takes(tables: &[&str], columns: &[(&str, &str)]) -> OnRows {
        let columns = columns.iter().map(|(table, column)| ((*table).to_owned(), (*column).to_owned())).collect();
        OnRows::Takes { tables: tables.iter().map(|table| (*table).to_owned()).collect(), columns }
    }

    #[test]
    fn what_is_not_surely_harmless_to_rows_is_not_called_so() {
        for (text, expected) in [
            ("alter table a drop x", takes(&[], &[("a", "x")])),
            ("ALTER TABLE `a` DROP COLUMN `x`, drop index y, drop foreign key z;", takes(&[], &[("a", "x")])),
            ("alter table a -- a remark\n drop column if exists x", takes(&[], &[("a", "x")])),
            ("alter table a drop `index`", takes(&[], &[("a", "index")])),
            ("alter table a drop z, add column z int", OnRows::Anything),
            ("alter ignore table a drop x", OnRows::Anything),
            ("alter table a drop system versioning", OnRows::Anything),
            ("alter table pt truncate partition p0", OnRows::Anything),
            ("alter table pt drop partition p0", OnRows::Anything),
            ("alter table a discard tablespace", OnRows::Anything),
            ("alter table a /*! drop w, */ drop x", OnRows::Anything),
            ("alter table a drop x, engine = memory", OnRows::Anything),
            ("alter table shop.a drop x", OnRows::Anything),
            ("drop table e", takes(&["e"], &[])),
            ("drop table if exists `e`, f cascade", takes(&["e", "f"], &[])),
            ("drop table shop.e", OnRows::Anything),
            ("drop temporary table e", OnRows::Anything),
            ("alter table a add x int, add index y (x, z)", OnRows::Makes),
            ("alter table a add x int comment 'its, id'", OnRows::Makes),
            ("alter table a add x int, modify y int", OnRows::Anything),
            ("alter table a add x int comment 'user\\'s id', modify y tinyint", OnRows::Anything),
            ("alter ignore table a add unique u (n)", OnRows::Anything),
            ("create table a (x int)", OnRows::Makes),
            ("create or replace table a (x int)", OnRows::Anything),
            ("create table a as select 1", OnRows::Anything),
            ("create index i on a (x)", OnRows::Nothing),
            ("rename table a to b", OnRows::Anything),
            ("delete from a", OnRows::Anything),
        ] {
            assert_eq!(on_rows(&statement(text), text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_known_for_what_it_leaves_never_runs_apart() {
        for (text, expected) in [
            ("update a set x = 1", Apart::Rows { needs_session: false }),
            ("insert into a values ('get_lock', 'me@home', @@sql_mode)", Apart::Rows { needs_session: false }),
            ("insert into a values (last_insert_id())", Apart::Rows { needs_session: true }),
            ("update a set x = @y", Apart::Rows { needs_session: true }),
            ("select 1 into @`y`", Apart::Rows { needs_session: true }),
            ("grant select on a to me@localhost", Apart::Alone { needs_session: false }),
            ("create temporary table a (x int)", Apart::Alone { needs_session: true }),
            ("alter table a add x int", Apart::Alone { needs_session: false }),
            ("truncate table a", Apart::Alone { needs_session: false }),
            ("set sql_mode = ''", Apart::Setting { needs_session: false }),
            ("set @x = 1", Apart::Setting { needs_session: true }),
            ("set insert_id = 5", Apart::Never),
            ("set global x = 5", Apart::Never),
            ("set statement max_statement_time = 5 for update a set x = 1", Apart::Never),
            ("update a set x = row_count()", Apart::Never),
            ("do get_lock('x', 0)", Apart::Never),
            ("call p()", Apart::Never),
            ("savepoint s", Apart::Never),
            ("lock tables a write", Apart::Never),
            ("use other", Apart::Never),
            ("prepare s from 'select 1'", Apart::Never),
            ("gibberish", Apart::Never),
        ] {
            assert_eq!(apart(&statement(text), text), expected, "{text}");
        }
    }
}
