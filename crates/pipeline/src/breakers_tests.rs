//! What looks bring: values, what is missing, what is not told, and an environment that says nothing.
#![allow(clippy::unwrap_used)]

use super::*;
use evenkeel_core::deployment::breaker::Bound;
use evenkeel_core::fault::Class;
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
        unreached: None,
        is_beside: false,
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

/// It says nothing until somebody gives it up.
struct Frozen;

impl Environment for Frozen {
    fn capture(&self, request: &evenkeel_core::port::Request, watch: &Watch<'_>) -> Result<Manifest, Box<Trouble>> {
        Nowhere.capture(request, watch)
    }
    fn grants(&self, request: &evenkeel_core::port::Request, role: Option<&str>, watch: &Watch<'_>) -> Result<String, Box<Trouble>> {
        Nowhere.grants(request, role, watch)
    }
    fn traffic(&self, _: &[(String, String)], _: &Limits, watch: &Watch<'_>) -> Result<Traffic, Box<Trouble>> {
        loop {
            watch.stop.check()?;
            std::thread::sleep(Duration::from_millis(5));
        }
    }
    fn vitals(&self, limits: &Limits, watch: &Watch<'_>) -> Result<Vitals, Box<Trouble>> {
        self.traffic(&[], limits, watch).map(|_| Vitals::default())
    }
    fn describe(&self) -> String {
        "frozen".to_owned()
    }
}

struct NoEngines;

impl evenkeel_core::port::Families for NoEngines {
    fn of(&self, _: evenkeel_core::kind::Engine) -> &dyn evenkeel_core::port::Engine {
        unreachable!()
    }
}

#[test]
fn a_look_at_what_is_frozen_is_given_up_and_the_end_is_still_the_end() {
    let looks = Looks { minimum: 1, samples: 1, missing: 2 };
    let rule = |name: &str| Some(Rule { name: name.to_owned(), unit: "", bound: Bound::Most(1.0), looks, origin: String::new() });
    let plan = Plan {
        interval: Duration::from_millis(1),
        lag: rule("lag"),
        connections: rule("connections"),
        errors: rule("errors"),
        transactions: 0,
        replicas: None,
        queries: Vec::new(),
    };
    let stop = evenkeel_core::port::Stop::new();
    let watch = Watch { stop: &stop, ..Watch::none() };
    let run = Run { engines: &NoEngines, watch, today: jiff::civil::date(2026, 1, 1), waivers: &[] };
    let mut watching = Watching::begin(&Frozen, &plan, None, &Limits::default(), &run).unwrap();
    let begun = Instant::now();
    watching.look(&run).unwrap();
    assert!(!watching.is_open() && watching.unreached().is_some_and(|why| why.contains("no answer within")), "{:?}", watching.unreached());
    watching.look(&run).unwrap();
    assert!(begun.elapsed() < plan.bound() * 3, "{:?}", begun.elapsed());
    assert_eq!(watching.against().len(), 3, "{:?}", watching.against());
    stop.request();
    assert!(watching.look(&run).is_err_and(|trouble| trouble.class == Class::Interrupted));
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
