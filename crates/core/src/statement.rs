//! A source text cut into statements, with nothing left out: every byte is a statement's, a row's, a client command's, or stands between.
//!
//! Lives here: the nouns, places in a text, and what is asked of an engine ([`Grammar`]). Does not live here: any engine's rules of
//! cutting (`grammar` of each engine), and whose files are read (`history/tool`).

use crate::finding::Place;
use regex::Regex;
use std::sync::LazyLock;

/// What a statement is for, as far as the grammar tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nature {
    /// It makes, alters or drops something that a schema consists of.
    Definition,
    /// It gives or takes rights, makes roles, sets something for later sessions: nothing that a schema consists of.
    Right,
    /// It reads or changes rows.
    Data,
    /// It sets something for the session.
    Session,
    /// It begins or ends a transaction, or a part of one.
    Transaction(Word),
    /// It runs code that can do anything.
    Code,
    /// The grammar does not know it.
    Unknown,
}

/// Whether a statement, by its tag, changes rows and says how many.
#[must_use]
pub fn changes_rows(tag: &str) -> bool {
    ["INSERT", "UPDATE", "DELETE", "MERGE"].contains(&tag)
}

/// A word that begins or ends a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    Begin,
    Commit,
    RollBack,
    /// A part within one: savepoints, and settings of the transaction.
    Within,
}

/// What of a statement a schema surely shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Shows {
    /// It makes something that was not there.
    Makes,
    /// It takes away what was there, by that name.
    Takes,
    /// It makes something if that is not there, or not for long.
    MayMake,
    /// It makes nothing and takes nothing away: rows, settings, a comment, another value of what stays.
    Quiet,
    /// Nobody can tell.
    #[default]
    Anything,
}

impl Shows {
    /// Whether what statements do together surely shows. What is made and taken away by one text may be the same thing.
    #[must_use]
    pub fn surely(all: impl Iterator<Item = Self>) -> bool {
        let (mut makes, mut may_make, mut takes) = (false, false, false);
        for one in all {
            match one {
                Self::Makes => makes = true,
                Self::MayMake => may_make = true,
                Self::Takes => takes = true,
                Self::Quiet => {}
                Self::Anything => return false,
            }
        }
        makes && !takes || takes && !makes && !may_make
    }
}

/// What a statement does to what is there that no definition shows: schemas set side by side, before and after, do not tell it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Beyond {
    pub unseen: Option<Unseen>,
    /// Columns that go, and those that come, by their own names.
    pub drops: Vec<String>,
    pub adds: Vec<String>,
}

/// What no definition shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unseen {
    Renames,
    Moves,
    Computes,
    MakesRows,
    TakesDefault,
}

impl Unseen {
    /// What it does, as words behind its place.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Renames => "gives something another name",
            Self::Moves => "puts something into another schema",
            Self::Computes => "computes values",
            Self::MakesRows => "makes rows",
            Self::TakesDefault => "takes a default away that rows have got",
        }
    }

    /// Whether it matters where what it did is taken back.
    #[must_use]
    pub const fn matters_back(self) -> bool {
        matches!(self, Self::Renames | Self::Moves)
    }
}

/// One statement, understood as far as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The server's own word: `CREATE TABLE`.
    pub tag: String,
    pub nature: Nature,
    /// The server refuses it inside of a transaction.
    pub alone: bool,
    /// Whether what it does surely shows in a schema.
    pub shows: Shows,
    /// What no schema shows of it.
    pub beyond: Beyond,
    /// Why it was not understood.
    pub odd: Option<String>,
}

/// What stands in a part of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    Statement(Statement),
    /// Space and comments.
    Between,
    /// Rows that follow a statement which reads them from the client.
    Rows,
    /// For the client, not for the server: `\set`. Harmless, or why it is not understood.
    Command {
        odd: Option<String>,
    },
}

/// A part of a text, by its byte offsets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub start: usize,
    pub end: usize,
    pub what: What,
}

impl Piece {
    /// Its own text.
    #[must_use]
    pub fn text<'t>(&self, source: &'t str) -> &'t str {
        source.get(self.start..self.end).unwrap_or_default()
    }

    /// The statement, where it is one.
    #[must_use]
    pub const fn statement(&self) -> Option<&Statement> {
        match &self.what {
            What::Statement(statement) => Some(statement),
            _ => None,
        }
    }

    /// Why it was not understood.
    #[must_use]
    pub fn odd(&self) -> Option<&str> {
        match &self.what {
            What::Statement(Statement { odd, .. }) | What::Command { odd } => odd.as_deref(),
            What::Between | What::Rows => None,
        }
    }
}

/// How a statement goes where each definition is a commit of its own; `needs_session` says that it is of use, or means the same, only in
/// the session of those around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Apart {
    /// It only reads or changes rows, and can be together with others in a transaction.
    Rows { needs_session: bool },
    /// It is a commit of its own, and has no effect where it is refused.
    Alone { needs_session: bool },
    /// It sets something for the session, the same each time it is said.
    Setting { needs_session: bool },
    /// Nobody knows what it leaves where it is interrupted.
    Never,
}

