//! From a finished comparison to the report the user asked for.

use super::output;
use crate::args::{Common, Reporting, SeverityName};
use crate::paint::{self, shell};
use crate::settings::Policy;
use clap::ValueEnum as _;
use evenkeel_core::compare::Scope;
use evenkeel_core::digest::Order;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::finding::Place;
use evenkeel_core::gate::{Readiness, Tier};
use evenkeel_core::kind::{Dimension, Severity};
use evenkeel_pipeline::compare::Compared;
use evenkeel_report::{Document, FORMATS, Format, Input, Only, Style};
use std::io::IsTerminal;
use std::path::PathBuf;
use std::time::Duration;

/// The format asked for.
///
/// # Errors
/// There is none of that name.
pub fn format(name: &str) -> Result<&'static Format, Box<Trouble>> {
    Format::from_name(name).ok_or_else(|| {
        let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
        Box::new(Trouble::new(Class::Usage, "unknown report format").expected(names.join(", ")).found(name).origin("flag --format"))
    })
}

/// The reports asked for: `html=FILE` goes to that file, one format without a file to `--out` or stdout.
///
/// # Errors
/// No such format; two for stdout.
pub fn outputs(reporting: &Reporting) -> Result<Vec<(&'static Format, Option<PathBuf>)>, Box<Trouble>> {
    let mut outputs = Vec::new();
    for text in &reporting.format {
        let (name, file) = text.split_once('=').map_or((text.as_str(), None), |(name, file)| (name, Some(file)));
        let file = match file {
            Some("") => {
                let trouble = Trouble::new(Class::Usage, "a report's file has no name").expected(format!("--format {name}=FILE"));
                return Err(Box::new(trouble.found(text.as_str()).origin("flag --format")));
            }
            Some(file) => Some(PathBuf::from(file)),
            None => reporting.out.clone(),
        };
        outputs.push((format(name)?, file));
    }
    let shared = outputs.iter().enumerate().any(|(at, (_, file))| outputs.iter().skip(at + 1).any(|(_, other)| other == file));
    if shared {
        return Err(Box::new(
            Trouble::new(Class::Usage, "two reports for one place")
                .expected("each report in a place of its own")
                .found(reporting.format.join(", "))
                .origin("flag --format")
                .fix("name their files: --format terminal --format json=report.json"),
        ));
    }
    Ok(outputs)
}

/// What is shown: severities and ids as typed.
///
/// # Errors
/// There is no such id.
pub fn only(typed: &[String]) -> Result<Option<Only>, Box<Trouble>> {
    let mut only = Only::default();
    for text in typed {
        if let Ok(severity) = SeverityName::from_str(text, true) {
            only.severities.push(Severity::from(severity).into());
        } else if let Some(id) = evenkeel_report::all_ids().into_iter().find(|id| id.eq_ignore_ascii_case(text)) {
            only.ids.push(id);
        } else {
            let near = evenkeel_report::suggest(text);
            let trouble = Trouble::new(Class::Usage, format!("{text:?} is neither a severity nor the id of a finding"));
            let trouble = trouble.expected("block, warn, inform, or an id such as EK-table-missing").origin("flag --only");
            return Err(Box::new(if near.is_empty() {
                trouble.fix("list the ids: evenkeel explain")
            } else {
                trouble.fix(format!("did you mean {}?", near.join(", ")))
            }));
        }
    }
    Ok((!typed.is_empty()).then_some(only))
}

