//! Every property case as a pair: what makes the candidate like the reference, and back, what empties it, and what makes it from nothing,
//! applied and captured again. The newest version runs every case, the others those that begin, end or change with them.
//! `EVENKEEL_PATCH=column/type` tries the cases whose path begins so, `EVENKEEL_PATCH_ALL=1` every case on every version.

use crate::place::{Database, Place};
use evenkeel_core::kind::{Dimension, Engine, Kind};
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::patch::{Dialect, Form, Plan, World, plan};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_pipeline::patch::{Left, left};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_postgres::patch::PostgresDialect;
use evenkeel_testkit::TestDb;
use evenkeel_testkit::property::{Case, On, cases};
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
    for _ in 0..3 {
        let step = plan(&World::of(&from), &World::of(to), &dialect, form);
        let session = database.another_session();
        for sql in lines(&step, &dialect) {
            session.exec(&sql).map_err(|fault| format!("{fault}\n{}", lines(&step, &dialect).join("\n")))?;
        }
        planned.append(step);
        from = capture(&database.conninfo());
        if left(&from, to, &dialect).is_empty() {
            return Ok(Outcome::Equal);
        }
    }
    let still = left(&from, to, &dialect);
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

#[derive(Default)]
struct Tally {
    count: Count,
    reasons: BTreeMap<String, usize>,
    report: String,
}

impl Tally {
    fn note(&mut self, what: &str, outcome: Result<Outcome, String>) -> bool {
        match outcome {
            Ok(Outcome::Equal) => self.count.equal += 1,
            Ok(Outcome::Alike) => self.count.alike += 1,
            Ok(Outcome::Refused(reasons)) => {
                self.count.refused += 1;
                *self.reasons.entry(format!("{what}: {}", reasons.join("; "))).or_default() += 1;
            }
            Err(problem) => {
                self.failed(what, &problem);
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
    let ways = [("there", &reference, online), ("back", &candidate, plain), ("gone", &nothing, plain), ("made", &candidate, online)];
    let mut is_fine = true;
    for (way, goal, form) in ways {
        let mut goal = goal.clone();
        if way == "gone" {
            // A role is every database's, and stays: cases of roles alone ask for its end.
            if !matches!(case.kind, Kind::Role | Kind::Membership) {
                let roles = |object: &&Object| matches!(object.kind, Kind::Role | Kind::Membership);
                let objects = goal.objects().iter().filter(|object| !roles(object)).chain(candidate.objects().iter().filter(roles));
                goal = Manifest::new(goal.endpoint.clone(), goal.dimensions.clone(), objects.cloned().collect(), goal.gaps.clone());
            }
            pair.0.run(&[NOTHING_LEFT.to_owned()])?;
        }
        let now = capture(&pair.1, case);
        is_fine = is_fine && tally.note(&format!("{} {way}", case.path), patched(&pair.1, case, &now, &goal, form));
    }
    place.on_server(&case.cleanup)?;
    place.give_back(case, pair);
    Ok(())
}

/// Why a patch refuses something: what no trial can show, or is not the database's alone, is told apart from what is a lack.
fn class(reason: &str) -> &'static str {
    let classes = [
        ("security_labels.sql", "labels of a provider that no server here loads"),
        ("a role belongs to all databases", "ends of roles, which are all databases'"),
        ("its connection may hold a secret", "subscriptions, whose connection may hold a secret"),
    ];
    classes.iter().find(|(words, _)| reason.contains(words)).map_or("others", |(_, class)| class)
}

/// Cases on one version; of the newest one of several shares, each a test of its own.
fn on(major: u32, share: usize) {
    if !evenkeel_testkit::majors().contains(&major) {
        return;
    }
    let wanted = std::env::var("EVENKEEL_PATCH").unwrap_or_default();
    let all = !wanted.is_empty() || std::env::var_os("EVENKEEL_PATCH_ALL").is_some_and(|value| value == "1");
    let on = On { engine: Engine::PostgreSql, version: u16::try_from(major).unwrap() };
    let is_meant =
        |case: &Case| case.applies && case.path.starts_with(&wanted) && (all || major == 18 || case.bounds.contains(&on.version));
    let (cases, apart): (Vec<Case>, Vec<Case>) = cases(&root(), on).into_iter().filter(is_meant).partition(is_patched);
    let cases = cases.into_iter().enumerate().filter(|(at, _)| major != 18 || at % SHARES == share);
    let cases: Vec<Case> = cases.map(|(_, case)| case).collect();
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
        "PostgreSQL {major}: {} cases, {} that no patch is about; there, back, gone and made: {equal} equal, {alike} alike, {refused} refused, \
         {failed} failed",
        cases.len(),
        apart.len()
    );
    let mut classes: BTreeMap<&str, usize> = BTreeMap::new();
    for reason in tally.reasons.keys() {
        println!("  refused: {reason}");
        *classes.entry(class(reason)).or_default() += 1;
    }
    let all = equal + refused;
    let percent =
        |count: usize| format!("{:.1} %", 100.0 * f64::from(u32::try_from(count).unwrap()) / f64::from(u32::try_from(all).unwrap()));
    println!("refused: {refused} of {all}, {}", percent(refused));
    for (class, count) in &classes {
        println!("  {class}: {count}, {}", percent(*count));
    }
    assert!(failed == 0, "{failed} failed on PostgreSQL {major}\n{}", tally.report);
    let others = classes.get("others").copied().unwrap_or_default();
    assert!(!wanted.is_empty() || others * 50 <= all.max(100), "{others} refused of {all}");
    // Older versions try few cases by default, and many of these are about subscriptions.
    assert!(all < 200 || refused * 16 <= all, "{refused} refused of {all}");
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
        let mut is_fine = tally.note(&format!("seed {seed}, {what} there"), there);
        if is_fine {
            let now = capture(&pair.1, chosen[0]);
            let back = patched(&pair.1, chosen[0], &now, &candidate, Form { offline: true, ..Form::default() });
            is_fine = tally.note(&format!("seed {seed}, {what} back"), back);
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

const SHARES: usize = 4;

macro_rules! shares {
    ($($name:ident = $share:literal),+) => {$(
        #[test]
        fn $name() {
            on(18, $share);
        }
    )+};
}

shares!(on_18_first = 0, on_18_second = 1, on_18_third = 2, on_18_fourth = 3);
