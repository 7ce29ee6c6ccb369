//! `evenkeel migrations [DIR]`: what was read of a folder. Neighbour: `history`, which sets it beside a database.

use super::{Outcome, output};
use crate::args::{Common, Migrations};
use crate::folder;
use crate::paint;
use crate::settings;
use crate::{signals, wire};
use evenkeel_core::fault::Trouble;
use evenkeel_pipeline::migrations::{self as read, Cut, Script};
use evenkeel_report::Style;
use evenkeel_report::history::{self as report, Listed, ListedMigration, ListedStatement, Listing, NotUnderstood};

pub fn run(arguments: &Migrations, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    paint::notes(&loaded.settings.notes, common.quiet);
    let wanted = folder::wanted(arguments.folder.as_deref(), &arguments.reading, None, &loaded.settings)?;
    let grammar = wire::engine(arguments.engine.into()).grammar()?;
    let found = read::read(&wanted, grammar, signals::stop())?;
    let listing = listing(&found);
    let code = listing.verdict.exit_code;
    let style = style(common, arguments.out.is_none());
    let bytes = report::listing(&listing, arguments.format.into(), &style).map_err(|fault| Box::new(fault_words(&fault)))?;
    output::write(&bytes, arguments.out.as_deref())?;
    Ok(code)
}

pub(super) fn fault_words(fault: &evenkeel_report::Fault) -> Trouble {
    evenkeel_core::fault::Troublesome::trouble(fault)
}

/// How wide and how colourful.
pub(super) fn style(common: &Common, to_stdout: bool) -> Style {
    let terminal = to_stdout && std::io::IsTerminal::is_terminal(&std::io::stdout());
    Style { color: paint::colored(common.color, terminal), width: super::report::width(terminal), terminal, ..Style::default() }
}

fn listing(found: &read::Migrations) -> Listing {
    let migrations: Vec<ListedMigration> = found.cuts.iter().map(migration).collect();
    let statements: usize = migrations.iter().map(|migration| migration.statements.len()).sum();
    let odd = found.odd();
    let of = |count: usize, one: &str, many: &str| format!("{count} {}", if count == 1 { one } else { many });
    let told = if odd == 0 { "everything understood".to_owned() } else { of(odd, "thing not understood", "things not understood") };
    let line = format!(
        "{}: {} of {}, as {} reads them: {told}",
        found.shown,
        of(migrations.len(), "migration", "migrations"),
        of(statements, "statement", "statements"),
        found.folder.tool
    );
    Listing {
        schema_version: Listing::SCHEMA_VERSION,
        folder: found.shown.clone(),
        tool: found.folder.tool.to_owned(),
        why: found.folder.why.clone(),
        grouping: found.folder.grouping.name().to_owned(),
        digest: found.digest(),
        migrations,
        not_understood: found
            .folder
            .odd
            .iter()
            .map(|(file, why)| NotUnderstood { file: file.clone(), line: None, why: why.clone() })
            .collect(),
        verdict: Listed { line, exit_code: u8::from(odd > 0) },
    }
}

fn migration(cut: &Cut) -> ListedMigration {
    let migration = &cut.migration;
    let statements = |scripts: &[Script]| scripts.iter().flat_map(listed).collect::<Vec<_>>();
    ListedMigration {
        key: migration.key.clone(),
        name: migration.name.clone(),
        files: migration.files.clone(),
        transaction: migration.transaction.name().to_owned(),
        repeatable: migration.repeatable,
        baseline: migration.baseline,
        checksum: migration.checksum.clone(),
        statements: statements(&cut.up),
        down: cut.down.as_deref().map(statements),
        not_understood: cut
            .odd
            .iter()
            .map(|(place, why)| NotUnderstood { file: place.file.clone(), line: Some(place.line), why: why.clone() })
            .collect(),
    }
}

fn listed(script: &Script) -> Vec<ListedStatement> {
    let one = |said: read::Said<'_>| ListedStatement {
        file: said.file.to_owned(),
        line: said.line,
        column: said.column,
        tag: said.statement.tag.clone(),
        in_transaction: !said.statement.alone,
    };
    script.statements().into_iter().map(one).collect()
}