/// Renders and writes all of them.
///
/// # Errors
/// One cannot be written.
pub fn publish(
    outputs: &[(&'static Format, Option<PathBuf>)],
    documents: &[Document],
    reporting: &Reporting,
    common: &Common,
) -> Result<(), Box<Trouble>> {
    publish_in(outputs, documents, reporting, common, false)
}

/// The same, where those that fail may stand first.
///
/// # Errors
/// One cannot be written.
pub fn publish_in(
    outputs: &[(&'static Format, Option<PathBuf>)],
    documents: &[Document],
    reporting: &Reporting,
    common: &Common,
    failing_first: bool,
) -> Result<(), Box<Trouble>> {
    for (format, out) in outputs {
        let style = Style { failing_first, ..style(reporting, common, out.is_none())? };
        output::write(&render(format, documents, &style)?, out.as_deref())?;
    }
    Ok(())
}

/// What is compared, by flags and policy.
pub fn scope(dimensions: Vec<Dimension>, policy: &Policy) -> Scope {
    let column_order = if policy.column_order.is_some() { Order::Counted } else { Order::Ignored };
    let order_weight = policy.column_order.unwrap_or(Severity::Inform);
    Scope { dimensions, column_order, order_weight, shared_weight: policy.shared_faults }
}

/// The bar: the flag, else the policy, else `block`.
pub fn bar(reporting: &Reporting, policy: &Policy) -> Severity {
    reporting.fail_on.map(Severity::from).or(policy.fail_on).unwrap_or(Severity::Block)
}

/// What the exit code depends on: the dimensions asked for, else the tier's, else all.
pub fn demanded(reporting: &Reporting, tier: Option<Tier>) -> Vec<Dimension> {
    match tier {
        _ if !reporting.dimension.is_empty() => reporting.dimension.iter().map(|name| (*name).into()).collect(),
        Some(tier) => tier.demands().to_vec(),
        None => Dimension::ALL.to_vec(),
    }
}

/// What was asked for beside the environments, as it may be typed again.
pub fn flags(reporting: &Reporting, common: &Common) -> String {
    let mut flags = String::new();
    if let Some(config) = &common.config {
        flags.push_str(&format!(" --config {}", shell::quoted(&config.to_string_lossy())));
    }
    if !reporting.dimension.is_empty() {
        let names: Vec<&str> = reporting.dimension.iter().map(|name| Dimension::from(*name).name()).collect();
        flags.push_str(&format!(" --dimension {}", names.join(",")));
    }
    if let Some(bar) = reporting.fail_on {
        flags.push_str(&format!(" --fail-on {}", Severity::from(bar).name()));
    }
    flags.push_str(&common.waits());
    flags
}

/// What a document needs to know beyond the comparison.
pub struct Frame<'a> {
    pub demanded: &'a [Dimension],
    pub tier: Option<Tier>,
    /// The file each side was read from, reference first, where it was one.
    pub files: [Option<&'a str>; 2],
    /// Where the candidate is configured.
    pub configured: Option<&'a Place>,
    /// What it is ready for, where it was checked against its manifest.
    pub readiness: Option<&'a Readiness>,
    /// The least severity that fails.
    pub bar: Severity,
    pub elapsed: Duration,
    pub command: &'a str,
}

/// Makes the public document.
pub fn document(compared: &Compared, frame: &Frame<'_>) -> Document {
    Document::build(&Input {
        comparison: &compared.comparison,
        judgement: &compared.judgement,
        ignored: &compared.ignored,
        reference: compared.reference.side(),
        candidate: compared.candidate.side(),
        demanded: frame.demanded,
        tier: frame.tier,
        files: frame.files,
        configured: frame.configured,
        readiness: frame.readiness,
        fail_on: frame.bar,
        elapsed: frame.elapsed,
        version: env!("CARGO_PKG_VERSION"),
        command: frame.command,
    })
}

/// Renders what was found by a verb that compares nothing, in a format that all reports have.
///
/// # Errors
/// It cannot be written so.
pub fn found(name: &str, found: &evenkeel_report::Found<'_>, style: &Style) -> Result<Vec<u8>, Box<Trouble>> {
    render(format(name)?, &[Document::found(found)], style)
}

/// How wide and how colourful.
pub fn style(reporting: &Reporting, common: &Common, to_stdout: bool) -> Result<Style, Box<Trouble>> {
    let terminal = to_stdout && std::io::stdout().is_terminal();
    Ok(Style {
        color: paint::colored(common.color, terminal),
        width: width(terminal),
        terminal,
        only: only(&reporting.only)?,
        ..Style::default()
    })
}

/// Columns of the terminal, between 60 and 120; what `COLUMNS` says goes first, 80 where there is neither.
pub fn width(terminal: bool) -> usize {
    let said = std::env::var("COLUMNS").ok().and_then(|columns| columns.trim().parse::<usize>().ok());
    let seen = || terminal.then(|| rustix::termios::tcgetwinsize(std::io::stdout()).map(|size| usize::from(size.ws_col)).ok()).flatten();
    let columns = said.filter(|columns| *columns > 0).or_else(seen);
    columns.filter(|columns| *columns > 0).map_or(80, |columns| columns.clamp(60, 120))
}

/// Renders one document, or several as one report.
pub fn render(format: &Format, documents: &[Document], style: &Style) -> Result<Vec<u8>, Box<Trouble>> {
    (format.render)(documents, style).map_err(|fault| Box::new(fault.trouble()))
}
