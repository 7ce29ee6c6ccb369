//! Which backfills are said to stand, and by which of their runs.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use super::*;
use crate::deployment::backfilled::Open;
use crate::port::{Act, Ended, JournalStep, Owner, State, Trail};

fn run(number: u32, verb: &str, name: &str, ending: Option<Ending>, mark: Option<Mark>) -> Entry {
    let act = Act { what: Standing::called(name, "public.t", &["id".to_owned()]), statements: Vec::new() };
    let trail = Trail { mark: mark.map(|mark| mark.text()), ..Trail::default() };
    let owner = Owner { host: String::new(), boot: String::new(), pid: 1, started: String::new() };
    Entry {
        number,
        letters: "x".to_owned(),
        intention: Intention {
            verb: verb.to_owned(),
            environment: "shop".to_owned(),
            target: "t".to_owned(),
            by: "ann".to_owned(),
            owner,
            reason: None,
            snapshot: None,
            ground: String::new(),
            digest: String::new(),
            artifact: None,
            rewritten: None,
            acts: Vec::new(),
        },
        begun: "2026-11-01T00:00:00Z".to_owned(),
        ended: ending.map(|ending| Ended {
            ending,
            at: format!("2026-11-01T00:00:{number:02}Z"),
            words: format!("shop: {name} of public.t: stopped: why; 5 rows changed in 1 part"),
        }),
        beat: None,
        steps: vec![JournalStep { act, state: State::Unknown, trail, begun: None, ended: None, words: None }],
        held: Vec::new(),
    }
}

fn all(runs: &[Entry]) -> Vec<Standing> {
    Standing::all("shop", runs, |_| None)
}

#[test]
fn the_last_run_that_did_something_says_how_each_stands() {
    let mark = || Some(Mark { parts: 1, rows: 5, ..Mark::default() });
    let stopped = |number, name| run(number, "backfill", name, Some(Ending::Stopped), mark());
    let one = &all(&[stopped(2, "mails")])[0];
    assert_eq!((one.since.as_str(), one.words.as_str()), ("2026-11-01T00:00:02Z", "stopped: why; 5 rows changed in 1 part"));
    assert_eq!(one.next.as_deref(), Some("evenkeel backfill shop mails"));
    // A run that was refused, or left no mark, changes nothing of that; one that came to its end does.
    let refused = run(4, "backfill", "mails", Some(Ending::Refused), mark());
    let empty = run(3, "backfill", "mails", Some(Ending::Stopped), None);
    let two = all(&[refused, empty, stopped(2, "mails"), stopped(1, "it's more")]);
    assert_eq!(two.iter().map(|one| one.run).collect::<Vec<_>>(), [2, 1]);
    assert_eq!(two[1].next.as_deref(), Some(r"evenkeel backfill shop 'it'\''s more'"));
    let done = run(3, "backfill", "mails", Some(Ending::Done), mark());
    assert_eq!(all(&[done, stopped(2, "mails")]), []);
    // The release that it belonged to was taken back.
    let back = run(3, "rollback", "mails", Some(Ending::Done), None);
    assert_eq!(all(&[back, stopped(2, "mails")]), []);
}

#[test]
fn of_a_run_that_did_not_end_it_is_said_what_is_known() {
    let open = Open { transaction: None, rows: 7, behind: None };
    let mark = Mark { parts: 1, rows: 5, open: Some(open), ..Mark::default() };
    let runs = [run(2, "backfill", "mails", None, Some(mark))];
    for (is_there, has_next, words) in
        [(Some(true), false, "is at work"), (Some(false), true, "its process is gone"), (None, true, "nobody")]
    {
        let one = Standing::all("shop", &runs, |_| is_there).remove(0);
        assert_eq!((one.is_there, one.next.is_some()), (is_there, has_next));
        let line = one.line();
        assert!(line.contains(words) || is_there.is_none(), "{line}");
        assert!(line.contains("5 rows changed in 1 part") && line.contains("a part of 7 rows more"), "{line}");
    }
}