/// What a statement surely does to rows that are there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OnRows {
    /// No row is part of it.
    Nothing,
    /// It makes new things alone.
    Makes,
    /// It takes these tables away, and columns by table and name, with what is in them; nothing else.
    Takes { tables: Vec<String>, columns: Vec<(String, String)> },
    /// Nobody can tell.
    Anything,
}

impl OnRows {
    /// Whether no row that was there is touched.
    #[must_use]
    pub const fn spares(&self) -> bool {
        matches!(self, Self::Nothing | Self::Makes)
    }

    /// Whether all that goes are these tables, and these columns by table and name.
    #[must_use]
    pub fn takes_only(&self, of: &[&str], parts: &[(&str, &str)]) -> bool {
        match self {
            Self::Nothing => true,
            Self::Takes { tables, columns } => {
                let is_table = |name: &String| of.iter().any(|one| one.eq_ignore_ascii_case(name));
                let is_part = |(table, name): &(String, String)| {
                    parts.iter().any(|(of, part)| of.eq_ignore_ascii_case(table) && part.eq_ignore_ascii_case(name))
                };
                tables.iter().all(is_table) && columns.iter().all(is_part)
            }
            Self::Makes | Self::Anything => false,
        }
    }
}

/// A table, a column of one, or a type that a statement takes away, as it names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    pub schema: Option<String>,
    /// The table, or the type.
    pub name: String,
    pub column: Option<String>,
    pub is_type: bool,
}

/// What stands in on a throwaway server for what a confined session lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Substitute {
    /// The superuser runs the statement.
    Superuser,
    /// The session runs it, and its own account is the definer in place of the one that is named.
    Definer,
}

/// A statement that is run for somebody who may not run it as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Errand {
    pub by: Substitute,
    /// What is said before it, so that it does nothing else.
    pub before: &'static [&'static str],
    pub sql: String,
    /// Codes of refusals that say it is done already.
    pub done: &'static [&'static str],
}

impl Errand {
    /// What the session itself sends in the statement's place.
    #[must_use]
    pub fn own(&self) -> Option<&str> {
        (self.by == Substitute::Definer).then_some(self.sql.as_str())
    }
}

/// Cuts texts as the servers and clients of one family do.
pub trait Grammar: Sync {
    /// What migration tools call the servers that speak it.
    fn servers(&self) -> &'static [&'static str];

    /// How dumps begin that programs write of such servers.
    fn dumps(&self) -> &'static [&'static str] {
        &[]
    }

    /// The pieces of a text, in order and without a gap between them.
    fn split(&self, source: &str) -> Vec<Piece>;

    /// A statement without comments, and with one space where there was any: two that are alike in it do the same.
    fn bare(&self, statement: &str) -> String;

    /// A statement as the server takes it, where a generator of code has words of its own for parameters: sqlc's `@name`,
    /// `sqlc.arg(name)` and the like become the server's, the same one for the same name where the server can say that.
    fn parameters(&self, statement: &str) -> String;

    /// What is run on a throwaway server for a text that is confined to one database, since it may not do so itself and no harm comes
    /// of it; nothing of all else.
    fn errand(&self, statement: &str) -> Option<Errand>;

    /// How it goes where each definition is a commit of its own. Asked only there.
    fn apart(&self, _: &Statement, _text: &str) -> Apart {
        Apart::Never
    }

    /// What it does to rows, where nobody sees any. Asked only where each definition is a commit of its own.
    fn on_rows(&self, _: &Statement, _text: &str) -> OnRows {
        OnRows::Anything
    }

    /// Words by which a definition says how it may be done, those first that cost least; a server refuses what cannot be done so.
    fn forms(&self) -> &'static [&'static str] {
        &[]
    }

    /// The statement with such words; nothing of one that can have none, or has its own.
    fn in_form(&self, _: &Statement, _text: &str, _form: &str) -> Option<String> {
        None
    }

    /// The tables, columns and types that it takes away; nothing where it does anything else, or takes along what it does
    /// not name.
    fn takes(&self, statement: &Statement, text: &str) -> Option<Vec<Taken>> {
        let OnRows::Takes { tables, columns } = self.on_rows(statement, text) else { return None };
        let taken = |name: String, column: Option<String>| Taken { schema: None, name, column, is_type: false };
        let tables = tables.into_iter().map(|table| taken(table, None));
        let columns = columns.into_iter().map(|(table, column)| taken(table, Some(column)));
        Some(tables.chain(columns).collect())
    }
}

