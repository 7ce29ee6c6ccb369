//! The terminal: the verdict, what is not as it should be with its evidence, then how it was looked at.

use super::{Listing, verdict_line, word};
use crate::clean::line;
use crate::format::Style;
use crate::page::Page;
use crate::wrap::width;
use anstyle::{AnsiColor, Style as Paint};
use evenkeel_core::history::told::{Entry, History};
use evenkeel_core::history::verdict::{Evidence, Verdict};
use evenkeel_core::kind::Severity;
use std::fmt::Write as _;

const BAD: Paint = AnsiColor::Red.on_default().bold();
const WARN: Paint = AnsiColor::Yellow.on_default().bold();
const GOOD: Paint = AnsiColor::Green.on_default().bold();
const UNKNOWN: Paint = AnsiColor::Magenta.on_default().bold();
const DIM: Paint = Paint::new().dimmed();

/// So many that are as they should be are listed one by one.
const QUIET: usize = 12;
/// Pieces of evidence that are shown of one migration.
const EVIDENCE: usize = 8;

pub(super) fn history(history: &History, style: &Style) -> String {
    let mut page = Page { style, text: String::new() };
    let paint = match history.exit_code {
        0 => GOOD,
        1 => BAD,
        _ => UNKNOWN,
    };
    page.wrapped(&verdict_line(history), "", paint);
    for one in history.all() {
        page.text.push('\n');
        if !history.beside.is_empty() {
            page.wrapped(&format!("{} ({})", one.folder, one.tool), "", Paint::new().bold());
        }
        page.folder(one);
    }
    page.text
}

fn stray(stray: &evenkeel_core::history::told::Stray) -> String {
    let spot = &stray.unexplained.spot;
    let attribute = spot.attribute.map(|attribute| format!(" ({attribute})")).unwrap_or_default();
    format!("{} {}{attribute}: {}", spot.kind.name(), spot.display(), stray.words())
}

/// One piece of evidence as a sentence.
pub(super) fn evidence(evidence: &Evidence) -> String {
    let spot = &evidence.spot;
    let what = match spot.attribute {
        None => format!("{} {}", spot.kind.name(), spot.display()),
        Some(attribute) => format!("{} of {} {}", attribute.replace('_', " "), spot.kind.name(), spot.display()),
    };
    if evidence.expected == evidence.found {
        return format!("{what}: {}", evidence.found.shown());
    }
    format!("{what}: expected {}, found {}", evidence.expected.shown(), evidence.found.shown())
}

impl Page<'_> {
    /// What is said of one folder.
    fn folder(&mut self, history: &History) {
        let quiet = |entry: &&Entry| matches!(entry.judged.verdict, Verdict::Applied | Verdict::Superseded) && entry.judged.also.is_empty();
        let skipped = history.migrations.iter().filter(quiet).count();
        let skip = skipped > QUIET;
        let shown = |entry: &&Entry| !(skip && quiet(entry));
        let keys = history.migrations.iter().filter(shown).map(|entry| width(&line(&entry.judged.key))).max().unwrap_or_default().min(30);
        for entry in history.migrations.iter().filter(shown) {
            self.entry(entry, keys);
        }
        if skip {
            let _ = writeln!(self.text, "  … and {skipped} that are applied");
        }
        self.list("no migration explains", &history.unexplained.iter().map(stray).collect::<Vec<_>>(), BAD);
        self.list("in flight", &history.in_flight, UNKNOWN);
        self.list("could not be told", &history.gaps, UNKNOWN);
        self.list("to know", &history.notes, DIM);
        self.text.push('\n');
        let ledger =
            history.ledger.as_ref().map_or_else(|| "records nothing there".to_owned(), |ledger| format!("records in {}", ledger.table));
        let how = format!("{} ({}) {ledger}; the files ran on a throwaway {}", history.tool, history.why, history.replayed_on);
        self.wrapped(&how, "  ", DIM);
    }

    fn entry(&mut self, entry: &Entry, keys: usize) {
        let judged = &entry.judged;
        let (mark, paint) = match judged.verdict.severity() {
            None => ("?", UNKNOWN),
            Some(Severity::Block) => ("×", BAD),
            Some(Severity::Warn) => ("!", WARN),
            Some(Severity::Inform) => ("·", Paint::new()),
        };
        let words: Vec<String> = std::iter::once(&judged.verdict).chain(&judged.also).map(|verdict| word(*verdict)).collect();
        let accepted = if judged.accepted && judged.verdict == Verdict::NotCheckable {
            " (accepted by the committed manifest, or by name)"
        } else {
            ""
        };
        let key = line(&judged.key);
        let gap = " ".repeat(keys.saturating_sub(width(&key)));
        let verdict = self.painted(paint, &words.join(", "));
        let _ =
            writeln!(self.text, "{} {key}{gap}  {verdict}{accepted}  {}", self.painted(paint, mark), self.painted(DIM, &line(&entry.name)));
        if let Some(why) = &judged.why {
            self.wrapped(why, "      ", Paint::new());
        }
        for (at, one) in judged.evidence.iter().take(EVIDENCE).enumerate() {
            let place =
                entry.places.get(at).cloned().flatten().map(|place| format!("  ({}:{})", place.file, place.line)).unwrap_or_default();
            self.wrapped(&format!("{}{place}", evidence(one)), "      ", Paint::new());
        }
        let more = judged.evidence.len().saturating_sub(EVIDENCE);
        if more > 0 {
            let _ = writeln!(self.text, "      … and {more} more (--format json has all)");
        }
    }
}

pub(super) fn listing(listing: &Listing, style: &Style) -> String {
    let mut page = Page { style, text: String::new() };
    page.wrapped(&listing.verdict.line, "", if listing.verdict.exit_code == 0 { GOOD } else { UNKNOWN });
    page.wrapped(&format!("{}: {}", listing.tool, listing.why), "  ", DIM);
    page.wrapped(&format!("artifact {}", listing.digest), "  ", DIM);
    page.text.push('\n');
    let keys = listing.migrations.iter().map(|migration| width(&line(&migration.key))).max().unwrap_or_default().min(40);
    for migration in &listing.migrations {
        let key = line(&migration.key);
        let gap = " ".repeat(keys.saturating_sub(width(&key)));
        let down = match &migration.down {
            None => "no way back".to_owned(),
            Some(down) if down.is_empty() => "a way back without a statement".to_owned(),
            Some(down) => format!("way back of {}", down.len()),
        };
        let count = migration.statements.len();
        let statements = if count == 1 { "1 statement".to_owned() } else { format!("{count} statements") };
        let alone = migration.statements.iter().filter(|statement| !statement.in_transaction).count();
        let alone = if alone > 0 { format!(", {alone} outside of any") } else { String::new() };
        let _ = writeln!(page.text, "  {key}{gap}  {statements}, transaction {}{alone}, {down}", migration.transaction);
        for odd in &migration.not_understood {
            let place = odd.line.map_or_else(|| odd.file.clone(), |line| format!("{}:{line}", odd.file));
            page.wrapped(&format!("{place}: {}", odd.why), "      ", UNKNOWN);
        }
    }
    let odd: Vec<String> = listing.not_understood.iter().map(|odd| format!("{}: {}", odd.file, odd.why)).collect();
    page.list("not understood", &odd, UNKNOWN);
    page.text
}
