//! The third act: a pipeline was green, and one of its migrations never ran. `history`, `preflight` and the repair, as anybody runs them.
//!
//! Lives here: the files, what went wrong, and what must be found. Neighbour: `estate`, whose servers the first two acts are played on;
//! this one has a server of its own.

use super::act::{broken, ran, unwritable};
use super::screen::Screen;
use crate::args::{Common, History, HistoryFormat, Preflight, Reading};
use crate::command::{apply, history, migrations, preflight};
use crate::signals;
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Installed, Like, Watch, Workshop};
use evenkeel_report::history::{self as report, Form};
use std::path::Path;

const DATABASE: &str = "harbour";
/// Files that mean the same to every server.
const FILES: &[(&str, &str)] = &[
    (
        "20260901090000_berths.sql",
        "-- migrate:up\ncreate table berths (id bigint primary key, name varchar(80) not null);\n-- migrate:down\ndrop table berths;\n",
    ),
    (
        "20260908090000_stays.sql",
        "-- migrate:up\ncreate table stays (id bigint primary key, berth_id bigint not null references berths (id), arrives date not null);\n\
         -- migrate:down\ndrop table stays;\n",
    ),
    (
        "20260915090000_depth.sql",
        "-- migrate:up\nalter table berths add column depth numeric(5,2);\ncreate index berths_depth on berths (depth);\n\
         -- migrate:down\nalter table berths drop column depth;\n",
    ),
    ("20260922090000_arrivals.sql", "-- migrate:up\ncreate index stays_arrives on stays (arrives);\n-- migrate:down\n-- nothing\n"),
];
/// What was done: two ran, the third is recorded and did not, the fourth was made by hand and is not recorded.
const DONE: &[&str] = &[
    "create table berths (id bigint primary key, name varchar(80) not null)",
    "create table stays (id bigint primary key, berth_id bigint not null references berths (id), arrives date not null)",
    "create index stays_arrives on stays (arrives)",
    "create table schema_migrations (version varchar(128) primary key)",
    "insert into schema_migrations values ('20260901090000'), ('20260908090000'), ('20260915090000')",
];
/// What must be said, by key.
const FOUND: &[(&str, &str)] = &[("20260915090000", "recorded-not-present"), ("20260922090000", "present-not-recorded")];

/// Plays it.
///
/// # Errors
/// A server cannot be started, or something is not found that was planted.
pub fn play(workshop: &dyn Workshop, server: &Installed, screen: &Screen, common: &Common) -> Result<(), Box<Trouble>> {
    let watch = Watch { stop: signals::stop(), ..Watch::none() };
    let scratch = screen.step("a pipeline: one migration never runs, one is run by hand", || {
        let scratch = workshop.start(&Like::installed(server).database(DATABASE), &watch)?;
        DONE.iter().try_for_each(|sql| ran((&*scratch, DATABASE), sql))?;
        Ok(scratch)
    })?;
    let folder = tempfile::Builder::new().prefix("evenkeel-demo-").tempdir().map_err(|error| unwritable(&error))?;
    write(folder.path(), &scratch.url(DATABASE)).map_err(|error| unwritable(&error))?;
    let common = Common { config: Some(folder.path().join("evenkeel.toml")), ..Common { quiet: true, config: None, ..*common } };
    let style = migrations::style(&common, true);
    let show = |told: &evenkeel_core::history::told::History| {
        let bytes = report::history(told, None, Form::Terminal, &style).map_err(|fault| Box::new(migrations::fault_words(&fault)))?;
        screen.line(String::from_utf8_lossy(&bytes).trim_end());
        Ok::<(), Box<Trouble>>(())
    };

    screen.command("The pipeline was green. Did production run it?", "evenkeel history production");
    let before = history::heard(&asked(None), &common)?.history;
    show(&before)?;
    let is_found = |(key, verdict): &(&str, &str)| {
        before.migrations.iter().any(|entry| entry.judged.key == *key && entry.judged.verdict.name() == *verdict)
    };
    if let Some((key, verdict)) = FOUND.iter().find(|found| !is_found(found)) {
        return Err(broken(&format!("migration {key} is not told as {verdict}")));
    }

    let expect = format!("replay:{}", folder.path().join("migrations").display());
    screen.command("Would this build start there?", "evenkeel preflight production --expect replay:migrations");
    let build = Preflight {
        environment: "production".to_owned(),
        expect: Some(expect),
        queries: Vec::new(),
        artifact: None,
        role: None,
        migrations: None,
        reading: Reading::default(),
        format: HistoryFormat::Terminal,
        out: None,
    };
    let (lacking, _) = preflight::asked(&build, &common)?;
    let bytes = report::preflight(&lacking, Form::Terminal, &style).map_err(|fault| Box::new(migrations::fault_words(&fault)))?;
    screen.line(String::from_utf8_lossy(&bytes).trim_end());
    if lacking.lacks.is_empty() {
        return Err(broken("the build lacks nothing"));
    }

    screen.command("What makes record and schema agree?", "evenkeel history production --repair");
    let repaired = history::heard(&asked(Some(crate::args::CourseName::Forward)), &common)?.repaired;
    let repaired = repaired.filter(history::Written::is_whole).ok_or_else(|| broken("nothing repairs it"))?;
    screen.line(&statements(&repaired.script));

    screen.command("And run it, under the locks, each act written down first", "evenkeel history production --repair --apply …");
    let order = History {
        apply: true,
        snapshot_taken: Some("the demo's own".to_owned()),
        yes: true,
        ..asked(Some(crate::args::CourseName::Forward))
    };
    let (bytes, code) = apply::told(&order, &common)?;
    screen.line(String::from_utf8_lossy(&bytes).trim_end());
    if code != 0 {
        return Err(broken("record and schema do not agree after the repair"));
    }
    scratch.stop()
}

fn asked(repair: Option<crate::args::CourseName>) -> History {
    History { environment: "production".to_owned(), repair, ..History::plain() }
}

/// The script without what a session says first, its remarks no wider than a screen.
fn statements(script: &str) -> String {
    let lines: Vec<String> = script.lines().filter(|line| !line.starts_with("SET ")).map(remark).collect();
    lines.join("\n").replace("\n\n\n", "\n\n").trim_end().to_owned()
}

fn remark(line: &str) -> String {
    const WIDE: usize = 80;
    let Some(words) = line.strip_prefix("-- ") else { return line.to_owned() };
    let mut lines = vec!["--".to_owned()];
    for word in words.split(' ') {
        match lines.last_mut() {
            Some(last) if last.chars().count() + 1 + word.chars().count() <= WIDE => last.push_str(&format!(" {word}")),
            _ => lines.push(format!("--   {word}")),
        }
    }
    lines.join("\n")
}

fn write(folder: &Path, url: &str) -> std::io::Result<()> {
    std::fs::create_dir(folder.join("migrations"))?;
    for (name, text) in FILES {
        std::fs::write(folder.join("migrations").join(name), text)?;
    }
    std::fs::write(
        folder.join("evenkeel.toml"),
        format!(
            "[project]\nmigrations = \"migrations\"\n\n[store]\nurl = \"sqlite:{}\"\n\n[environments.production]\nurl = \"{url}\"\n",
            folder.join("store.db").display()
        ),
    )
}
