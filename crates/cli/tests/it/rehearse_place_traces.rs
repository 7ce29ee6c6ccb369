//! Nothing of a rehearsal in place stays: on generated releases, after kills at any moment; and what does stay is seen.

use crate::rehearse::gate;
use crate::rehearse_place::{Staged, transactions};
use evenkeel_testkit::process::eventually;
use evenkeel_testkit::{majors, newest, number};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(6_364_136_223_846_793_005) | 1)
    }

    fn below(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % below
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

/// A statement of a release; `n` makes its names its own.
fn statement(dice: &mut Dice, n: u64) -> String {
    let table = dice.of(&["people", "orders"]);
    match dice.below(12) {
        0 => format!("create table made{n} (id int primary key, of int references {table}, at timestamptz default now());"),
        1 => format!("alter table {table} add column added{n} int not null default 7;"),
        2 => format!("alter table {table} add column moved{n} numeric default random();"),
        3 => format!("create {}index made_by{n} on {table} (id, ({}));", dice.of(&["", "unique "]), dice.of(&["id + 1", "id * 2"])),
        4 => format!(
            "alter table {table} add constraint checked{n} check (id > {}){};",
            dice.below(3),
            dice.of(&["", " not valid"]).replace("id > 0", "")
        ),
        5 => format!("create or replace view seen{n} as select id from {table} where id < 100;"),
        6 => format!("create function counted{n}() returns bigint language sql as 'select count(*) from {table}';"),
        7 => "update orders set total = total + 1;".to_owned(),
        8 => format!("insert into people (id, name) select g, 'x' from generate_series({}, {}) g;", 1000 + n * 100, 1050 + n * 100),
        9 => format!("create type mood{n} as enum ('a', 'b');"),
        10 => "alter table orders alter column total type numeric(12, 4);".to_owned(),
        _ => format!("create sequence counter{n}; comment on sequence counter{n} is 'x';"),
    }
}

#[test]
fn generated_releases_leave_no_trace_on_any_version() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let (seed, count) = (number("EVENKEEL_SEED", 20_261_129), number("EVENKEEL_CASES", 12));
    let majors = majors();
    let mut ran = 0;
    for (at, major) in majors.iter().enumerate() {
        let staged = Staged::new(*major, "");
        let own = (0..count).filter(|case| usize::try_from(*case).unwrap() % majors.len() == at);
        ran += own.map(|case| left_no_trace(&staged, seed, case)).sum::<usize>();
    }
    eprintln!("{ran} transactions of {count} releases ran in place");
    assert!(ran as u64 >= count, "few of them ran: {ran} of {count}");
}

/// How many of its transactions ran.
fn left_no_trace(staged: &Staged, seed: u64, case: u64) -> usize {
    let mut dice = Dice::new(seed + case);
    let lines: Vec<String> = (0..2 + dice.below(4)).map(|n| statement(&mut dice, n)).collect();
    let framed = dice.below(3) > 0;
    let text = if framed { format!("begin;\n{}\ncommit;\n", lines.join("\n")) } else { lines.join("\n") };
    staged.place.write("release.sql", &text);
    let before = staged.digests();
    let told = staged.run(&[]).json();
    let all = transactions(&told);
    let ran = all.iter().filter(|one| one["outcome"] == "ran").count();
    assert_eq!(gate(&told, "no-trace")["holds"], true, "seed {seed} case {case}: {text}\n{told}");
    assert_eq!((staged.digests(), staged.sessions().as_str()), (before, "0"), "seed {seed} case {case}: {text}");
    let rows = staged.value("select (select count(*) from people) || ' ' || (select sum(total) from orders)");
    assert!(rows.starts_with("20 210"), "seed {seed} case {case}: {rows}: {text}");
    ran
}

/// The opposite: what somebody else does meanwhile is not of the release, and nobody here can tell; it is seen.
#[test]
fn what_is_there_afterwards_and_was_not_before_is_seen_and_said() {
    let staged = Staged::new(newest(), "begin;\nalter table orders add a int;\nselect pg_sleep(3);\ncommit;\n");
    let ran = std::thread::scope(|threads| {
        let running = threads.spawn(|| staged.run(&[]));
        eventually("it is at work", || {
            staged.value(
                "select count(*)::text from pg_stat_activity where application_name like 'evenkeel run%' and query like '%pg_sleep%'",
            ) == "1"
        });
        // Nobody else goes there meanwhile.
        staged.run(&[]).exits(64).says("run 1 (rehearse of staging").says("did not end");
        staged.server.session("staging").unwrap().exec("create table planted (id int); create role planted_role").unwrap();
        running.join().unwrap()
    });
    let told = ran.exits(1).json();
    let found = gate(&told, "no-trace");
    assert_eq!(found["holds"], false, "{told}");
    assert!(found["found"].as_str().unwrap().contains("table public.planted"), "{told}");
    assert!(told["in_place"]["after_says"].to_string().contains("privileges"), "{told}");
}

