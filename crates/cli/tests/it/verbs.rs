//! Every verb: what it prints, where, and how it ends.

use crate::run::{Place, SHOP, digest, text};
use evenkeel_testkit::{TestDb, database, newest};

fn shop() -> TestDb {
    let db = database(newest());
    db.exec(SHOP);
    db
}

const SCHEMA: [&str; 2] = ["--dimension", "schema"];

#[test]
fn help_and_version_are_data_and_nonsense_is_usage() {
    let place = Place::new();
    let help = place.run(&["--help"]).exits(0);
    assert!(help.stderr.is_empty());
    for verb in
        ["compare", "check", "capture", "digest", "grants", "explain", "queries", "demo", "completions", "man", "schema", "init", "render"]
    {
        assert!(help.stdout.contains(verb), "{verb}");
        let own = place.run(&[verb, "--help"]).exits(0);
        assert!(own.stdout.contains("Usage: evenkeel"), "{verb}");
    }
    for verb in ["compare", "capture", "digest", "grants"] {
        place.run(&[verb, "--help"]).exits(0).says("postgres://…").says("mysql://…");
    }
    assert!(place.run(&["--version"]).exits(0).stdout.starts_with("evenkeel "));
    for wrong in
        [&[][..], &["dance"], &["compare", "one"], &["digest"], &["digest", "--dimension", "taste", "x"], &["check", "--fail-on", "never"]]
    {
        let ran = place.run(wrong).exits(64);
        assert!(ran.stdout.is_empty() && !ran.stderr.is_empty(), "{ran:?}");
    }
    place.run(&["digest", "--lock-timeout", "0s", "x"]).exits(64);
    place.run(&["compare", "a", "b", "--format", "smoke"]).exits(64).says("smoke").says("terminal");
}

#[test]
fn an_endpoint_that_is_nothing_says_what_it_could_be() {
    let place = Place::new();
    place.run(&["digest", "nothing"]).exits(64).says("\"nothing\" names no environment").says("postgres://");
    place.run(&["digest", "oracle://u@h/db"]).exits(64).says("oracle://").says("postgres://");
    place.write("evenkeel.toml", "[environments.one]\nurl = \"postgres://h/db\"\n");
    place.run(&["digest", "nothing"]).exits(64).says("configured: one");
}

#[test]
fn digest_is_one_line_and_the_same_from_a_server_and_its_manifest() {
    let db = shop();
    let place = Place::new();
    let live = place.run(&["digest", &db.url()]).exits(0);
    assert_eq!(live.stdout.lines().count(), 1);
    assert!(live.stdout.starts_with("schema 3 ") && live.stderr.is_empty(), "{live:?}");
    assert_eq!(digest(&live).len(), 64);
    assert_eq!(place.run(&["digest", &db.conninfo()]).exits(0).stdout, live.stdout, "URL or keyword string");
    place.run(&["capture", &db.url(), "--dimension", "schema", "--out", "m.jsonl"]).exits(0);
    assert_eq!(place.run(&["digest", "m.jsonl"]).exits(0).stdout, live.stdout);
    let tree = place.run(&["digest", "m.jsonl", "--tree"]).exits(0);
    assert!(
        tree.stdout.starts_with(&live.stdout) && tree.stdout.contains("2 tables") && tree.stdout.contains("  app\n"),
        "{}",
        tree.stdout
    );
    assert_ne!(place.run(&["digest", "m.jsonl", "--ordered"]).exits(0).stdout, live.stdout);
    // What was not captured has no digest.
    place.run(&["digest", "m.jsonl", "--dimension", "configuration"]).exits(2).says("no digest of configuration");
    db.exec("ALTER TABLE app.orders ADD COLUMN note text");
    assert_ne!(place.run(&["digest", &db.url()]).exits(0).stdout, live.stdout);
    // A reference that is no reference: PG* variables.
    let host = text(&db.server.socket_dir).to_owned();
    let ran = place.run_with(&["digest", "user=postgres"], &[("PGHOST", &host), ("PGUSER", "postgres"), ("PGDATABASE", &db.name)]).exits(0);
    assert_eq!(ran.stdout, place.run(&["digest", &db.url()]).stdout);
}

