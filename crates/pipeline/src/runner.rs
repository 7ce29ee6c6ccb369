//! Runs a migration's texts on a throwaway server as its tool would: what goes together, what apart, what somebody else has to do.
//!
//! Lives here: one session, its transactions, and the guard that ends it. Does not live here: which migrations run (`replay`,
//! `rehearse`), and what is looked at meanwhile ([`Onlooker`]).

use crate::migrations::{Cut, Script};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::finding::Place;
use evenkeel_core::history::folder::Transaction;
use evenkeel_core::port::{Answer, Limits, Refused, Scratch, Session, Watch};
use evenkeel_core::statement::{Errand, Grammar, Nature, Statement, Substitute, What, Word};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What a server said to which statement.
pub type Told = (Option<Place>, String);
/// A refusal is no error of ours; a lost connection is one of the server.
pub type Done = Result<Result<(), Told>, Box<Trouble>>;

/// A statement that is sent, and where it stands.
#[derive(Debug, Clone)]
pub struct Spoken<'s> {
    pub statement: &'s Statement,
    pub text: &'s str,
    pub place: Place,
    /// What stands in for rights that the session has not.
    pub substitute: Option<Substitute>,
}

/// Looks on while statements run. What it says to the session must change nothing.
pub trait Onlooker {
    /// It is about to be sent.
    ///
    /// # Errors
    /// The server is lost.
    fn before(&mut self, _: &mut dyn Session, _: &Spoken<'_>) -> Result<(), Box<Trouble>> {
        Ok(())
    }

    /// It was answered: so many rows were changed, or it was refused in these words.
    ///
    /// # Errors
    /// The server is lost.
    fn after(&mut self, _: &mut dyn Session, _: &Spoken<'_>, _: Result<u64, &str>) -> Result<(), Box<Trouble>> {
        Ok(())
    }

    /// A transaction that was opened around statements has ended: its locks are gone.
    fn ended(&mut self) {}
}

/// Nobody.
pub struct Blind;

impl Onlooker for Blind {}

/// Where and how statements are run.
#[derive(Clone, Copy)]
pub struct Ground<'r> {
    pub scratch: &'r dyn Scratch,
    pub database: &'r str,
    pub grammar: &'r dyn Grammar,
    pub watch: Watch<'r>,
    pub limits: Limits,
    /// Transactions have the bounds that the session has by itself, whatever a text makes of them.
    pub own_bounds: bool,
}

/// How statements that are looked at go, where that is not as the tool sends them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Manner {
    /// As the tool does.
    AsTool,
    /// Each statement by itself and in a transaction wherever it may be in one, so that there is something to look at.
    Apart,
}

/// What is told of one that was ended on purpose.
pub const INTERRUPTED: &str = "interrupted";

/// One session that runs migrations.
pub struct Runner<'r> {
    session: Box<dyn Session>,
    ground: Ground<'r>,
    guard: &'r Guard,
    onlooker: &'r mut dyn Onlooker,
    manner: Manner,
    /// Several migrations go into one transaction.
    is_batch: bool,
    /// How many statements were sent.
    sent: usize,
    /// After so many statements somebody ends it.
    upto: Option<usize>,
    /// We opened a transaction.
    is_open: bool,
    /// The text opened one.
    is_theirs: bool,
}

impl<'r> Runner<'r> {
    pub fn new(session: Box<dyn Session>, ground: Ground<'r>, guard: &'r Guard, onlooker: &'r mut dyn Onlooker) -> Self {
        Self {
            session,
            ground,
            guard,
            onlooker,
            manner: Manner::AsTool,
            is_batch: false,
            sent: 0,
            upto: None,
            is_open: false,
            is_theirs: false,
        }
    }

    #[must_use]
    pub fn manner(mut self, manner: Manner) -> Self {
        self.manner = manner;
        self
    }

    /// All of them in one transaction, that the last call ends.
    #[must_use]
    pub fn batch(mut self, is_batch: bool) -> Self {
        self.is_batch = is_batch;
        self
    }

    /// Ends after so many statements, as if it were killed: what is not committed then is gone.
    #[must_use]
    pub fn upto(mut self, statements: usize) -> Self {
        self.upto = Some(statements);
        self
    }

