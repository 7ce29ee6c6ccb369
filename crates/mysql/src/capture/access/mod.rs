//! What our account may see. `information_schema` leaves out what an account may not see and says nothing: so every kind
//! has the privileges that make it complete (`need`), asked of the account's own grants, and where one is missing there is
//! a gap with the GRANT that cures it.
//!
//! Lives here: the account's privileges, as questions. Does not live here: reading their lines (`line`), what needs which
//! of them (`need`), other accounts' privileges (`grant`).

pub mod line;
pub mod need;
mod pattern;

use super::reader::{Reader, first};
use super::scope::Scope;
use super::statements;
use crate::connect::{Fault, Session};
use crate::flavor::Flavor;
use crate::ident::Ident;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Gap, Reason};
use line::{Line, On};
pub use pattern::Pattern;
use std::collections::{BTreeMap, HashSet};

/// An account as the server knows it. A role of MariaDB has no host.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Account {
    pub user: String,
    pub host: Option<String>,
}

impl Account {
    /// From `user@host`, as `current_user()` writes it. A user name may hold an @, a host cannot.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.rsplit_once('@') {
            Some((user, host)) => Self { user: user.to_owned(), host: Some(host.to_owned()) },
            None => Self { user: text.to_owned(), host: None },
        }
    }
}

impl std::fmt::Display for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", Ident(&self.user))?;
        self.host.as_ref().map_or(Ok(()), |host| write!(f, "@{}", Ident(host)))
    }
}

/// How a server compares names of databases in grants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rules {
    /// `_` and `%` stand for themselves: MySQL with `partial_revokes`.
    pub literal: bool,
    /// Without regard to case: `lower_case_table_names`.
    pub folded: bool,
}

/// What an account may do, with the roles that are active.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Access {
    pub account: Account,
    lines: Vec<Line>,
    /// The server checks no privileges: `--skip-grant-tables`.
    unchecked: bool,
    rules: Rules,
    /// A line that takes something away and that was not understood: nothing is sure then.
    unclear: Option<String>,
}

impl Access {
    /// Asks the server about the account of this session. `SHOW GRANTS` without a name holds what active roles give: MySQL
    /// merges it into the account's own lines, MariaDB appends the lines of the roles.
    ///
    /// # Errors
    /// As `Session::rows`.
    pub async fn read(session: &mut Session) -> Result<Self, Fault> {
        let doing = "reading our own privileges";
        let own = first(session, statements::CURRENT_USER, doing).await?;
        let own = own.first().and_then(|row| row.text(0).ok().flatten()).unwrap_or_default();
        let variables = first(session, statements::NAMING, doing).await?;
        let value = |name: &str| {
            let row = variables.iter().find(|row| row.text(0).ok().flatten().is_some_and(|found| found.eq_ignore_ascii_case(name)));
            row.and_then(|row| row.text(1).ok().flatten()).unwrap_or_default()
        };
        let rules = Rules { literal: &*value("partial_revokes") == "ON", folded: !matches!(&*value("lower_case_table_names"), "" | "0") };
        let lines: Vec<Box<str>> = match first(session, statements::GRANTS, doing).await {
            Ok(rows) => rows.iter().filter_map(|row| row.text(0).ok().flatten()).collect(),
            // "running with the --skip-grant-tables option"
            Err(fault) if fault.code() == Some(1290) => {
                return Ok(Self { account: Account::parse(&own), rules, unchecked: true, ..Self::default() });
            }
            Err(fault) => return Err(fault),
        };
        Ok(Self::of(Account::parse(&own), rules, &lines))
    }

    /// From the lines of `SHOW GRANTS`.
    #[must_use]
    pub fn of<T: AsRef<str>>(account: Account, rules: Rules, lines: &[T]) -> Self {
        let mut access = Self { account, rules, ..Self::default() };
        for text in lines.iter().map(AsRef::as_ref) {
            match line::parse(text) {
                Some(line) => access.lines.push(line),
                // A line that gives and is not understood gives nothing; one that takes away may take anything.
                None if text.starts_with("GRANT ") || text.starts_with("SET DEFAULT ROLE ") => {}
                None => access.unclear = Some(text.to_owned()),
            }
        }
        access
    }

    /// Holds the privilege on `*.*`.
    #[must_use]
    pub fn on_server(&self, privilege: &str) -> bool {
        let given = |line: &Line| !line.revokes && line.on == On::Server && line.gives(privilege);
        self.unchecked || self.unclear.is_none() && self.lines.iter().any(given)
    }