#[test]
fn compare_of_equals_says_what_was_compared() {
    let (a, b) = (shop(), shop());
    let place = Place::new();
    let ran = place.run(&["compare", &a.url(), &b.url(), "--dimension", "schema"]).exits(0);
    assert!(ran.stderr.is_empty(), "{}", ran.stderr);
    assert!(ran.stdout.contains(" ="), "the verdict: {}", ran.stdout);
    assert!(ran.stdout.contains("compared 24 objects (") && ran.stdout.contains("8 columns"), "what was compared: {}", ran.stdout);
    let json = place.run(&["compare", &a.url(), &b.url(), "--dimension", "schema", "--format", "json"]).exits(0).json();
    assert_eq!(json["differences"].as_array().unwrap().len(), 0);
    assert_eq!(json["gaps"].as_array().unwrap().len(), 0);
}

#[test]
fn compare_names_what_differs_in_every_combination_of_endpoints() {
    let (a, b) = (shop(), shop());
    b.exec("ALTER TABLE app.orders ALTER COLUMN total TYPE numeric(14,2), ADD COLUMN note text; DROP INDEX app.orders_customer");
    let place = Place::new();
    for (db, file) in [(&a, "a.jsonl"), (&b, "b.jsonl")] {
        place.run(&["capture", &db.url(), "--dimension", "schema", "--out", file]).exits(0);
    }
    let mut seen = Vec::new();
    for (reference, candidate) in
        [(a.url(), b.url()), ("a.jsonl".into(), b.url()), (a.url(), "b.jsonl".into()), ("a.jsonl".into(), "b.jsonl".into())]
    {
        let ran = place.run(&["compare", &reference, &candidate, SCHEMA[0], SCHEMA[1], "--format", "json"]).exits(1);
        let json = ran.json();
        let mut found: Vec<String> = json["differences"]
            .as_array()
            .unwrap()
            .iter()
            .map(|d| format!("{} {} {} {} {}", d["kind"], d["object"], d["attribute"], d["expected"], d["found"]))
            .collect();
        found.sort();
        assert_eq!(found.len(), 3, "{found:#?}");
        seen.push(found);
    }
    assert!(seen.windows(2).all(|pair| pair[0] == pair[1]), "{seen:#?}");
    assert!(
        seen[0].iter().any(|line| line.contains("total") && line.contains("numeric(12,2)") && line.contains("numeric(14,2)")),
        "{:#?}",
        seen[0]
    );
    // The same dimension only; another one has nothing to say about these.
    place.run(&["compare", "a.jsonl", "b.jsonl", "--dimension", "configuration"]).exits(2);
    // The bar: a manifest that differs only in a comment.
    b.exec("ALTER TABLE app.orders ALTER COLUMN total TYPE numeric(12,2), DROP COLUMN note; CREATE INDEX orders_customer ON app.orders (customer) WHERE total > 0; COMMENT ON TABLE app.orders IS 'hello'");
    let arguments = ["compare", "a.jsonl", &b.url(), SCHEMA[0], SCHEMA[1]];
    place.run(&arguments).exits(0).says("comment");
    place.run(&[&arguments[..], &["--fail-on", "inform"]].concat()).exits(1);
    place.run(&[&arguments[..], &["--fail-on", "block"]].concat()).exits(0);
}

