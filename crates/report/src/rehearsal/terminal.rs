//! The terminal: the verdict, the gates that do not hold, what each statement did, then how it was looked at.

use super::{again, applications, blocked, did, estimates, form, in_place, lock, parts, questions, range, touched, verdict_line, way_back};
use crate::clean::line;
use crate::format::Style;
use crate::page::Page;
use crate::wrap::width;
use anstyle::{AnsiColor, Style as Paint};
use evenkeel_core::estimate::{Driver, Estimate};
use evenkeel_core::rehearsal::{Asked, Gate, Load, Migration, Phase, Rehearsal, time};
use evenkeel_core::trace::{Blocks, Lock, Sort, Trace};
use std::fmt::Write as _;

const BAD: Paint = AnsiColor::Red.on_default().bold();
const GOOD: Paint = AnsiColor::Green.on_default().bold();
const UNKNOWN: Paint = AnsiColor::Magenta.on_default().bold();
const WARN: Paint = AnsiColor::Yellow.on_default().bold();
const DIM: Paint = Paint::new().dimmed();

/// Things that are listed of one effect or one way back.
const SHOWN: usize = 8;
/// Characters of a statement.
const TEXT: usize = 60;

pub(super) fn rehearsal(rehearsal: &Rehearsal, style: &Style) -> String {
    let mut page = Page { style, text: String::new() };
    let paint = match rehearsal.exit_code() {
        0 => GOOD,
        1 => BAD,
        _ => UNKNOWN,
    };
    page.wrapped(&verdict_line(rehearsal), "", paint);
    page.text.push('\n');
    let names = rehearsal.gates.iter().map(|gate| width(gate.name)).max().unwrap_or_default();
    let order = |gate: &&Gate| match gate.holds {
        Some(false) => 0,
        None => 1,
        Some(true) => 2,
    };
    let mut gates: Vec<&Gate> = rehearsal.gates.iter().collect();
    gates.sort_by_key(order);
    for gate in gates {
        page.gate(gate, names);
    }
    let estimates = estimates(rehearsal);
    if !estimates.is_empty() {
        let head = page.painted(Paint::new().bold(), "on the target's size");
        let _ = writeln!(page.text, "\n{head}");
        for (what, range) in estimates.iter().take(SHOWN) {
            page.wrapped(&format!("{what}: {range}"), "  ", Paint::new());
        }
        if estimates.len() > SHOWN {
            page.wrapped(&format!("… and {} more (--format json has all)", estimates.len() - SHOWN), "  ", DIM);
        }
    }
    for (at, migration) in rehearsal.migrations.iter().enumerate() {
        page.migration(migration, rehearsal.larger.as_ref().and_then(|larger| larger.statements.get(at)));
    }
    if let Some(told) = &rehearsal.in_place {
        let head = page.painted(Paint::new().bold(), &line(&in_place::head(told)));
        let _ = writeln!(page.text, "\n{head}");
        page.wrapped(&in_place::under(told), "  ", DIM);
        for (depth, weight, words) in in_place::lines(rehearsal) {
            let paint = [Paint::new(), WARN, BAD].get(usize::from(weight)).copied().unwrap_or_default();
            page.wrapped(&words, ["  ", "    ", "      "].get(depth).unwrap_or(&"  "), paint);
        }
    }
    if let Some(load) = &rehearsal.load {
        page.load(load);
    }
    if let Some(asked) = &rehearsal.asked {
        page.asked(asked);
    }
    page.list("what the old and the new application meet", &applications(rehearsal), WARN);
    page.list("not as on the target", &rehearsal.floor, WARN);
    page.list("not seen", &rehearsal.gaps, UNKNOWN);
    page.list("to know", &rehearsal.notes, DIM);
    page.text.push('\n');
    let grouped = format!(
        "{} rehearsed on a throwaway {} as {}; transactions {}",
        parts(rehearsal),
        rehearsal.on,
        rehearsal.role,
        rehearsal.grouping
    );
    page.wrapped(&grouped, "  ", DIM);
    page.text
}

/// Whether a lock is on something that statements of others name.
fn is_anybodys(lock: &Lock) -> bool {
    [Sort::Table, Sort::View, Sort::MaterializedView, Sort::Sequence].iter().any(|sort| sort.name() == lock.kind) || lock.kind == "advisory"
}