    /// Runs texts that are one migration's way there, or back.
    ///
    /// # Errors
    /// The server is lost, or the end was asked for. That a statement is refused is none.
    pub fn scripts(&mut self, scripts: &[Script], transaction: Transaction) -> Done {
        for script in scripts {
            let is_whole = transaction == Transaction::Whole && is_one_message(script, self.ground.grammar);
            let done = match transaction {
                Transaction::Whole if is_whole && self.manner == Manner::AsTool => self.whole(script)?,
                Transaction::Own | Transaction::Fitting | Transaction::Whole => self.own(script, transaction)?,
                Transaction::None | Transaction::PerStatement => self.pieces(script, transaction, false)?,
            };
            if done.is_err() {
                return Ok(done);
            }
        }
        Ok(Ok(()))
    }

    /// A migration's way there.
    pub fn migration(&mut self, cut: &Cut) -> Done {
        self.scripts(&cut.up, cut.migration.transaction)
    }

    /// The session, for whoever runs the next.
    pub fn into_session(self) -> Box<dyn Session> {
        self.session
    }

    /// How many statements were sent so far, one by one.
    pub fn sent(&self) -> usize {
        self.sent
    }

    /// Ends what a batch has opened.
    pub fn finish(&mut self) -> Done {
        if !self.is_open {
            return Ok(Ok(()));
        }
        let answer = self.committed()?;
        Ok(answer.map_err(|why| (None, why)))
    }

    fn begin(&mut self) -> Result<(), Box<Trouble>> {
        if self.ground.own_bounds {
            self.session.open()?;
        } else {
            let limits = self.ground.limits;
            self.session.begin(&limits)?;
        }
        self.is_open = true;
        Ok(())
    }

    /// Whether a text has left a transaction open: what is in it is gone when the session ends.
    pub fn is_left_open(&self) -> bool {
        self.is_theirs
    }

    fn committed(&mut self) -> Result<Result<(), String>, Box<Trouble>> {
        let answer = self.bounded(|session| session.commit())?;
        self.is_open = false;
        self.onlooker.ended();
        Ok(refusal(&answer).map_or(Ok(()), Err))
    }

    fn rolled_back(&mut self) {
        if self.is_open || self.is_theirs {
            self.session.roll_back().ok();
            self.is_open = false;
            self.is_theirs = false;
            self.onlooker.ended();
        }
    }

    /// All of a text at once: the server makes one of it what it can.
    fn whole(&mut self, script: &Script) -> Done {
        match self.bounded(|session| session.run(&script.part.text))? {
            Ok(Answer::Ran(_)) => Ok(Ok(())),
            Ok(Answer::Refused(refused)) => {
                let byte = refused.position.map_or(0, |position| byte_of(&script.part.text, position));
                Ok(Err((Some(script.place(byte)), said(&refused))))
            }
            Err(why) => Ok(Err((Some(script.place(0)), why))),
        }
    }

    /// In a transaction of its own. A single statement that is sent whole is its own already.
    fn own(&mut self, script: &Script, transaction: Transaction) -> Done {
        let statements = script.pieces.iter().filter(|piece| piece.statement().is_some()).count();
        if transaction == Transaction::Whole && statements == 1 && !self.is_batch {
            return self.pieces(script, transaction, false);
        }
        let done = self.pieces(script, transaction, true)?;
        if done.is_err() {
            return Ok(done);
        }
        if !self.is_open || self.is_batch {
            return Ok(Ok(()));
        }
        let place = script.place(script.part.text.len());
        Ok(self.committed()?.map_err(|why| (Some(place), why)))
    }