#[test]
fn every_format_is_written_to_stdout_or_a_file() {
    let (a, b) = (shop(), shop());
    b.exec("DROP INDEX app.orders_customer");
    let place = Place::new();
    let help = place.run(&["compare", "a", "b", "--format", "?"]).exits(64);
    let formats: Vec<&str> =
        help.stderr.lines().find_map(|line| line.trim().strip_prefix("expected")).unwrap().split(',').map(str::trim).collect();
    for wanted in ["terminal", "json", "markdown"] {
        assert!(formats.contains(&wanted), "{formats:?}");
    }
    for format in formats {
        let arguments = ["compare", &a.url(), &b.url(), "--dimension", "schema", "--format", format];
        let printed = place.run(&arguments).exits(1).says("orders_customer");
        let written = place.run(&[&arguments[..], &["--out", "report"]].concat()).exits(1);
        assert!(written.stdout.is_empty());
        assert!(written.stderr.contains("difference"), "the verdict is talk: {}", written.stderr);
        assert!(place.read("report").contains("orders_customer"), "{format}");
        assert!(!printed.stdout.contains('\u{1b}'), "{format}: no colour where nobody looks");
        let silent = place.run(&[&arguments[..], &["--out", "report", "--quiet"]].concat()).exits(1);
        assert!(silent.stderr.is_empty() && silent.stdout.is_empty());
    }
}

#[test]
fn the_terminal_report_fits_80_columns_and_needs_no_colour() {
    let (a, b) = (shop(), shop());
    b.exec("DROP VIEW app.big; ALTER TABLE app.orders ALTER COLUMN total TYPE numeric(14,2); CREATE VIEW app.big AS SELECT id, total FROM app.orders WHERE total > 999");
    let place = Place::new();
    let ran = place.run(&["compare", &a.url(), &b.url()]);
    for line in ran.stdout.lines() {
        // A word that cannot be broken (a definition, a command to paste) may be longer.
        assert!(
            line.chars().count() <= 80 || line.trim().starts_with("evenkeel ") || line.split_whitespace().any(|word| word.len() > 60),
            "{line}"
        );
    }
    let arguments = ["compare", &a.url(), &b.url(), "--color", "always"];
    let coloured = place.run(&arguments);
    assert!(coloured.stdout.contains('\u{1b}'));
    assert!(!place.run_with(&["compare", &a.url(), &b.url()], &[("NO_COLOR", "1")]).stdout.contains('\u{1b}'));
    let plain = anstream::adapter::strip_str(&coloured.stdout).to_string();
    let without_time = |text: &str| text.lines().take_while(|line| !line.starts_with("compared ")).map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(without_time(&plain), without_time(&ran.stdout), "colour is never the only sign");
}

#[test]
fn capture_writes_both_parts_and_leaves_an_unchanged_file_alone() {
    let db = shop();
    let place = Place::new();
    std::fs::create_dir(place.path("parity")).unwrap();
    let first = place.run(&["capture", &db.url(), SCHEMA[0], SCHEMA[1], "--out", "parity/one.jsonl"]).exits(0);
    assert!(first.stdout.is_empty() && first.stderr.contains("written"), "{first:?}");
    let stable = place.read("parity/one.jsonl");
    assert!(place.path("parity/one.measured.jsonl").exists());
    let touched = std::fs::metadata(place.path("parity/one.jsonl")).unwrap().modified().unwrap();
    std::thread::sleep(std::time::Duration::from_millis(1100));
    // Rows and statistics are no change of the stable part.
    db.exec("INSERT INTO app.customers (name) SELECT 'x' FROM generate_series(1, 1000); ANALYZE");
    place.run(&["capture", &db.url(), SCHEMA[0], SCHEMA[1], "--out", "parity/one.jsonl"]).exits(0).says("unchanged");
    assert_eq!(place.read("parity/one.jsonl"), stable);
    assert_eq!(std::fs::metadata(place.path("parity/one.jsonl")).unwrap().modified().unwrap(), touched);
    db.exec("ALTER TABLE app.orders ADD note text");
    place.run(&["capture", &db.url(), SCHEMA[0], SCHEMA[1], "--out", "parity/one.jsonl"]).exits(0).says("written");
    let changed = place.read("parity/one.jsonl");
    let added: Vec<&str> = changed.lines().skip(1).filter(|line| !stable.contains(*line)).collect();
    assert_eq!(added.len(), 1, "one column, one line in a diff: {added:?}");
    // To stdout it is the same but for the time.
    let printed = place.run(&["capture", &db.url(), SCHEMA[0], SCHEMA[1]]).exits(0);
    assert!(changed.lines().skip(1).eq(printed.stdout.lines().skip(1)));
    // Everything, measured part included: what cannot be read yet is a gap, and told.
    let all = place.run(&["capture", &db.url(), "--out", "all.jsonl"]);
    assert!(matches!(all.code, Some(0 | 2)), "{all:?}");
    let stable = place.read("all.jsonl");
    db.exec("INSERT INTO app.customers (name) SELECT 'y' FROM generate_series(1, 5000); ANALYZE");
    place.run(&["capture", &db.url(), "--out", "all.jsonl"]).says("unchanged");
    assert_eq!(place.read("all.jsonl"), stable, "row counts are no noise in the committed file");
    // A file is no environment to capture.
    place.run(&["capture", "all.jsonl"]).exits(64).says("manifest file");
}