impl Page<'_> {
    fn gate(&mut self, gate: &Gate, names: usize) {
        let indent = self.verdict(gate.holds, gate.name, names, &gate.found);
        if gate.holds == Some(true) {
            return;
        }
        self.wrapped(&format!("demanded: {} ({})", gate.limit, gate.origin), &indent, DIM);
        if gate.holds == Some(false) && !gate.why.is_empty() {
            self.wrapped(gate.why, &indent, Paint::new());
            if let Some(remedy) = &gate.remedy {
                self.wrapped(&format!("fix: {remedy}"), &indent, Paint::new());
            }
        }
    }

    fn migration(&mut self, migration: &Migration, estimates: Option<&Vec<Estimate>>) {
        let name =
            if migration.name.is_empty() || migration.name == migration.key { String::new() } else { format!(" {}", migration.name) };
        let head = self.painted(Paint::new().bold(), &line(&format!("{}{name}", migration.key)));
        let _ = writeln!(self.text, "\n{head}  transaction {}", migration.transaction);
        for (at, trace) in migration.statements.iter().enumerate() {
            self.statement(trace, migration.forms.get(at).and_then(Option::as_ref));
            if let Some(one) = estimates.and_then(|all| all.get(at)).filter(|one| one.driver != Driver::Constant) {
                self.wrapped(&format!("there: {}", range(one)), "      ", Paint::new());
            }
        }
        if let Some((place, why)) = &migration.stopped {
            let place = place.as_ref().map(|place| format!(" at {place}")).unwrap_or_default();
            self.wrapped(&format!("stopped{place}: {why}"), "  ", BAD);
        }
        if let Some(effect) = &migration.effect {
            let all = touched(effect);
            if all.is_empty() {
                self.wrapped("the structure after it is as before; rows, rights and where sequences stand are not in it", "  ", DIM);
            }
            for one in all.iter().take(SHOWN) {
                self.wrapped(one, "    ", Paint::new());
            }
            if all.len() > SHOWN {
                self.wrapped(&format!("… and {} more (--format json has all)", all.len() - SHOWN), "    ", DIM);
            }
        }
        if let Some(undo) = &migration.undo {
            self.under(&way_back(undo));
        }
        if let Some(rerun) = &migration.rerun {
            self.under(&again(rerun));
        }
    }

    fn statement(&mut self, trace: &Trace, words: Option<&String>) {
        let text: String = trace.sql.split_whitespace().collect::<Vec<_>>().join(" ");
        let short: String = text.chars().take(TEXT).collect();
        let more = if text.chars().count() > TEXT { "…" } else { "" };
        let head = format!("{}  {short}{more}", trace.place);
        self.wrapped(&head, "  ", Paint::new());
        let mut did = did(trace);
        did.splice(0..0, form(words));
        did.insert(0, format!("{}, {}", trace.class.name(), time(trace.took)));
        if trace.is_sampled {
            did.push("outside of any transaction: locks as samples saw them".to_owned());
        }
        self.wrapped(&did.join("; "), "      ", DIM);
        let (shown, others): (Vec<&Lock>, Vec<&Lock>) =
            trace.locks.iter().filter(|lock| lock.blocks > Blocks::Ordinary && !lock.fresh).partition(|lock| is_anybodys(lock));
        for held in shown {
            let paint = if held.blocks >= Blocks::Writes { WARN } else { Paint::new() };
            self.wrapped(&lock(held), "      ", paint);
        }
        if !others.is_empty() {
            let what = if others.len() == 1 { "1 lock" } else { &format!("{} locks", others.len()) };
            self.wrapped(&format!("and {what} on indexes and parts of relations (--format json has all)"), "      ", DIM);
        }
        for one in trace.blocked.iter().flatten() {
            self.wrapped(&blocked(one), "      ", BAD);
        }
        if let Some(error) = &trace.error {
            self.wrapped(error, "      ", BAD);
        }
    }

    fn load(&mut self, load: &Load) {
        let head = self.painted(
            Paint::new().bold(),
            &format!("{} clients on {} tables ({})", load.clients, load.tables.len(), load.sources.join(", ")),
        );
        let _ = writeln!(self.text, "\n{head}");
        for (name, latency) in [("before", load.before), ("during", load.during), ("after", load.after)] {
            let words = format!(
                "{name}: {} requests, half of them within {}, 99 % within {}, all within {}",
                latency.requests,
                time(latency.p50),
                time(latency.p99),
                time(latency.max)
            );
            self.wrapped(&words, "  ", Paint::new());
        }
        // What was refused before it already is no fault of the release.
        let (alone, met): (Vec<_>, Vec<_>) = load.refused.iter().partition(|(phase, ..)| *phase == Phase::Before);
        for (phase, code, count, sql, message) in met.into_iter().take(SHOWN) {
            self.wrapped(&format!("refused {} it, {count} times: {message} ({code}): {sql}", phase.name()), "  ", BAD);
        }
        for (_, code, count, sql, message) in alone.into_iter().take(SHOWN) {
            self.wrapped(&format!("fails by itself, {count} times before it: {message} ({code}): {sql}"), "  ", Paint::new());
        }
        for one in load.unsaid.iter().take(SHOWN) {
            self.wrapped(&format!("says nothing: {}: {}", one.place, one.why), "  ", Paint::new());
        }
        if let Some(words) = &load.beside {
            self.wrapped(words, "  ", Paint::new());
        }
    }

    fn asked(&mut self, asked: &Asked) {
        let count = asked.questions.len() + asked.nexts;
        let head = if count == 1 { "1 query of the application" } else { &format!("{count} queries of the application") };
        let head = self.painted(Paint::new().bold(), head);
        let _ = writeln!(self.text, "\n{head}");
        self.wrapped(&format!("as {}", asked.role), "  ", DIM);
        let all = questions(asked);
        if all.is_empty() {
            self.wrapped("all do the same before it and after it, also where they were prepared before", "  ", Paint::new());
        }
        for (is_bad, words) in all.iter().take(SHOWN) {
            self.wrapped(words, "  ", if *is_bad { BAD } else { Paint::new() });
        }
        if all.len() > SHOWN {
            self.wrapped(&format!("… and {} more (--format json has all)", all.len() - SHOWN), "  ", DIM);
        }
    }

    /// The first by itself, and what it rests on below it.
    fn under(&mut self, lines: &[(bool, String)]) {
        for (at, (is_bad, words)) in lines.iter().take(SHOWN + 1).enumerate() {
            self.wrapped(words, if at == 0 { "  " } else { "    " }, if *is_bad { BAD } else { Paint::new() });
        }
        if lines.len() > SHOWN + 1 {
            self.wrapped(&format!("… and {} more (--format json has all)", lines.len() - SHOWN - 1), "    ", DIM);
        }
    }
}