    /// Holds the privilege on everything in that database.
    #[must_use]
    pub fn on_database(&self, database: &str, privilege: &str) -> bool {
        if self.unchecked {
            return true;
        }
        let named = |line: &Line| matches!(&line.on, On::Database(name) if self.pattern(name).matches(database));
        let taken = self.lines.iter().any(|line| line.revokes && named(line) && line.gives(privilege));
        (self.on_server(privilege) && !taken) || self.by_database(database, privilege)
    }

    /// By a grant on the database itself. Of several patterns that match, the server takes the most specific one alone;
    /// a plain name is more specific than any. Which of two patterns is, is not worth knowing: then all must agree.
    /// <https://dev.mysql.com/doc/refman/en/request-access.html>
    fn by_database(&self, database: &str, privilege: &str) -> bool {
        let mut grantees: Vec<&str> = self.lines.iter().map(|line| line.grantee.as_str()).collect();
        grantees.sort_unstable();
        grantees.dedup();
        self.unclear.is_none()
            && grantees.into_iter().any(|grantee| {
                // By pattern: whether it is a plain name, and whether it gives the privilege.
                let mut matching: BTreeMap<&str, (bool, bool)> = BTreeMap::new();
                for line in self.lines.iter().filter(|line| !line.revokes && line.grantee == grantee) {
                    if let On::Database(name) = &line.on
                        && self.pattern(name).matches(database)
                    {
                        let (_, gives) = matching.entry(name).or_insert((self.pattern(name).is_plain(), false));
                        *gives |= line.gives(privilege);
                    }
                }
                let plain = matching.values().any(|(is_plain, _)| *is_plain);
                let mut deciding = matching.values().filter(|(is_plain, _)| *is_plain == plain).peekable();
                deciding.peek().is_some() && deciding.all(|(_, gives)| *gives)
            })
    }

    /// Holds the privilege on everything that is captured. Where that is all databases, only a privilege on the whole
    /// server tells that none is hidden.
    #[must_use]
    pub fn on_scope(&self, scope: &Scope, privilege: &str) -> bool {
        let taken =
            |line: &Line| line.revokes && line.gives(privilege) && !matches!(&line.on, On::Database(name) if super::scope::is_system(name));
        match scope.one() {
            Some(database) => self.on_database(database, privilege),
            None => self.unchecked || self.on_server(privilege) && !self.lines.iter().any(taken),
        }
    }

    /// Holds one of these privileges on every table of the database: grants on single tables never tell that.
    #[must_use]
    pub fn on_every_table(&self, scope: &Scope, any_of: &[&str]) -> bool {
        any_of.iter().any(|privilege| self.on_scope(scope, privilege))
    }

    /// Holds the privilege on all columns of that table.
    #[must_use]
    pub fn on_table(&self, database: &str, table: &str, privilege: &str) -> bool {
        let inside = |on: &On| matches!(on, On::Inside { database: d, object, is_routine: false } if self.same(d, database) && self.same(object, table));
        let given = |line: &Line| !line.revokes && inside(&line.on) && line.gives(privilege);
        self.on_database(database, privilege) || self.unclear.is_none() && self.lines.iter().any(given)
    }

    /// Holds anything in that database, be it on one column.
    #[must_use]
    pub fn sees(&self, scope: &Scope) -> bool {
        let inside = |line: &Line| match (&line.on, scope.one()) {
            (On::Server, _) => line.privileges.iter().any(|privilege| privilege.name != "USAGE"),
            (On::Database(name), Some(one)) => self.pattern(name).matches(one),
            (On::Inside { database, .. }, Some(one)) => self.same(database, one),
            (On::Database(name) | On::Inside { database: name, .. }, None) => !super::scope::is_system(name),
        };
        self.unchecked || self.lines.iter().any(|line| !line.revokes && inside(line))
    }

    fn same(&self, one: &str, other: &str) -> bool {
        one == other || self.rules.folded && one.to_lowercase() == other.to_lowercase()
    }

    /// How a further grant on the captured database must name it, where its plain name would be wrong: a row with the plain
    /// name takes away all that the account holds by a pattern. `None` where there is no such pattern, or several.
    #[must_use]
    pub fn spelling(&self, scope: &Scope) -> Option<&str> {
        let database = scope.one()?;
        let on_it = self.lines.iter().filter_map(|line| match &line.on {
            On::Database(name) if !line.revokes && self.pattern(name).matches(database) => Some(name.as_str()),
            _ => None,
        });
        let mut names: Vec<&str> = on_it.collect();
        names.sort_unstable();
        names.dedup();
        names.first().copied().filter(|name| names.len() == 1 && !self.pattern(name).is_plain())
    }