#[test]
fn output_that_cannot_be_written_is_74() {
    let db = shop();
    let place = Place::new();
    let report = ["compare", &db.url(), &db.url(), SCHEMA[0], SCHEMA[1], "--same"];
    place.run(&[&report[..], &["--out", "no/such/folder/report"]].concat()).exits(74).says("no/such/folder/report").says("--out");
    place.write("file", "");
    place.run(&["capture", &db.url(), SCHEMA[0], SCHEMA[1], "--out", "file/m.jsonl"]).exits(74);
    std::fs::create_dir(place.path("folder")).unwrap();
    place.run(&[&report[..], &["--out", "folder"]].concat()).exits(74);
    let full = [("URL", db.url())];
    let variables: Vec<(&str, &str)> = full.iter().map(|(name, value)| (*name, value.as_str())).collect();
    place.shell("\"$E\" compare \"$URL\" \"$URL\" --dimension schema > /dev/full", &variables).exits(74);
    place.shell("\"$E\" digest \"$URL\" > /dev/full", &variables).exits(74);
    place.shell("\"$E\" man > /dev/full", &variables).exits(74);
}

#[test]
fn a_reader_that_has_seen_enough_is_no_failure() {
    let db = shop();
    let place = Place::new();
    let url = db.url();
    let variables = [("URL", url.as_str())];
    for verb in
        ["queries", "man", "completions bash", "capture \"$URL\" --dimension schema", "compare \"$URL\" \"$URL\" --same --dimension schema"]
    {
        let script = format!("\"$E\" {verb} | head -n 1 > /dev/null; exit ${{PIPESTATUS[0]}}");
        place.shell(&script, &variables).exits(0);
        // Nobody reads at all, neither data nor talk.
        let script = format!("\"$E\" {verb} 2>&1 | true; exit ${{PIPESTATUS[0]}}");
        place.shell(&script, &variables).exits(0);
    }
    // Talk that nobody hears changes nothing about the end.
    place.shell("{ \"$E\" digest nothing; echo $? > code; } 2>&1 | true; sleep 0.3; exit $(cat code)", &variables).exits(64);
    place.shell("{ sleep 0.2; \"$E\" capture \"$URL\" --dimension schema --out m.jsonl; echo $? > code; } 2>&1 | true; sleep 1; exit $(cat code)", &variables).exits(0);
    place.shell("{ sleep 0.2; \"$E\" dance; echo $? > code; } 2>&1 | true; sleep 0.5; exit $(cat code)", &variables).exits(64);
    place.shell("\"$E\" digest \"$URL\" 2>&- ", &variables).exits(0);
}

#[test]
fn what_is_generated_is_data() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish"] {
        let ran = place.run(&["completions", shell]).exits(0);
        assert!(ran.stdout.contains("evenkeel") && ran.stdout.contains("compare") && ran.stderr.is_empty());
    }
    place.run(&["completions", "abacus"]).exits(64);
    let man = place.run(&["man"]).exits(0);
    assert!(man.stdout.starts_with(".") && man.stdout.contains("compare") && man.stderr.is_empty());
    place.shell("\"$E\" completions bash > c && bash -n c", &[]).exits(0);
}

