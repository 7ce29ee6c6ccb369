//! What is due after a deployment, and when; and what a clock that was set makes of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::port::{Ended, Intention, Owner};

fn run(verb: &str, ending: Option<(Ending, &str)>) -> Entry {
    Entry {
        number: 1,
        letters: "x".to_owned(),
        intention: Intention {
            verb: verb.to_owned(),
            environment: "shop".to_owned(),
            target: "t".to_owned(),
            by: "ann".to_owned(),
            owner: Owner { host: String::new(), boot: String::new(), pid: 1, started: String::new() },
            reason: None,
            snapshot: None,
            ground: String::new(),
            digest: String::new(),
            artifact: None,
            rewritten: None,
            acts: Vec::new(),
        },
        begun: "2026-11-01T00:00:00Z".to_owned(),
        ended: ending.map(|(ending, at)| Ended { ending, at: at.to_owned(), words: "w".to_owned() }),
        beat: None,
        steps: Vec::new(),
        held: Vec::new(),
    }
}

fn verified(at: &str, holds: bool) -> Verification {
    let (environment, by, words) = ("shop".to_owned(), "ann".to_owned(), "w".to_owned());
    Verification { environment, at: at.to_owned(), by, holds, digest: None, words }
}

fn locked(since: &str, until: &str) -> ParityLock {
    ParityLock {
        environment: "shop".to_owned(),
        target: "t".to_owned(),
        digest: "d".to_owned(),
        canonical: 1,
        holder: "ann@h".to_owned(),
        since: since.to_owned(),
        until: until.to_owned(),
        reason: None,
        released: None,
    }
}

const DEPLOYED: &str = "2026-11-01T00:00:00Z";

/// At a moment, of a deployment at `DEPLOYED`.
fn at(now: &str, verifications: &[Verification], locks: &[ParityLock]) -> Status {
    of(now, &[run("deploy", Some((Ending::Done, DEPLOYED)))], verifications, locks)
}

fn of(now: &str, runs: &[Entry], verifications: &[Verification], locks: &[ParityLock]) -> Status {
    let known = Known {
        environment: "shop",
        halt: None,
        runs,
        rollouts: &[],
        all: &[],
        drill: None,
        keeping_out: &[],
        locks,
        verifications,
        kept: None,
        now: now.parse().unwrap(),
        asker: "ann@h",
        locked_where: "here",
        windows: Some(&Windows::default()),
    };
    Status::of(&known, |_| Some(false))
}

#[test]
fn each_window_has_its_end_and_what_is_not_done_by_then_is_overdue() {
    let window = |status: &Status| status.window.as_ref().map(|window| (window.name.clone(), window.until.clone()));
    let first = at("2026-11-01T01:59:59Z", &[], &[]);
    assert_eq!(window(&first), Some(("until T+2 h".to_owned(), Some("2026-11-01T02:00:00Z".to_owned()))));
    assert_eq!((first.state, first.overdue), ("deployed", None));
    let due: Vec<(&str, &str)> = first.due.iter().map(|due| (due.what.as_str(), due.by.as_str())).collect();
    let (verify, lock) = ("evenkeel verify shop", "evenkeel lock shop, once it is VERIFIED");
    assert_eq!(due, [(verify, "2026-11-01T02:00:00Z"), (lock, "2026-11-04T00:00:00Z")]);
    let late = at("2026-11-01T02:00:01Z", &[], &[]);
    assert_eq!(late.overdue.as_deref(), Some("evenkeel verify shop, due 2026-11-01T02:00:00Z"));
    assert_eq!(window(&late).unwrap().0, "T+2 h to T+72 h");
    // Of the deployment before it tells nothing.
    assert!(at("2026-11-01T03:00:00Z", &[verified("2026-10-31T23:59:59Z", true)], &[]).overdue.is_some());
    let seen = [verified("2026-11-01T00:10:00Z", true)];
    let status = at("2026-11-01T03:00:00Z", &seen, &[]);
    assert_eq!((status.state, status.overdue, status.due.len()), ("VERIFIED", None, 1));
    assert!(at("2026-11-04T00:00:01Z", &seen, &[]).overdue.unwrap().contains("evenkeel lock"));
    // What was found wanting is overdue at once.
    let wanting = at("2026-11-01T00:20:00Z", &[verified("2026-11-01T00:10:00Z", false)], &[]);
    assert!(wanting.state == "deployed" && wanting.overdue.unwrap().contains("mend"));
    let lock = locked("2026-11-01T01:00:00Z", "2026-11-08T00:00:00Z");
    let status = at("2026-11-05T00:00:00Z", &seen, std::slice::from_ref(&lock));
    assert_eq!((status.state, status.overdue.clone(), window(&status).unwrap().0), ("LOCKED", None, "T+72 h to T+168 h".to_owned()));
    // Its end is over, and nobody has said so.
    let status = at("2026-11-08T00:00:00Z", &seen, std::slice::from_ref(&lock));
    assert!(status.state == "VERIFIED" && status.overdue.as_ref().unwrap().contains("evenkeel unlock shop"));
    assert_eq!(window(&status), Some(("after T+168 h".to_owned(), None)));
    let released = crate::port::Released { at: "2026-11-06T00:00:00Z".to_owned(), by: "ann@h".to_owned(), reason: None };
    let status = at("2026-11-09T00:00:00Z", &seen, &[ParityLock { released: Some(released), ..lock }]);
    assert_eq!((status.state, status.overdue, status.lock), ("VERIFIED", None, None));
}

#[test]
fn of_a_moment_that_has_not_come_nobody_can_tell_what_is_due() {
    let seen = [verified("2026-11-01T00:10:00Z", true)];
    let status = at("2026-10-31T00:00:00Z", &[], &[]);
    assert!(status.untold.unwrap().contains("a clock was set") && status.due.is_empty() && status.window.is_none());
    assert!(at("2026-11-01T00:05:00Z", &seen, &[]).untold.is_some());
    let lock = locked("2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z");
    let status = at("2026-11-01T12:00:00Z", &seen, &[lock]);
    // It is held, all the same.
    assert!(status.untold.is_some() && status.state == "LOCKED");
    assert!(at("2026-10-31T23:59:59Z", &[], &[]).untold.is_none(), "clocks of one machine differ by that much");
}

#[test]
fn nothing_is_due_of_what_is_not_there() {
    let done = |verb| run(verb, Some((Ending::Done, DEPLOYED)));
    for runs in
        [vec![], vec![done("rollback"), done("deploy")], vec![done("repair")], vec![run("deploy", Some((Ending::Refused, DEPLOYED)))]]
    {
        let status = of("2026-12-01T00:00:00Z", &runs, &[], &[]);
        assert!(status.due.is_empty() && status.overdue.is_none() && status.window.is_none(), "{status:?}");
    }
    // What stopped has another word for what is to be done.
    let status = of("2026-12-01T00:00:00Z", &[run("deploy", Some((Ending::Stopped, DEPLOYED)))], &[], &[]);
    assert_eq!((status.state, status.overdue.as_deref()), ("stopped", Some("evenkeel deploy shop --resume")));
    assert!(status.due.is_empty());
}
