//! Real schema files, none of which is kept here: each is made on a server, built again from its manifest alone, and each consecutive pair
//! of versions is made like the other, forward and back.
//!
//! `EVENKEEL_CORPORA=/folder cargo nextest run -p evenkeel-postgres --test patch --run-ignored only corpora` goes through
//! `/folder/postgres/NAME/*.sql`, the versions in the order of their names. `EVENKEEL_CORPUS=NAME` runs one of them.

use crate::pairs::{Outcome, patched_plainly};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::Form;
use evenkeel_testkit::{TestDb, database, majors};
use std::path::{Path, PathBuf};
use std::process::Command;

const NOTHING: Form = Form { offline: true, throwaway: true };

/// What came of one kind of trial.
#[derive(Default)]
struct Tally {
    equal: usize,
    refused: Vec<String>,
    wrong: Vec<String>,
}

impl Tally {
    fn count(&mut self, what: &str, outcome: Result<Outcome, String>) {
        match outcome {
            Ok(Outcome::Equal | Outcome::Alike) => self.equal += 1,
            Ok(Outcome::Refused(reasons)) => self.refused.push(format!("{what}: {}", reasons.join("; "))),
            Err(problem) => self.wrong.push(format!("{what}: {problem}")),
        }
    }

    fn words(&self) -> String {
        format!("{} equal, {} refused by name, {} wrong", self.equal, self.refused.len(), self.wrong.len())
    }
}

fn sorted(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display())).map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// Runs a file by psql, which goes on where a statement fails; how many did.
fn load(db: &TestDb, file: &Path) -> usize {
    let ran = Command::new("psql").args(["-X", "-q", "-d", &db.conninfo(), "-f"]).arg(file).output().expect("psql starts");
    String::from_utf8_lossy(&ran.stderr).lines().filter(|line| line.contains("ERROR:")).count()
}

fn on(major: u32) {
    if !majors().contains(&major) {
        return;
    }
    let folder = PathBuf::from(std::env::var_os("EVENKEEL_CORPORA").expect("EVENKEEL_CORPORA names a folder"));
    let wanted = std::env::var("EVENKEEL_CORPUS").unwrap_or_default();
    let (mut built, mut forward, mut back) = (Tally::default(), Tally::default(), Tally::default());
    for corpus in sorted(&folder.join("postgres")) {
        let name = corpus.file_name().unwrap().to_string_lossy().into_owned();
        if !wanted.is_empty() && wanted != name {
            continue;
        }
        let mut versions: Vec<(TestDb, Manifest)> = Vec::new();
        for (at, file) in sorted(&corpus).iter().enumerate() {
            let db = database(major);
            let failed = load(&db, file);
            let manifest = crate::capture(&db.conninfo());
            println!("  {name} {}: {} objects, {failed} statements failed", file.display(), manifest.objects().len());
            let empty = database(major);
            let nothing = crate::capture(&empty.conninfo());
            built.count(&format!("{name} {at} from nothing"), patched_plainly(&empty, &nothing, &manifest, NOTHING));
            versions.push((db, manifest));
        }
        for (at, pair) in versions.windows(2).enumerate() {
            let [(db, one), (_, other)] = pair else { continue };
            forward.count(&format!("{name} {at} forward"), patched_plainly(db, one, other, Form::default()));
            let seen = crate::capture(&db.conninfo());
            back.count(&format!("{name} {at} back"), patched_plainly(db, &seen, one, Form::default()));
        }
    }
    println!("PostgreSQL {major}: from nothing {}; forward {}; back {}", built.words(), forward.words(), back.words());
    for refused in [&built, &forward, &back].iter().flat_map(|tally| &tally.refused) {
        println!("  {refused}");
    }
    let wrong: Vec<&str> = [&built, &forward, &back].iter().flat_map(|tally| &tally.wrong).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} on PostgreSQL {major}:\n{}", wrong.len(), wrong.join("\n"));
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
