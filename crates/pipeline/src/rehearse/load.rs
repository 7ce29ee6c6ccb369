//! Clients that go about their business while a release runs: what they ask, how long it takes them, what they are refused.
//!
//! Neighbours: `eyes`, which sees who of them waits for the release; `workload`, which has what they ask.

use super::workload::Request;
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Answer, Filler, Scratch, Session, Stop};
use evenkeel_core::rehearsal::{Latency, Load, Phase, Slice, Unsaid, Waited};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// How many there are.
pub const CLIENTS: usize = 4;
/// How long they run before the release, and after it.
pub const AROUND: Duration = Duration::from_millis(700);
/// Between two requests of one client.
const PAUSE: Duration = Duration::from_millis(1);
/// How long each request is waited for to be asked once, before the release and after it.
const ONCE: Duration = Duration::from_secs(20);

/// How long clients may take for what they are at when it is over.
const GRACE: Duration = Duration::from_secs(5);

/// Slices of time in which what they meet is drawn.
const SLICES: u32 = 400;

/// Where the release stands.
const BEFORE: u8 = 0;
const DURING: u8 = 1;
const AFTER: u8 = 2;

/// What clients have met so far.
#[derive(Debug)]
pub struct Clients {
    begin: Instant,
    phase: AtomicU8,
    is_over: AtomicBool,
    /// Clients that have asked all of theirs once, before the release and after it.
    once: [AtomicUsize; 2],
    /// Their sessions, until they are closed.
    sessions: Mutex<BTreeSet<u64>>,
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    took: BTreeMap<u8, Vec<Duration>>,
    /// When each ended, and what it took.
    ended: Vec<(Duration, Duration)>,
    /// By the phase, the request and the code: how often, and what the server said.
    refused: BTreeMap<(u8, usize, String), (usize, String)>,
    /// Requests that were answered before the release.
    answered: BTreeSet<usize>,
    /// Requests that were sent after it.
    after: BTreeSet<usize>,
    broken: Option<String>,
}

impl Clients {
    /// Times are since that moment.
    pub fn new(begin: Instant) -> Self {
        Self {
            begin,
            phase: AtomicU8::default(),
            is_over: AtomicBool::default(),
            once: Default::default(),
            sessions: Mutex::default(),
            told: Mutex::default(),
        }
    }

    /// One of them, until it is finished; on a thread of its own.
    pub fn run(&self, number: usize, session: Result<Box<dyn Session>, Box<Trouble>>, requests: &[Request], filler: Option<&dyn Filler>) {
        let asked = session.and_then(|session| {
            let id = session.id();
            let known = |sessions: &Mutex<BTreeSet<u64>>| sessions.lock().unwrap_or_else(PoisonError::into_inner).insert(id);
            known(&self.sessions);
            let asked = self.ask(number, session, requests, filler);
            self.sessions.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            // Who was ended when it was over met nothing.
            asked.or_else(|trouble| if self.is_over.load(Ordering::SeqCst) { Ok(()) } else { Err(trouble) })
        });
        if let Err(trouble) = asked {
            self.locked().broken.get_or_insert_with(|| trouble.to_string());
            for once in &self.once {
                once.fetch_add(1, Ordering::SeqCst);
            }
        }
    }

