//! The demo from end to end, as a new user runs it: what it finds, how it ends when it is stopped, what it leaves.
//!
//! Each run has a scratch root and a temporary folder of its own, so that whatever is left in them was left by it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The demo on one engine's servers.
struct Told {
    engine: &'static str,
    /// As it names the server.
    name: &'static str,
    /// What the comparison says first.
    verdict: &'static str,
    /// Object and attribute (as the last part of the finding) of everything that is planted.
    planted: &'static [(&'static str, &'static str)],
}

const POSTGRESQL: Told = Told {
    engine: "postgresql",
    name: "PostgreSQL",
    verdict: "staging ≠ production: 14 differences block a migration",
    planted: &[
        ("EK-migration-missing", "app.flyway_schema_history.8"),
        ("EK-column-missing", "app.bookings.source"),
        ("EK-column-extra", "billing.invoices.tax_override"),
        ("EK-function-body", "app.stay_price(numeric, integer)"),
        ("EK-index-valid", "app.customers_email_key"),
        ("EK-constraint-validated", "app.bookings.bookings_total_check"),
        ("EK-index-extra", "app.bookings_customer_id_idx"),
        ("EK-grant-extra", "table.billing.payments.reader"),
        ("EK-extension-version-version", "pg_trgm"),
        ("EK-column-collation", "app.boats.name"),
        ("EK-setting-effective", "lock_timeout"),
        ("EK-override-extra", "migrator.every database.lock_timeout"),
        ("EK-override-extra", "app_rw.every database.statement_timeout"),
        ("EK-node-replicas", "node"),
        ("EK-table-statistics-rows", "app.bookings"),
    ],
};

const MARIADB: Told = Told {
    engine: "mariadb",
    name: "MariaDB",
    verdict: "staging ≠ production: 12 differences block a migration",
    planted: &[
        ("EK-migration-missing", "flyway_schema_history.8"),
        ("EK-column-missing", "bookings.source"),
        ("EK-column-extra", "invoices.tax_override"),
        ("EK-function-body", "stay_price"),
        ("EK-index-visible", "bookings.bookings_arrival_idx"),
        ("EK-constraint-missing", "bookings.bookings_total_check"),
        ("EK-index-extra", "invoices.invoices_issued_on_idx"),
        ("EK-event-status", "forget_searches"),
        ("EK-grant-extra", "table.payments.reader@localhost"),
        ("EK-column-collation", "boats.name"),
        ("EK-setting-value", "sql_mode"),
        ("EK-setting-value", "lock_wait_timeout"),
        ("EK-setting-value", "innodb_lock_wait_timeout"),
        ("EK-node-replicas", "node"),
        ("EK-table-statistics-rows", "bookings"),
    ],
};

const MYSQL: Told = Told {
    engine: "mysql",
    name: "MySQL",
    verdict: "staging ≠ production: 12 differences block a migration",
    planted: &[
        ("EK-migration-missing", "flyway_schema_history.8"),
        ("EK-column-missing", "bookings.source"),
        ("EK-column-extra", "invoices.tax_override"),
        ("EK-function-body", "stay_price"),
        ("EK-index-visible", "bookings.bookings_arrival_idx"),
        ("EK-constraint-enforced", "bookings.bookings_total_check"),
        ("EK-index-extra", "invoices.invoices_issued_on_idx"),
        ("EK-event-status", "forget_searches"),
        ("EK-grant-extra", "table.payments.reader@localhost"),
        ("EK-column-collation", "boats.name"),
        ("EK-setting-value", "sql_mode"),
        ("EK-setting-value", "lock_wait_timeout"),
        ("EK-setting-value", "innodb_lock_wait_timeout"),
        ("EK-node-replicas", "node"),
        ("EK-table-statistics-rows", "bookings"),
    ],
};

/// Folders that end with the test.
struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        // Short: sockets live below it. Open: servers that root starts run as another user.
        let folder = tempfile::Builder::new().prefix("ekd").tempdir_in("/tmp").unwrap();
        std::fs::set_permissions(folder.path(), std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
        let place = Self { folder };
        std::fs::create_dir(place.temporary()).unwrap();
        place
    }

    fn temporary(&self) -> PathBuf {
        self.folder.path().join("t")
    }

    fn scratch(&self) -> PathBuf {
        self.folder.path().join("s")
    }

    fn report(&self) -> PathBuf {
        self.folder.path().join("report.html")
    }

    fn command(&self, told: &Told) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
        command
            .args(["demo", "--engine", told.engine])
            .arg("--report")
            .arg(self.report())
            .env("TMPDIR", self.temporary())
            .env("EVENKEEL_SCRATCH_DIR", self.scratch())
            .stdin(Stdio::null());
        command
    }

    /// No server runs from here, and no file is left but the report and the empty cache.
    #[track_caller]
    fn assert_nothing_left(&self) {
        let names = |path: &Path| -> Vec<String> {
            let entries = std::fs::read_dir(path).into_iter().flatten().flatten();
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).filter(|name| name != "cache").collect()
        };
        assert_eq!(names(&self.temporary()), Vec::<String>::new(), "left in the temporary folder");
        assert_eq!(names(&self.scratch()), Vec::<String>::new(), "left in the scratch folder");
        let here = self.folder.path().to_string_lossy().into_owned();
        for entry in std::fs::read_dir("/proc").unwrap().flatten() {
            let line = std::fs::read(entry.path().join("cmdline")).unwrap_or_default();
            assert!(!String::from_utf8_lossy(&line).contains(&here), "process {:?} is left", entry.file_name());
        }
    }
}