#[test]
fn queries_prints_statements_that_a_server_of_that_version_takes() {
    let place = Place::new();
    evenkeel_testkit::each_major(|db| {
        let ran = place.run(&["queries", "--major", &db.major().to_string()]).exits(0);
        assert!(ran.stdout.contains("pg_catalog.pg_class") && ran.stderr.is_empty());
        // The script runs as it is, but for the parameters.
        let script = ["$1", "$2", "$3"].into_iter().fold(ran.stdout, |script, parameter| script.replace(parameter, "null"));
        let session = db.another_session();
        for block in script.split("\n\n") {
            session.query_text(block).unwrap_or_else(|fault| panic!("{block}: {fault}"));
        }
    });
    let schema = place.run(&["queries", "--dimension", "schema"]).exits(0).stdout;
    let settings = place.run(&["queries", "--dimension", "configuration"]).exits(0).stdout;
    assert!(schema.contains("pg_attribute") && !schema.contains("pg_db_role_setting"));
    assert!(!settings.contains("from pg_catalog.pg_attribute a"));
}

/// Every verb that reads says what the file holds in vain, once, and on request nothing.
#[test]
fn notes_are_said_by_every_verb_and_not_when_quiet() {
    let db = shop();
    let place = Place::new();
    let head = format!("[gates]\nunsigned = true\n[environments.one]\nurl = \"{}\"\nmanifest = \"one.jsonl\"\n", db.url());
    place.write("evenkeel.toml", head);
    let verbs: [&[&str]; 5] = [
        &["capture", "one", "--dimension", "schema", "--out", "one.jsonl"],
        &["digest", "one"],
        &["compare", "one", "one", "--dimension", "schema", "--same"],
        &["check", "--dimension", "schema"],
        &["grants", "one"],
    ];
    for verb in verbs {
        let said = place.run(verb).exits(0).stderr;
        assert_eq!(said.matches("note: [gates] in ").count(), 1, "{verb:?}: {said}");
        let quiet = place.run(&[verb, &["--quiet"]].concat()).exits(0).stderr;
        assert!(!quiet.contains("note: "), "{verb:?}: {quiet}");
    }
}

/// Several reports in one run, each in its place; and others made of the one in JSON afterwards, with the same end.
#[test]
fn one_run_writes_several_reports_and_render_makes_others() {
    let (a, b) = (shop(), shop());
    b.exec("ALTER TABLE app.orders ADD COLUMN hot_fix text");
    let place = Place::new();
    let (left, right) = (a.url(), b.url());
    let compare = ["compare", left.as_str(), right.as_str(), SCHEMA[0], SCHEMA[1]];
    let several = ["--format", "json=report.json", "--format", "markdown", "--format", "html=report.html"];
    let ran = place.run(&[&compare[..], &several].concat()).exits(1);
    assert!(ran.stdout.starts_with("**"), "Markdown goes to stdout:\n{}", ran.stdout);
    assert!(place.read("report.html").contains("hot_fix") && place.read("report.json").contains("hot_fix"));
    let rendered = place.run(&["render", "report.json", "--format", "markdown"]).exits(1);
    assert_eq!(rendered.stdout, ran.stdout);
    place.run(&["render", "report.json", "--format", "sarif=out.sarif", "--format", "junit=out.xml"]).exits(1);
    assert!(place.read("out.xml").contains("hot_fix") && place.read("out.sarif").contains("hot_fix"));
    place.shell("\"$E\" render - --format markdown < report.json", &[]).exits(1).says("hot_fix");
    for wrong in [&["--format", "json", "--format", "markdown"][..], &["--format", "json="], &["--format", "smoke=x"]] {
        place.run(&[&compare[..], wrong].concat()).exits(64).says("--format");
    }
    for (content, says) in [("", "EOF"), ("[]", "empty list"), ("{}", "missing field"), ("nonsense", "expected")] {
        place.write("bad.json", content);
        place.run(&["render", "bad.json"]).exits(78).says(says);
    }
    place.run(&["render", "nothing.json"]).exits(78).says("nothing.json");
}

