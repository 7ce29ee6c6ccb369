//! Every property case as a pair: what makes the candidate like the reference, and back, what empties it, and what makes it from nothing,
//! applied and captured again. The newest version runs a share of all cases, another each day, the others those that begin, end or
//! change with them. `EVENKEEL_SHARE=all` runs every case on the newest, `EVENKEEL_PATCH_ALL=1` on every version,
//! `EVENKEEL_PATCH=column/type` those whose path begins so. What is refused stands below by name.

use crate::place::{Database, Place};
use evenkeel_core::kind::{Dimension, Engine, Kind};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Act, Dialect, Form, Plan, World, plan};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_pipeline::patch::{Left, Odd, left};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_postgres::patch::PostgresDialect;
use evenkeel_testkit::property::{Case, On, cases};
use evenkeel_testkit::{Share, TestDb};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::PathBuf;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/postgres/property")
}

fn capture(database: &Database, case: &Case) -> Manifest {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let target = Target::parse(&database.conninfo, &ThisMachine).unwrap();
    let mut request = Request::new(&database.name);
    request.dimensions = vec![Dimension::Schema, Dimension::Privileges, Dimension::Configuration];
    let environment = PostgresEnvironment::new(target).migrating_as(case.migration_role.as_deref());
    environment.capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

/// What came of one patch.
pub enum Outcome {
    Equal,
    /// Nothing that statements of a patch make is another.
    Alike,
    Refused(Vec<String>),
}

/// Runs a plan as one script; the error says which statement was refused.
fn apply(database: &Database, planned: &Plan, dialect: &dyn Dialect) -> Result<(), String> {
    let script = lines(planned, dialect);
    let ran = database.run(&script);
    database.run(&["reset all".to_owned()])?;
    ran.map_err(|problem| format!("{problem}\n{}", script.join("\n")))
}

fn lines(planned: &Plan, dialect: &dyn Dialect) -> Vec<String> {
    let mut script: Vec<String> = dialect.opening().iter().map(ToString::to_string).collect();
    script.extend(planned.statements().map(|statement| statement.sql.clone()));
    script
}

/// The same for a database of the shared server.
pub fn patched_plainly(database: &TestDb, from: &Manifest, to: &Manifest, form: Form) -> Result<Outcome, String> {
    patched_by(database, from, to, form, &crate::capture)
}

/// The same, looked at in a way of one's own.
pub fn patched_by(
    database: &TestDb,
    from: &Manifest,
    to: &Manifest,
    form: Form,
    capture: &dyn Fn(&str) -> Manifest,
) -> Result<Outcome, String> {
    let dialect = PostgresDialect::of(&from.endpoint);
    let mut from = from.clone();
    let mut planned = Plan::default();
    // A role that came meanwhile is another test's.
    let own = format!("test_{}_", std::process::id());
    let is_others = |kind: Kind, object: &str| kind == Kind::Role && !object.contains(&own);
    let left = |from: &Manifest, to: &Manifest| {
        let mut odd = left(from, to, &dialect);
        odd.retain(|one| one.what != Odd::Extra || !is_others(one.kind, &one.object));
        odd
    };
    for _ in 0..3 {
        let mut step = plan(&World::of(&from), &World::of(to), &dialect, form);
        step.steps.retain(|one| one.act != Act::Drop || !is_others(one.kind, &one.object));
        let session = database.another_session();
        for sql in lines(&step, &dialect) {
            session.exec(&sql).map_err(|fault| format!("{fault}\n{}", lines(&step, &dialect).join("\n")))?;
        }
        planned.append(step);
        from = capture(&database.conninfo());
        if left(&from, to).is_empty() {
            return Ok(Outcome::Equal);
        }
    }
    let still = left(&from, to);
    let is_named = |one: &Left| planned.refused.iter().any(|refusal| refusal.kind == one.kind && refusal.object == one.object);
    if !still.iter().all(is_named) {
        let words: Vec<String> = still.iter().map(Left::words).collect();
        return Err(format!("left: {words:#?}\nrefused: {:?}\n{}", planned.refused, lines(&planned, &dialect).join("\n")));
    }
    Ok(Outcome::Refused(planned.refused.iter().map(|one| format!("{} {}: {}", one.kind.name(), one.object, one.reason)).collect()))
}

/// Makes a database that is like `from` into one that is like `to`.
fn patched(database: &Database, case: &Case, from: &Manifest, to: &Manifest, form: Form) -> Result<Outcome, String> {
    let mut endpoint = from.endpoint.clone();
    endpoint.database.clone_from(&database.name);
    let dialect = PostgresDialect::of(&endpoint);
    let (before, after) = (World::of(from), World::of(to));
    if left(from, to, &dialect).is_empty() {
        return Ok(Outcome::Alike);
    }
    let mut planned = plan(&before, &after, &dialect, form);
    apply(database, &planned, &dialect)?;
    let mut seen = capture(database, case);
    let odd = |seen: &Manifest, planned: &Plan| -> Vec<Left> {
        let mut odd = left(seen, to, &dialect);
        odd.retain(|one| !planned.refused.iter().any(|refusal| refusal.kind == one.kind && refusal.object == one.object));
        odd
    };
    let mut rest = odd(&seen, &planned);
    for _ in 0..2 {
        if rest.is_empty() {
            break;
        }
        let again = plan(&World::of(&seen), &after, &dialect, form);
        apply(database, &again, &dialect)?;
        planned.append(again);
        seen = capture(database, case);
        rest = odd(&seen, &planned);
    }
    let still = left(&seen, to, &dialect);
    planned.refused.retain(|refusal| still.iter().any(|one| one.kind == refusal.kind && one.object == refusal.object));
    if !rest.is_empty() {
        let words: Vec<String> = rest.iter().map(Left::words).collect();
        let script: Vec<&str> = planned.statements().map(|statement| statement.sql.as_str()).collect();
        return Err(format!("left: {words:#?}\nrefused: {:?}\n{}", planned.refused, script.join("\n")));
    }
    if planned.refused.is_empty() {
        return Ok(Outcome::Equal);
    }
    Ok(Outcome::Refused(planned.refused.iter().map(|one| format!("{} {}: {}", one.kind.name(), one.object, one.reason)).collect()))
}

/// What became of patches of one sort.
#[derive(Default)]
struct Count {
    equal: usize,
    alike: usize,
    refused: usize,
    failed: usize,
}

/// What a patch is about: the other side, the side itself again, nothing, and the side from nothing.
const WAYS: [&str; 4] = ["there", "back", "gone", "made"];

#[derive(Default)]
struct Tally {
    count: Count,
    /// What is refused of what, and on which way.
    reasons: BTreeMap<(String, &'static str), String>,
    report: String,
}

impl Tally {
    fn note(&mut self, what: &str, way: &'static str, outcome: Result<Outcome, String>) -> bool {
        match outcome {
            Ok(Outcome::Equal) => self.count.equal += 1,
            Ok(Outcome::Alike) => self.count.alike += 1,
            Ok(Outcome::Refused(reasons)) => {
                self.count.refused += 1;
                self.reasons.insert((what.to_owned(), way), reasons.join("; "));
            }
            Err(problem) => {
                self.failed(&format!("{what} {way}"), &problem);
                return false;
            }
        }
        true
    }

    fn failed(&mut self, what: &str, problem: &str) {
        self.count.failed += 1;
        let _ = writeln!(self.report, "\n{what}: {problem}");
    }
}

/// Takes away whatever a case made in a database, so that its roles can go.
const NOTHING_LEFT: &str = "do $$
declare name text;
begin
  for name in select quote_ident(subname) from pg_catalog.pg_subscription s
              join pg_catalog.pg_database d on d.oid = s.subdbid where d.datname = current_database() loop
    execute 'alter subscription ' || name || ' disable';
    execute 'alter subscription ' || name || ' set (slot_name = none)';
    execute 'drop subscription ' || name;
  end loop;
  for name in select quote_ident(rolname) from pg_catalog.pg_roles where rolname !~ '^pg_' and rolname <> 'postgres' loop
    execute 'drop owned by ' || name || ' cascade';
  end loop;
end $$";

fn tried(place: &mut Place, case: &Case, tally: &mut Tally) -> Result<(), String> {
    let pair = place.pair(case);
    let nothing = capture(&pair.1, case);
    place.on_server(&case.server)?;
    // What touches the whole server has one database, before and after.
    let (reference, candidate) = if case.in_place {
        pair.1.run(&case.setup)?;
        let reference = capture(&pair.1, case);
        pair.1.run(&case.change)?;
        (reference, capture(&pair.1, case))
    } else {
        for (database, section) in [(&pair.0, &case.reference), (&pair.1, &case.change)] {
            database.run(&case.setup)?;
            database.run(section)?;
        }
        (capture(&pair.0, case), capture(&pair.1, case))
    };
    let (online, plain) = (Form::default(), Form { offline: true, ..Form::default() });
    let [there, back, gone, made] = WAYS;
    let ways = [(there, &reference, online), (back, &candidate, plain), (gone, &nothing, plain), (made, &candidate, online)];
    let mut is_fine = true;
    for (way, goal, form) in ways {
        if way == "gone" {
            // What stands on roles of the case in the other database keeps them.
            pair.0.run(&[NOTHING_LEFT.to_owned()])?;
        }
        let now = capture(&pair.1, case);
        is_fine = is_fine && tally.note(&case.path, way, patched(&pair.1, case, &now, goal, form));
    }
    place.on_server(&case.cleanup)?;
    place.give_back(case, pair);
    Ok(())
}

const LABELS: &str = "labels of a provider, a module that no stock server has and no throwaway server loads";
const CONNECTIONS: &str = "subscriptions, whose connection may hold a secret and stands in no manifest";
const OTHERS: &str = "others";

/// What else is refused, and on which way.
const REFUSED: &[(&str, &str)] = &[
    // An extension goes back to no older version.
    ("extension-version/version.sql", "there"),
    ("extension-version/version.up.sql", "back"),
    // No statement makes an index that is not valid, or frees one from that of its partitioned table.
    ("index/attached_to.sql", "back"),
    ("index/ready.sql", "back"),
    ("index/ready.sql", "made"),
    ("index/valid.partitioned.sql", "back"),
    ("index/valid.partitioned.sql", "made"),
    // Rows would be gone.
    ("table/partition_by.sql", "there"),
    ("table/server.sql", "there"),
    // It follows from how a child was made.
    ("column/local.sql", "there"),
    ("constraint/local.sql", "there"),
    ("table/inherits.sql", "there"),
    ("table/inherits.sql", "back"),
    // What is kept for it at the publisher would be lost or sent twice.
    ("subscription/failover.sql", "there"),
    ("subscription/slot.sql", "there"),
    ("subscription/two_phase.sql", "there"),
];

/// Why it is known that a patch refuses something of a case; `None` where nothing is to be refused.
fn known(case: &Case, way: &str) -> Option<&'static str> {
    let property = case.property.map(|property| property.name);
    let is_made = way == "made" || way == "there" && property.is_none();
    if property == Some("security_labels") && matches!(way, "there" | "made") {
        Some(LABELS)
    } else if case.kind == Kind::Subscription && is_made {
        Some(CONNECTIONS)
    } else {
        REFUSED.contains(&(&*case.path, way)).then_some(OTHERS)
    }
}

/// Those of a version that a patch can be about, and how many others there are.
fn patched_cases(on: On) -> (Vec<Case>, usize) {
    let (cases, apart): (Vec<Case>, Vec<Case>) = cases(&root(), on).into_iter().filter(|case| case.applies).partition(is_patched);
    (cases, apart.len())
}

/// Cases on one version; of the newest one of several parts, each a test of its own.
fn on(major: u32, part: usize) {
    if !evenkeel_testkit::majors().contains(&major) {
        return;
    }
    let wanted = std::env::var("EVENKEEL_PATCH").unwrap_or_default();
    let all = !wanted.is_empty() || std::env::var_os("EVENKEEL_PATCH_ALL").is_some_and(|value| value == "1");
    let on = On { engine: Engine::PostgreSql, version: u16::try_from(major).unwrap() };
    let (mut cases, apart) = patched_cases(on);
    let share = if all || major != 18 { Share::whole() } else { Share::of(SHARES) };
    cases.retain(|case| case.path.starts_with(&wanted) && (all || major == 18 || case.bounds.contains(&on.version)));
    if major == 18 {
        cases = share.take(cases.into_iter().enumerate().filter(|(at, _)| at % PARTS == part).map(|(_, case)| case).collect());
    }
    let mut place = Place::start(major);
    let mut tally = Tally::default();
    for case in &cases {
        let before = tally.count.failed;
        if let Err(problem) = tried(&mut place, case, &mut tally) {
            tally.failed(&case.path, &problem);
        }
        if tally.count.failed > before {
            place.start_over();
        }
    }
    let Count { equal, alike, refused, failed } = tally.count;
    println!(
        "PostgreSQL {major}: {} cases ({share}), {apart} that no patch is about; there, back, gone and made: {equal} equal, {alike} alike, \
         {refused} refused, {failed} failed",
        cases.len(),
    );
    let mut classes: BTreeMap<&str, usize> = BTreeMap::new();
    let mut odd = String::new();
    for (case, way) in cases.iter().flat_map(|case| WAYS.map(|way| (case, way))) {
        let reasons = tally.reasons.get(&(case.path.clone(), way));
        match (known(case, way), reasons) {
            (class, Some(reasons)) => {
                println!("  refused: {} {way}: {reasons}", case.path);
                *classes.entry(class.unwrap_or("not known")).or_default() += 1;
                if class.is_none() {
                    let _ = writeln!(odd, "refused and not known: {} {way}: {reasons}", case.path);
                }
            }
            (Some(OTHERS), None) if failed == 0 && major == 18 => {
                let _ = writeln!(odd, "known to be refused, and is not: {} {way}", case.path);
            }
            (_, None) => {}
        }
    }
    let labels = classes.remove(LABELS).unwrap_or_default();
    let (refused, all) = (refused - labels, equal + refused - labels);
    let hundreds = |count: usize| 100.0 * count as f64 / all.max(1) as f64;
    println!("refused: {refused} of {all}, {:.1} %", hundreds(refused));
    for (class, count) in &classes {
        println!("  {class}: {count}, {:.1} %", hundreds(*count));
    }
    println!("  and not counted: {labels}, {LABELS}");
    assert!(failed == 0, "{failed} failed on PostgreSQL {major}\n{}", tally.report);
    assert!(odd.is_empty(), "on PostgreSQL {major}:\n{odd}");
}

/// By name, so that it holds whichever share is run: of four ways more than three and a half end otherwise than alike from the start.
#[test]
fn less_than_two_in_a_hundred_are_refused() {
    let (cases, _) = patched_cases(On { engine: Engine::PostgreSql, version: 18 });
    let classes = cases.iter().flat_map(|case| WAYS.into_iter().filter_map(|way| known(case, way)));
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    classes.for_each(|class| *counts.entry(class).or_default() += 1);
    println!("{} cases, {counts:#?}", cases.len());
    let labels = counts.remove(LABELS).unwrap_or_default();
    let (refused, all) = (counts.values().sum::<usize>(), cases.len() * 7 / 2 - labels);
    assert!(refused * 50 <= all, "{refused} of {all}: {counts:#?}");
    let is_there = |path: &str| cases.iter().any(|case| &*case.path == path);
    let gone: Vec<&str> = REFUSED.iter().map(|(path, _)| *path).filter(|path| !is_there(path)).collect();
    assert!(gone.is_empty(), "no cases, or none of 18: {gone:?}");
}

/// Whether a patch can have anything to do with it: it is about what databases or their roles are, and not about what a server measures
/// or is told.
fn is_patched(case: &Case) -> bool {
    let endless = case.replica || !case.meanwhile.is_empty() || case.candidate.is_other_server();
    let is_of_server = matches!(case.kind, Kind::Node | Kind::Replica | Kind::Slot | Kind::Setting | Kind::Tablespace);
    !(endless || case.in_place && is_of_server)
}

/// Where a case calls its schema so, one of several is called otherwise.
fn called(statements: &[String], name: &str) -> Vec<String> {
    let is_word = |letter: Option<char>| letter.is_some_and(|letter| letter.is_alphanumeric() || letter == '_');
    let one = |sql: &String| {
        let (mut text, mut rest) = (String::new(), sql.as_str());
        while let Some(at) = rest.find("app") {
            let (before, after) = rest.split_at(at);
            text.push_str(before);
            let is_whole = !is_word(text.chars().last()) && !is_word(after[3..].chars().next());
            text.push_str(if is_whole { name } else { "app" });
            rest = &after[3..];
        }
        text + rest
    };
    statements.iter().map(one).collect()
}

/// Two or three cases in one database, drawn by a seed: what one statement touches of another's is seen here.
/// `EVENKEEL_PATCH_CASES` says how many, `EVENKEEL_PATCH_SEED` from where.
#[test]
fn several_at_once() {
    let number = |name: &str, usual: u64| std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (count, seed) = (number("EVENKEEL_PATCH_CASES", 24), number("EVENKEEL_PATCH_SEED", 1));
    let mut random = fastrand::Rng::with_seed(seed);
    let major = *evenkeel_testkit::majors().last().unwrap();
    let on = On { engine: Engine::PostgreSql, version: u16::try_from(major).unwrap() };
    let plain = |case: &Case| {
        let sections = [&case.server, &case.cleanup, &case.meanwhile];
        case.applies
            && !case.in_place
            && !case.replica
            && !case.candidate.is_other_server()
            && case.reference_clauses.is_none()
            && case.candidate.clauses.is_none()
            && sections.iter().all(|section| section.is_empty())
    };
    let all: Vec<Case> = cases(&root(), on).into_iter().filter(plain).collect();
    let mut place = Place::start(major);
    let mut tally = Tally::default();
    let (mut tried, mut clashed) = (0, 0);
    while tried < count {
        let size = random.usize(2..=3);
        let chosen: Vec<&Case> = (0..size).map(|_| &all[random.usize(..all.len())]).collect();
        let names: Vec<&str> = chosen.iter().map(|case| case.path.as_str()).collect();
        let what = names.join(" + ");
        let pair = place.pair(chosen[0]);
        let made = chosen.iter().enumerate().try_for_each(|(at, case)| {
            let name = format!("app{at}");
            for (database, section) in [(&pair.0, &case.reference), (&pair.1, &case.change)] {
                database.run(&called(&case.setup, &name))?;
                database.run(&called(section, &name))?;
            }
            Ok::<(), String>(())
        });
        if made.is_err() {
            // Both make something of the same name that stands in no schema.
            clashed += 1;
            assert!(clashed < 4 * count + 100, "hardly any of them can be had together");
            place.start_over();
            continue;
        }
        tried += 1;
        let (reference, candidate) = (capture(&pair.0, chosen[0]), capture(&pair.1, chosen[0]));
        let there = patched(&pair.1, chosen[0], &candidate, &reference, Form::default());
        let mut is_fine = tally.note(&format!("seed {seed}, {what}"), "there", there);
        if is_fine {
            let now = capture(&pair.1, chosen[0]);
            let back = patched(&pair.1, chosen[0], &now, &candidate, Form { offline: true, ..Form::default() });
            is_fine = tally.note(&format!("seed {seed}, {what}"), "back", back);
        }
        if is_fine {
            place.give_back(chosen[0], pair);
        } else {
            place.start_over();
        }
    }
    println!(
        "PostgreSQL {major}: {tried} of several, {clashed} clashed, {} equal, {} refused, {} failed",
        tally.count.equal, tally.count.refused, tally.count.failed
    );
    assert!(tally.count.failed == 0, "{} failed\n{}", tally.count.failed, tally.report);
    assert!(tally.count.equal * 2 > usize::try_from(count).unwrap(), "{} equal only", tally.count.equal);
}

macro_rules! majors {
    ($($name:ident = $major:literal),+) => {$(
        #[test]
        fn $name() {
            on($major, 0);
        }
    )+};
}

majors!(on_13 = 13, on_14 = 14, on_15 = 15, on_16 = 16, on_17 = 17);

/// Tests that run side by side, each with a part of the cases, and of that this run's share.
const PARTS: usize = 4;
const SHARES: u64 = 5;

macro_rules! parts {
    ($($name:ident = $part:literal),+) => {$(
        #[test]
        fn $name() {
            if evenkeel_testkit::another_day(2) {
                return;
            }
            on(18, $part);
        }
    )+};
}

parts!(on_18_first = 0, on_18_second = 1, on_18_third = 2, on_18_fourth = 3);