/// A statement's text without what may be secret: what stands behind PASSWORD, IDENTIFIED BY and `password=`; every literal of a statement
/// that speaks of passwords, secrets or tokens anywhere else; and the user's part of URLs.
#[must_use]
pub fn without_secrets(text: &str) -> String {
    static SECRET: LazyLock<Option<[Regex; 4]>> = LazyLock::new(|| {
        let quoted = r"(?:[eEuU]&?)?'(?:[^'\\]|''|\\.)*'|\$\w*\$[^$]*\$\w*\$";
        let words = r"\bpassword\s*=?\s*|\bidentified\s+(?:with\s+\S+\s+)?(?:by|as)\s+(?:password\s+)?";
        let usual = Regex::new(&format!(r"(?i)({words})(?:{quoted})|(\bpassword\s*=\s*)[^\s'();,]+")).ok()?;
        let speaks = Regex::new(r"(?i)passw|secret|token|credential|identified|api_?key").ok()?;
        let any = Regex::new(r"(?s)(?:[eEuU]&?)?'(?:[^'\\]|''|\\.)*'|\$(?:[A-Za-z_]\w*)?\$.*\$(?:[A-Za-z_]\w*)?\$").ok()?;
        let url = Regex::new(r"://[^/\s@']*@").ok()?;
        Some([usual, speaks, any, url])
    });
    // Where a pattern could not be made, nothing is shown.
    let Some([usual, speaks, any, url]) = SECRET.as_ref() else { return "…".to_owned() };
    let plain = usual.replace_all(text, "${1}${2}…");
    // What is usual and nothing else is shown but for its secret; of anything else nobody knows which literal is one.
    let is_usual = plain != text && !any.is_match(&plain);
    let masked = if speaks.is_match(text) && !is_usual { any.replace_all(text, "'…'").into_owned() } else { plain.into_owned() };
    url.replace_all(&masked, "://…@").into_owned()
}

/// Whether the pieces are all of a text, in order.
#[must_use]
pub fn is_whole(source: &str, pieces: &[Piece]) -> bool {
    let mut at = 0;
    for piece in pieces {
        if piece.start != at || piece.end <= piece.start || source.get(piece.start..piece.end).is_none() {
            return false;
        }
        at = piece.end;
    }
    at == source.len()
}

/// Where the lines of a text begin, so that places in it are quickly told.
#[derive(Debug, Clone)]
pub struct Lines {
    begins: Vec<usize>,
}

impl Lines {
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self { begins: std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect() }
    }

    /// Line and column (in characters), both counted from 1, of a byte of that text.
    #[must_use]
    pub fn at(&self, text: &str, byte: usize) -> (u32, u32) {
        let line = self.begins.partition_point(|begin| *begin <= byte).max(1);
        let begin = self.begins.get(line - 1).copied().unwrap_or_default();
        let column = text.get(begin..byte).map_or(0, |before| before.chars().count());
        (u32::try_from(line).unwrap_or(u32::MAX), u32::try_from(column + 1).unwrap_or(u32::MAX))
    }
}

/// The place of a byte of a part that stands in a file at `line` and `column` itself.
#[must_use]
pub fn place(file: &str, (line, column): (u32, u32), (within, beside): (u32, u32)) -> Place {
    let column = if within == 1 { column + beside - 1 } else { beside };
    Place { file: file.to_owned(), line: line + within - 1, column: Some(column) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_in_characters_from_one() {
        let text = "ä b\nc\r\nd";
        let lines = Lines::of(text);
        let at = |needle| lines.at(text, text.find(needle).unwrap_or_default());
        assert_eq!((at("ä"), at("b"), at("c"), at("d")), ((1, 1), (1, 3), (2, 1), (3, 1)));
        assert_eq!(place("f.sql", (4, 9), (1, 3)).to_string(), "f.sql:4:11");
        assert_eq!(place("f.sql", (4, 9), (2, 3)).to_string(), "f.sql:5:3");
    }

    #[test]
    fn no_password_is_shown() {
        for text in [
            "alter role x password 'hunter2'",
            "CREATE USER x WITH PASSWORD E'hun''ter2' LOGIN",
            "create user x identified by 'hunter2'",
            "create subscription s connection 'host=a password=hunter2 user=b' publication p",
            "create user mapping for x server s options (user 'a', password 'hunter2')",
            "alter role x password $$hunter2$$",
        ] {
            let shown = without_secrets(text);
            assert!(!shown.contains("hunter2") && !shown.contains("ter2") && shown.contains('…'), "{shown}");
        }
        assert_eq!(without_secrets("alter table t add password_hash text"), "alter table t add password_hash text");
    }

    #[test]
    fn what_is_left_out_is_seen() {
        let piece = |start, end| Piece { start, end, what: What::Between };
        assert!(is_whole("abc", &[piece(0, 1), piece(1, 3)]) && is_whole("", &[]));
        for wrong in
            [vec![], vec![piece(0, 2)], vec![piece(0, 1), piece(2, 3)], vec![piece(0, 2), piece(1, 3)], vec![piece(0, 0), piece(0, 3)]]
        {
            assert!(!is_whole("abc", &wrong), "{wrong:?}");
        }
        assert!(!is_whole("ä", &[piece(0, 1), piece(1, 2)]));
    }
}
