//! What each form of statement locks, writes anew and reads, measured on every version with the looks that a rehearsal takes, and set
//! beside the table of facts. `docs/reference/locks.md` is printed from the measurement (`UPDATE=1`).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use evenkeel_core::port::{Answer, Limits, Observer as _, Session};
use evenkeel_core::statement::{Grammar as _, Statement};
use evenkeel_core::trace::{Around, Blocks, Look, On, Sort};
use evenkeel_postgres::grammar::PostgresGrammar;
use evenkeel_postgres::observe::PostgresObserver;
use evenkeel_testkit::{Talk, TestDb, databases};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::{Duration, Instant};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn golden(name: &str) -> String {
    std::fs::read_to_string(root().join("tests/golden/postgres/locks").join(name)).unwrap()
}

/// A form as it is written down.
#[derive(Debug, Default)]
struct Form {
    number: String,
    title: String,
    keys: BTreeMap<String, String>,
}

impl Form {
    fn get(&self, key: &str) -> &str {
        self.keys.get(key).map_or("", String::as_str)
    }

    fn set(&self, key: &str) -> BTreeSet<String> {
        self.get(key).split(',').map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
    }

    fn is_for(&self, major: u32) -> bool {
        let bound = |key: &str, otherwise: u32| self.get(key).parse().unwrap_or(otherwise);
        (bound("from", 0)..=bound("upto", u32::MAX)).contains(&major)
    }

    fn expected(&self) -> Seen {
        if !self.get("error").is_empty() {
            return Seen { error: Some(self.get("error").to_owned()), ..Seen::default() };
        }
        let locks = if self.get("alone").is_empty() { self.set("locks") } else { self.set("alone") };
        Seen { locks, rewrites: self.set("rewrites"), scans: self.set("scans"), builds: self.set("builds"), error: None }
    }
}

/// What was seen of one.
#[derive(Debug, Default, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    locks: BTreeSet<String>,
    rewrites: BTreeSet<String>,
    scans: BTreeSet<String>,
    builds: BTreeSet<String>,
    error: Option<String>,
}

fn forms() -> Vec<Form> {
    let mut forms: Vec<Form> = Vec::new();
    for line in golden("forms.txt").lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        if let Some(head) = line.strip_prefix("== ") {
            let (number, title) = head.split_once(' ').unwrap();
            forms.push(Form { number: number.to_owned(), title: title.to_owned(), keys: BTreeMap::new() });
            continue;
        }
        let (key, value) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
        const KEYS: &[&str] =
            &["run", "before", "locks", "rewrites", "scans", "builds", "from", "upto", "alone", "behind", "brief", "late", "error"];
        assert!(KEYS.contains(&key), "{line}");
        let known = forms.last_mut().unwrap().keys.insert(key.to_owned(), value.to_owned());
        assert!(known.is_none(), "{line}");
    }
    forms
}

fn short(mode: &str) -> &str {
    match mode {
        "ACCESS EXCLUSIVE" => "AX",
        "EXCLUSIVE" => "X",
        "SHARE ROW EXCLUSIVE" => "SRX",
        "SHARE" => "S",
        "SHARE UPDATE EXCLUSIVE" => "SUE",
        other => other,
    }
}

fn own(name: &str) -> String {
    name.strip_prefix("w.").unwrap_or(name).to_owned()
}

fn statement(sql: &str) -> Statement {
    let pieces = PostgresGrammar.split(sql);
    pieces.iter().filter_map(|piece| piece.statement()).next_back().unwrap().clone()
}

/// Everything from new, committed.
fn prepare(db: &TestDb, form: &Form) {
    db.exec(&format!(
        "DROP PUBLICATION IF EXISTS evenkeel_measured; DROP SCHEMA IF EXISTS w CASCADE; CREATE SCHEMA w; SET search_path = w; {}",
        golden("base.sql")
    ));
    if !form.get("before").is_empty() {
        db.exec(&format!("SET search_path = w; {}", form.get("before")));
    }
}