/// One id can be asked for; that changes what is shown and nothing else.
#[test]
fn only_takes_severities_and_ids() {
    let (a, b) = (shop(), shop());
    b.exec("ALTER TABLE app.orders ADD COLUMN hot_fix text; DROP VIEW app.big");
    let place = Place::new();
    let (left, right) = (a.url(), b.url());
    let compare = ["compare", left.as_str(), right.as_str(), SCHEMA[0], SCHEMA[1]];
    let all = place.run(&compare).exits(1);
    let one = place.run(&[&compare[..], &["--only", "EK-column-extra"]].concat()).exits(1);
    assert_eq!(all.stdout.lines().next(), one.stdout.lines().next(), "the verdict is the same");
    assert!(all.stdout.contains("EK-view-missing") && !one.stdout.contains("EK-view-missing") && one.stdout.contains("hot_fix"));
    let none = place.run(&[&compare[..], &["--only", "inform"]].concat()).exits(1);
    assert!(!none.stdout.contains("hot_fix"), "{}", none.stdout);
    let both = place.run(&[&compare[..], &["--only", "ek-column-extra,block"]].concat()).exits(1);
    assert!(both.stdout.contains("EK-view-missing") && both.stdout.contains("hot_fix"), "{}", both.stdout);
    let wrong = place.run(&[&compare[..], &["--only", "EK-colum-extra"]].concat()).exits(64);
    assert!(wrong.stdout.is_empty());
    wrong.says("did you mean EK-column-extra").says("flag --only");
}

/// What a variable that is not set leaves is told as that.
#[test]
fn what_is_empty_or_lacks_a_unit_is_told() {
    let place = Place::new();
    place.run(&["compare", "", "x.jsonl"]).exits(78).says("is empty").says("a variable that is not set");
    place.run_with(&["check"], &[("EVENKEEL_CONFIG", "")]).exits(78).says("EVENKEEL_CONFIG is set, but empty");
    place.run(&["digest", "--lock-timeout", "5", "x"]).exits(64).says("a unit is missing").says("5s");
    place.run(&["grants", "x", "--role", ""]).exits(64);
    place.run(&["compare", "--help"]).exits(0).says("terminal, json, markdown");
}

/// A configuration is proposed from variables, without their values, and works as it is.
#[test]
fn init_proposes_what_works() {
    let (staging, production) = (shop(), shop());
    let place = Place::new();
    let (left, right) = (staging.url(), production.url());
    let variables = [("STAGING_DATABASE_URL", left.as_str()), ("PRODUCTION_DATABASE_URL", right.as_str())];
    place.run(&["init"]).exits(78).says("STAGING_DATABASE_URL");
    let proposed = place.run_with(&["init"], &variables).exits(0).hides(&staging.name);
    place.write("evenkeel.toml", &proposed.stdout);
    place.run_with(&["compare", "staging", "production", SCHEMA[0], SCHEMA[1]], &variables).exits(0);
    place.run_with(&["capture", "--all", SCHEMA[0], SCHEMA[1]], &variables).exits(0);
    assert!(place.read("parity/staging.jsonl").len() > 100 && place.read("parity/production.jsonl").len() > 100);
    place.run_with(&["check", SCHEMA[0], SCHEMA[1]], &variables).exits(0).says("staging: matches its manifest");
}

