//! The fourth act: two migrations before they go to production, one that is fine and one that is not. `rehearse`, as anybody runs it.
//!
//! Lives here: the files and what must be found. Neighbours: `omitted`, the act before; `released`, the act after, on the same server.

use super::act::{broken, ran, unwritable};
use super::screen::Screen;
use crate::args::{Common, HistoryFormat, Reading, Rehearse};
use crate::command::{migrations, output, rehearse};
use crate::signals;
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Installed, Like, Scratch, Watch, Workshop};
use evenkeel_pipeline::rehearse::Amount;
use evenkeel_report::history::Form;
use evenkeel_report::rehearsal as report;
use std::path::Path;
use tempfile::TempDir;

pub const DATABASE: &str = "chandlery";
/// What the first migration made.
const START: &str = "create table customers (id bigint primary key, name text not null, city text);\n\
    create table invoices (id bigint primary key, customer_id bigint not null references customers, total numeric(9,2) not null, remark text);\n";
/// What production has: enough rows that the bad one is felt.
const THERE: &[&str] = &[
    START,
    "insert into customers select g, 'customer ' || g, 'city ' || g % 40 from generate_series(1, 20000) as g",
    "insert into invoices select g, 1 + g % 20000, g % 900, repeat('r', 40) || g from generate_series(1, 200000) as g",
    "create table schema_migrations (version bigint primary key, dirty boolean not null)",
    "insert into schema_migrations values (1, false)",
    "vacuum (analyze)",
];
const FILES: &[(&str, &str)] = &[
    ("migrations/0001_start.up.sql", START),
    ("migrations/0002_due.up.sql", "alter table invoices add column due date;\n"),
    ("migrations/0002_due.down.sql", "alter table invoices drop column due;\n"),
    (
        "migrations/0003_tidy.up.sql",
        "alter table invoices alter column total type double precision;\nalter table customers drop column city;\n",
    ),
    (
        "migrations/0003_tidy.down.sql",
        "alter table customers add column city text;\nalter table invoices alter column total type numeric(9,2);\n",
    ),
    ("queries/customers.sql", "select id, name, city from customers where id = $1;\n"),
    (
        "queries/invoices.sql",
        "select id, total from invoices where customer_id = $1;\ninsert into invoices (id, customer_id, total) values ($1, $2, $3);\n",
    ),
];
/// Gates that the bad one must be found to close.
const CLOSED: &[&str] = &["data-loss", "compatibility"];

/// The server and the folder it was played with: what comes after goes on there. The good migration is rehearsed, the bad one is there too.
pub struct Rehearsed {
    pub scratch: Box<dyn Scratch>,
    pub folder: TempDir,
}

impl Rehearsed {
    /// As it is configured.
    pub fn common(&self, common: &Common) -> Common {
        Common { config: Some(self.folder.path().join("evenkeel.toml")), ..Common { quiet: true, config: None, ..*common } }
    }

    /// What is refused is thrown away.
    ///
    /// # Errors
    /// It cannot be removed.
    pub fn without_the_bad_one(&self) -> Result<(), Box<Trouble>> {
        let mut bad = FILES.iter().filter(|(name, _)| name.contains("tidy"));
        bad.try_for_each(|(name, _)| std::fs::remove_file(self.folder.path().join(name))).map_err(|error| unwritable(&error))
    }
}

