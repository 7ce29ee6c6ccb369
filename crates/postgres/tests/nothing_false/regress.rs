//! PostgreSQL's own regression suite, run for the objects it leaves behind, then dumped and restored.
//!
//! The suite comes with the server's source package and is not ours, so it is no part of this repository: `regress.sh`
//! beside this file fetches it, `EVENKEEL_REGRESS` says where it is. Without it this is a skip, counted like any other.

use crate::{between, capture, compared, gaps, tools};
use evenkeel_postgres::scratch::{Options, Scratch, find_servers, pick};
use evenkeel_testkit::note_skip;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

const VARIABLE: &str = "EVENKEEL_REGRESS";
const DEFAULT: &str = "/opt/evenkeel/postgresql-source/src/test/regress";

/// Files that only load the machine, or write outside of the database.
const LEFT_OUT: &[&str] = &["infinite_recurse", "stats", "tablespace"];

/// The suite's folder, and the major version it was written for.
fn suite() -> Option<(PathBuf, u32)> {
    let given = std::env::var_os(VARIABLE);
    let folder = PathBuf::from(given.clone().unwrap_or_else(|| DEFAULT.into()));
    if !folder.join("parallel_schedule").exists() {
        assert!(given.is_none(), "{VARIABLE}={}: no parallel_schedule in it", folder.display());
        return None;
    }
    let version = std::fs::read_to_string(folder.join("MAJOR")).ok().and_then(|text| text.trim().parse().ok());
    Some((folder, version.unwrap_or(15)))
}

#[test]
fn the_regression_database_survives_a_dump() {
    let Some((folder, major)) = suite() else {
        return note_skip("PostgreSQL's regression suite (crates/postgres/tests/nothing_false/regress.sh fetches it)");
    };
    let servers = find_servers();
    // A server of its own: the suite makes roles and settings that outlive its database.
    let options = Options::default().database("regression").database("restored");
    let scratch = Scratch::start_with(pick(&servers, Some(major)).unwrap(), &options).unwrap();
    run(&folder, &scratch);
    let (from, to) = (scratch.conninfo("regression"), scratch.conninfo("restored"));
    let before = capture(&from);
    assert!(before.objects().len() > 3_000, "the suite did not run: {} objects", before.objects().len());
    tools::dump_and_restore(&from, &to, major);
    let after = capture(&to);
    let comparison = compared(&before, &after);
    // What a dump does not carry: the contents of materialised views, and where inherited columns stood.
    let told = |attribute: Option<&str>| matches!(attribute, Some("populated" | "column_order"));
    let differences = between(&comparison, |difference| told(difference.subject.attribute));
    println!("{} objects, {} differences", before.objects().len(), differences.len());
    assert_eq!(differences, Vec::<String>::new());
    assert_eq!(gaps(&comparison), Vec::<String>::new());
    assert_eq!(before.objects().len(), after.objects().len());
}

/// Every file in the order of the schedule. Many statements fail on purpose, more because the suite's C library is not built.
fn run(folder: &Path, scratch: &Scratch) {
    let schedule = std::fs::read_to_string(folder.join("parallel_schedule")).unwrap();
    let names = schedule.lines().filter_map(|line| line.strip_prefix("test:")).flat_map(str::split_whitespace);
    for name in names.filter(|name| !LEFT_OUT.contains(name)) {
        let file = folder.join("sql").join(name).with_extension("sql");
        let status = tools::tool("psql")
            .current_dir(folder.join("sql"))
            .env("PG_ABS_SRCDIR", folder)
            .env("PG_ABS_BUILDDIR", folder)
            .env("PG_LIBDIR", "/nonexistent")
            .env("PG_DLSUFFIX", ".so")
            .env("PGOPTIONS", "-c statement_timeout=20s")
            .args(["-X", "-q", "-v", "HIDE_TABLEAM=on", "-v", "HIDE_TOAST_COMPRESSION=on", "-d", &scratch.conninfo("regression"), "-f"])
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        // A suite newer than the server holds statements that crash it: the rest has to wait until it is back.
        if status.expect("psql starts").code() == Some(2) {
            wait(scratch);
        }
    }
    wait(scratch);
}

fn wait(scratch: &Scratch) {
    let conninfo = scratch.conninfo("regression");
    let up =
        || tools::tool("psql").args(["-X", "-q", "-d", &conninfo, "-c", ""]).stderr(Stdio::null()).status().is_ok_and(|it| it.success());
    assert!(
        (0..300).any(|_| up() || {
            std::thread::sleep(Duration::from_millis(100));
            false
        }),
        "the server did not come back"
    );
}