    /// One after the other; `together` in a transaction.
    fn pieces(&mut self, script: &Script, transaction: Transaction, mut together: bool) -> Done {
        let text = &script.part.text;
        let mut pieces = script.pieces.iter().peekable();
        while let Some(piece) = pieces.next() {
            let own = piece.text(text);
            let statement = match &piece.what {
                What::Between | What::Rows => continue,
                What::Command { odd: None } => continue,
                What::Command { odd: Some(why) } => return Ok(Err((Some(script.place(piece.start)), why.clone()))),
                What::Statement(statement) => statement,
            };
            // Rows begin on the next line.
            let rows = {
                let mut ahead = pieces.clone();
                if ahead.peek().is_some_and(|next| next.what == What::Between) {
                    ahead.next();
                }
                ahead.next().filter(|next| next.what == What::Rows).map(|rows| rows.text(text))
            };
            let place = script.place(piece.start);
            let errand = self.ground.grammar.errand(own);
            let sent = errand.as_ref().and_then(Errand::own).unwrap_or(own);
            let spoken = Spoken { statement, text: sent, place: place.clone(), substitute: errand.as_ref().map(|errand| errand.by) };
            if let Some(errand) = errand.as_ref().filter(|errand| errand.by == Substitute::Superuser) {
                if self.is_open {
                    // What stands before it is there for it, as it would be within one transaction.
                    if let Err(told) = self.committed()? {
                        return Ok(Err((Some(place), told)));
                    }
                }
                let mut own = self.ground.scratch.session(self.ground.database)?;
                self.onlooker.before(&mut *self.session, &spoken)?;
                for line in errand.before {
                    own.run(line)?;
                }
                let told = match own.run(&errand.sql)? {
                    Answer::Refused(refused) if !errand.done.contains(&refused.code.as_str()) => Some(said(&refused)),
                    _ => None,
                };
                self.sent += 1;
                self.onlooker.after(&mut *self.session, &spoken, told.as_deref().map_or(Ok(0), Err))?;
                match told {
                    Some(told) => return Ok(Err((Some(place), told))),
                    None => continue,
                }
            }
            let word = match statement.nature {
                Nature::Transaction(word) => Some(word),
                _ => None,
            };
            // Apart: a statement that the server commits by itself is given a transaction, so that it can be looked at in there.
            let lends = self.manner == Manner::Apart && !together && !self.is_theirs && word.is_none() && !statement.alone;
            if (together || lends) && !self.is_open {
                self.begin()?;
            }
            let (told, is_there, affected) = self.answered(&spoken, rows)?;
            if told.is_none() {
                match word {
                    Some(Word::Begin) => self.is_theirs = !self.is_open,
                    Some(Word::Commit | Word::RollBack) => {
                        // What follows a text's own end of the tool's transaction is in none.
                        together &= transaction == Transaction::Whole || !self.is_open;
                        if self.is_open {
                            // The session learns that it is over.
                            self.session.roll_back()?;
                        }
                        self.is_theirs = false;
                        self.is_open = false;
                        self.onlooker.ended();
                    }
                    _ => {}
                }
            }
            let mut told = told;
            if lends && is_there && told.is_some() {
                // It may be one that ends transactions itself: as the tool sends it, it is in none.
                self.rolled_back();
                let alone = Statement { alone: true, ..statement.clone() };
                let spoken = Spoken { statement: &alone, ..spoken.clone() };
                let (again, _, affected) = self.answered(&spoken, rows)?;
                if again.is_none() {
                    self.sent += 1;
                    self.onlooker.after(&mut *self.session, &spoken, Ok(affected))?;
                    if self.is_reached() {
                        return Ok(Err((Some(place), INTERRUPTED.to_owned())));
                    }
                    continue;
                }
                told = again;
            }
            self.sent += 1;
            self.onlooker.after(&mut *self.session, &spoken, told.as_deref().map_or(Ok(affected), Err))?;
            if let Some(told) = told {
                self.rolled_back();
                return Ok(Err((Some(place), told)));
            }
            if self.is_reached() {
                return Ok(Err((Some(place), INTERRUPTED.to_owned())));
            }
            if lends && let Err(told) = self.committed()? {
                self.rolled_back();
                return Ok(Err((Some(place), told)));
            }
        }
        Ok(Ok(()))
    }

    /// What the server says to a statement, whether it is there still, and how many rows were changed.
    fn answered(&mut self, spoken: &Spoken<'_>, rows: Option<&str>) -> Result<(Option<String>, bool, u64), Box<Trouble>> {
        self.onlooker.before(&mut *self.session, spoken)?;
        let answer = self.bounded(|session| match rows {
            Some(rows) => session.feed(spoken.text, rows),
            None => session.run(spoken.text),
        })?;
        let affected = answer.as_ref().ok().and_then(Answer::ran).map_or(0, |ran| ran.affected);
        Ok((refusal(&answer), answer.is_ok(), affected))
    }

    /// Whether it was to end after so many statements, and has sent them.
    fn is_reached(&mut self) -> bool {
        let Some(left) = &mut self.upto else { return false };
        *left = left.saturating_sub(1);
        *left == 0
    }

