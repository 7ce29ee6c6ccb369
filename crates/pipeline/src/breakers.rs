//! Looking at what breakers judge: the environment's own replicas, connections and transactions, and whatever else measures.
//!
//! Does not live here: the judgement (`core/deployment/breaker`), who asks a metrics server (`adapters`). Neighbours: `gate`, `rollout`.

use crate::within::within;
use evenkeel_core::deployment::Breaker;
use evenkeel_core::deployment::breaker::{Looks, Rule, Sample, Says};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Environment, Limits, Metrics, Run, Stop, Traffic, Vitals, Watch};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How often somebody's wish to stop is looked for.
const PAUSE: Duration = Duration::from_millis(50);
/// What ended by then is counted.
const SETTLED: Duration = Duration::from_millis(150);
/// The shortest and the longest that a look at the server may take, whatever the interval is.
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(10);

/// What is looked at.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Between two looks.
    pub interval: Duration,
    /// How far replicas are behind, in milliseconds.
    pub lag: Option<Rule>,
    /// How many of the connections are taken, in hundredths.
    pub connections: Option<Rule>,
    /// How many of the transactions are rolled back, in hundredths.
    pub errors: Option<Rule>,
    /// So many have to end between two looks to tell anything.
    pub transactions: u64,
    /// So many replicas have to be there; nothing where nobody has said it.
    pub replicas: Option<usize>,
    /// What is asked of who measures.
    pub queries: Vec<(Rule, String)>,
}

impl Plan {
    fn rules(&self) -> impl Iterator<Item = &Rule> {
        let own = [&self.lag, &self.connections, &self.errors];
        own.into_iter().flatten().chain(self.queries.iter().map(|(rule, _)| rule))
    }

    /// What takes longer than that is a look that has seen nothing.
    #[must_use]
    pub fn bound(&self) -> Duration {
        self.interval.clamp(SHORTEST, LONGEST)
    }

    /// So many looks decide where nothing is missing.
    #[must_use]
    pub fn looks(&self) -> u32 {
        let most = |looks: Looks| looks.minimum.max(looks.samples);
        self.rules().map(|rule| most(rule.looks)).max().unwrap_or(1)
    }
}

/// Breakers that are being looked at.
pub struct Watching<'a> {
    environment: &'a dyn Environment,
    plan: &'a Plan,
    metrics: Option<&'a dyn Metrics>,
    limits: Limits,
    before: Option<Vitals>,
    /// The most replicas that were ever there: one that is gone is not one that keeps up.
    replicas: Option<usize>,
    pub breakers: Vec<Breaker>,
    /// Why the last look at the environment itself saw nothing.
    unreached: Option<String>,
    /// Other work of ours is done meanwhile, whose transactions are rolled back.
    is_beside: bool,
    /// How long an open breaker stays so at the least; for good where nothing is said.
    open_for: Option<Duration>,
    /// Of each that is open: since when, and what has been seen since.
    since: Vec<Option<(Instant, Breaker)>>,
}

impl<'a> Watching<'a> {
    /// Begins: what is counted between two looks has a first one.
    ///
    /// # Errors
    /// The end was asked for.
    pub fn begin(
        environment: &'a dyn Environment,
        plan: &'a Plan,
        metrics: Option<&'a dyn Metrics>,
        limits: &Limits,
        run: &Run<'_>,
    ) -> Result<Self, Box<Trouble>> {
        let limits = Limits { statement_timeout: limits.statement_timeout.min(plan.bound()), ..*limits };
        let breakers: Vec<Breaker> = plan.rules().cloned().map(Breaker::new).collect();
        let since = vec![None; breakers.len()];
        let mut watching = Self {
            environment,
            plan,
            metrics,
            limits,
            before: None,
            replicas: plan.replicas,
            breakers,
            unreached: None,
            is_beside: false,
            open_for: None,
            since,
        };
        watching.anew(run)?;
        Ok(watching)
    }

    /// Counts anew from now on: what was read meanwhile was rolled back, and is nobody's failure.
    ///
    /// # Errors
    /// The end was asked for.
    pub fn anew(&mut self, run: &Run<'_>) -> Result<(), Box<Trouble>> {
        if self.plan.errors.is_some() {
            // Servers count what a session did a moment after it has ended.
            std::thread::sleep(SETTLED);
            let now = self.vitals(self.plan.bound(), run)?;
            self.unreached = now.as_ref().err().cloned();
            self.before = now.ok();
        }
        Ok(())
    }

    /// So many replicas were there, or have to be: who looked before has seen it.
    #[must_use]
    pub const fn replicas(&self) -> Option<usize> {
        self.replicas
    }

    /// As many replicas have to be there as another has seen.
    #[must_use]
    pub fn having(self, replicas: Option<usize>) -> Self {
        Self { replicas: self.replicas.max(replicas), ..self }
    }

