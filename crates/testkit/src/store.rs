//! The laws of what keeps marks, locks, the journal and evidence: what every store owes, held against each that there is.
//!
//! Lives here: the laws, written once over the port. Does not live here: what only one store says (its files, its tables), which
//! `crates/store` looks at. Neighbour: `memory`, a store of tests.

use evenkeel_core::fault::Class;
use evenkeel_core::port::{
    Act, Ending, Entry, Halt, Intended, Intention, Kept, Owner, ParityLock, Released, State, Store, Trail, Verification, Written,
};
use std::sync::Barrier;
use std::time::Duration;

/// What each law is given: as many handles as it likes on one store that was never written to.
#[allow(missing_debug_implementations, reason = "holds a closure")]
pub struct Subject<'a> {
    pub open: &'a (dyn Fn() -> Box<dyn Store> + Sync),
}

/// A law, by its name.
pub type Law = (&'static str, fn(&Subject<'_>));

/// All of them. Each wants a store of its own.
pub const LAWS: &[Law] = &[
    ("reading makes nothing, and nothing was ever written", nothing_is_there_at_first),
    ("what is written is read by others, and the first word stands", halts),
    ("many who write at once lose nothing", many_at_once),
    ("what was intended is kept, and what came of it is told", journal),
    ("an environment is one run's at a time", leases),
    ("whoever lost an environment begins nothing more", fences),
    ("of many who want an environment at once one has it", one_of_many),
    ("of many who lock at once one has it", one_lock_of_many),
    ("one lock stands at a time, and what was taken away stays known", locks),
    ("what was verified, and evidence, is kept by environment", kept),
    ("releases are deployments and ways back that did something", releases),
    ("what was taken and not given back is known however many runs come after", holding),
    ("what is old goes, and what somebody may ask for stays", pruned),
    ("what is kept comes back as it was, letter for letter", letters),
];

fn halt(environment: &str, reason: &str) -> Halt {
    Halt { environment: environment.to_owned(), since: "2026-11-29T02:00:00Z".to_owned(), by: "ann".to_owned(), reason: reason.to_owned() }
}

fn intention(verb: &str, environment: &str) -> Intention {
    let act = |what: &str| Act { what: what.to_owned(), statements: vec![format!("{what};"), "x;".to_owned()] };
    Intention {
        verb: verb.to_owned(),
        environment: environment.to_owned(),
        target: "host db1 database shop".to_owned(),
        by: "ann".to_owned(),
        owner: Owner { host: "h".to_owned(), boot: "b".to_owned(), pid: 7, started: "12".to_owned() },
        reason: None,
        snapshot: Some("snap-1".to_owned()),
        ground: "g".to_owned(),
        digest: "d".to_owned(),
        artifact: Some("a build".to_owned()),
        rewritten: Some("of a way back".to_owned()),
        acts: ["one", "two"].map(act).to_vec(),
    }
}

fn holding(subject: &Subject<'_>) {
    let store = (subject.open)();
    let run = |environment: &str, held: &[&str]| {
        let number = written(&*store, "rollback", environment, &[]);
        held.iter().for_each(|what| store.hold(number, what, true).unwrap());
        store.end(number, Ending::Refused, "").unwrap();
        number
    };
    let (first, other) = (run("production", &["a lock", "clients"]), run("staging", &["a lock"]));
    for _ in 0..60 {
        run("production", &[]);
    }
    let last = run("production", &["a lock"]);
    let told = |environment: &str| -> Vec<(u32, usize)> {
        let held = (subject.open)().holding(environment).unwrap();
        held.iter().map(|entry| (entry.number, entry.held.len())).collect()
    };
    assert_eq!((told("production"), told("staging")), (vec![(last, 1), (first, 2)], vec![(other, 1)]));
    store.hold(first, "a lock", false).unwrap();
    store.hold(first, "clients", false).unwrap();
    assert_eq!((told("production"), told("nowhere")), (vec![(last, 1)], Vec::new()));
}

