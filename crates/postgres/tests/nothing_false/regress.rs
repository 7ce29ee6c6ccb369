//! PostgreSQL's own regression suite, run for the objects it leaves behind, then dumped and restored.
//!
//! The suite comes with the server's source package and is not ours, so it is no part of this repository: `regress.sh`
//! beside this file fetches it, `EVENKEEL_REGRESS` says where it is. Without it this is a skip, counted like any other.

use crate::{between, capture, capture_of, compared, gaps, tools};
use evenkeel_core::kind::Dimension;
use evenkeel_core::port::{Engine, Watch};
use evenkeel_pipeline::patch::{Builder, Left, build};
use evenkeel_postgres::engine::Postgres;
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
    if evenkeel_testkit::another_day(3) {
        return;
    }
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
    is_built_from_its_manifest(&from);
}

/// The suite of one version on a server of another: most of it runs there too, and what it leaves is built from its manifest alone.
fn is_built_on(major: u32) {
    let Some((folder, _)) = suite() else {
        return note_skip("PostgreSQL's regression suite (crates/postgres/tests/nothing_false/regress.sh fetches it)");
    };
    if !evenkeel_testkit::majors().contains(&major) {
        return;
    }
    let options = Options::default().database("regression");
    let scratch = Scratch::start_with(pick(&find_servers(), Some(major)).unwrap(), &options).unwrap();
    run(&folder, &scratch);
    is_built_from_its_manifest(&scratch.conninfo("regression"));
}

macro_rules! majors {
    ($($name:ident = $major:literal),+) => {$(
        #[test]
        #[ignore = "a minute a server: --run-ignored only"]
        fn $name() {
            is_built_on($major);
        }
    )+};
}

majors!(built_on_13 = 13, built_on_14 = 14, built_on_15 = 15, built_on_16 = 16, built_on_17 = 17, built_on_18 = 18);

/// What no statement makes: an index that is not valid because a part of it is not, and what stands on it; a check that is valid above
/// and not below; rights on columns of catalogs.
const UNBUILT: &[&str] = &[
    "public.invalid_check_con_child.inh_check_constraint",
    "public.idxpart1_a_idx",
    "public.idxpart2_a_idx",
    "public.idxpart3_a_idx",
    "public.idxpart_a_idx",
    "table column.pg_catalog.pg_authid.rolname.(owner)",
    "table column.pg_catalog.pg_authid.rolsuper.(owner)",
    "table column.pg_catalog.pg_proc.prosrc.(owner)",
];

/// Everything that statements can make of it, from nothing but the manifest.
fn is_built_from_its_manifest(conninfo: &str) {
    let manifest = capture_of(conninfo, &[Dimension::Schema, Dimension::Privileges, Dimension::Configuration]);
    if let Some(file) = std::env::var_os("EVENKEEL_REGRESS_MANIFEST") {
        std::fs::write(file, evenkeel_core::file::write(&manifest, evenkeel_core::file::Part::Stable).unwrap()).unwrap();
    }
    let workshop = Postgres.workshop(&[]);
    let builder = Builder { engine: &Postgres, workshop: &*workshop, watch: Watch::none() };
    let begun = std::time::Instant::now();
    let built = build(&manifest, &builder).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    let left: Vec<String> = built.left.iter().filter(|left| !UNBUILT.contains(&left.object.as_str())).map(Left::words).collect();
    println!("{} objects built in {:.1} s, {} left", manifest.objects().len(), begun.elapsed().as_secs_f64(), left.len());
    assert_eq!(left, Vec::<String>::new());
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