    /// Waits until each request was asked once since the release has begun or ended, however seldom it comes.
    pub fn all_asked(&self, is_after: bool, stop: &Stop) {
        let from = Instant::now();
        let Some(once) = self.once.get(usize::from(is_after)) else { return };
        while once.load(Ordering::SeqCst) < CLIENTS && from.elapsed() < ONCE && stop.check().is_ok() {
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// It is over: whoever is at something that takes long is ended by the server.
    pub fn dismiss(&self, scratch: &dyn Scratch) {
        self.finish();
        let from = Instant::now();
        let sessions = || self.sessions.lock().unwrap_or_else(PoisonError::into_inner).clone();
        while !sessions().is_empty() && from.elapsed() < GRACE {
            std::thread::sleep(Duration::from_millis(5));
        }
        for session in sessions() {
            // One that ends by itself meanwhile is none that could be ended.
            let _ended = scratch.end(session);
        }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(
        &self,
        number: usize,
        mut session: Box<dyn Session>,
        requests: &[Request],
        filler: Option<&dyn Filler>,
    ) -> Result<(), Box<Trouble>> {
        // As an application holds them: what is prepared here is run across the release.
        for (at, request) in requests.iter().enumerate() {
            if let (Some((number, sql)), Some(filler)) = (&request.held, filler)
                && let Answer::Refused(refused) = filler.hold(&mut *session, *number, sql)?
            {
                self.refused(BEFORE, at, refused.code, refused.message);
            }
        }
        let sum: f64 = requests.iter().map(|request| request.weight).sum();
        let own: Vec<usize> = (0..requests.len()).skip(number).step_by(CLIENTS).collect();
        let mut first = own.clone();
        let mut phases = [false; 2];
        // The same requests in every run.
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number as u64 + 1);
        while !self.is_over.load(Ordering::SeqCst) {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            if self.phase.load(Ordering::SeqCst) == AFTER && !phases[1] && first.is_empty() && phases[0] {
                phases[1] = true;
                first.clone_from(&own);
                if first.is_empty() {
                    self.once[1].fetch_add(1, Ordering::SeqCst);
                }
            }
            let which = first.pop();
            let is_first = which.is_some();
            #[expect(clippy::cast_precision_loss, reason = "a part of one")]
            let drawn = (seed >> 33) as f64 / (1_u64 << 31) as f64 * sum;
            let Some((at, one)) = which.or_else(|| by_weight(requests, drawn)).and_then(|at| Some((at, requests.get(at)?))) else {
                return Ok(());
            };
            let row = 1 + (seed >> 17) % one.rows.max(1);
            let from = Instant::now();
            let is_after = self.is_after();
            let answer = session.run(&one.text.replace("{n}", &row.to_string()))?;
            let took = from.elapsed();
            // It counts where it ended: one that began before and waited is one of those that met the release.
            let phase = self.phase.load(Ordering::SeqCst);
            let mut told = self.locked();
            told.took.entry(phase).or_default().push(took);
            told.ended.push((self.begin.elapsed(), took));
            if phase == BEFORE && answer.ran().is_some() {
                told.answered.insert(at);
            }
            if is_after {
                told.after.insert(at);
            }
            drop(told);
            if let Answer::Refused(refused) = answer {
                self.refused(phase, at, refused.code, refused.message);
            }
            if !phases[0] && first.is_empty() {
                phases[0] = true;
                self.once[0].fetch_add(1, Ordering::SeqCst);
            } else if is_first && phases[1] && first.is_empty() {
                self.once[1].fetch_add(1, Ordering::SeqCst);
            }
            std::thread::sleep(PAUSE);
        }
        Ok(())
    }

    fn refused(&self, phase: u8, request: usize, code: String, message: String) {
        self.locked().refused.entry((phase, request, code)).or_insert_with(|| (0, message)).0 += 1;
    }

    /// Whether the release is over.
    pub fn is_after(&self) -> bool {
        self.phase.load(Ordering::SeqCst) == AFTER
    }

    pub fn begins(&self) {
        self.phase.store(DURING, Ordering::SeqCst);
    }

    pub fn ends(&self) {
        self.phase.store(AFTER, Ordering::SeqCst);
    }

    pub fn finish(&self) {
        self.is_over.store(true, Ordering::SeqCst);
    }

    /// What they met; `unsaid` are queries that could not be asked at all.
    pub fn load(self, requests: &[Request], waits: Vec<Waited>, mut unsaid: Vec<Unsaid>) -> Load {
        let told = self.told.into_inner().unwrap_or_else(PoisonError::into_inner);
        let latency = |phase: u8| Latency::of(told.took.get(&phase).cloned().unwrap_or_default());
        let phase = |phase: u8| match phase {
            BEFORE => Phase::Before,
            DURING => Phase::During,
            _ => Phase::After,
        };
        let own = unsaid.len() + requests.iter().filter(|request| request.place.is_some()).count();
        for (at, request) in requests.iter().enumerate().filter(|(at, _)| !told.answered.contains(at)) {
            let said = told.refused.iter().find(|((phase, of, _), _)| *phase == BEFORE && *of == at);
            let why = said.map_or_else(
                || "nobody asked it before the release".to_owned(),
                |((_, _, code), (_, message))| format!("before the release already: {message} ({code})"),
            );
            if let Some(place) = &request.place {
                unsaid.push(Unsaid { place: place.clone(), sql: request.sql.clone(), why });
            }
        }
        let met = |at: usize| told.after.contains(&at) || told.refused.keys().any(|(phase, of, _)| *phase != BEFORE && *of == at);
        for (_, request) in requests.iter().enumerate().filter(|(at, _)| told.answered.contains(at) && !met(*at)) {
            let place = request.place.clone().unwrap_or_else(|| "synthetic".to_owned());
            unsaid.push(Unsaid { place, sql: request.sql.clone(), why: "nobody asked it after the release".to_owned() });
        }
        let answered = told.answered.iter().filter_map(|at| requests.get(*at));
        let tables: BTreeSet<String> = answered.flat_map(|request| request.tables.iter().cloned()).collect();
        let refused = told.refused.into_iter().map(|((at, request, code), (count, message))| {
            let sql = requests.get(request).map(|request| request.sql.clone()).unwrap_or_default();
            (phase(at), code, count, sql, message)
        });
        Load {
            clients: CLIENTS,
            tables,
            before: latency(BEFORE),
            during: latency(DURING),
            after: latency(AFTER),
            refused: refused.collect(),
            broken: told.broken,
            slices: Slice::all(&told.ended, SLICES),
            waits,
            sources: Vec::new(),
            own,
            unsaid,
            beside: None,
        }
    }
}

/// The request whose part of all weights has that place in their sum.
fn by_weight(requests: &[Request], mut drawn: f64) -> Option<usize> {
    for (at, request) in requests.iter().enumerate() {
        drawn -= request.weight;
        if drawn < 0.0 {
            return Some(at);
        }
    }
    requests.len().checked_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_nobody_asked_after_the_release_says_nothing() {
        let request = |sql: &str| Request {
            tables: BTreeSet::new(),
            sql: sql.to_owned(),
            text: sql.to_owned(),
            rows: 1,
            held: None,
            weight: 1.0,
            place: Some(format!("{sql}.sql")),
        };
        let clients = Clients::new(Instant::now());
        // The first was answered before and after, the second is refused while it runs, the third was asked before alone, the fourth never.
        clients.locked().answered.extend([0, 1, 2]);
        clients.locked().after.insert(0);
        clients.refused(DURING, 1, "42703".to_owned(), "no such column".to_owned());
        let load = clients.load(&["a", "b", "c", "d"].map(request), Vec::new(), Vec::new());
        let said: Vec<(&str, &str)> = load.unsaid.iter().map(|one| (one.place.as_str(), one.why.as_str())).collect();
        assert_eq!(said, [("d.sql", "nobody asked it before the release"), ("c.sql", "nobody asked it after the release")]);
        assert_eq!(load.refused.len(), 1);
    }
}