#[track_caller]
fn written(store: &dyn Store, verb: &str, environment: &str, gone: &[&Entry]) -> u32 {
    match store.intend(&intention(verb, environment), gone).unwrap() {
        Written::Run { number, .. } => number,
        Written::Held(entry) => panic!("{}", entry.unfinished()),
    }
}

#[track_caller]
fn held(store: &dyn Store, environment: &str, gone: &[&Entry]) -> Entry {
    match store.intend(&intention("deploy", environment), gone).unwrap() {
        Written::Run { number, .. } => panic!("run {number} was written"),
        Written::Held(entry) => *entry,
    }
}

fn nothing_is_there_at_first(subject: &Subject<'_>) {
    let store = (subject.open)();
    assert_eq!((store.halted("x"), store.locks("x", 9), store.verifications("x", 9)), (Ok(None), Ok(Vec::new()), Ok(Vec::new())));
    assert_eq!((store.runs(None, 9), store.run(1), store.unfinished("x")), (Ok(Vec::new()), Ok(None), Ok(Vec::new())));
    assert_eq!((store.kept("x", 9), store.releases("x", 9), store.after(0, 9)), (Ok(Vec::new()), Ok(Vec::new()), Ok(Vec::new())));
    assert_eq!(store.environments(), Ok(Vec::new()));
}

fn halts(subject: &Subject<'_>) {
    let (store, other) = ((subject.open)(), (subject.open)());
    store.halt(&halt("production", "orders are lost")).unwrap();
    store.halt(&halt("production", "another")).unwrap();
    assert_eq!(other.halted("production"), Ok(Some(halt("production", "orders are lost"))));
    assert_eq!(other.halted("Production"), Ok(None));
    assert_eq!(store.resume("production"), Ok(true));
    assert_eq!((store.resume("production"), other.halted("production")), (Ok(false), Ok(None)));
}

fn many_at_once(subject: &Subject<'_>) {
    // The first to come makes what it is kept in.
    let together = Barrier::new(8);
    std::thread::scope(|threads| {
        for at in 0..8 {
            let together = &together;
            threads.spawn(move || {
                let store = (subject.open)();
                together.wait();
                for turn in 0..4 {
                    store.halt(&halt(&format!("e{at}-{turn}"), "x")).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
                    assert!(store.halted(&format!("e{at}-{turn}")).unwrap().is_some());
                }
            });
        }
    });
    let store = (subject.open)();
    assert!((0..8).all(|at| (0..4).all(|turn| store.halted(&format!("e{at}-{turn}")).unwrap().is_some())));
}

