//! Waits of clients as the server's own log has them, in the place of what a second session saw of them now and then.
//!
//! Neighbour: `samples`, which sees that somebody waits for the release, which no log says.

use super::samples::Wait;
use evenkeel_core::trace::{Logged, On};
use std::time::{Duration, Instant};

/// The clock of the log is another, and it is written to the millisecond.
pub const APART: Duration = Duration::from_millis(3);

/// Each wait that was seen, as long as the log has it; one that the log does not have (a short one, one that was given up) stays as it was
/// seen. `now` is a moment on both clocks.
pub fn exact(seen: Vec<Wait>, logged: &[Logged], now: (Instant, Duration)) -> Vec<Wait> {
    let moment = |since: Duration| moment(since, now);
    let mut all: Vec<Wait> = Vec::new();
    for wait in seen {
        let end = wait.over.unwrap_or(wait.last);
        let of_it = logged.iter().filter(|one| {
            let is_on = match (&wait.on, one.relation) {
                (On::Relation(seen), Some(relation)) => *seen == relation,
                _ => true,
            };
            one.session == wait.session && one.wait == wait.wait && is_on
        });
        let of_it = of_it.filter_map(|one| {
            let over = moment(one.ended)?;
            let first = over.checked_sub(one.length)?;
            // A session waits for one thing at a time: what lies at the same time is the same.
            (first < end + APART && over + APART > wait.first).then_some((first, over))
        });
        let mut is_logged = false;
        for (first, over) in of_it {
            is_logged = true;
            if !all.iter().any(|other| other.logged && other.session == wait.session && other.first == first) {
                all.push(Wait { first, last: over, over: Some(over), logged: true, ..wait.clone() });
            }
        }
        if !is_logged {
            all.push(wait);
        }
    }
    all
}

/// A moment of the log on our clock.
pub fn moment(since: Duration, now: (Instant, Duration)) -> Option<Instant> {
    (now.0 + APART).checked_sub((now.1 + APART).saturating_sub(since))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wait_is_as_long_as_the_log_has_it_and_told_once() {
        let zero = Instant::now();
        let ms = Duration::from_millis;
        let since = |at: u64| ms(1_000_000 + at);
        let seen = |session, on, first: u64, last: u64| Wait {
            on,
            wait: "relation".to_owned(),
            first: zero + ms(first),
            last: zero + ms(last),
            over: Some(zero + ms(last + 40)),
            ..Wait::of(session)
        };
        let log = |session, relation, length: u64, ended: u64| Logged {
            session,
            wait: "relation".to_owned(),
            relation: Some(relation),
            length: ms(length),
            ended: since(ended),
        };
        let waits = vec![
            // Seen in two pieces, by somebody who was late in between.
            seen(7, On::Relation(1), 120, 200),
            seen(7, On::Relation(1), 260, 380),
            // Seen as one, and was two.
            seen(8, On::Relation(1), 100, 500),
            // Not in the log.
            seen(9, On::Relation(1), 100, 105),
            // Another's, and of another thing.
            seen(10, On::Relation(2), 100, 200),
        ];
        let logged = [log(7, 1, 300, 400), log(8, 1, 150, 250), log(8, 1, 250, 510), log(10, 1, 300, 400)];
        let exact = exact(waits, &logged, (zero + ms(900), since(900)));
        let told: Vec<(u64, u128, bool)> = exact.iter().map(|wait| (wait.session, wait.length().as_millis(), wait.logged)).collect();
        assert_eq!(told, [(7, 300, true), (8, 150, true), (8, 250, true), (9, 25, false), (10, 120, false)]);
    }
}