    /// Does something that ends within the limit, or the session does.
    fn bounded(
        &mut self,
        work: impl FnOnce(&mut dyn Session) -> Result<Answer, Box<Trouble>>,
    ) -> Result<Result<Answer, String>, Box<Trouble>> {
        self.guard.begin(self.ground.limits.statement_timeout);
        let answer = work(&mut *self.session);
        let was_ended = self.guard.end();
        match answer {
            Ok(answer) => Ok(Ok(answer)),
            Err(_) if was_ended => {
                self.ground.watch.stop.check()?;
                Ok(Err(format!(
                    "it took longer than {} s and was ended (--statement-timeout)",
                    self.ground.limits.statement_timeout.as_secs_f64()
                )))
            }
            Err(trouble) if trouble.class == Class::Internal => Err(trouble),
            // The text itself may have ended its session, or its server.
            Err(trouble) => {
                let found = trouble.found.map(|found| format!(": {found}")).unwrap_or_default();
                Ok(Err(format!("the session was lost while it ran: {}{found}", trouble.what)))
            }
        }
    }
}

/// Does something with a session that is ended when a statement takes too long.
///
/// # Errors
/// The work's own.
pub fn guarded<T>(
    session: Box<dyn Session>,
    ground: Ground<'_>,
    work: impl FnOnce(Box<dyn Session>, &Guard) -> Result<T, Box<Trouble>>,
) -> Result<T, Box<Trouble>> {
    let guard = Guard::new(session.id());
    std::thread::scope(|threads| {
        threads.spawn(|| guard.watch(ground.scratch, ground.watch));
        let outcome = work(session, &guard);
        guard.finish();
        outcome
    })
}

/// Whether a text can be sent as it is: no rows, nothing for the client, nothing that somebody else has to do.
fn is_one_message(script: &Script, grammar: &dyn Grammar) -> bool {
    script.pieces.iter().all(|piece| match &piece.what {
        What::Between => true,
        What::Statement(_) => grammar.errand(piece.text(&script.part.text)).is_none(),
        What::Rows | What::Command { .. } => false,
    })
}

fn said(refused: &Refused) -> String {
    format!("{} ({})", refused.message, refused.code)
}

fn refusal(answer: &Result<Answer, String>) -> Option<String> {
    match answer {
        Ok(Answer::Ran(_)) => None,
        Ok(Answer::Refused(refused)) => Some(said(refused)),
        Err(why) => Some(why.clone()),
    }
}

/// The byte of a character that a server counts from 1.
fn byte_of(text: &str, position: u32) -> usize {
    let skipped = usize::try_from(position).unwrap_or(usize::MAX).saturating_sub(1);
    text.char_indices().nth(skipped).map_or(text.len(), |(at, _)| at)
}

/// Ends a session whose statement takes too long: a text may have taken its own limits away.
pub struct Guard {
    session: u64,
    state: Mutex<State>,
    told: Condvar,
    ended: AtomicU64,
}

#[derive(Default)]
struct State {
    deadline: Option<Instant>,
    is_over: bool,
}

/// How often somebody's wish to stop is looked for.
const LOOK: Duration = Duration::from_millis(200);
/// Beyond the server's own limit, which tells more.
const GRACE: Duration = Duration::from_secs(2);

impl Guard {
    #[must_use]
    pub fn new(session: u64) -> Self {
        Self { session, state: Mutex::default(), told: Condvar::new(), ended: AtomicU64::new(0) }
    }

    fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap_or_else(PoisonError::into_inner));
        self.told.notify_all();
    }

    pub fn begin(&self, limit: Duration) {
        self.set(|state| state.deadline = Some(Instant::now() + limit + GRACE));
    }

    /// It is over: was its session ended from here?
    pub fn end(&self) -> bool {
        self.set(|state| state.deadline = None);
        self.ended.load(Ordering::SeqCst) > 0
    }

    /// Nothing is to be watched any more.
    pub fn finish(&self) {
        self.set(|state| state.is_over = true);
    }

    /// Watches until it is finished; on a thread of its own.
    pub fn watch(&self, scratch: &dyn Scratch, watch: Watch<'_>) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        while !state.is_over {
            let is_late = state.deadline.is_some_and(|deadline| Instant::now() >= deadline);
            if is_late || state.deadline.is_some() && watch.stop.is_requested() {
                state.deadline = None;
                drop(state);
                self.ended.fetch_add(1, Ordering::SeqCst);
                scratch.end(self.session).ok();
                state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            state = self.told.wait_timeout(state, LOOK).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