fn journal(subject: &Subject<'_>) {
    let (store, other) = ((subject.open)(), (subject.open)());
    let wanted = intention("repair", "production");
    let intended = Intended::write(&*store, &wanted, &[]).unwrap().unwrap();
    intended.takes("a lock").unwrap();
    intended.takes("a lock").unwrap();
    intended.leaves(0, &Trail { before: Some("b".to_owned()), of: Some("m".to_owned()), ..Trail::default() }).unwrap();
    intended.begins(0).unwrap();
    // Another process sees all of it, as if this one were gone.
    let entry = other.unfinished("production").unwrap().remove(0);
    let number = entry.number;
    assert_eq!(intended.name(), format!("evenkeel run {number}-{}", entry.letters));
    assert_eq!(entry.intention, Intention { acts: Vec::new(), ..wanted.clone() });
    assert_eq!(entry.steps.iter().map(|step| &step.act).collect::<Vec<_>>(), wanted.acts.iter().collect::<Vec<_>>());
    assert_eq!(entry.steps.iter().map(|step| step.state).collect::<Vec<_>>(), [State::Unknown, State::Intended]);
    assert_eq!(entry.held, ["a lock"]);
    assert!(entry.unfinished().contains("0 of 2 acts are in, 1 begun") && entry.unfinished().contains("it was at: one"), "{entry:?}");
    // What was said before stays where nothing is said now.
    intended.leaves(0, &Trail { after: Some("a".to_owned()), transaction: Some("7".to_owned()), ..Trail::default() }).unwrap();
    intended.became(0, State::Done, None).unwrap();
    intended.begins(1).unwrap();
    intended.became(1, State::Failed, Some("why")).unwrap();
    intended.gave("a lock").unwrap();
    intended.ended(Ending::Stopped, "at two").unwrap();
    assert!(intended.ended(Ending::Done, "all").is_err(), "the first word stands");
    let entry = store.run(number).unwrap().unwrap();
    let trail = Trail {
        transaction: Some("7".to_owned()),
        before: Some("b".to_owned()),
        mark: None,
        after: Some("a".to_owned()),
        of: Some("m".to_owned()),
    };
    assert_eq!((&entry.steps[0].trail, entry.count(State::Done), entry.count(State::Failed), entry.held.len()), (&trail, 1, 1, 0));
    assert_eq!(entry.ended.as_ref().map(|ended| (ended.ending, ended.words.as_str())), Some((Ending::Stopped, "at two")));
    assert_eq!(entry.steps[1].words.as_deref(), Some("why"));
    assert!(entry.steps.iter().all(|step| step.begun.is_some() && step.ended.is_some()), "{entry:#?}");
    let moments = [&entry.begun, &entry.ended.as_ref().unwrap().at].map(|at| at.parse::<jiff::Timestamp>().unwrap());
    assert!(moments[0] <= moments[1] && entry.begun.ends_with('Z'), "{moments:?}");
    assert_eq!(store.unfinished("production"), Ok(Vec::new()));
    let staging = written(&*store, "repair", "staging", &[]);
    let numbers = |environment| store.runs(environment, 1).unwrap().iter().map(|entry| entry.number).collect::<Vec<_>>();
    assert_eq!((numbers(None), numbers(Some("production")), numbers(Some("x"))), (vec![staging], vec![number], vec![]));
    let behind = |number, most| store.after(number, most).unwrap().iter().map(|entry| entry.number).collect::<Vec<_>>();
    assert_eq!((behind(0, 1), behind(0, 9), behind(staging, 9)), (vec![number], vec![number, staging], vec![]));
    for trouble in
        [store.mark(staging + 9, 0, State::Done, None), store.mark(staging, 9, State::Done, None), store.end(staging + 9, Ending::Done, "")]
    {
        assert_eq!(trouble.unwrap_err().class, Class::CouldNotTell, "another store in its place is noticed");
    }
    assert!(store.trail(staging + 9, 0, &Trail::default()).is_err());
}

fn leases(subject: &Subject<'_>) {
    let (store, other) = ((subject.open)(), (subject.open)());
    let one = written(&*store, "deploy", "production", &[]);
    let standing = held(&*other, "production", &[]);
    assert_eq!((standing.number, standing.steps.len(), standing.intention.by.as_str()), (one, 2, "ann"));
    assert!(standing.beat.as_ref().is_some_and(|beat| beat.quiet < Duration::from_secs(20)), "{:?}", standing.beat);
    assert_eq!(store.runs(None, 9).unwrap().len(), 1, "nothing is written where another has it");
    written(&*other, "deploy", "staging", &[]);
    // A sign of life is seen, and one that was given since it was looked at keeps it.
    std::thread::sleep(Duration::from_millis(5));
    assert_eq!(store.beat(one), Ok(true));
    let again = held(&*other, "production", &[&standing]);
    assert_ne!(again.beat.as_ref().map(|beat| &beat.at), standing.beat.as_ref().map(|beat| &beat.at));
    assert_eq!(store.unfinished("production").unwrap()[0].beat.as_ref().map(|beat| &beat.at), again.beat.as_ref().map(|beat| &beat.at));
    // One that is gone loses it.
    let two = written(&*other, "deploy", "production", &[&again]);
    assert_eq!((store.beat(one), other.beat(two)), (Ok(false), Ok(true)));
    assert_eq!(held(&*store, "production", &[&again]).number, two);
    // The end of one that has it not frees nothing; of the one that has it, it does.
    store.end(one, Ending::Lost, "gone").unwrap();
    assert_eq!(held(&*store, "production", &[]).number, two);
    other.end(two, Ending::Done, "").unwrap();
    assert_eq!((store.beat(one), store.beat(two), store.beat(two + 9)), (Ok(false), Ok(false), Ok(false)));
    let three = written(&*store, "rollback", "production", &[]);
    assert!(three > two);
}