    /// For whoever is asked for days: what is open passes again after that time, once as many looks let it as would have at the beginning.
    #[must_use]
    pub fn renewed(self, open_for: Duration) -> Self {
        Self { open_for: Some(open_for), ..self }
    }

    /// Waits for an interval, and looks once more.
    ///
    /// # Errors
    /// The end was asked for. What cannot be reached is a metric that is missing.
    pub fn look(&mut self, run: &Run<'_>) -> Result<(), Box<Trouble>> {
        let until = Instant::now() + self.plan.interval;
        while let Some(rest) = until.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero()) {
            run.watch.stop.check()?;
            std::thread::sleep(rest.min(PAUSE));
        }
        self.once(run)
    }

    fn once(&mut self, run: &Run<'_>) -> Result<(), Box<Trouble>> {
        let samples = self.samples(run)?;
        self.see(&samples, Instant::now());
        Ok(())
    }

    /// Does other work that may take a while, and goes on looking meanwhile: what came of it, or why nothing did. A breaker that opens ends
    /// it. Transactions are not counted in that time.
    ///
    /// # Errors
    /// The end was asked for.
    pub fn beside<T: Send>(
        &mut self,
        longest: Duration,
        run: &Run<'_>,
        work: impl FnOnce(&Run<'_>) -> Result<T, Box<Trouble>> + Send,
    ) -> Result<Result<T, String>, Box<Trouble>> {
        let own = Stop::new();
        let (sender, done) = channel();
        let theirs = Run { watch: Watch { stop: &own, ..run.watch }, ..*run };
        self.is_beside = true;
        let came = std::thread::scope(|scope| {
            scope.spawn(move || sender.send(within(longest, &theirs, work)));
            let mut next = Instant::now() + self.plan.interval;
            loop {
                match done.recv_timeout(PAUSE) {
                    Ok(came) => return came,
                    Err(RecvTimeoutError::Disconnected) => {
                        return Err(Box::new(Trouble::new(Class::Internal, "work beside breakers broke off")));
                    }
                    Err(RecvTimeoutError::Timeout) => {}
                }
                let looked = run.watch.stop.check().and_then(|()| if Instant::now() < next { Ok(()) } else { self.once(run) });
                if looked.is_err() || self.is_open() {
                    own.request();
                    return looked.map(|()| Err("a breaker opened meanwhile".to_owned()));
                }
                if Instant::now() >= next {
                    next = Instant::now() + self.plan.interval;
                }
            }
        });
        self.is_beside = false;
        came
    }

    fn see(&mut self, samples: &[Sample], now: Instant) {
        for ((breaker, sample), since) in self.breakers.iter_mut().zip(samples).zip(&mut self.since) {
            let Some((opened, anew)) = since else {
                breaker.see(sample);
                if matches!(breaker.says(), Says::Open(_)) {
                    *since = Some((now, Breaker::new(breaker.rule.clone())));
                }
                continue;
            };
            anew.see(sample);
            match anew.says() {
                Says::Open(_) => *since = Some((now, Breaker::new(breaker.rule.clone()))),
                Says::Pass if self.open_for.is_some_and(|time| now.duration_since(*opened) >= time) => {
                    *breaker = anew.clone();
                    *since = None;
                }
                Says::Pass | Says::Hold(_) => {}
            }
        }
    }

    /// Looks anew before the next stage.
    pub fn again(&mut self) {
        self.breakers.iter_mut().for_each(Breaker::again);
    }

    /// Whether one is open.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.breakers.iter().any(|one| matches!(one.says(), Says::Open(_)))
    }

    /// Why the last look at the environment itself saw nothing, where it did not.
    #[must_use]
    pub fn unreached(&self) -> Option<&str> {
        self.unreached.as_deref()
    }

    /// What is open, each in words.
    #[must_use]
    pub fn against(&self) -> Vec<String> {
        let one = |breaker: &Breaker| match breaker.says() {
            Says::Open(why) => Some(format!("{} ({}): {why}", breaker.rule.name, breaker.rule.limit())),
            Says::Pass | Says::Hold(_) => None,
        };
        self.breakers.iter().filter_map(one).collect()
    }

    /// Whether all let traffic go on.
    #[must_use]
    pub fn all_pass(&self) -> bool {
        evenkeel_core::deployment::breaker::together(&self.breakers) == Some(true)
    }

    /// In the order of the breakers.
    fn samples(&mut self, run: &Run<'_>) -> Result<Vec<Sample>, Box<Trouble>> {
        let (plan, metrics) = (self.plan, self.metrics);
        // Those who measure are asked at the same time, and each is bounded by itself.
        let (own, asked) = std::thread::scope(|scope| {
            let ask = |query: &'a str| {
                scope.spawn(move || match metrics.map(|metrics| metrics.value(query)) {
                    Some(Ok(value)) => Sample::Value(value),
                    Some(Err(why)) => Sample::Missing(why),
                    None => Sample::Missing("nobody is named who measures it: prometheus under [breakers]".to_owned()),
                })
            };
            let asked: Vec<_> = plan.queries.iter().map(|(_, query)| ask(query)).collect();
            let own = self.own(run);
            let ended = |thread: std::thread::ScopedJoinHandle<'_, Sample>| {
                thread.join().unwrap_or_else(|_| Sample::Missing("asking for it failed".to_owned()))
            };
            (own, asked.into_iter().map(ended).collect::<Vec<_>>())
        });
        Ok(own?.into_iter().chain(asked).collect())
    }

    fn own(&mut self, run: &Run<'_>) -> Result<Vec<Sample>, Box<Trouble>> {
        // All of one look together.
        let until = Instant::now() + self.plan.bound();
        let rest = || until.saturating_duration_since(Instant::now());
        let mut samples = Vec::new();
        self.unreached = None;
        if self.plan.lag.is_some() {
            let traffic = within(rest(), run, |run| self.environment.traffic(&[], &self.limits, &run.watch))?;
            self.unreached = traffic.as_ref().err().cloned();
            samples.push(traffic.map_or_else(Sample::Missing, |traffic| lag(&traffic, &mut self.replicas)));
        }
        if self.plan.connections.is_none() && self.plan.errors.is_none() {
            return Ok(samples);
        }
        let now = self.vitals(rest(), run)?;
        if let Err(why) = &now {
            self.unreached = Some(why.clone());
        }
        if self.plan.connections.is_some() {
            samples.push(now.as_ref().map_or_else(|why| Sample::Missing(why.clone()), connections));
        }
        if self.plan.errors.is_some() {
            let few = self.plan.transactions;
            samples.push(match &now {
                Err(why) => Sample::Missing(why.clone()),
                Ok(_) if self.is_beside => Sample::Untold("evenkeel itself reads there meanwhile, which is rolled back".to_owned()),
                Ok(now) => errors(self.before.as_ref(), now, few),
            });
        }
        self.before = now.ok();
        Ok(samples)
    }

    fn vitals(&self, bound: Duration, run: &Run<'_>) -> Result<Result<Vitals, String>, Box<Trouble>> {
        within(bound, run, |run| self.environment.vitals(&self.limits, &run.watch))
    }
}