    /// The name of a database in a grant, as this server understands it.
    #[must_use]
    pub const fn pattern<'a>(&self, text: &'a str) -> Pattern<'a> {
        Pattern { text, rules: self.rules }
    }

    /// How this server compares names.
    #[must_use]
    pub const fn rules(&self) -> Rules {
        self.rules
    }

    /// Notes what of the requested dimensions this account cannot see completely.
    pub fn note(&self, reader: &Reader<'_>) {
        for gap in self.gaps(reader.flavor, reader.scope, &reader.request.dimensions) {
            reader.gap(gap);
        }
    }

    /// What of these dimensions this account cannot see completely, each with its cure.
    #[must_use]
    pub fn gaps(&self, flavor: &Flavor, scope: &Scope, dimensions: &[Dimension]) -> Vec<Gap> {
        let mut gaps = Vec::new();
        if self.unchecked {
            gaps.extend(unloaded(flavor).into_iter().filter(|gap| dimensions.contains(&gap.dimension)));
        }
        if !self.sees(scope) {
            let hidden = [Dimension::Schema, Dimension::Data, Dimension::Privileges, Dimension::History];
            for dimension in hidden.into_iter().filter(|one| dimensions.contains(one)) {
                let cure = need::script(self, flavor, scope, dimension).join(" ");
                let what = scope.one().map_or_else(|| "any database".to_owned(), |name| format!("the database {name}"));
                let detail = format!("the account {} holds no privilege in {what}, so the server hides all of it", self.account);
                gaps.push(Gap::dimension(dimension, Reason::Privilege, detail).cure(cure));
            }
        }
        if let Some(line) = &self.unclear {
            let detail = format!("this evenkeel does not understand a restriction of the account {}: {line}", self.account);
            gaps.extend(dimensions.iter().map(|dimension| Gap::dimension(*dimension, Reason::Version, detail.clone())));
        }
        gaps.extend(need::gaps(self, flavor, scope).into_iter().filter(|gap| dimensions.contains(&gap.dimension)));
        gaps
    }
}

/// What a server does not load, and so shows as if there were none, while it checks no privileges. Measured: both hide
/// grants, MariaDB hides events as well. <https://dev.mysql.com/doc/refman/en/server-options.html>
fn unloaded(flavor: &Flavor) -> Vec<Gap> {
    let detail = |what| format!("the server runs with --skip-grant-tables and does not load {what}");
    let mut gaps = vec![
        Gap::dimension(Dimension::Privileges, Reason::Failed, detail("accounts and grants")),
        Gap::kind(Kind::Function, Reason::Failed, detail("loadable functions")),
        Gap::kind(Kind::Plugin, Reason::Failed, detail("plugins that INSTALL added")),
    ];
    if flavor.is_mariadb() {
        gaps.push(Gap::kind(Kind::Event, Reason::Failed, detail("events")));
    }
    gaps.into_iter().map(|gap| gap.cure("restart the server without --skip-grant-tables")).collect()
}

/// Without what is said of single objects where the same is said of their kind, and of kinds where it is said of their
/// dimension: ten thousand routines are one gap. A property that single objects hide stays, as one of the kind: what the
/// account may not read is unknown, and compares with nothing.
#[must_use]
pub fn condensed(mut gaps: Vec<Gap>) -> Vec<Gap> {
    let is_whole = |gap: &&Gap| gap.reason == Reason::Privilege && gap.object.is_none() && gap.attribute.is_none();
    let whole: HashSet<String> = gaps.iter().filter(is_whole).filter_map(|gap| gap.kind.clone()).collect();
    let said = |gap: &Gap| gap.kind.as_ref().is_some_and(|kind| whole.contains(kind));
    let mut hiding = HashSet::new();
    gaps.retain_mut(|gap| {
        if gap.reason != Reason::Privilege || gap.object.is_none() || !said(gap) {
            return true;
        }
        gap.object = None;
        gap.attribute.is_some() && hiding.insert((gap.kind.clone(), gap.attribute.clone()))
    });
    let hidden: HashSet<Dimension> =
        gaps.iter().filter(|gap| gap.reason == Reason::Privilege && gap.kind.is_none()).map(|gap| gap.dimension).collect();
    gaps.retain(|gap| gap.reason != Reason::Privilege || gap.kind.is_none() || !hidden.contains(&gap.dimension));
    gaps
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
