//! `compare … --patch` with what it was not made for: manifests that say too little, two engines, definitions that no longer hold, and
//! thousands of changes at once.

use crate::run::Place;
use evenkeel_testkit::{TestDb, database, newest};

fn made(sql: &str) -> TestDb {
    let db = database(newest());
    db.exec(sql);
    db
}

fn captured(place: &Place, db: &TestDb, name: &str) {
    place.run(&["capture", &db.url(), "--dimension", "schema", "--out", name]).exits(0);
}

/// One of a time when captures did not say what needs what: no order can be told, so nothing is written.
#[test]
fn a_manifest_that_tells_no_order_is_refused() {
    let place = Place::new();
    let keys = "create table p (id int primary key); create table c (id int primary key, p int references p)";
    captured(&place, &made(keys), "reference.jsonl");
    captured(&place, &made(&format!("{keys}; create table extra (a int)")), "candidate.jsonl");
    let text: String = place.read("reference.jsonl").lines().map(|line| without_needs(line) + "\n").collect();
    assert_ne!(text, place.read("reference.jsonl"));
    place.write("old.jsonl", &text);
    sealed(&place, "old.jsonl", &text);
    let arguments = |reference| ["compare", reference, "candidate.jsonl", "--dimension", "schema", "--patch", "patch.sql"];
    place.run(&arguments("old.jsonl")).says("the manifest of the reference does not say what needs what").exits(2);
    assert!(!place.path("patch.sql").exists(), "nothing is written");
    place.run(&arguments("reference.jsonl")).exits(1).says("tried on");
}

/// Writes a manifest that was changed, with the digest of its own content.
fn sealed(place: &Place, name: &str, text: &str) {
    place.write(name, text);
    let told = place.run(&["digest", name]).stderr;
    let mut digests = told.split(|letter: char| !letter.is_ascii_hexdigit()).filter(|word| word.len() == 64);
    let (Some(header), Some(content)) = (digests.next(), digests.next()) else { panic!("{told}") };
    place.write(name, text.replace(header, content));
}

/// Of a server that nobody has here: the first line says that nothing was tried, and nothing ends with 0, whatever differs.
#[test]
fn where_no_server_can_be_had_nothing_is_proven() {
    let place = Place::new();
    let pairs = [
        ("create table t (a int)", "create table t (a int, b int)", 1),
        ("create table t (a int)", "create table t (a int); comment on table t is 'x'", 2),
    ];
    for (reference, candidate, code) in pairs {
        for (name, sql) in [("reference.jsonl", reference), ("candidate.jsonl", candidate)] {
            captured(&place, &made(sql), name);
            let text = place.read(name);
            let newer = text.replacen(&format!("\"server_major\":{}", newest()), "\"server_major\":99", 1);
            assert_ne!(text, newer);
            // Without the measured part beside it, which is of the other server.
            sealed(&place, &format!("far-{name}"), &newer);
        }
        let arguments =
            ["compare", "far-reference.jsonl", "far-candidate.jsonl", "--dimension", "schema", "--patch", "--allow-destructive"];
        let ran = place.run(&arguments).exits(code);
        let first = ran.stdout.lines().next().unwrap_or_default();
        assert!(first.starts_with("-- not proven: ") && first.contains("99"), "{first}");
        // Without the patch the second is no difference that counts.
        place.run(&arguments[..5]).exits(if code == 2 { 0 } else { 1 });
    }
}

/// The line as it was before captures told that; it is in no digest.
fn without_needs(line: &str) -> String {
    let Some((before, rest)) = line.split_once("\"needs\":[") else { return line.to_owned() };
    let (_, after) = rest.split_once(']').expect("the list ends");
    match before.strip_suffix(',') {
        Some(before) => format!("{before}{after}"),
        None => format!("{before}{}", after.trim_start_matches(',')),
    }
}

#[test]
fn two_engines_are_no_pair() {
    use evenkeel_testkit::mysql;
    let place = Place::new();
    captured(&place, &made("create table t (a int)"), "postgres.jsonl");
    let other = mysql::database(mysql::newest_mariadb());
    other.exec("create table t (a int)");
    place.run(&["capture", &other.url(), "--dimension", "schema", "--out", "mariadb.jsonl"]).exits(0);
    let arguments = ["compare", "postgres.jsonl", "mariadb.jsonl", "--dimension", "schema", "--patch", "patch.sql"];
    place.run(&arguments).says("two servers of one family").exits(64);
    assert!(!place.path("patch.sql").exists(), "nothing is written");
}

/// Of each table eight things are others, which makes more than five thousand.
#[test]
fn thousands_of_changes_are_one_script() {
    const EACH: usize = 650;
    let place = Place::new();
    let tables = |body: &str| format!("do $$ begin for i in 1..{EACH} loop execute format('{body}', i); end loop; end $$");
    let reference = made(&tables(
        "create table t%1$s (id bigint primary key, a text not null default ''''x'''', b int check (b > 0)); comment on table t%1$s is ''''y''''; create index i%1$s on t%1$s (a)",
    ).replace("''''", "''"));
    let candidate = made(&tables("create table t%1$s (id int primary key, a text, c int)"));
    captured(&place, &reference, "reference.jsonl");
    captured(&place, &candidate, "candidate.jsonl");
    let arguments =
        ["compare", "reference.jsonl", "candidate.jsonl", "--dimension", "schema", "--patch", "patch.sql", "--allow-destructive"];
    place.run(&arguments).exits(1).says("tried on");
    let script = place.read("patch.sql");
    assert!(script.starts_with("-- proven on PostgreSQL"), "{}", script.lines().next().unwrap_or_default());
    for words in ["DROP COLUMN c;", "TYPE bigint", "ADD COLUMN b integer", "CREATE INDEX CONCURRENTLY i", "COMMENT ON TABLE public.t"] {
        assert!(script.matches(words).count() >= EACH, "{words}: {}", script.matches(words).count());
    }
}