/// A manifest of one dimension is compared in that; a link stays a link, and a pipe is as good as a file.
#[test]
fn manifests_are_taken_as_people_have_them() {
    let db = shop();
    let place = Place::new();
    let url = db.url();
    place.run(&["capture", &url, SCHEMA[0], SCHEMA[1], "--out", "parity/deep/a.jsonl"]).exits(0);
    place.run(&["compare", "parity/deep/a.jsonl", &url]).exits(0).says("has only schema").says("equal in 1 dimension");
    std::os::unix::fs::symlink("parity/deep/a.jsonl", place.path("link.jsonl")).unwrap();
    db.exec("CREATE TABLE app.more (x int)");
    place.run(&["capture", &url, SCHEMA[0], SCHEMA[1], "--out", "link.jsonl"]).exits(0);
    assert!(place.path("link.jsonl").is_symlink() && place.read("parity/deep/a.jsonl").contains("\"more\""));
    place.shell("\"$E\" compare <(cat parity/deep/a.jsonl) \"$URL\" --dimension schema", &[("URL", &url)]).exits(0);
    place.shell("\"$E\" digest - < parity/deep/a.jsonl", &[]).exits(0);
}

/// What is no file is written to and never read; two environments have a manifest each.
#[test]
fn a_capture_goes_where_it_can_and_overwrites_nobody() {
    let db = shop();
    let place = Place::new();
    let url = db.url();
    let variables = [("URL", url.as_str())];
    let capture = "timeout 60 \"$E\" capture \"$URL\" --dimension schema --quiet --out";
    place.shell(&format!("{capture} /dev/stdout | head -c 20; exit ${{PIPESTATUS[0]}}"), &variables).exits(0).says("{\"evenkeel\"");
    place.shell(&format!("mkfifo pipe; cat pipe > read & {capture} pipe; wait"), &variables).exits(0);
    assert!(place.read("read").contains("\"orders\"") && !place.path("pipe.measured").exists());
    place.shell(&format!("{capture} /dev/full"), &variables).exits(74);
    place
        .shell(
            "timeout 60 \"$E\" compare \"$URL\" \"$URL\" --same --dimension schema --out /dev/stdout | cat; exit ${PIPESTATUS[0]}",
            &variables,
        )
        .exits(0);
    place.shell(&format!("ln -s b a; ln -s a b; {capture} a"), &variables).exits(74).says("circle");
    let one = |name: &str, manifest: &str| format!("[environments.{name}]\nurl = \"{url}\"\nmanifest = \"{manifest}\"\n");
    place.write("evenkeel.toml", one("first", "same.jsonl") + &one("second", "./same.jsonl"));
    place.run(&["capture", "--all"]).exits(78).says("first and second name one manifest").says("evenkeel.toml:");
    assert!(!place.path("same.jsonl").exists(), "nothing was written");
}

/// What a folder of the configuration holds is listed in front of what packages put elsewhere, and what is no server is not.
#[cfg(unix)]
#[test]
fn servers_of_further_folders_are_listed() {
    use std::os::unix::fs::PermissionsExt;
    let place = Place::new();
    for (folder, answer) in [("own/17/bin", "postgres (PostgreSQL) 17.99"), ("own/other/bin", "no server at all")] {
        for program in ["postgres", "initdb"] {
            let path = format!("{folder}/{program}");
            std::fs::create_dir_all(place.path(folder)).unwrap();
            place.write(&path, format!("#!/bin/sh\necho '{answer}'\n"));
            std::fs::set_permissions(place.path(&path), std::fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
    place.write("evenkeel.toml", "[scratch]\nfolders = [\"own/*/bin\"]\n");
    let listed = place.run(&["servers", "--format", "json"]).exits(0).json();
    let own: Vec<&serde_json::Value> =
        listed["servers"].as_array().unwrap().iter().filter(|server| server["folder"].as_str().unwrap().contains("/own/")).collect();
    assert_eq!(own.len(), 1, "{listed:#}");
    assert_eq!((own[0]["major"].as_str(), own[0]["version"].as_str()), (Some("17"), Some("17.99")));
    assert_eq!(listed["servers"][0], *own[0], "it comes first");
    place.run(&["servers"]).exits(0).says("PostgreSQL 17.99");
    for (wrong, at) in [("[scratch]\nfolders = [\"\"]\n", "2:12"), ("[scratch]\nfolder = []\n", "2:1")] {
        place.write("evenkeel.toml", wrong);
        place.run(&["servers"]).exits(78).says(&format!("evenkeel.toml:{at}"));
    }
}