/// Of the replica that is farthest behind.
fn lag(traffic: &Traffic, most: &mut Option<usize>) -> Sample {
    let there = traffic.replicas.len();
    if there > 0 {
        *most = Some(there).max(*most);
    }
    if let Some(most) = *most
        && there < most
    {
        return Sample::Missing(format!("{there} of {most} replicas are connected"));
    }
    if there == 0 && !traffic.hidden.is_empty() {
        return Sample::Missing(format!("whether replicas are connected is not seen: {}", traffic.hidden.join("; ")));
    }
    if there == 0 && most.is_none() {
        let fix = "where there is none, lag = false under [breakers]; otherwise replicas = N";
        return Sample::Untold(format!("no replica is connected, and none is configured: whether one is missing cannot be told; {fix}"));
    }
    match traffic.replicas.iter().find(|(behind, _)| behind.is_none()) {
        Some((_, who)) => Sample::Missing(format!("{who}: how far it is behind is not known")),
        None => {
            let most = traffic.replicas.iter().filter_map(|(behind, _)| *behind).max().unwrap_or_default();
            Sample::Value(most.as_secs_f64() * 1000.0)
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share in hundredths")]
fn share(part: u64, whole: u64) -> f64 {
    part as f64 * 100.0 / whole as f64
}

fn connections(vitals: &Vitals) -> Sample {
    match vitals.connections {
        Some((taken, most)) if most > 0 => Sample::Value(share(taken, most)),
        _ => Sample::Missing("how many connections are taken is not visible".to_owned()),
    }
}

fn errors(before: Option<&Vitals>, now: &Vitals, few: u64) -> Sample {
    let Some((now, before)) = now.ended.zip(before.and_then(|before| before.ended)) else {
        return Sample::Missing("how many transactions are rolled back is not visible".to_owned());
    };
    let Some((committed, back)) = now.0.checked_sub(before.0).zip(now.1.checked_sub(before.1)) else {
        return Sample::Missing("the server began to count anew".to_owned());
    };
    match committed.saturating_add(back) {
        all if all < few => Sample::Untold(format!("{all} transactions ended since the last look, and fewer than {few} tell nothing")),
        0 => Sample::Value(0.0),
        all => Sample::Value(share(back, all)),
    }
}

#[cfg(test)]
#[path = "breakers_tests.rs"]
mod tests;
