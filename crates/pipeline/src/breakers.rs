//! Looking at what breakers judge: the environment's own replicas, connections and transactions, and whatever else measures.
//!
//! Does not live here: the judgement (`core/deployment/breaker`), who asks a metrics server (`adapters`). Neighbours: `gate`, `rollout`.

use evenkeel_core::deployment::Breaker;
use evenkeel_core::deployment::breaker::{Looks, Rule, Sample, Says};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Environment, Limits, Metrics, Run, Traffic, Vitals};
use std::time::{Duration, Instant};

/// How often somebody's wish to stop is looked for.
const PAUSE: Duration = Duration::from_millis(50);
/// What ended by then is counted.
const SETTLED: Duration = Duration::from_millis(150);
/// The longest that a look at the server may take, whatever the interval is.
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
        let bound = plan.interval.min(LONGEST);
        let limits = Limits { statement_timeout: limits.statement_timeout.min(bound), ..*limits };
        let breakers: Vec<Breaker> = plan.rules().cloned().map(Breaker::new).collect();
        let since = vec![None; breakers.len()];
        let mut watching =
            Self { environment, plan, metrics, limits, before: None, replicas: plan.replicas, breakers, open_for: None, since };
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
            self.before = self.vitals(run)?.ok();
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
        let samples = self.samples(run)?;
        self.see(&samples, Instant::now());
        Ok(())
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
        let mut samples = Vec::new();
        if self.plan.lag.is_some() {
            let traffic = told(self.environment.traffic(&[], &self.limits, &run.watch))?;
            samples.push(traffic.map_or_else(Sample::Missing, |traffic| lag(&traffic, &mut self.replicas)));
        }
        if self.plan.connections.is_none() && self.plan.errors.is_none() {
            return Ok(samples);
        }
        let now = self.vitals(run)?;
        if self.plan.connections.is_some() {
            samples.push(now.as_ref().map_or_else(|why| Sample::Missing(why.clone()), connections));
        }
        if self.plan.errors.is_some() {
            let few = self.plan.transactions;
            samples.push(now.as_ref().map_or_else(|why| Sample::Missing(why.clone()), |now| errors(self.before.as_ref(), now, few)));
        }
        self.before = now.ok();
        Ok(samples)
    }

    fn vitals(&self, run: &Run<'_>) -> Result<Result<Vitals, String>, Box<Trouble>> {
        told(self.environment.vitals(&self.limits, &run.watch))
    }
}

/// What cannot be asked is missing; that the end was asked for is another thing.
fn told<T>(asked: Result<T, Box<Trouble>>) -> Result<Result<T, String>, Box<Trouble>> {
    match asked {
        Ok(found) => Ok(Ok(found)),
        Err(trouble) if trouble.class == Class::Interrupted => Err(trouble),
        Err(trouble) => Ok(Err(trouble.to_string())),
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
mod tests {
    use super::*;
    use evenkeel_core::deployment::breaker::Bound;
    use evenkeel_core::manifest::Manifest;
    use evenkeel_core::port::Watch;

    #[test]
    fn what_is_not_seen_is_missing() {
        let vitals = |connections, ended| Vitals { connections, ended };
        assert_eq!(connections(&vitals(Some((80, 100)), None)), Sample::Value(80.0));
        for unseen in [None, Some((1, 0))] {
            assert!(matches!(connections(&vitals(unseen, None)), Sample::Missing(_)));
        }
        let now = vitals(None, Some((1090, 30)));
        assert_eq!(errors(Some(&vitals(None, Some((1000, 20)))), &now, 20), Sample::Value(10.0));
        for before in [None, Some(&vitals(None, None)), Some(&vitals(None, Some((2000, 20))))] {
            assert!(matches!(errors(before, &now, 20), Sample::Missing(_)), "{before:?}");
        }
        assert!(matches!(errors(Some(&vitals(None, Some((1080, 30)))), &now, 20), Sample::Untold(_)), "a quiet night");
        assert_eq!(errors(Some(&now), &now, 0), Sample::Value(0.0));
    }

    struct Nowhere;

    impl Environment for Nowhere {
        fn capture(&self, _: &evenkeel_core::port::Request, _: &Watch<'_>) -> Result<Manifest, Box<Trouble>> {
            Err(Box::new(Trouble::new(Class::Unreachable, "nobody is there")))
        }
        fn grants(&self, _: &evenkeel_core::port::Request, _: Option<&str>, _: &Watch<'_>) -> Result<String, Box<Trouble>> {
            Err(Box::new(Trouble::new(Class::Unreachable, "nobody is there")))
        }
        fn describe(&self) -> String {
            "nowhere".to_owned()
        }
    }

    #[test]
    fn an_open_breaker_stays_so_for_its_time_and_until_looks_let_it_pass() {
        let looks = Looks { minimum: 2, samples: 1, missing: 1 };
        let rule = Rule { name: "x".to_owned(), unit: "", bound: Bound::Most(1.0), looks, origin: String::new() };
        let plan = Plan {
            interval: Duration::ZERO,
            lag: None,
            connections: None,
            errors: None,
            transactions: 0,
            replicas: None,
            queries: vec![(rule.clone(), String::new())],
        };
        let at = Instant::now();
        let of = |open_for| Watching {
            environment: &Nowhere,
            plan: &plan,
            metrics: None,
            limits: Limits::default(),
            before: None,
            replicas: None,
            breakers: vec![Breaker::new(rule.clone())],
            open_for,
            since: vec![None],
        };
        let (good, bad) = ([Sample::Value(0.0)], [Sample::Missing("gone".to_owned())]);
        let minute = Duration::from_secs(60);
        let mut watching = of(Some(minute));
        watching.see(&bad, at);
        for second in [1, 2, 59] {
            watching.see(&good, at + Duration::from_secs(second));
            assert!(watching.is_open(), "{second}");
        }
        watching.see(&bad, at + Duration::from_secs(59));
        watching.see(&good, at + minute);
        watching.see(&good, at + minute);
        assert!(watching.is_open(), "its time began anew");
        watching.see(&good, at + minute * 2);
        assert!(watching.all_pass());
        let mut watching = of(None);
        watching.see(&bad, at);
        (0..9).for_each(|_| watching.see(&good, at + minute * 99));
        assert!(watching.is_open(), "for good");
    }

    #[test]
    fn a_replica_that_is_gone_or_does_not_tell_is_missing() {
        let ms = |ms| Some(Duration::from_millis(ms));
        let of = |replicas: &[Option<Duration>]| Traffic {
            replicas: replicas.iter().map(|behind| (*behind, "r".to_owned())).collect(),
            ..Traffic::default()
        };
        assert_eq!(lag(&of(&[]), &mut Some(0)), Sample::Value(0.0), "somebody has said that there is none");
        let mut most = None;
        assert!(matches!(lag(&of(&[]), &mut most), Sample::Untold(why) if why.contains("lag = false")));
        assert_eq!(most, None);
        assert_eq!(lag(&of(&[ms(3), ms(700)]), &mut most), Sample::Value(700.0));
        assert!(matches!(lag(&of(&[ms(3), None]), &mut most), Sample::Missing(_)));
        assert!(matches!(lag(&of(&[ms(3)]), &mut most), Sample::Missing(_)), "one of them is gone");
        assert!(matches!(lag(&of(&[]), &mut Some(1)), Sample::Missing(_)), "one was to be there");
        let hidden = Traffic { hidden: vec!["GRANT".to_owned()], ..Traffic::default() };
        assert!(matches!(lag(&hidden, &mut None), Sample::Missing(_)));
    }
}
