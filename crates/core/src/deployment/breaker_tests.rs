//! What breakers say to any sequence of looks, held against what the words of the rule mean.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

fn breaker(looks: Looks) -> Breaker {
    let rule = Rule { name: "p99".to_owned(), unit: " ms", bound: Bound::Most(100.0), looks, origin: "default".to_owned() };
    Breaker::new(rule)
}

fn sample() -> impl Strategy<Value = Sample> {
    prop_oneof![
        4 => (0.0..=100.0f64).prop_map(Sample::Value),
        2 => (100.001..1e9f64).prop_map(Sample::Value),
        1 => Just(Sample::Missing("no series".to_owned())),
        1 => prop_oneof![Just(f64::NAN), Just(f64::INFINITY), Just(f64::NEG_INFINITY)].prop_map(Sample::Value),
    ]
}

fn looks() -> impl Strategy<Value = Looks> {
    (1..5u32, 1..5u32, 1..5u32).prop_map(|(minimum, samples, missing)| Looks { minimum, samples, missing })
}

#[derive(Clone, Copy, PartialEq)]
enum Meant {
    Within,
    Beyond,
    Missing,
}

fn meant(sample: &Sample) -> Meant {
    match sample {
        Sample::Value(value) if value.is_finite() && *value <= 100.0 => Meant::Within,
        Sample::Value(value) if value.is_finite() => Meant::Beyond,
        _ => Meant::Missing,
    }
}

/// How many at the end are such.
fn tail(seen: &[Meant], is: impl Fn(Meant) -> bool) -> u32 {
    u32::try_from(seen.iter().rev().take_while(|one| is(**one)).count()).unwrap()
}

/// How many beyond the bound there are since the last within it.
fn beyond(seen: &[Meant]) -> u32 {
    let since = seen.iter().rev().take_while(|one| **one != Meant::Within);
    u32::try_from(since.filter(|one| **one == Meant::Beyond).count()).unwrap()
}

proptest! {
    #[test]
    fn it_passes_on_values_alone_and_a_breach_is_seen(looks in looks(), samples in proptest::collection::vec(sample(), 1..60)) {
        let mut breaker = breaker(looks);
        let mut seen = Vec::new();
        let mut is_open = false;
        let mut held = 0;
        for sample in &samples {
            breaker.see(sample);
            seen.push(meant(sample));
            let is_within = tail(&seen, |one| one == Meant::Within) >= looks.minimum;
            let is_beyond = meant(sample) == Meant::Beyond && beyond(&seen) >= looks.samples;
            let is_missing = tail(&seen, |one| one == Meant::Missing) >= looks.missing;
            held = if is_within { 0 } else { held + 1 };
            is_open = is_open || is_beyond || is_missing || held >= looks.patience();
            match breaker.says() {
                Says::Pass => prop_assert!(is_within && !is_open, "{seen:?}", seen = samples),
                Says::Hold(_) => prop_assert!(!is_within && !is_open),
                Says::Open(_) => prop_assert!(is_open),
            }
        }
    }

    #[test]
    fn what_is_missing_holds_and_then_opens_and_never_passes(looks in looks(), before in proptest::collection::vec(sample(), 0..20), values in 1..50u32) {
        let mut breaker = breaker(looks);
        before.iter().for_each(|sample| breaker.see(sample));
        for at in 1..=values {
            breaker.see(&Sample::Missing("gone".to_owned()));
            prop_assert!(*breaker.says() != Says::Pass);
            prop_assert!(at < looks.missing || matches!(breaker.says(), Says::Open(_)));
        }
    }

    #[test]
    fn nothing_keeps_traffic_where_it_is_for_ever(looks in looks(), samples in proptest::collection::vec(sample(), 40)) {
        let mut breaker = breaker(looks);
        let passed = samples.iter().any(|sample| { breaker.see(sample); *breaker.says() == Says::Pass });
        prop_assert!(passed || matches!(breaker.says(), Says::Open(_)) || looks.patience() > 40);
    }
}

#[test]
fn bounds_are_what_they_say() {
    assert!(Bound::Most(1.0).holds(1.0) && !Bound::Most(1.0).holds(1.1) && Bound::Least(1.0).holds(1.0) && !Bound::Least(1.0).holds(0.9));
    assert!(!Bound::Most(1.0).holds(f64::NAN) && !Bound::Least(1.0).holds(f64::NAN));
}

#[test]
fn together_one_that_is_open_outweighs_all_and_none_is_no_pass() {
    let once = Looks { minimum: 1, samples: 1, missing: 1 };
    let of = |value: f64| {
        let mut one = breaker(once);
        one.see(&Sample::Value(value));
        one
    };
    assert_eq!(together(&[]), None);
    assert_eq!(together(&[of(1.0)]), Some(true));
    assert_eq!(together(&[of(1.0), breaker(once)]), None);
    assert_eq!(together(&[of(1.0), breaker(once), of(200.0)]), Some(false));
}

#[test]
fn a_new_stage_wants_new_looks() {
    let mut one = breaker(Looks { minimum: 1, samples: 2, missing: 2 });
    one.see(&Sample::Value(1.0));
    assert_eq!(*one.says(), Says::Pass);
    one.again();
    assert_ne!(*one.says(), Says::Pass);
    one.see(&Sample::Value(1.0));
    assert_eq!(*one.says(), Says::Pass);
}

#[test]
fn what_cannot_be_told_holds_for_ever_and_forgives_nothing() {
    let looks = Looks { minimum: 1, samples: 2, missing: 2 };
    let untold = Sample::Untold("a quiet night".to_owned());
    let mut one = breaker(looks);
    for _ in 0..looks.patience() * 3 {
        one.see(&untold);
        assert_eq!(*one.says(), Says::Hold("a quiet night".to_owned()));
    }
    one.see(&Sample::Value(1.0));
    assert_eq!(*one.says(), Says::Pass);
    one.see(&untold);
    assert_ne!(*one.says(), Says::Pass);
    for bad in [Sample::Value(200.0), Sample::Missing("gone".to_owned())] {
        let mut one = breaker(looks);
        for sample in [&bad, &untold, &bad] {
            one.see(sample);
        }
        assert!(matches!(one.says(), Says::Open(_)), "{bad:?}");
    }
}
