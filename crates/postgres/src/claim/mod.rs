//! The right to write to a database: locks that are held in a session of their own, without a transaction or a snapshot, and sessions
//! that write. Nothing is waited for on the server: what somebody else has is asked for again.
//!
//! Neighbours: `number` in `flight` has the locks' numbers, `core/history/lock` the locks that are rows.

use crate::connect::{self, Fault, NOTICING, Target, connect, standing};
use crate::flight::number;
use crate::ident::literal;
use crate::patch::record::row;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::history::LOCKS;
use evenkeel_core::history::lock::{Holder, RowLock};
use evenkeel_core::history::row::Deed;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, Object};
use evenkeel_core::port::{Answer, Claim, Claimed, Limits, Session as Port, Tool, Watch, Wish};
use evenkeel_runtime::{Blocking, again};
use std::time::Instant;

type Session = Blocking<connect::Session>;
type Done<T> = Result<T, Box<Trouble>>;

/// What is held.
struct Held<'a> {
    holder: Session,
    target: Target,
    wish: Wish<'a>,
    /// Numbers, and whose they are.
    keys: Vec<(i64, String)>,
    /// In words, and the statement that gives it back.
    row: Option<(String, String)>,
    is_released: bool,
}

/// Takes evenkeel's own lock, and then the tool's.
///
/// # Errors
/// The server cannot be reached, lets nobody write, or a pooler stands before it.
pub fn claim<'a>(target: &Target, wish: &Wish<'a>, watch: &Watch<'_>) -> Done<Claimed<'a>> {
    let target = target.clone().called(&wish.intended.name());
    let holder = open(&target, &wish.limits, None)?;
    let database = target.describe().dbname.value.clone();
    let mut held = Held { holder, target, wish: *wish, keys: Vec::new(), row: None, is_released: false };
    let mut wanted = vec![(number::OWN, "evenkeel".to_owned())];
    if let Some(Tool { name, schema, table }) = wish.tool {
        wanted.extend(number::of(name, (schema, table), &database).into_iter().map(|key| (key, name.to_owned())));
    }
    let until = Instant::now() + wish.patience;
    for (key, whose) in wanted {
        if !again(until, watch, || held.takes(key))? {
            return Ok(Claimed::Taken(format!("the advisory lock of {whose} ({key}){}", held.by(key)?)));
        }
        held.keys.push((key, whose));
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

/// A session under the name of the run; nothing in it waits without a bound. One without an opening only holds locks.
fn open(target: &Target, limits: &Limits, opening: Option<&[&str]>) -> Done<Session> {
    let words = |fault: Fault| Box::new(fault.trouble());
    let opened = async || {
        let session = connect(target).await.map_err(words)?;
        writable(&session, target)?;
        let doing = "beginning a session";
        let opened = opening.unwrap_or_default().concat();
        session.client.batch_execute(&opened).await.map_err(|error| words(session.fault(&error, doing)))?;
        let bounds = standing(limits, session.server_version_num, opening.is_none());
        session.client.batch_execute(&bounds).await.map_err(|error| words(session.fault(&error, doing)))?;
        // Where it is refused, the statement's own bound ends it.
        drop(session.client.batch_execute(NOTICING).await);
        Ok(session)
    };
    Blocking::open(opened, |trouble| trouble)
}

/// That something may be written there.
///
/// # Errors
/// It is a standby, or the role's transactions only read.
pub(crate) fn writable(session: &connect::Session, target: &Target) -> Done<()> {
    if !session.is_read_only {
        return Ok(());
    }
    let found = if session.is_standby { "a standby" } else { "default_transaction_read_only is on" };
    Err(Box::new(
        Trouble::new(Class::Configuration, format!("nothing can be written to {target}"))
            .expected("a primary, and a role whose transactions may write")
            .found(found)
            .fix("name the primary in `url`, or have the setting taken away from the role or database"),
    ))
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

    fn takes(&self, key: i64) -> Done<bool> {
        let rows = self.ask(&format!("SELECT pg_catalog.pg_try_advisory_lock({key})"))?;
        Ok(rows.first().and_then(|row| row.first()).is_some_and(|answer| answer.as_deref() == Some("t")))
    }

    /// Who has it, in words that go on a sentence.
    fn by(&self, key: i64) -> Done<String> {
        let rows = self.ask(&include_str!("holder.sql").replace("{key}", &key.to_string()))?;
        let Some(row) = rows.first() else { return Ok(" was held, and is not any more: try again".to_owned()) };
        let text = |at: usize| row.get(at).and_then(Option::as_deref).filter(|text| !text.is_empty());
        let who = text(1).map(|who| format!(", {who}")).unwrap_or_default();
        let since = text(2).map(|seconds| format!(", for {seconds} s")).unwrap_or_default();
        Ok(format!(" is held by process {}{who}{since}", text(0).unwrap_or("that is not seen")))
    }

    /// Takes a lock that is a row, after what a run that is gone left of it was given back. Who has it, where it is not to be had.
    fn row(&mut self, tool: Tool<'_>, lock: &RowLock, until: Instant, watch: &Watch<'_>) -> Done<Option<String>> {
        let intended = self.wish.intended;
        let named = format!("{}_lock", tool.table);
        let find = include_str!("lock_table.sql")
            .replace("{schema}", &literal(tool.schema))
            .replace("{named}", &literal(&named))
            .replace("{usual}", &literal(lock.table));
        let rows = self.ask(&find)?;
        // Without the table it has never locked anything there.
        let Some(table) = rows.into_iter().next().and_then(|row| row.into_iter().next().flatten()) else { return Ok(None) };
        let place = Object::new(Kind::HistoryTable, Identity::new([tool.schema, table.as_str()]));
        let what = format!("the lock of {} ({}.{table})", tool.name, tool.schema);
        let give = |name: &str, pid: u32| row(&place, &(lock.give)(&Holder { name, pid }));
        for orphan in self.wish.orphaned.iter().filter(|orphan| orphan.what == what) {
            self.ask(&give(&orphan.name, orphan.pid))?;
        }
        let name = intended.name();
        let take = row(&place, &(lock.take)(&Holder { name: &name, pid: intended.pid() }));
        intended.takes(&what)?;
        let is_taken = again(until, watch, || self.changes(&take, &(lock.take)(&Holder { name: &name, pid: intended.pid() })));
        match is_taken {
            Ok(true) => {
                self.row = Some((what, give(&name, intended.pid())));
                Ok(None)
            }
            Ok(false) => {
                intended.gave(&what)?;
                Ok(Some(format!("{what} is taken: a deploy is in flight, or one died")))
            }
            Err(trouble) => Err(trouble),
        }
    }

    /// Whether it changed a row. A row that cannot be put in twice is somebody's already.
    fn changes(&self, statement: &str, deed: &Deed) -> Done<bool> {
        match self.holder.answer(statement).map_err(|fault| Box::new(fault.trouble()))? {
            Answer::Ran(ran) => Ok(ran.affected > 0),
            Answer::Refused(refused) if matches!(deed, Deed::Insert(_)) && refused.code == "23505" => Ok(false),
            // Somebody writes that row right now.
            Answer::Refused(refused) if refused.code == "55P03" => Ok(false),
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
        self.ask("SELECT pg_catalog.pg_advisory_unlock_all()").map(drop)
    }
}

impl Claim for Held<'_> {
    fn holds(&self) -> Vec<String> {
        let keys = self.keys.iter().map(|(key, whose)| format!("the advisory lock of {whose} ({key})"));
        keys.chain(self.row.iter().map(|(what, _)| what.clone())).collect()
    }

    fn sessions(&self) -> Vec<u64> {
        vec![Port::id(&self.holder)]
    }

    fn check(&mut self) -> Done<()> {
        let keys: Vec<String> = self.keys.iter().map(|(key, _)| format!("({key}::pg_catalog.int8)")).collect();
        let rows = self.ask(&include_str!("held.sql").replace("{keys}", &keys.join(", ")))?;
        let told: Vec<Option<u64>> =
            rows.first().map(|row| row.iter().map(|cell| cell.as_deref()?.parse().ok()).collect()).unwrap_or_default();
        let [pid, count] = told.as_slice() else { return Err(self.lost("the server does not say")) };
        if *pid != Some(Port::id(&self.holder)) {
            return Err(self.lost("another session answers than the one that began: a pooler stands before the server"));
        }
        if *count != Some(self.keys.len() as u64) {
            return Err(self.lost("a lock is not held any more"));
        }
        Ok(())
    }

    fn session(&mut self, opening: &[&str]) -> Done<Box<dyn Port>> {
        Ok(Box::new(open(&self.target, &self.wish.limits, Some(opening))?))
    }

    fn release(mut self: Box<Self>) -> Done<()> {
        self.give_back()
    }
}

impl Held<'_> {
    fn lost(&self, found: &str) -> Box<Trouble> {
        Box::new(
            Trouble::new(Class::Unreachable, format!("the locks on {} cannot be relied on", self.target))
                .expected("a session that stays the same, and holds them")
                .found(found)
                .fix("connect to the server itself, without a pooler between"),
        )
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        // Whoever gave up before: what stays is told by the journal.
        drop(self.give_back());
    }
}
