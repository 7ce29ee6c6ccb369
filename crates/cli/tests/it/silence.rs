//! No gate opens by silence: secrets that were not handed out or were swapped, a history that nobody has, what is excused, faults that
//! both sides have. What a newcomer to a pipeline meets.

use crate::run::{MYSQL_SHOP, Place, SHOP};
use evenkeel_testkit::mysql::each_flavor;
use evenkeel_testkit::{database, each_major, newest};

/// Two environments by variables, as a pipeline has them.
const BY_VARIABLES: &str = "[environments.staging]\nurl = \"${STAGING_URL}\"\n[environments.production]\nurl = \"${PRODUCTION_URL}\"\n\
    manifest = \"parity/production.jsonl\"\n";

/// Secrets that are missing, empty, or the same twice: never a pass, and never another server's manifest under that name.
#[test]
fn secrets_that_were_not_handed_out_open_nothing() {
    let (staging, production) = (database(newest()), database(newest()));
    staging.exec(SHOP);
    production.exec(SHOP);
    let place = Place::new();
    place.write("evenkeel.toml", BY_VARIABLES);
    let (left, right) = (staging.url(), production.url());
    // Where libpq would go by itself, somebody listens.
    let listening = [("PGHOST", "/nowhere"), ("PGDATABASE", "postgres")];
    for missing in [&[][..], &[("PRODUCTION_URL", "")], &[("PRODUCTION_URL", "  ")]] {
        let variables = [&[("STAGING_URL", left.as_str())][..], missing, &listening].concat();
        for verb in [
            &["compare", "staging", "production", "--dimension", "schema"][..],
            &["capture", "production", "--out", "parity/production.jsonl"],
            &["check"],
            &["digest", "production"],
        ] {
            place.run_with(verb, &variables).exits(78).says("PRODUCTION_URL").hides("equal").hides("READY");
        }
    }
    assert!(!place.path("parity").exists(), "nothing was written down");
    let swapped = [("STAGING_URL", right.as_str()), ("PRODUCTION_URL", right.as_str())];
    let ran = place.run_with(&["compare", "staging", "production", "--dimension", "schema"], &swapped).exits(2);
    ran.says("same database").hides("equal in").hides("floor met").hides("≠");
    let both = [("STAGING_URL", left.as_str()), ("PRODUCTION_URL", right.as_str())];
    place.run_with(&["compare", "staging", "production", "--dimension", "schema"], &both).exits(0).says("equal in 1 dimension");
}

/// One database is told on every server and by every way to it; a manifest of it is none, and `--same` asks for it.
#[test]
fn one_database_under_two_names_is_told() {
    let check = |place: &Place, url: &str, other: &str| {
        let compare =
            |names: [&str; 2], more: &[&str]| place.run(&[&["compare", names[0], names[1], "--dimension", "schema"], more].concat());
        let ran = compare([url, url], &[]).exits(2).says("--same").hides("≠");
        assert!(!ran.stdout.contains("equal in"), "{}", ran.stdout);
        compare([url, url], &["--same"]).exits(0).says("the same").hides("--same");
        let json = compare([url, url], &["--format", "json"]).exits(2).json();
        assert_eq!((json["same_database"].as_bool(), json["verdict"]["outcome"].as_str()), (Some(true), Some("could-not-tell")));
        assert!(json["floor"].as_array().unwrap().iter().all(|floor| floor["standing"] != "met"), "{json:#}");
        compare([url, other], &[]).exits(0).hides("same database");
        place.run(&["capture", url, "--dimension", "schema", "--out", "m.jsonl"]).exits(0);
        compare(["m.jsonl", url], &[]).exits(0).says("m.jsonl = ");
        compare(["m.jsonl", "m.jsonl"], &[]).exits(0).hides("same database");
    };
    each_major(|db| {
        let other = database(db.server.major);
        db.exec(SHOP);
        other.exec(SHOP);
        check(&Place::new(), &db.url(), &other.url());
    });
    each_flavor(|db| {
        let other = evenkeel_testkit::mysql::TestDb::create(db.server.clone());
        db.exec(MYSQL_SHOP);
        other.exec(MYSQL_SHOP);
        check(&Place::new(), &db.url(), &other.url());
    });
}