fn fences(subject: &Subject<'_>) {
    let (store, other) = ((subject.open)(), (subject.open)());
    let one = written(&*store, "deploy", "production", &[]);
    store.mark(one, 0, State::Unknown, None).unwrap();
    let standing = held(&*other, "production", &[]);
    let two = written(&*other, "deploy", "production", &[&standing]);
    let trouble = store.mark(one, 1, State::Unknown, None).unwrap_err();
    assert!(trouble.class == Class::CouldNotTell && trouble.what.contains(&format!("run {one} may begin nothing")), "{trouble:#?}");
    assert_eq!(store.run(one).unwrap().unwrap().steps[1].state, State::Intended);
    // What became of what it had begun is worth a word all the same.
    store.mark(one, 0, State::Done, None).unwrap();
    other.mark(two, 0, State::Unknown, None).unwrap();
    // Where nobody has it any more it is its own again, as long as nobody said that it ended.
    other.end(two, Ending::Refused, "").unwrap();
    store.mark(one, 1, State::Unknown, None).unwrap();
    assert_eq!(held(&*other, "production", &[]).number, one);
    store.end(one, Ending::Lost, "").unwrap();
    assert!(store.mark(one, 1, State::Unknown, None).is_err());
    // What is looked at afterwards is written down.
    store.mark(one, 1, State::Unknown, Some("nobody can tell")).unwrap();
}

