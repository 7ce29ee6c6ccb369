//! Clients that go about their business while a release runs: what they ask, how long it takes them, what they are refused.
//!
//! Neighbour: `eyes`, which sees who of them waits for the release.

use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Answer, Asked, Session};
use evenkeel_core::rehearsal::{Latency, Load, Phase, Slice, Waited};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;
use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, AtomicU8, Ordering};
use std::time::{Duration, Instant};

/// How many there are.
pub const CLIENTS: usize = 4;
/// How long they run before the release, and after it.
pub const AROUND: Duration = Duration::from_millis(700);
/// Between two requests of one client.
const PAUSE: Duration = Duration::from_millis(1);
/// Tables that they use at most.
pub const TABLES: usize = 20;

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
    told: Mutex<Told>,
}

#[derive(Debug, Default)]
struct Told {
    took: BTreeMap<u8, Vec<Duration>>,
    /// When each ended, and what it took.
    ended: Vec<(Duration, Duration)>,
    /// By the phase and the code: how often, the first request and what the server said.
    refused: BTreeMap<(u8, String), (usize, String, String)>,
    broken: Option<String>,
}

impl Clients {
    /// Times are since that moment.
    pub fn new(begin: Instant) -> Self {
        Self { begin, phase: AtomicU8::default(), is_over: AtomicBool::default(), told: Mutex::default() }
    }

    /// One of them, until it is finished; on a thread of its own.
    pub fn run(&self, number: usize, session: Result<Box<dyn Session>, Box<Trouble>>, asked: &[Asked]) {
        if let Err(trouble) = session.and_then(|session| self.ask(number, session, asked)) {
            self.locked().broken.get_or_insert_with(|| trouble.to_string());
        }
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ask(&self, number: usize, mut session: Box<dyn Session>, asked: &[Asked]) -> Result<(), Box<Trouble>> {
        // The same requests in every run.
        let mut seed = 0x9e37_79b9_7f4a_7c15_u64.wrapping_mul(number as u64 + 1);
        while !self.is_over.load(Ordering::SeqCst) {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let which = usize::try_from(seed >> 33).unwrap_or_default() % asked.len().max(1);
            let Some(one) = asked.get(which) else { return Ok(()) };
            let row = 1 + (seed >> 17) % one.rows.max(1);
            let from = Instant::now();
            let answer = session.run(&one.sql.replace("{n}", &row.to_string()))?;
            let took = from.elapsed();
            // It counts where it ended: one that began before and waited is one of those that met the release.
            let phase = self.phase.load(Ordering::SeqCst);
            let mut told = self.locked();
            told.took.entry(phase).or_default().push(took);
            told.ended.push((self.begin.elapsed(), took));
            if let Answer::Refused(refused) = answer {
                let entry = told.refused.entry((phase, refused.code)).or_insert_with(|| (0, one.sql.clone(), refused.message));
                entry.0 += 1;
            }
            drop(told);
            std::thread::sleep(PAUSE);
        }
        Ok(())
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

    /// What they met.
    pub fn load(self, tables: BTreeSet<String>, waits: Vec<Waited>) -> Load {
        let told = self.told.into_inner().unwrap_or_else(PoisonError::into_inner);
        let latency = |phase: u8| Latency::of(told.took.get(&phase).cloned().unwrap_or_default());
        let phase = |phase: u8| match phase {
            BEFORE => Phase::Before,
            DURING => Phase::During,
            _ => Phase::After,
        };
        let refused = told.refused.into_iter().map(|((at, code), (count, sql, message))| (phase(at), code, count, sql, message)).collect();
        Load {
            clients: CLIENTS,
            tables,
            before: latency(BEFORE),
            during: latency(DURING),
            after: latency(AFTER),
            refused,
            broken: told.broken,
            slices: Slice::all(&told.ended, SLICES),
            waits,
        }
    }
}