/// A history that nobody has is neither equal nor, unless somebody demands it, a reason to stop. A table that is named is read.
#[test]
fn a_history_that_nobody_has_is_said() {
    let (a, b) = (database(newest()), database(newest()));
    let own =
        "CREATE SCHEMA ops; CREATE TABLE ops.applied (migration text PRIMARY KEY, at timestamptz); INSERT INTO ops.applied VALUES ('001')";
    for db in [&a, &b] {
        db.exec(SHOP);
        db.exec(own);
    }
    let toml = |tier: &str, history: &str| {
        let place = Place::new();
        let one = |name: &str, url: &str| format!("[environments.{name}]\n{tier}url = \"{url}\"\n{history}manifest = \"{name}.jsonl\"\n");
        place.write("evenkeel.toml", format!("{}{}", one("a", &a.url()), one("b", &b.url())));
        place
    };
    let bare = toml("", "");
    let ran = bare.run(&["compare", "a", "b", "--dimension", "schema,history"]).exits(2).says("no migration tool");
    assert!(!ran.stdout.contains("equal in 2"), "{}", ran.stdout);
    let dev = "tier = \"dev\"\n";
    toml(dev, "").run(&["compare", "a", "b"]).exits(2).says("history could not tell").says("history = ");
    let nowhere = toml(dev, "history = false\n");
    nowhere.run(&["compare", "a", "b"]).exits(0).says("history is not compared").says("history = false").says("evenkeel.toml:");
    nowhere.run(&["capture", "a", "--out", "a.jsonl"]).exits(0);
    nowhere.run(&["check", "a"]).exits(0).says("READY_FOR_MIGRATION, without history");
    // Whoever has the report alone reads it too; whoever asks for it by a flag is told that it was not compared.
    for format in ["terminal", "json", "markdown", "html", "junit", "sarif"] {
        nowhere.run(&["compare", "a", "b", "--quiet", "--format", format]).exits(0).says("history = false");
    }
    nowhere.run(&["compare", "a", "b", "--dimension", "schema,history"]).exits(2);
    let named = toml(dev, "history = \"ops.applied\"\n");
    named.run(&["compare", "a", "b"]).exits(0).says("history met");
    named.run(&["capture", "a", "--out", "a.jsonl"]).exits(0);
    named.run(&["check", "a"]).exits(0).says("READY_FOR_MIGRATION");
    b.exec("INSERT INTO ops.applied VALUES ('002')");
    named.run(&["compare", "a", "b"]).exits(1).says("ops.applied.002");
    toml(dev, "history = \"ops.nothing\"\n").run(&["compare", "a", "b"]).exits(2).says("ops.nothing").says("there is no such table");
    for db in [&a, &b] {
        db.exec("CREATE TABLE ops.other (x int)");
    }
    toml(dev, "history = \"ops.other\"\n").run(&["compare", "a", "b"]).exits(2).says("none of its columns names");
    for wrong in ["history = true\n", "history = \"applied\"\n", "history = 7\n"] {
        toml(dev, wrong).run(&["compare", "a", "b"]).exits(78).says("evenkeel.toml:");
    }
    each_flavor(|db| {
        db.exec("CREATE TABLE applied (migration varchar(50) PRIMARY KEY); INSERT INTO applied VALUES ('001')");
        let place = Place::new();
        let key = format!("history = \"{}.applied\"\n", db.name);
        place.write("evenkeel.toml", format!("[environments.one]\nurl = \"{}\"\n{key}manifest = \"one.jsonl\"\n", db.url()));
        place.run(&["capture", "one", "--dimension", "history", "--out", "one.jsonl"]).exits(0);
        assert!(place.read("one.jsonl").contains("\"001\""), "{}", place.read("one.jsonl"));
    });
}

/// X beside X is never different, whatever is wrong with X; a weight that somebody gives closes the gate.
#[test]
fn a_fault_of_both_sides_is_told_apart() {
    let (a, b) = (database(newest()), database(newest()));
    let faulty = "CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (p_id int); ALTER TABLE c ADD CONSTRAINT c_p FOREIGN KEY (p_id) REFERENCES p NOT VALID";
    a.exec(faulty);
    b.exec(faulty);
    let place = Place::new();
    let environments = format!("[environments.a]\nurl = \"{}\"\n[environments.b]\nurl = \"{}\"\n", a.url(), b.url());
    place.write("evenkeel.toml", &environments);
    for bar in ["block", "warn", "inform"] {
        let ran = place.run(&["compare", "a", "b", "--dimension", "schema", "--fail-on", bar]).exits(0).hides("≠");
        ran.says("equal in 1 dimension, 1 fault on both sides").says("not validated in a and b");
    }
    let json = place.run(&["compare", "a", "b", "--dimension", "schema", "--format", "json"]).exits(0).json();
    assert_eq!((json["differences"].as_array().unwrap().len(), json["shared"].as_array().unwrap().len()), (0, 1));
    assert_eq!(json["shared"][0]["side"], "both");
    place.write("evenkeel.toml", format!("{environments}[policy]\nshared_faults = \"block\"\n"));
    place.run(&["compare", "a", "b", "--dimension", "schema"]).exits(1).hides("≠").says("1 shared fault at or above the bar");
}