fn one_of_many(subject: &Subject<'_>) {
    let together = Barrier::new(8);
    let told: Vec<Written> = std::thread::scope(|threads| {
        let one = |_| {
            let together = &together;
            threads.spawn(move || {
                let store = (subject.open)();
                together.wait();
                store.intend(&intention("deploy", "production"), &[]).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
            })
        };
        let all: Vec<_> = (0..8).map(one).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let runs = (subject.open)().runs(None, 99).unwrap();
    assert_eq!((runs.len(), told.iter().filter(|one| matches!(one, Written::Run { .. })).count()), (1, 1), "{told:#?}");
    assert!(told.iter().all(|one| matches!(one, Written::Run { number, .. } if *number == runs[0].number)
        || matches!(one, Written::Held(entry) if entry.number == runs[0].number)));
}

fn locked(environment: &str, holder: &str) -> ParityLock {
    ParityLock {
        environment: environment.to_owned(),
        target: "host db1 database shop".to_owned(),
        digest: "d".to_owned(),
        canonical: 7,
        holder: holder.to_owned(),
        since: "2026-11-29T02:00:00Z".to_owned(),
        until: "2026-12-06T02:00:00Z".to_owned(),
        reason: Some("release 41".to_owned()),
        released: None,
    }
}

fn one_lock_of_many(subject: &Subject<'_>) {
    let together = Barrier::new(8);
    let told: Vec<Option<ParityLock>> = std::thread::scope(|threads| {
        let one = |at: usize| {
            let together = &together;
            threads.spawn(move || {
                let store = (subject.open)();
                together.wait();
                store.lock(&locked("production", &format!("{at}@h")), None).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
            })
        };
        let all: Vec<_> = (0..8).map(one).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    let standing = (subject.open)().locks("production", 9).unwrap();
    assert_eq!((standing.len(), told.iter().filter(|one| one.is_none()).count()), (1, 1));
    assert!(told.iter().flatten().all(|one| *one == standing[0]));
}

fn locks(subject: &Subject<'_>) {
    let (store, other) = ((subject.open)(), (subject.open)());
    let (ann, bob) = (locked("production", "ann@a"), locked("production", "bob@b"));
    assert_eq!(store.lock(&ann, None), Ok(None));
    assert_eq!(other.lock(&bob, None), Ok(Some(ann.clone())));
    assert_eq!(other.lock(&bob, Some(&bob)), Ok(Some(ann.clone())));
    assert_eq!(other.lock(&locked("staging", "bob@b"), None), Ok(None));
    assert_eq!(other.locks("production", 9), Ok(vec![ann.clone()]));
    // In its place, by whoever knows what stands.
    assert_eq!(other.lock(&bob, Some(&ann)), Ok(None));
    let released = Released { at: "2026-11-30T02:00:00Z".to_owned(), by: "cid@c".to_owned(), reason: Some("why".to_owned()) };
    assert_eq!(
        (store.unlock(&ann, &released), store.unlock(&bob, &released), store.unlock(&bob, &released)),
        (Ok(false), Ok(true), Ok(false))
    );
    let of =
        |lock: &ParityLock| (lock.holder.clone(), lock.released.as_ref().map(|released| (released.by.clone(), released.reason.clone())));
    let first = ("bob@b".to_owned(), Some(("cid@c".to_owned(), Some("why".to_owned()))));
    let second = ("ann@a".to_owned(), Some(("bob@b".to_owned(), None)));
    assert_eq!(store.locks("production", 9).unwrap().iter().map(of).collect::<Vec<_>>(), [first, second]);
    // What is gone is in nobody's way.
    assert_eq!(store.lock(&ann, Some(&bob)), Ok(None));
    assert_eq!(store.locks("production", 1), Ok(vec![ann]));
}

fn verified(at: &str, digest: Option<&str>) -> Verification {
    Verification {
        environment: "production".to_owned(),
        at: at.to_owned(),
        by: "ann".to_owned(),
        holds: digest.is_some(),
        digest: digest.map(str::to_owned),
        words: "w".to_owned(),
    }
}

fn evidence(environment: &str, at: &str, text: &str) -> Kept {
    Kept { environment: environment.to_owned(), at: at.to_owned(), by: "ann".to_owned(), text: text.to_owned() }
}

const THEN: &str = "2026-01-01T00:00:00Z";

fn kept(subject: &Subject<'_>) {
    let store = (subject.open)();
    for one in [verified(THEN, Some("d")), verified(THEN, None)] {
        store.note(&one).unwrap();
    }
    assert_eq!(store.verifications("production", 9), Ok(vec![verified(THEN, None), verified(THEN, Some("d"))]));
    assert_eq!((store.verifications("production", 1).unwrap().len(), store.verifications("staging", 9)), (1, Ok(Vec::new())));
    for one in [evidence("production", THEN, "a"), evidence("staging", THEN, "b"), evidence("production", THEN, "c")] {
        store.keep(&one).unwrap();
    }
    let texts = |most| store.kept("production", most).unwrap().into_iter().map(|kept| kept.text).collect::<Vec<_>>();
    assert_eq!((texts(9), texts(1), texts(u32::MAX).len()), (vec!["c".to_owned(), "a".to_owned()], vec!["c".to_owned()], 2));
    assert_eq!(store.environments(), Ok(vec!["production".to_owned(), "staging".to_owned()]));
}

fn ended(store: &dyn Store, verb: &str, ending: Ending) -> u32 {
    let number = written(store, verb, "production", &[]);
    store.end(number, ending, "").unwrap();
    number
}

fn releases(subject: &Subject<'_>) {
    let store = (subject.open)();
    let first = ended(&*store, "deploy", Ending::Done);
    ended(&*store, "deploy", Ending::Refused);
    ended(&*store, "repair", Ending::Done);
    let second = ended(&*store, "rollback", Ending::Stopped);
    let third = written(&*store, "deploy", "production", &[]);
    let numbers = |most| store.releases("production", most).unwrap().iter().map(|entry| entry.number).collect::<Vec<_>>();
    assert_eq!((numbers(9), numbers(1)), (vec![third, second, first], vec![third]));
    assert_eq!(store.releases("staging", 9), Ok(Vec::new()));
}

fn pruned(subject: &Subject<'_>) {
    let store = (subject.open)();
    let older = ended(&*store, "deploy", Ending::Done);
    ended(&*store, "lock", Ending::Done);
    let last = ended(&*store, "deploy", Ending::Done);
    let refused = ended(&*store, "deploy", Ending::Refused);
    let half = ended(&*store, "rollback", Ending::Stopped);
    let holding = written(&*store, "repair", "staging", &[]);
    store.hold(holding, "a lock", true).unwrap();
    store.end(holding, Ending::Stopped, "").unwrap();
    let open = written(&*store, "deploy", "production", &[]);
    for (at, text) in [(THEN, "a"), (THEN, "used"), ("9998-01-01T00:00:00Z", "b"), ("9998-01-01T00:00:00Z", "c")] {
        store.keep(&evidence("production", at, text)).unwrap();
        store.note(&verified(at, Some(text))).unwrap();
    }
    store.halt(&halt("production", "x")).unwrap();
    let (ann, bob) = (locked("production", "ann@a"), locked("production", "bob@b"));
    assert_eq!((store.lock(&ann, None), store.lock(&bob, Some(&ann))), (Ok(None), Ok(None)));
    let numbers = || store.runs(None, 99).unwrap().iter().map(|entry| entry.number).collect::<Vec<_>>();
    let all = numbers();
    assert_eq!(
        store.prune("2025-01-01T00:00:00Z").map(|pruned| (pruned.runs, pruned.evidence, pruned.verifications, pruned.locks)),
        Ok((0, 0, 0, 0))
    );
    assert_eq!((numbers(), store.kept("production", 9).unwrap().len()), (all, 4));
    let pruned = store.prune("9999-01-01T00:00:00Z").unwrap();
    assert_eq!(numbers(), [open, holding, half, last], "neither {older} nor {refused}");
    assert_eq!((pruned.runs, pruned.evidence, pruned.verifications, pruned.locks), (3, 1, 3, 1), "{pruned:?}");
    let texts: Vec<String> = store.kept("production", 9).unwrap().into_iter().map(|kept| kept.text).collect();
    assert_eq!(texts, ["c", "b", "used"], "what the last deployment had, and since");
    assert_eq!(store.verifications("production", 9), Ok(vec![verified("9998-01-01T00:00:00Z", Some("c"))]));
    assert_eq!((store.locks("production", 9), store.halted("production").unwrap().is_some()), (Ok(vec![bob]), true));
    assert!(store.run(last).unwrap().unwrap().steps.len() == 2 && store.run(older) == Ok(None));
    assert_eq!(store.run(holding).unwrap().unwrap().held, ["a lock"]);
}

fn letters(subject: &Subject<'_>) {
    let store = (subject.open)();
    let odd = "'; DROP TABLE run; --\n\t\"$1\" \\ ?1 {a,b} ünï 🜚 \u{202e} %s";
    let long = odd.repeat(20_000);
    let wanted = Intention {
        by: odd.to_owned(),
        reason: Some(odd.to_owned()),
        target: String::new(),
        acts: vec![
            Act { what: odd.to_owned(), statements: vec![long, String::new(), odd.to_owned()] },
            Act { what: "x".to_owned(), statements: Vec::new() },
        ],
        ..intention(odd, odd)
    };
    let intended = Intended::write(&*store, &wanted, &[]).unwrap().unwrap();
    intended.takes(odd).unwrap();
    let entry = (subject.open)().unfinished(odd).unwrap().remove(0);
    assert_eq!(entry.steps.iter().map(|step| step.act.clone()).collect::<Vec<_>>(), wanted.acts);
    assert_eq!((entry.intention, entry.held), (Intention { acts: Vec::new(), ..wanted }, vec![odd.to_owned()]));
    intended.ended(Ending::Done, odd).unwrap();
    store.halt(&halt(odd, odd)).unwrap();
    assert_eq!(store.halted(odd), Ok(Some(halt(odd, odd))));
    let plain = ParityLock { reason: None, ..locked(odd, odd) };
    assert_eq!((store.lock(&plain, None), store.locks(odd, 9)), (Ok(None), Ok(vec![plain])));
}
