//! A password is nowhere: not in what succeeds, not in what fails, not in any file.

use crate::run::{Place, Ran, SHOP};
use evenkeel_postgres::scratch::{Options, Scratch};

const SECRET: &str = "hunter2-zq9";

/// Runs it and looks for the secret in all it says and writes.
#[track_caller]
fn silent(place: &Place, arguments: &[&str], codes: &[i32]) -> Ran {
    silent_with(place, arguments, codes, &[])
}

#[track_caller]
fn silent_with(place: &Place, arguments: &[&str], codes: &[i32], variables: &[(&str, &str)]) -> Ran {
    let ran = place.run_with(arguments, variables).hides(SECRET).hides("hunter2").hides("zq9");
    assert!(codes.contains(&ran.code.unwrap()), "{arguments:?}: {ran:?}");
    ran
}

#[test]
fn a_password_never_leaves() {
    let scratch = Scratch::start(&Options::default().database("app")).unwrap();
    let session = scratch.session("app").unwrap();
    session.exec(SHOP).unwrap();
    session
        .exec(&format!(
            "CREATE ROLE reader LOGIN PASSWORD '{SECRET}'; CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w OPTIONS (host 'h', password '{SECRET}');
             CREATE USER MAPPING FOR reader SERVER s OPTIONS (user 'u', password '{SECRET}');
             CREATE SUBSCRIPTION sub CONNECTION 'host=/nowhere password={SECRET}' PUBLICATION p WITH (connect = false);
             ALTER DATABASE app SET myapp.api_key = '{SECRET}'; ALTER ROLE reader SET myapp.other_key = '{SECRET}'"
        ))
        .unwrap();
    session.exec(&format!("ALTER SYSTEM SET primary_conninfo = 'host=x password={SECRET}'")).unwrap();
    session.exec(&format!("ALTER SYSTEM SET archive_command = 'copy --key {SECRET}'")).unwrap();
    session.exec("SELECT pg_reload_conf()").unwrap();
    let place = Place::new();
    let url = scratch.url("app").replace("postgres@", &format!("reader:{SECRET}@"));
    let keywords = format!("{} password={SECRET}", scratch.conninfo("app").replace("postgres", "reader"));
    let admin = scratch.url("app").replace("postgres@", &format!("postgres:{SECRET}@"));
    let wrong_place = format!("postgres://reader:{SECRET}@127.0.0.1:1/app");
    let wrong_database = url.replace("/app", "/absent");
    let bad_parameter = format!("{url}?no_such_thing=1");
    let bad_port = format!("postgres://reader:{SECRET}@h:many/app");
    let short = format!("postgres:/reader:{SECRET}@h/app");
    let no_scheme = format!("reader:{SECRET}@h/app");
    let oracle = format!("oracle://reader:{SECRET}@h/app");
    for connection in [&url, &keywords, &admin] {
        silent(&place, &["digest", connection], &[0]);
        silent(&place, &["capture", connection, "--out", "m.jsonl"], &[0, 2]);
        silent(&place, &["capture", connection], &[0, 2]);
        silent(&place, &["grants", connection], &[0, 70]);
        for format in ["terminal", "json", "markdown"] {
            silent(&place, &["compare", connection, &url, "--format", format, "--out", "report"], &[0, 1, 2]);
            silent(&place, &["compare", connection, &url, "--format", format], &[0, 1, 2]);
            let report = place.read("report");
            assert!(!report.contains(SECRET) && !report.contains("hunter2"), "{format}: {report}");
        }
    }
    for file in ["m.jsonl", "m.measured.jsonl"] {
        let text = place.read(file);
        let line = text.lines().find(|line| line.contains("hunter2"));
        assert_eq!(line, None, "{file}");
    }
    for connection in [&wrong_place, &wrong_database, &bad_parameter, &bad_port, &short, &no_scheme, &oracle] {
        silent(&place, &["digest", connection], &[64, 69, 78]);
        silent(&place, &["compare", &url, connection], &[64, 69, 78]);
        silent(&place, &["check", connection], &[64, 78]);
    }
    // Words the argument parser does not want.
    silent(&place, &["digest", &url, &url], &[64]);
    silent(&place, &["digest", &keywords, &keywords], &[64]);
    silent(&place, &["digest", &url, "--dimension", &url], &[64]);
    silent(&place, &[&url], &[64]);
    silent(&place, &["compare", &url, "b", &format!("--format={url}")], &[64]);
    silent(&place, &["digest", &format!("password = '{SECRET} with blanks' host=h dbname='x' oops")], &[64, 69, 78]);
}

#[test]
fn a_password_in_the_configuration_never_leaves() {
    let place = Place::new();
    let url = format!("postgres://reader:{SECRET}@127.0.0.1:1/app");
    let broken = [
        format!("[environments]\none = \"{url}\"\n"),
        format!("environments = \"{url}\"\n"),
        format!("[environments.one]\nurl = [\"{url}\"]\n"),
        format!("[environments.one]\nurl = \"{url}\n"),
        format!("[environments.one]\nurl = {url}\n"),
        format!("[environments.one]\nreplicas = \"{url}\"\n"),
        format!("[environments.one]\nport = \"{url}\"\n"),
        format!("[environments.one]\npassword = [\"{SECRET}\"]\n"),
        format!("[environments.one]\npassword = {SECRET}\n"),
        format!("[environments.one]\n\"{url}\" = 1\n"),
        format!("[environments.one]\nurl = \"{url}\"\nhost = \"h\"\n"),
        format!("[environments.one]\nurl = \"{url}${{EK_NOT_SET}}\"\n"),
        format!("[environments.one]\nurl = \"{url}\"\nmanifest = \"one.jsonl\"\n"),
        format!("[environments.one]\nurl = \"{url}\"\nread_from = \"replica\"\nreplicas = [\"{url}\"]\nmanifest = \"one.jsonl\"\n"),
        format!("[environments.one]\nhost = \"127.0.0.1\"\nport = 1\nuser = \"u\"\ndbname = \"d\"\npassword = \"{SECRET}\"\n"),
        format!("[environments.one]\nhost = \"127.0.0.1\"\npassword = \"{SECRET}' oops='1\"\nsslmode = \"odd\"\n"),
    ];
    for content in broken {
        place.write("evenkeel.toml", &content);
        silent(&place, &["digest", "one"], &[64, 69, 78]);
        silent(&place, &["check"], &[64, 69, 78]);
        silent(&place, &["compare", "one", "one"], &[64, 69, 78]);
    }
    place.write("evenkeel.toml", "[environments.one]\nurl = \"${EK_URL}\"\n");
    for value in [url.as_str(), &url.replace("postgres://", "postgres:/"), SECRET] {
        silent_with(&place, &["digest", "one"], &[64, 69, 78], &[("EK_URL", value)]);
    }
    place.write("evenkeel.toml", "");
    silent_with(&place, &["digest", "dbname=app host=127.0.0.1 port=1 user=u"], &[69], &[("PGPASSWORD", SECRET)]);
}