fn text(output: &Output) -> (String, String) {
    (String::from_utf8(output.stdout.clone()).unwrap(), String::from_utf8(output.stderr.clone()).unwrap())
}

/// Reads stdout until a line contains it.
fn wait_for(child: &mut Child, wanted: &str) -> BufReader<std::process::ChildStdout> {
    heard_until(child, wanted).0
}

/// Reads stdout until a line contains it; with what was read.
fn heard_until(child: &mut Child, wanted: &str) -> (BufReader<std::process::ChildStdout>, String) {
    let mut reader = BufReader::new(child.stdout.take().unwrap());
    let mut seen = String::new();
    // A step is printed before it runs and its time after it, so bytes are looked at, not lines.
    while !seen.contains(wanted) {
        let buffer = reader.fill_buf().unwrap();
        assert!(!buffer.is_empty(), "it ended before it said {wanted:?}:\n{seen}");
        seen.push_str(&String::from_utf8_lossy(buffer));
        let length = buffer.len();
        reader.consume(length);
    }
    (reader, seen)
}

fn end(child: &mut Child) -> Option<i32> {
    let until = Instant::now() + Duration::from_secs(180);
    while Instant::now() < until {
        if let Some(status) = child.try_wait().unwrap() {
            return status.code();
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.kill().unwrap();
    panic!("it did not end within three minutes");
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").arg(format!("-{name}")).arg(child.id().to_string()).status().unwrap();
    assert!(status.success());
}

/// All that is planted is told, on the terminal and in the report.
fn everything_planted_is_found(told: &Told, place: &Place, stdout: &str) {
    assert!(stdout.contains(&format!("\n{} ", told.name)) && stdout.contains(told.verdict), "{stdout}");
    assert!(stdout.contains("✓ dev         as committed, ready for a migration"), "{stdout}");
    // The grant that was taken away, and none because of a database that has another name in staging.
    let privileges = stdout.lines().find(|line| line.starts_with("privileges "));
    assert!(privileges.is_some_and(|line| line.ends_with("! 1 warning")), "{privileges:?}");
    let page = std::fs::read_to_string(place.report()).unwrap();
    for (id, object) in told.planted {
        assert!(stdout.lines().any(|line| line.starts_with("  ✓ ") && line.ends_with(object)), "{object} is not listed:\n{stdout}");
        assert!(page.contains(id), "the page does not name {id}");
        assert!(page.contains(object), "the page does not name {object}");
    }
    // The third act: found, refused, repaired.
    for words in [
        "20260915090000  recorded-not-present",
        "production lacks what the build needs",
        "-- proven on",
        "history production --repair --apply",
        "record and schema agree: 4 applied",
    ] {
        assert!(stdout.contains(words), "{words:?} is not told:\n{stdout}");
    }
    // The fourth act: one is fine, one is not, and that has a page.
    if told.name == "PostgreSQL" {
        let words = ["production: 1 migration: VALIDATED", "× data-loss", "× compatibility", "rehearsal.html"];
        assert!(words.iter().all(|words| stdout.contains(words)), "{stdout}");
        let pages = std::fs::read_dir(place.report().parent().unwrap()).unwrap().filter_map(Result::ok);
        let page = pages.map(|entry| entry.path()).find(|path| path.to_string_lossy().ends_with("-rehearsal.html")).unwrap();
        let page = std::fs::read_to_string(page).unwrap();
        assert!(page.contains("<svg class=\"picture\"") && page.contains("public.invoices"), "the page shows no picture");
        // The fifth: it goes where it counts, and comes back.
        for words in [
            "the schema as rehearsed",
            "production: VERIFIED: all 5 gates hold",
            "production: LOCKED until",
            "public.invoices.due stays as public.invoices._deprecated_",
            "1 migration is taken back, and the schema is as it was before",
            "production: ROLLED_BACK since",
        ] {
            assert!(stdout.contains(words), "{words:?} is not told:\n{stdout}");
        }
    } else {
        assert!(stdout.contains("are played on PostgreSQL"), "{stdout}");
    }
    // An address, the paths of the report and the program, a statement to paste: these are not broken.
    let here = place.folder.path().to_string_lossy();
    let program = env!("CARGO_BIN_EXE_evenkeel");
    let whole = |line: &&str| {
        line.contains(&*here)
            || line.contains(program)
            || line.contains("https://")
            || line.starts_with("  fix: ")
            || line.starts_with("       ")
    };
    let widest = stdout.lines().filter(|line| !whole(line)).max_by_key(|line| line.chars().count());
    assert!(widest.is_some_and(|line| line.chars().count() <= 80), "wider than 80 columns: {widest:?}");
}

#[test]
fn without_a_word_it_is_postgresql() {
    let place = Place::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    let mut child = command
        .args(["demo", "--report"])
        .arg(place.report())
        .envs([("TMPDIR", place.temporary()), ("EVENKEEL_SCRATCH_DIR", place.scratch())])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut rest = wait_for(&mut child, "PostgreSQL");
    signal(&child, "INT");
    rest.read_to_string(&mut String::new()).unwrap();
    assert_eq!(end(&mut child), Some(130));
    place.assert_nothing_left();
}

#[test]
fn two_demos_on_postgresql_find_everything_side_by_side_and_leave_nothing() {
    if evenkeel_testkit::another_day(2) {
        return;
    }
    let places = [Place::new(), Place::new()];
    // One scratch root for both, as for two terminals of one user.
    let root = places[0].scratch();
    let children = places.each_ref().map(|place| {
        place.command(&POSTGRESQL).env("EVENKEEL_SCRATCH_DIR", &root).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    });
    for (child, place) in children.into_iter().zip(&places) {
        let output = child.wait_with_output().unwrap();
        let (stdout, stderr) = text(&output);
        assert_eq!(output.status.code(), Some(0), "stdout:\n{stdout}\nstderr:\n{stderr}");
        assert_eq!(stderr, "", "a run that goes well says nothing on stderr");
        everything_planted_is_found(&POSTGRESQL, place, &stdout);
    }
    for place in &places {
        place.assert_nothing_left();
    }
}

#[test]
fn ctrl_c_while_servers_start_leaves_nothing() {
    for (told, kind) in [(POSTGRESQL, "INT"), (POSTGRESQL, "TERM"), (POSTGRESQL, "HUP"), (MARIADB, "INT"), (MYSQL, "INT")] {
        let place = Place::new();
        let mut child = place.command(&told).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut rest = wait_for(&mut child, "loading data");
        signal(&child, kind);
        assert_eq!(end(&mut child), Some(130), "after SIG{kind}");
        let mut said = String::new();
        rest.read_to_string(&mut said).unwrap();
        assert!(said.contains("gone"), "{said}");
        assert!(!place.report().exists());
        place.assert_nothing_left();
    }
}

fn kept_servers_find_everything_and_end(told: &Told, with_enter: bool) {
    let place = Place::new();
    let mut child = place.command(told).arg("--keep").stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let stdin = child.stdin.take().unwrap();
    let (mut rest, mut said) = heard_until(&mut child, "until you press Enter");
    assert!(std::fs::read_dir(place.temporary()).unwrap().next().is_some(), "the settings are there to be used");
    if with_enter {
        std::io::Write::write_all(&mut &stdin, b"\n").unwrap();
    } else {
        signal(&child, "INT");
    }
    rest.read_to_string(&mut said).unwrap();
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    assert_eq!(end(&mut child), Some(if with_enter { 0 } else { 130 }), "{said}{errors}");
    assert!(!with_enter || errors.is_empty(), "a run that goes well says nothing on stderr: {errors}");
    drop(stdin);
    everything_planted_is_found(told, &place, &said);
    place.assert_nothing_left();
}

#[test]
fn kept_servers_of_mariadb_end_with_enter() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    kept_servers_find_everything_and_end(&MARIADB, true);
}

#[test]
fn kept_servers_of_mysql_end_with_ctrl_c() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    kept_servers_find_everything_and_end(&MYSQL, false);
}

#[test]
fn a_reader_that_goes_away_does_not_keep_the_servers_running() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let place = Place::new();
    let mut child = place.command(&MARIADB).stdout(Stdio::piped()).spawn().unwrap();
    drop(wait_for(&mut child, "MariaDB"));
    assert_eq!(end(&mut child), Some(0));
    place.assert_nothing_left();
}

#[test]
fn a_report_that_cannot_be_written_is_said_before_anything_starts() {
    let place = Place::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    let output = command.args(["demo", "--report"]).arg(place.folder.path().join("missing/report.html")).output().unwrap();
    let (stdout, stderr) = text(&output);
    assert_eq!(output.status.code(), Some(74), "{stderr}");
    assert_eq!(stdout, "");
    assert!(stderr.contains("missing/report.html") && stderr.contains("fix"), "{stderr}");
}
