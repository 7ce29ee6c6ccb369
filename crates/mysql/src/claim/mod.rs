//! The right to write to a database: named locks that are held in a session of their own, without a transaction or a snapshot, and
//! sessions that write. Nothing is waited for on the server: what somebody else has is asked for again.
//!
//! Neighbours: `flight/name` has the locks' names, `core/history/lock` the locks that are rows.

use crate::connect::{self, Fault, Target, connect};
use crate::flight::name;
use crate::ident::{Ident, Literal};
use crate::patch::record::row;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::history::LOCKS;
use evenkeel_core::history::lock::{Holder, RowLock};
use evenkeel_core::history::row::Deed;
use evenkeel_core::port::{Answer, Claim, Claimed, Limits, Session as Port, Tool, Watch, Wish};
use evenkeel_runtime::{Blocking, again};
use std::time::{Duration, Instant};

/// For so long a session that only holds locks may be silent.
const SILENCE: Duration = Duration::from_secs(24 * 60 * 60);
/// <https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html>: a key that is there, a wait for a lock that was too long.
const DUPLICATE: &str = "1062";
const WAITED: &str = "1205";

type Session = Blocking<connect::Session>;
type Done<T> = Result<T, Box<Trouble>>;

/// What is held.
struct Held<'a> {
    holder: Session,
    target: Target,
    wish: Wish<'a>,
    /// Names as expressions, and whose they are.
    names: Vec<(String, String)>,
    /// In words, and the statement that gives it back.
    row: Option<(String, String)>,
    is_released: bool,
}

/// Takes evenkeel's own lock, and then the tool's.
///
/// # Errors
/// The server cannot be reached, lets nobody write, or a proxy stands before it; no database is named.
pub fn claim<'a>(target: &Target, wish: &Wish<'a>, watch: &Watch<'_>) -> Done<Claimed<'a>> {
    if target.describe().database.value.is_empty() {
        let trouble = Trouble::new(Class::Usage, format!("cannot claim {target}"));
        return Err(Box::new(trouble.expected("a database").found("all of a server").fix("name the database in the URL")));
    }
    let called = wish.intended.name();
    let target = target.clone().called(&called);
    let holder = open(&target, &called, &Limits { idle_timeout: SILENCE, ..wish.limits }, &[])?;
    let database = target.describe().database.value.clone();
    let mut held = Held { holder, target, wish: *wish, names: Vec::new(), row: None, is_released: false };
    let mut wanted = vec![(name::OWN.to_owned(), "evenkeel".to_owned())];
    wanted.extend(wish.tool.and_then(|tool| Some((name::of(tool.name, tool.table, &database)?, tool.name.to_owned()))));
    let until = Instant::now() + wish.patience;
    for (name, whose) in wanted {
        if !again(until, watch, || held.takes(&name))? {
            return Ok(Claimed::Taken(format!("the named lock of {whose}{}", held.by(&name)?)));
        }
        held.names.push((name, whose));
    }
    held.check()?;
    let lock = wish.tool.and_then(|tool| Some((tool, LOCKS.iter().find(|lock| lock.tool == tool.name)?)));
    if let Some((tool, lock)) = lock
        && let Some(taken) = held.row(tool, lock, until, watch)?
    {
        return Ok(Claimed::Taken(taken));
    }
    Ok(Claimed::Held(Box::new(held)))
}

/// A session under the name of the run; nothing in it waits without a bound.
fn open(target: &Target, called: &str, limits: &Limits, opening: &[&str]) -> Done<Session> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let opened = async || {
        let mut session = connect(target).await.map_err(words)?;
        if session.is_read_only {
            return Err(Box::new(
                Trouble::new(Class::Configuration, format!("nothing can be written to {target}"))
                    .expected("a source that takes writes")
                    .found("read_only is on")
                    .fix("name the source in `url`"),
            ));
        }
        let mut is_named = false;
        for slot in 0..name::SLOTS {
            let rows = session.rows(&name::naming(called, slot), "naming a session").await.map_err(words)?;
            let is = |at: usize| rows.first().and_then(|row| row.text(at).ok().flatten()).is_some_and(|text| &*text == "1");
            is_named = is(0) && is(1);
            if is_named {
                break;
            }
            session.run("DO release_all_locks()", "naming a session").await.map_err(words)?;
        }
        if !is_named {
            let trouble = Trouble::new(Class::Unreachable, format!("too many sessions of evenkeel write to {target}"));
            return Err(Box::new(
                trouble.expected(format!("{} at the most", name::SLOTS)).fix("wait until they have ended: evenkeel runs"),
            ));
        }
        session.run(&name::remembering(called), "naming a session").await.map_err(words)?;
        for line in opening {
            session.run(line, "beginning a session").await.map_err(words)?;
        }
        session.stand(limits).await.map_err(words)?;
        Ok(session)
    };
    Blocking::open(opened, |trouble| trouble)
}