fn measured(db: &TestDb, form: &Form) -> Seen {
    prepare(db, form);
    if !form.get("alone").is_empty() {
        return sampled(db, form);
    }
    let mut session = Talk(db.another_session());
    session.0.exec("SET search_path = w; BEGIN").unwrap();
    let map = PostgresObserver.map(&mut session).unwrap();
    let before = PostgresObserver.look(&mut session).unwrap();
    let answer = session.run(form.get("run")).unwrap();
    if let Answer::Refused(refused) = answer {
        return Seen { error: Some(refused.code), ..Seen::default() };
    }
    let after = PostgresObserver.look(&mut session).unwrap();
    let statement = statement(form.get("run"));
    let fresh = BTreeSet::new();
    let files = PostgresObserver.files(&statement.tag);
    let around = Around { statement: &statement, text: form.get("run"), map: &map, before: &before, after: &after, fresh: &fresh, files };
    let work = around.work();
    let name = |oid: &u64| own(&around.relation(*oid).unwrap().name);
    let names = |oids: &BTreeSet<u64>| oids.iter().map(name).collect::<BTreeSet<String>>();
    let known = |oids: &BTreeSet<u64>| oids.iter().copied().filter(|oid| map.contains_key(oid)).collect::<BTreeSet<u64>>();
    let taken = around.taken().filter(|held| held.blocks > Blocks::Ordinary);
    let locks = taken.filter_map(|held| match held.on {
        On::Relation(oid) if map.contains_key(&oid) && map[&oid].sort != Sort::Overflow => {
            Some(format!("{} {}", short(held.mode), own(&map[&oid].name)))
        }
        _ => None,
    });
    let seen = Seen {
        locks: strongest(locks.collect()),
        rewrites: names(&known(&work.rewrites)),
        scans: names(&known(&work.scans)),
        builds: names(&work.builds),
        error: None,
    };
    session.roll_back().unwrap();
    seen
}

/// Of what cannot run in a transaction: what it holds and asks for while somebody writes to a table of its.
fn sampled(db: &TestDb, form: &Form) -> Seen {
    let mut session = Talk(db.another_session());
    session.0.exec("SET search_path = w; BEGIN").unwrap();
    let map = PostgresObserver.map(&mut session).unwrap();
    let refused = session.run(form.get("run")).unwrap();
    assert_eq!(refused.code(), Some("25001"), "{}: runs in a transaction", form.title);
    session.0.exec("ROLLBACK; SET search_path = w").unwrap();
    let mut writer = Talk(db.another_session());
    writer.begin(&Limits::default()).unwrap();
    if !form.get("behind").is_empty() {
        PostgresObserver.write_to(&mut writer, &format!("w.{}", form.get("behind"))).unwrap();
    }
    let id = session.id();
    let mut watcher = Talk(db.another_session());
    let mut locks = BTreeSet::new();
    std::thread::scope(|threads| {
        let running = threads.spawn(move || session.run(form.get("run")).unwrap());
        let from = Instant::now();
        while from.elapsed() < Duration::from_secs(20) {
            let sample = PostgresObserver.sample(&mut watcher, id).unwrap();
            let is_waiting = !sample.waited_for.is_empty();
            for held in sample.held.iter().chain(&sample.waited_for).filter(|held| held.blocks > Blocks::Ordinary) {
                if let On::Relation(oid) = held.on
                    && let Some(relation) = map.get(&oid).filter(|relation| relation.sort != Sort::Overflow)
                {
                    locks.insert(format!("{} {}", short(held.mode), own(&relation.name)));
                }
            }
            if is_waiting {
                writer.roll_back().unwrap();
            }
            if running.is_finished() {
                break;
            }
        }
        let answer = running.join().unwrap();
        assert!(answer.ran().is_some(), "{}: {answer:?}", form.title);
    });
    let late = form.set("late");
    Seen { locks: strongest(locks.difference(&late).cloned().collect()), ..Seen::default() }
}

/// Of several on one relation the strongest.
fn strongest(locks: BTreeSet<String>) -> BTreeSet<String> {
    const ORDER: [&str; 5] = ["SUE", "S", "SRX", "X", "AX"];
    let split = |lock: &str| lock.split_once(' ').map(|(mode, name)| (ORDER.iter().position(|one| *one == mode), name.to_owned())).unwrap();
    let mut all: BTreeMap<String, Option<usize>> = BTreeMap::new();
    for (mode, name) in locks.iter().map(|lock| split(lock)) {
        let known = all.entry(name).or_default();
        *known = (*known).max(mode);
    }
    all.into_iter().map(|(name, mode)| format!("{} {name}", ORDER[mode.unwrap()])).collect()
}

