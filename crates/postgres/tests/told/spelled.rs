//! Generated settings and options: one value in two spellings is one value; another value is another, wherever it stands.
//!
//! `EVENKEEL_SPELLING_CASES` says how many objects (hundreds by default), `EVENKEEL_SPELLING_SEED` where they begin.

use super::{capture, compared, lines};
use evenkeel_core::digest::Tree;
use evenkeel_core::kind::Dimension;
use evenkeel_testkit::{database, majors, number};
use fastrand::Rng;
use std::collections::BTreeSet;
use std::fmt::Write;

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Switch(bool),
    /// In kB.
    Memory(u64),
    /// In milliseconds.
    Time(u64),
    Whole(u64),
    /// In thousandths.
    Part(u64),
    Choice(&'static str),
}

/// What a setting or option may be.
type Sort = (&'static str, fn(&mut Rng) -> Value);

fn switch(rng: &mut Rng) -> Value {
    Value::Switch(rng.bool())
}
fn memory(rng: &mut Rng) -> Value {
    let factor = [1, 1024, 1024 * 1024][rng.usize(..3)];
    Value::Memory(factor * if factor == 1 { rng.u64(64..9000) } else { rng.u64(1..3) })
}
fn time(rng: &mut Rng) -> Value {
    Value::Time([1, 500, 1000, 60_000, 3_600_000][rng.usize(..5)] * rng.u64(1..90))
}
fn share(rng: &mut Rng) -> Value {
    Value::Whole(rng.u64(10..101))
}
fn part(rng: &mut Rng) -> Value {
    Value::Part(rng.u64(1..1000))
}

/// Of functions and procedures.
const SETTINGS: &[Sort] = &[
    ("enable_seqscan", switch),
    ("enable_hashjoin", switch),
    ("jit", switch),
    ("check_function_bodies", switch),
    ("work_mem", memory),
    ("maintenance_work_mem", |rng| match memory(rng) {
        Value::Memory(kilobytes) => Value::Memory(kilobytes + 1024),
        other => other,
    }),
    ("statement_timeout", time),
    ("lock_timeout", time),
    ("idle_in_transaction_session_timeout", time),
    ("random_page_cost", part),
    ("cursor_tuple_fraction", part),
    ("plan_cache_mode", |rng| Value::Choice(["auto", "force_custom_plan", "force_generic_plan"][rng.usize(..3)])),
    ("bytea_output", |rng| Value::Choice(["hex", "escape"][rng.usize(..2)])),
    ("default_transaction_isolation", |rng| Value::Choice(["read committed", "serializable", "repeatable read"][rng.usize(..3)])),
];

const OF_TABLE: &[Sort] = &[
    ("fillfactor", share),
    ("autovacuum_enabled", switch),
    ("toast.autovacuum_enabled", switch),
    ("vacuum_truncate", switch),
    ("parallel_workers", share),
    ("autovacuum_vacuum_scale_factor", part),
    ("toast.autovacuum_vacuum_scale_factor", part),
    ("autovacuum_vacuum_threshold", share),
];

const OF_INDEX: &[Sort] = &[("fillfactor", share), ("deduplicate_items", switch)];

/// One of the ways to write it.
fn spelled(value: &Value, rng: &mut Rng) -> String {
    let one = |ways: Vec<String>, rng: &mut Rng| ways[rng.usize(..ways.len())].clone();
    let cased = |word: &str, rng: &mut Rng| match rng.usize(..3) {
        0 => word.to_uppercase(),
        1 => word[..1].to_uppercase() + &word[1..],
        _ => word.to_owned(),
    };
    match value {
        Value::Switch(on) => {
            let words = if *on { ["on", "true", "yes", "1", "tru", "y"] } else { ["off", "false", "no", "0", "fal", "n"] };
            cased(words[rng.usize(..6)], rng)
        }
        Value::Memory(kilobytes) => {
            let mut ways = vec![
                kilobytes.to_string(),
                format!("{kilobytes}kB"),
                format!("{}B", kilobytes * 1024),
                format!("0x{kilobytes:x}"),
                format!("0{kilobytes:o}kB"),
                format!("{kilobytes}e0"),
            ];
            for (unit, size) in [("MB", 1024), ("GB", 1024 * 1024)] {
                if kilobytes % size == 0 {
                    ways.push(format!("{}{unit}", kilobytes / size));
                    ways.push(format!(" {} {unit} ", kilobytes / size));
                } else if kilobytes % (size / 2) == 0 {
                    ways.push(format!("{}.5{unit}", kilobytes / size));
                }
            }
            one(ways, rng)
        }
        Value::Time(milliseconds) => {
            let mut ways = vec![
                milliseconds.to_string(),
                format!("{milliseconds}ms"),
                format!("{}us", milliseconds * 1000),
                format!("0x{milliseconds:X}ms"),
            ];
            for (unit, size) in [("s", 1000), ("min", 60_000), ("h", 3_600_000)] {
                if milliseconds % size == 0 {
                    ways.push(format!("{}{unit}", milliseconds / size));
                } else if milliseconds % (size / 2) == 0 {
                    ways.push(format!("{}.5{unit}", milliseconds / size));
                }
            }
            one(ways, rng)
        }
        Value::Whole(number) => one(vec![number.to_string(), format!("0x{number:x}"), format!("0X{number:X}"), format!("+{number}")], rng),
        Value::Part(thousandths) => {
            let digits = format!("{thousandths:03}");
            one(vec![format!("0.{digits}"), format!(".{digits}"), format!("0.{digits}00"), format!("{thousandths}e-3")], rng)
        }
        Value::Choice(word) => cased(word, rng),
    }
}

/// An object with its values; how it is made follows from its number.
struct Case {
    number: usize,
    values: Vec<(Sort, Value)>,
}

impl Case {
    fn of(number: usize, rng: &mut Rng) -> Self {
        let sorts = match number % 4 {
            0 | 1 => SETTINGS,
            2 => OF_TABLE,
            _ => OF_INDEX,
        };
        let mut values: Vec<(Sort, Value)> = Vec::new();
        for _ in 0..rng.usize(1..4) {
            let sort = sorts[rng.usize(..sorts.len())];
            if values.iter().all(|(known, _)| known.0 != sort.0) {
                values.push((sort, sort.1(rng)));
            }
        }
        Self { number, values }
    }

    fn sql(&self, rng: &mut Rng) -> String {
        let number = self.number;
        let mut values: Vec<(&str, String)> = self.values.iter().map(|(sort, value)| (sort.0, spelled(value, rng))).collect();
        rng.shuffle(&mut values);
        let set: String = values.iter().map(|(name, value)| format!(" set {name} = '{value}'")).collect();
        let with = values.iter().map(|(name, value)| format!("{name} = '{value}'")).collect::<Vec<_>>().join(", ");
        match number % 4 {
            0 => format!("create function o{number}() returns int language sql{set} as 'select 1';"),
            1 => format!("create procedure o{number}() language sql{set} as 'select 1';"),
            2 => format!("create table o{number} (v text) with ({with});"),
            _ => format!("create index o{number} on base (a) with ({with});"),
        }
    }
}

#[test]
fn a_generated_value_is_one_in_every_spelling() {
    let (seed, cases) = (number("EVENKEEL_SPELLING_SEED", 1), number("EVENKEEL_SPELLING_CASES", 400));
    for major in majors() {
        let mut rng = Rng::with_seed(seed);
        let mut made: Vec<Case> = (0..usize::try_from(cases).unwrap()).map(|at| Case::of(at, &mut rng)).collect();
        let base = "create table base (a int);\n".to_owned();
        let mut scripts = [base.clone(), base.clone(), base];
        for script in scripts.iter_mut().take(2) {
            made.iter().for_each(|case| writeln!(script, "{}", case.sql(&mut rng)).unwrap());
        }
        let mut changed = BTreeSet::new();
        for case in &mut made {
            let at = rng.usize(..case.values.len());
            let (sort, value) = case.values[at].clone();
            let other = (0..20).map(|_| sort.1(&mut rng)).find(|other| *other != value);
            if let Some(other) = other.filter(|_| rng.usize(..3) == 0) {
                case.values[at].1 = other;
                changed.insert(case.number);
            }
            writeln!(scripts[2], "{}", case.sql(&mut rng)).unwrap();
        }
        let manifests = scripts.map(|script| {
            let db = database(major);
            db.exec(&script);
            capture(&db.conninfo(), &[Dimension::Schema])
        });
        let digest = |at: usize| Tree::of(&manifests[at]).branch(Dimension::Schema).unwrap().digest.hex();
        assert_eq!(lines(&compared(&manifests[0], &manifests[1])), Vec::<String>::new(), "on {major}");
        assert_eq!(digest(0), digest(1), "on {major}");
        let told = compared(&manifests[0], &manifests[2]);
        let named = told.differences.iter().map(|one| one.subject.object.trim_start_matches("public.o").trim_end_matches("()"));
        let named: BTreeSet<usize> = named.map(|number| number.parse().unwrap_or_else(|_| panic!("{number}"))).collect();
        assert_eq!(named, changed, "on {major}");
        println!("{cases} objects from seed {seed} on {major}, {} of them changed in one value", changed.len());
    }
}
