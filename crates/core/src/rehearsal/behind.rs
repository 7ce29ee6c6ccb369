//! Whether a replica that followed the release was too far behind. Neighbour: `gates`, all the others.

use super::gate::{Gate, Limits, Part, Target, time};
use super::gates::grows;
use super::lag::Lag;
use super::told::Migration;

/// The gate: nothing where nobody was to follow.
#[must_use]
pub fn lag(limits: &Limits, migrations: &[Migration], target: &Target, told: Option<&Result<Lag, String>>) -> Option<Gate> {
    let (limit, origin) = &limits.lag;
    let gate = Gate::new(Part::Lag, "lag", format!("a replica is at most {} behind", time(*limit)), origin)
        .because("Who reads from a replica reads what was, and nobody can fail over to it without losing what was written since.")
        .do_this("change rows in parts (evenkeel backfill), and build and write anew at a time when nobody minds");
    let lag = match told? {
        Ok(lag) => lag,
        Err(why) => return Some(gate.found(None, why.clone())),
    };
    let gate = gate.at(lag.place.as_ref());
    if lag.time > *limit {
        return Some(gate.found(Some(false), lag.words()));
    }
    if lag.caught_up.is_none() || lag.looks == 0 {
        return Some(gate.found(None, lag.words()));
    }
    let all = migrations.iter().flat_map(|migration| &migration.statements);
    let grown = all.filter(|trace| trace.class.grows()).find_map(|trace| Some((trace, grows(trace, target)?)));
    Some(match grown {
        Some((trace, (name, sizes))) => gate
            .found(None, format!("{}; and {} works on rows of {name}, of which there are {sizes}", lag.words(), trace.place))
            .at(Some(&trace.place)),
        None => gate.found(Some(true), lag.words()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn what_was_not_seen_to_its_end_holds_nothing() {
        let limits = Limits { lag: (Duration::from_millis(100), "here".to_owned()), ..Limits::default() };
        let of = |lag: Result<Lag, String>| lag_of(&limits, lag);
        fn lag_of(limits: &Limits, told: Result<Lag, String>) -> Option<bool> {
            lag(limits, &[], &Target::default(), Some(&told)).and_then(|gate| gate.holds)
        }
        let seen = |ms, caught_up| Lag { bytes: 1, time: Duration::from_millis(ms), place: None, caught_up, looks: 9 };
        let soon = Some(Duration::from_millis(3));
        assert_eq!(of(Ok(seen(100, soon))), Some(true));
        assert_eq!(of(Ok(seen(101, soon))), Some(false));
        assert_eq!(of(Ok(seen(100, None))), None);
        assert_eq!(of(Ok(Lag { looks: 0, ..seen(0, soon) })), None);
        assert_eq!(of(Err("no replica".to_owned())), None);
        assert!(lag(&limits, &[], &Target::default(), None).is_none());
    }
}