impl Held<'_> {
    /// The rows of a statement.
    fn ask(&self, statement: &str) -> Done<Vec<Vec<Option<String>>>> {
        match self.holder.answer(statement).map_err(|fault| Box::new(fault.trouble()))? {
            Answer::Ran(ran) => Ok(ran.rows),
            Answer::Refused(refused) => {
                let trouble = Trouble::new(Class::Unreachable, format!("cannot claim {}", self.target));
                Err(Box::new(trouble.found(format!("{} ({})", refused.message, refused.code))))
            }
        }
    }

    fn takes(&self, name: &str) -> Done<bool> {
        let rows = self.ask(&format!("SELECT get_lock({name}, 0)"))?;
        Ok(rows.first().and_then(|row| row.first()).is_some_and(|answer| answer.as_deref() == Some("1")))
    }

    /// Who has it, in words that go on a sentence.
    fn by(&self, name: &str) -> Done<String> {
        let rows = self.ask(&format!("SELECT is_used_lock({name})"))?;
        Ok(match rows.into_iter().next().and_then(|row| row.into_iter().next().flatten()) {
            Some(connection) => format!(" is held by connection {connection}"),
            None => " was held, and is not any more: try again".to_owned(),
        })
    }

    /// Takes a lock that is a row, after what a run that is gone left of it was given back. Who has it, where it is not to be had.
    fn row(&mut self, tool: Tool<'_>, lock: &RowLock, until: Instant, watch: &Watch<'_>) -> Done<Option<String>> {
        let intended = self.wish.intended;
        let named = format!("{}_lock", tool.table);
        let find = include_str!("lock_table.sql")
            .replace("{named}", &Literal(&named).to_string())
            .replace("{usual}", &Literal(lock.table).to_string());
        let rows = self.ask(&find)?;
        // Without the table it has never locked anything there.
        let Some(table) = rows.into_iter().next().and_then(|row| row.into_iter().next().flatten()) else { return Ok(None) };
        let place = Ident(&table).to_string();
        let what = format!("the lock of {} ({table})", tool.name);
        let give = |name: &str, pid: u32| row(&place, &(lock.give)(&Holder { name, pid }));
        for orphan in self.wish.orphaned.iter().filter(|orphan| orphan.what == what) {
            self.ask(&give(&orphan.name, orphan.pid))?;
        }
        let name = intended.name();
        let deed = (lock.take)(&Holder { name: &name, pid: intended.pid() });
        let take = row(&place, &deed);
        intended.takes(&what)?;
        if again(until, watch, || self.changes(&take, &deed))? {
            self.row = Some((what, give(&name, intended.pid())));
            return Ok(None);
        }
        intended.gave(&what)?;
        Ok(Some(format!("{what} is taken: a deploy is in flight, or one died")))
    }

    /// Whether it changed a row. A row that cannot be put in twice is somebody's already.
    fn changes(&self, statement: &str, deed: &Deed) -> Done<bool> {
        match self.holder.answer(statement).map_err(|fault| Box::new(fault.trouble()))? {
            Answer::Ran(ran) => Ok(ran.affected > 0),
            Answer::Refused(refused) if matches!(deed, Deed::Insert(_)) && refused.code == DUPLICATE => Ok(false),
            // Somebody writes that row right now.
            Answer::Refused(refused) if refused.code == WAITED => Ok(false),
            Answer::Refused(refused) => {
                let trouble = Trouble::new(Class::Unreachable, format!("cannot take a lock of {}", self.target));
                Err(Box::new(trouble.found(format!("{} ({})", refused.message, refused.code))))
            }
        }
    }

    fn give_back(&mut self) -> Done<()> {
        if std::mem::replace(&mut self.is_released, true) {
            return Ok(());
        }
        if let Some((what, give)) = self.row.take() {
            self.ask(&give).map_err(|trouble| {
                Box::new(Trouble { what: format!("{what} could not be given back: {}", trouble.what), fix: Some(give.clone()), ..*trouble })
            })?;
            self.wish.intended.gave(&what)?;
        }
        // The session's end would do that too, but later.
        for (name, _) in &self.names {
            self.ask(&format!("DO release_lock({name})"))?;
        }
        Ok(())
    }

    fn lost(&self, found: &str) -> Box<Trouble> {
        Box::new(
            Trouble::new(Class::Unreachable, format!("the locks on {} cannot be relied on", self.target))
                .expected("a session that stays the same, and holds them")
                .found(found)
                .fix("connect to the server itself, without a proxy between"),
        )
    }
}

impl Claim for Held<'_> {
    fn holds(&self) -> Vec<String> {
        let names = self.names.iter().map(|(_, whose)| format!("the named lock of {whose}"));
        names.chain(self.row.iter().map(|(what, _)| what.clone())).collect()
    }

    fn sessions(&self) -> Vec<u64> {
        vec![Port::id(&self.holder)]
    }

    fn check(&mut self) -> Done<()> {
        let held: Vec<String> = self.names.iter().map(|(name, _)| format!("coalesce(is_used_lock({name}), 0) = connection_id()")).collect();
        let rows = self.ask(&format!("SELECT connection_id(), {}", held.join(" AND ")))?;
        let told: Vec<Option<&str>> = rows.first().map(|row| row.iter().map(Option::as_deref).collect()).unwrap_or_default();
        let own = Port::id(&self.holder).to_string();
        match told.as_slice() {
            [Some(id), _] if *id != own => {
                Err(self.lost("another session answers than the one that began: a proxy stands before the server"))
            }
            [Some(_), Some("1")] => Ok(()),
            _ => Err(self.lost("a lock is not held any more")),
        }
    }

    fn session(&mut self, opening: &[&str]) -> Done<Box<dyn Port>> {
        Ok(Box::new(open(&self.target, &self.wish.intended.name(), &self.wish.limits, opening)?))
    }

    fn release(mut self: Box<Self>) -> Done<()> {
        self.give_back()
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // Whoever gave up before: what stays is told by the journal.
        drop(self.give_back());
    }
}