/// A constraint that only the reference has not validated: which side it is of, what must be, and where the repair belongs.
#[test]
fn a_fault_of_the_reference_cannot_be_read_backwards() {
    each_major(|a| {
        let b = database(a.server.major);
        a.exec("CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID");
        b.exec("CREATE TABLE t (a int); ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)");
        let place = Place::new();
        place.write("evenkeel.toml", format!("[environments.a]\nurl = \"{}\"\n[environments.b]\nurl = \"{}\"\n", a.url(), b.url()));
        for (names, side) in [(["a", "b"], "reference"), (["b", "a"], "candidate")] {
            let compare = |more: &[&str]| place.run(&[&["compare", names[0], names[1], "--dimension", "schema"], more].concat()).exits(1);
            let ran = compare(&[]).says("not validated in a");
            assert_eq!(ran.stdout.contains("the fix is for a"), side == "reference", "{}", ran.stdout);
            let json = compare(&["--format", "json"]).json();
            let [told] = json["differences"].as_array().unwrap().as_slice() else { panic!("{json:#}") };
            assert_eq!((told["expected"].as_str(), told["side"].as_str()), (Some("yes"), Some(side)), "{told:#}");
            assert!(told["found"].as_str().unwrap().starts_with("no"), "{told:#}");
            assert!(told["fix"].as_str().unwrap().contains("VALIDATE CONSTRAINT"), "{told:#}");
        }
    });
}

/// What is excused is not equal, and beside two digests it is said why they are two.
#[test]
fn what_is_excused_is_not_called_equal() {
    let (a, b) = (database(newest()), database(newest()));
    a.exec(SHOP);
    b.exec(SHOP);
    b.exec("CREATE TABLE app.tmp_one (a int); CREATE TABLE app.tmp_two (a int)");
    let place = Place::new();
    let environments = format!("[environments.a]\nurl = \"{}\"\n[environments.b]\nurl = \"{}\"\n", a.url(), b.url());
    let excused = "[[policy.ignore]]\nobject = \"app.tmp_*\"\nreason = \"agreed\"\nowner = \"us\"\nuntil = \"2099-01-01\"\n";
    place.write("evenkeel.toml", format!("{environments}{excused}"));
    let ran = place.run(&["compare", "a", "b", "--dimension", "schema"]).exits(0).says("a ≈ b: alike but for 2 excused");
    assert!(!ran.stdout.contains("equal"), "{}", ran.stdout);
    for format in ["markdown", "html", "junit", "sarif"] {
        place.run(&["compare", "a", "b", "--dimension", "schema", "--format", format]).exits(0).says("alike but for 2 excused");
    }
}

/// Staging was made from production, so all that names and content tell is alike: only where it is tells them apart.
#[test]
fn secrets_that_were_swapped_between_a_database_and_its_clone_are_told() {
    use evenkeel_postgres::scratch::{Options, Scratch};
    let options = Options::major(newest()).database("app");
    let (staging, production) = (Scratch::start(&options).unwrap(), Scratch::start(&options).unwrap());
    for server in [&staging, &production] {
        server.session("app").unwrap().exec(SHOP).unwrap();
    }
    let place = Place::new();
    place.write(
        "evenkeel.toml",
        BY_VARIABLES.replace("[environments.production]", "manifest = \"parity/staging.jsonl\"\n[environments.production]"),
    );
    let (left, right) = (staging.url("app"), production.url("app"));
    let with = |staging: &str, production: &str, verb: &[&str], code: i32| {
        let variables = [("STAGING_URL", staging), ("PRODUCTION_URL", production)];
        place.run_with(&[verb, &["--dimension", "schema"]].concat(), &variables).exits(code)
    };
    with(&left, &right, &["capture", "--all"], 0);
    with(&left, &right, &["check"], 0).says("production: matches its manifest");
    with(&right, &left, &["check"], 2).says("leads to where the manifest of staging was captured").says("are swapped");
    // Of one alone the other's manifest is not read: a warning, and no word of being ready.
    let ran = with(&right, &left, &["check", "production"], 0).says("is not where its manifest was captured");
    assert!(!ran.stderr.contains("matches its manifest") && !ran.stderr.contains("READY"), "{}", ran.stderr);
    with(&right, &left, &["check", "production", "--fail-on", "warn"], 1);
    with(&left, &left, &["check"], 2).says("is the same database as");
    // A server that may not be asked which it is tells nothing, and says what would.
    staging.session("app").unwrap().exec("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC; CREATE ROLE weak LOGIN").unwrap();
    let weak = left.replacen("postgres@", "weak@", 1);
    let ran = place.run(&["compare", &weak, &weak, "--dimension", "schema"]).exits(2).says("may be the same database");
    ran.says("GRANT EXECUTE ON FUNCTION").hides("equal in");
    place.run(&["compare", &weak, &right, "--dimension", "schema"]).exits(2).says("GRANT EXECUTE ON FUNCTION");
    place.run(&["compare", &weak, &right, "--dimension", "schema", "--same"]).exits(0);
    with(&weak, &right, &["check"], 2).says("may be the same database as");
}