/// Plays it; the page of the bad one goes to `page`.
///
/// # Errors
/// A server cannot be started, or something is not found that was planted.
pub fn play(workshop: &dyn Workshop, server: &Installed, page: &Path, screen: &Screen, common: &Common) -> Result<Rehearsed, Box<Trouble>> {
    let watch = Watch { stop: signals::stop(), ..Watch::none() };
    let scratch = screen.step("a production with 200,000 invoices", || {
        let scratch = workshop.start(&Like::installed(server).database(DATABASE), &watch)?;
        THERE.iter().try_for_each(|sql| ran((&*scratch, DATABASE), sql))?;
        Ok(scratch)
    })?;
    let folder = tempfile::Builder::new().prefix("evenkeel-demo-").tempdir().map_err(|error| unwritable(&error))?;
    write(folder.path(), &scratch.url(DATABASE)).map_err(|error| unwritable(&error))?;
    let played = Rehearsed { scratch, folder };
    let (common, folder) = (played.common(common), &played.folder);
    let style = migrations::style(&common, true);
    let asked = |file: &str, sizes: &[f64]| Rehearse {
        files: vec![folder.path().join(file)],
        migrations: Some(folder.path().join("migrations")),
        queries: vec![folder.path().join("queries")],
        rows: sizes.iter().map(|share| Amount::Share(*share)).collect(),
        ..plain()
    };
    let command = |file: &str, rows: &str| format!("evenkeel rehearse {file} \\\n    --for production --queries queries --rows {rows}");
    let show = |told: &evenkeel_core::rehearsal::Rehearsal| {
        let bytes = report::rehearsal(told, Form::Terminal, &style).map_err(|fault| Box::new(migrations::fault_words(&fault)))?;
        // The verdict and the gates; what stands under them is in the page.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        screen.line(&text.trim_end().split("\n\n").take(2).collect::<Vec<_>>().join("\n\n"));
        Ok::<(), Box<Trouble>>(())
    };

    screen.command("A migration, with clients beside it. Is it safe?", &command("migrations/0002_due.up.sql", "10%"));
    let (good, _) = rehearse::rehearsed(&asked("migrations/0002_due.up.sql", &[0.1]), &common)?;
    show(&good)?;
    if !good.is_validated() {
        return Err(broken("the migration that is fine is not validated"));
    }

    screen.command("And the next one?", &command("migrations/0003_tidy.up.sql", "5%,15%,50%"));
    let wanted = asked("migrations/0003_tidy.up.sql", &[0.05, 0.15, 0.5]);
    let (bad, _) = rehearse::rehearsed(&wanted, &common)?;
    show(&bad)?;
    let is_closed = |name: &&str| bad.gates.iter().any(|gate| gate.name == *name && gate.holds == Some(false));
    if let Some(name) = CLOSED.iter().find(|name| !is_closed(name)) {
        return Err(broken(&format!("the gate {name} is not closed")));
    }
    let words = command("migrations/0003_tidy.up.sql", "5%,15%,50%").replace("\\\n    ", "");
    let bytes = report::page(&bad, &words, env!("CARGO_PKG_VERSION")).map_err(|fault| Box::new(migrations::fault_words(&fault)))?;
    output::file(page, &bytes)?;
    screen.line(&format!("\nAs a page, with locks over clients on one axis of time: {}", super::absolute(page)));
    Ok(played)
}

fn plain() -> Rehearse {
    Rehearse {
        and: None,
        files: Vec::new(),
        target: "production".to_owned(),
        on: "scratch".to_owned(),
        expect: None,
        dump: None,
        data: None,
        rows: Vec::new(),
        queries: Vec::new(),
        next: Vec::new(),
        workload: Vec::new(),
        long_transaction: None,
        replica: false,
        within: None,
        probe: false,
        evidence: None,
        key: None,
        only: Vec::new(),
        migrations: None,
        reading: Reading::default(),
        format: HistoryFormat::Terminal,
        out: None,
    }
}

fn write(folder: &Path, url: &str) -> std::io::Result<()> {
    for inner in ["migrations", "queries"] {
        std::fs::create_dir(folder.join(inner))?;
    }
    for (name, text) in FILES {
        std::fs::write(folder.join(name), text)?;
    }
    // Its own store: what is played is nobody's record.
    let store = folder.join("store.db");
    std::fs::write(
        folder.join("evenkeel.toml"),
        format!(
            "[project]\nmigrations = \"migrations\"\n\n[store]\nurl = \"sqlite:{}\"\n\n[environments.production]\nurl = \"{url}\"\ntier = \"production\"\n",
            store.display()
        ),
    )
}
