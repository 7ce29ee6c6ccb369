//! Real schema files, none of which is kept here: each is made on a server, built again from its manifest alone, and each consecutive pair
//! of versions is made like the other, forward and back.
//!
//! `EVENKEEL_CORPORA=/folder cargo nextest run -p evenkeel-postgres --test patch --run-ignored only corpora` goes through
//! `/folder/postgres/NAME/*.sql`, the versions in the order of their names. `EVENKEEL_CORPUS=NAME` runs one of them.

use crate::pairs::{Outcome, patched_plainly};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::Form;
use evenkeel_postgres::grammar::PostgresGrammar;
use evenkeel_testkit::corpora::{Ended, Tally, corpora, histories_are_whole, judged};
use evenkeel_testkit::{TestDb, database, majors};
use std::path::Path;
use std::process::Command;

const NOTHING: Form = Form { offline: true, throwaway: true };

fn ended(outcome: Result<Outcome, String>) -> Ended {
    match outcome {
        Ok(Outcome::Equal | Outcome::Alike) => Ended::Equal,
        Ok(Outcome::Refused(reasons)) => Ended::Refused(reasons),
        Err(problem) => Ended::Wrong(problem),
    }
}

/// Runs a file by psql, which goes on where a statement fails; how many did. No row of it stays.
fn load(db: &TestDb, file: &Path) -> usize {
    let ran = Command::new("psql").args(["-X", "-q", "-d", &db.conninfo(), "-f"]).arg(file).output().expect("psql starts");
    // Whether rows fit a constraint that comes is a matter of rows.
    db.exec(
        "do $$ declare name regclass; begin
         for name in select oid from pg_class where relkind in ('r', 'p') and relnamespace::regnamespace::text !~ '^(pg_|information_schema)' loop
             execute 'truncate table ' || name || ' cascade';
         end loop; end $$",
    );
    String::from_utf8_lossy(&ran.stderr).lines().filter(|line| line.contains("ERROR:")).count()
}

fn on(major: u32) {
    if !majors().contains(&major) {
        return;
    }
    let (mut built, mut forward, mut back) = (Tally::default(), Tally::default(), Tally::default());
    for (name, files) in corpora("postgres") {
        let mut versions: Vec<(TestDb, Manifest)> = Vec::new();
        for (at, file) in files.iter().enumerate() {
            let db = database(major);
            let failed = load(&db, file);
            let manifest = crate::capture(&db.conninfo());
            println!("  {name} {}: {} objects, {failed} statements failed", file.display(), manifest.objects().len());
            let empty = database(major);
            let nothing = crate::capture(&empty.conninfo());
            built.count(&format!("{name} {at} from nothing"), ended(patched_plainly(&empty, &nothing, &manifest, NOTHING)));
            versions.push((db, manifest));
        }
        for (at, pair) in versions.windows(2).enumerate() {
            let [(db, one), (_, other)] = pair else { continue };
            forward.count(&format!("{name} {at} forward"), ended(patched_plainly(db, one, other, Form::default())));
            let seen = crate::capture(&db.conninfo());
            back.count(&format!("{name} {at} back"), ended(patched_plainly(db, &seen, one, Form::default())));
        }
    }
    judged(&format!("PostgreSQL {major}"), &built, &forward, &back);
}

macro_rules! majors {
    ($($name:ident = $major:literal),+) => {$(
        #[test]
        #[ignore = "needs files that are not kept here: EVENKEEL_CORPORA"]
        fn $name() {
            on($major);
        }
    )+};
}

majors!(corpora_on_13 = 13, corpora_on_14 = 14, corpora_on_15 = 15, corpora_on_16 = 16, corpora_on_17 = 17, corpora_on_18 = 18);

#[test]
#[ignore = "needs files that are not kept here: EVENKEEL_HISTORIES, laid out by script/histories"]
fn histories_lose_no_byte() {
    histories_are_whole("postgresql", &PostgresGrammar);
}