#[test]
fn every_form_does_what_was_written_down_of_it() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let forms = forms();
    let mut wrong = Vec::new();
    let mut count = 0;
    let databases = databases();
    for db in &databases {
        for form in forms.iter().filter(|form| form.is_for(db.major())) {
            count += 1;
            let seen = measured(db, form);
            let expected = form.expected();
            let is_right = if !form.get("brief").is_empty() {
                // Samples may come too late.
                seen.locks.is_subset(&expected.locks)
            } else {
                seen == expected
            };
            if !is_right {
                wrong.push(format!("{} {} on {}:\n  expected {expected:?}\n  found    {seen:?}", form.number, form.title, db.major()));
            }
        }
    }
    assert!(count >= forms.len(), "{count} of {} forms ran", forms.len());
    assert!(wrong.is_empty(), "{} of {count}:\n{}", wrong.len(), wrong.join("\n"));
    if databases.len() == 6 {
        printed(&forms);
    }
}

/// The page is what was measured.
fn printed(forms: &[Form]) {
    let mut page = golden("page.md");
    page.push_str("\n| | form | locks | writes anew | reads whole | builds | versions |\n| --- | --- | --- | --- | --- | --- | --- |\n");
    let list = |names: BTreeSet<String>| names.into_iter().collect::<Vec<_>>().join(", ");
    for form in forms {
        let expected = form.expected();
        let versions = match (form.get("from"), form.get("upto")) {
            ("", "") => String::new(),
            (from, "") => format!("{from} and later"),
            ("", upto) => format!("up to {upto}"),
            (from, upto) => format!("{from} to {upto}"),
        };
        let locks = match (&expected.error, form.get("alone").is_empty()) {
            (Some(error), _) => format!("refused: {error}"),
            (None, true) => list(expected.locks),
            (None, false) if form.get("late").is_empty() => format!("{} (in no transaction)", list(expected.locks)),
            (None, false) => format!("{}; at the end {} (in no transaction)", list(expected.locks), list(form.set("late"))),
        };
        let _ = writeln!(
            page,
            "| {} | `{}` | {locks} | {} | {} | {} | {versions} |",
            form.number,
            form.get("run").replace('|', "\\|"),
            list(expected.rewrites),
            list(expected.scans),
            list(expected.builds)
        );
    }
    let path = root().join("docs/reference/locks.md");
    if std::env::var_os("UPDATE").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    assert_eq!(std::fs::read_to_string(&path).unwrap_or_default(), page, "UPDATE=1 writes it anew");
}

#[test]
fn a_look_sees_what_is_there_and_changes_nothing() {
    for db in &databases() {
        db.exec("CREATE TABLE \"Odd.Name\" (id int PRIMARY KEY)");
        let mut session = Talk(db.another_session());
        let empty = PostgresObserver.look(&mut session).unwrap();
        assert_eq!((empty.held.len(), empty.relations.len()), (0, 0));
        session.0.exec("BEGIN; SELECT pg_advisory_xact_lock(7, 9); ALTER TABLE \"Odd.Name\" ADD x int").unwrap();
        let look: Look = PostgresObserver.look(&mut session).unwrap();
        let names: Vec<&str> = look.relations.values().map(|relation| relation.name.as_str()).collect();
        assert!(names.contains(&"public.\"Odd.Name\""), "{names:?}");
        let advisory = look.held.iter().find(|held| matches!(&held.on, On::Other(kind, _) if kind == "advisory")).unwrap();
        assert_eq!(advisory.on, On::Other("advisory".to_owned(), "7 9".to_owned()));
        let again = PostgresObserver.look(&mut session).unwrap();
        assert_eq!(look.held, again.held, "a look takes locks of its own");
        session.roll_back().unwrap();
        assert_eq!(PostgresObserver.bounds(&mut session).unwrap().lock, None);
        session.0.exec("SET lock_timeout = '1500ms'; SET statement_timeout = '2min'").unwrap();
        let bounds = PostgresObserver.bounds(&mut session).unwrap();
        assert_eq!((bounds.lock, bounds.statement), (Some(Duration::from_millis(1500)), Some(Duration::from_secs(120))));
    }
}