#[test]
fn sequences_that_moved_are_named_and_said_before() {
    let staged = Staged::new(newest(), "begin;\ninsert into numbered (v) values (1), (2);\ncommit;\n");
    staged.exec("create table numbered (id serial primary key, v int)");
    let told = staged.run(&[]).json();
    assert_eq!(transactions(&told)[0]["outcome"], "ran", "{told}");
    let left = told["in_place"]["left"].to_string();
    assert!(left.contains("the sequence public.numbered_id_seq stands at 2, and stood at not used before"), "{left}");
    let act = &staged.runs()[0]["acts"][0]["what"];
    assert!(act.as_str().unwrap().contains("may move public.numbered_id_seq"), "{act}");
}

#[test]
fn a_signal_ends_the_statement_and_nothing_stays() {
    let staged = Staged::new(newest(), "");
    let before = staged.digests();
    let arguments = ["rehearse", "release.sql", "--for", "production", "--on", "staging", "--only", "run"];
    // On scratch nobody sleeps for that long.
    staged.place.write("release.sql", "begin;\nalter table orders add a int;\nselect pg_sleep(25) from people limit 1;\ncommit;\n");
    let child = staged.place.command(&arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    eventually("it is at work", || {
        staged.value("select count(*)::text from pg_stat_activity where application_name like 'evenkeel run%' and query like '%pg_sleep%'")
            == "1"
    });
    let from = Instant::now();
    std::process::Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(from.elapsed() < Duration::from_secs(10), "{:?}", from.elapsed());
    assert_eq!((staged.digests(), staged.sessions().as_str()), (before, "0"));
    let run = &staged.runs()[0];
    assert!(run["ended"]["how"] == "stopped" && run["ended"]["why"].as_str().unwrap().contains("rolled back"), "{run}");
}

/// `EVENKEEL_SEED` begins elsewhere, `EVENKEEL_KILLS` says how many.
#[test]
fn killed_at_any_moment_nothing_of_it_is_left_and_the_next_one_starts() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let (seed, kills) = (number("EVENKEEL_SEED", 20_261_129), number("EVENKEEL_KILLS", 20));
    let majors = majors();
    let mut dice = Dice::new(seed);
    let (mut met, mut open) = (0, 0);
    for major in [*majors.first().unwrap(), *majors.last().unwrap()] {
        let text = "begin;\nalter table orders add a int not null default 3;\nupdate orders set total = total + 1;\nselect pg_sleep(0.3);\n\
                    create index on orders (a);\ncommit;\nalter table people add b int;\n";
        let staged = Staged::new(major, text);
        staged.server.session("staging").unwrap().exec("insert into orders select g, 1, 1 from generate_series(100, 20000) g").unwrap();
        let before = staged.digests();
        for kill in 0..kills.div_ceil(2) {
            let arguments = ["rehearse", "release.sql", "--for", "production", "--on", "staging", "--only", "run"];
            let mut child = staged.place.command(&arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            // Where it is at work there, and not while it makes its throwaway server.
            let until = Instant::now() + Duration::from_secs(60);
            while staged.sessions() == "0" && child.try_wait().unwrap().is_none() && Instant::now() < until {
                std::thread::sleep(Duration::from_millis(3));
            }
            std::thread::sleep(Duration::from_millis(dice.below(900)));
            child.kill().unwrap();
            let was_running = child.wait().unwrap().code().is_none();
            met += u64::from(was_running);
            if was_running && staged.runs().first().is_some_and(|run| run["ended"].is_null()) {
                open += 1;
            }
            // The server gives a statement up whose client is gone within its bounds.
            eventually("no session of ours is left", || staged.sessions() == "0");
            assert_eq!(staged.digests(), before, "seed {seed} kill {kill} on {major}");
            let rows = staged.value("select count(*) || ' ' || sum(total) from orders");
            assert_eq!(rows, "19921 20111.00", "seed {seed} kill {kill} on {major}");
        }
        // The next one starts, and says of those before it that they are lost.
        let told = staged.run(&[]).json();
        assert_eq!(transactions(&told)[0]["outcome"], "ran", "{major}: {told}");
        assert!(staged.runs().iter().all(|run| run["ended"].is_object() && run["held"] == serde_json::json!([])), "{:?}", staged.runs());
        assert!(open == 0 || staged.runs().iter().any(|run| run["ended"]["how"] == "lost"), "{:?}", staged.runs());
    }
    eprintln!("{met} of {kills} were killed at work, {open} of these before they said how it ended");
    assert!(kills < 4 || open > 0, "none was met at work");
}
