//! `evenkeel compare REFERENCE CANDIDATE`. Neighbour: `schemas`, the same verb within one database.

use super::asked::Asked;
use super::patch::Patched;
use super::{Outcome, report, schemas};
use crate::args::{Common, Compare};
use crate::paint::{self, progress::Line};
use crate::settings::{Environment, Settings};
use crate::wire::{self, Endpoint};
use evenkeel_core::compare::Scope;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Dimension;
use evenkeel_core::reference::{Pattern, Secret};
use evenkeel_pipeline::compare::{self, Wanted};
use evenkeel_report::Document;
use std::io::Read;

pub fn run(arguments: &Compare, common: &Common) -> Outcome {
    let reporting = &arguments.reporting;
    let asked = Asked::of(reporting, common)?;
    if let Some(like) = &arguments.like {
        return schemas::run(arguments, like, &asked);
    }
    let (document, patched) = documented(arguments, &asked)?;
    let takes_the_place = patched.as_ref().is_some_and(|patched| patched.out.is_none());
    let in_files = asked.outputs.iter().all(|(_, out)| out.is_some());
    if !takes_the_place || in_files {
        report::publish(&asked.outputs, std::slice::from_ref(&document), reporting, common)?;
    }
    if (in_files || takes_the_place) && !common.quiet {
        paint::say!("{}", paint::plain(&document.verdict.line));
    }
    let code = document.verdict.exit_code;
    match patched {
        Some(patched) => patched.publish(code, common),
        None => Ok(code),
    }
}

/// The comparison as a document, before it has any format.
///
/// # Errors
/// As the verb.
pub fn document(arguments: &Compare, asked: &Asked<'_>) -> Result<Document, Box<Trouble>> {
    documented(arguments, asked).map(|(document, _)| document)
}

/// The same, with a patch where one is asked for.
fn documented(arguments: &Compare, asked: &Asked<'_>) -> Result<(Document, Option<Patched>), Box<Trouble>> {
    let settings = asked.settings();
    let (reference, candidate) = (&arguments.reference, arguments.candidate.as_deref().unwrap_or_default());
    let names = [reference, candidate].map(|name| (name, settings.environments.get(name)));
    let (mut scope, beforehand) = asked.scope_of(names);
    if asked.reporting.dimension.is_empty() {
        for name in [reference, candidate] {
            let endpoint = wire::endpoint(name, settings, asked.common, &scope.dimensions)?;
            asked.narrow(&mut scope, &endpoint);
        }
    }
    // Files are run on a server like the other side's, and what tools record there is not theirs.
    let is_replay = [reference, candidate].iter().any(|name| wire::is_replay(name));
    let beside = |dimensions: &[Dimension]| {
        let mut all = dimensions.to_vec();
        all.extend(
            [Dimension::Schema, Dimension::Privileges, Dimension::History, Dimension::Configuration]
                .into_iter()
                .filter(|one| is_replay && !dimensions.contains(one)),
        );
        all
    };
    let mut reference = wire::endpoint(reference, settings, asked.common, &beside(&scope.dimensions))?;
    // What has to be made anew comes back with its owner and rights, whatever is compared.
    let mut captured = beside(&scope.dimensions);
    for dimension in [Dimension::Schema, Dimension::Privileges] {
        if arguments.patching.patch.is_some() && !captured.contains(&dimension) {
            captured.push(dimension);
        }
    }
    let mut candidate = wire::endpoint(candidate, settings, asked.common, &captured)?;
    let migrates = |endpoint: &Endpoint<'_>| endpoint.configured.and_then(Environment::migration_role).map(str::to_owned);
    let (left, right) = (migrates(&reference), migrates(&candidate));
    reference.source.beside(right.as_deref());
    candidate.source.beside(left.as_deref());
    paint::notes(reference.warnings.iter().chain(&candidate.warnings), asked.common.quiet);
    reference_data(&mut reference, &mut candidate, settings, &scope)?;
    for endpoint in [&mut reference, &mut candidate] {
        endpoint.source.include_values(arguments.values);
    }
    // The candidate's tier says what must be right about it; a file has none.
    let tier = candidate.configured.or(reference.configured).and_then(|configured| configured.tier);
    let progress = Line::new(asked.common.quiet);
    let mut demanded = asked.demanded(tier, &scope);
    if tier.is_none() {
        // Nobody named what is demanded: what a manifest does not have is not.
        demanded.retain(|dimension| scope.dimensions.contains(dimension));
    }
    let insisted = asked.insists(tier);
    let wanted = Wanted { scope: &scope, demanded: &demanded, insisted, bar: asked.bar, same: arguments.same, beforehand: &beforehand };
    let compared = compare::run(&reference.source, &candidate.source, &wanted, &wire::run(&progress, settings))?;
    let patched = Patched::of(&arguments.patching, &compared, &scope, (settings, &progress))?;
    drop(progress);
    let mut same = if arguments.same { " --same" } else { "" }.to_owned();
    same.push_str(if arguments.values { " --values" } else { "" });
    let command = format!("evenkeel compare {} {}{same}{}", reference.shown, candidate.shown, asked.flags());
    let files = [&reference, &candidate].map(|endpoint| endpoint.source.file().map(|path| path.to_string_lossy().into_owned()));
    let configured = candidate.configured.or(reference.configured).map(|configured| &configured.place);
    let files = files.each_ref().map(Option::as_deref);
    let frame = report::Frame {
        demanded: &demanded,
        tier,
        files,
        configured,
        readiness: None,
        bar: asked.bar,
        elapsed: asked.started.elapsed(),
        command: &command,
    };
    let document = report::document(&compared, &frame);
    let document = match &patched {
        Some(patched) => patched.stands_in(document),
        None => document,
    };
    // The process ends soon: freeing a million small values one by one would only take time.
    std::mem::forget(compared);
    Ok((document, patched))
}

/// What either side is asked for is read on both: content that only one side has read can be compared with nothing. Two live sides
/// need no secret that outlasts the run to tell their rows from each other.
fn reference_data(
    reference: &mut Endpoint<'_>,
    candidate: &mut Endpoint<'_>,
    settings: &Settings,
    scope: &Scope,
) -> Result<(), Box<Trouble>> {
    let own = [reference.configured, candidate.configured].into_iter().flatten().flat_map(|configured| &configured.reference);
    let mut wanted: Vec<Pattern> = Vec::new();
    for one in own.chain(&settings.reference) {
        if !wanted.contains(one) {
            wanted.push(one.clone());
        }
    }
    if wanted.is_empty() || !scope.dimensions.contains(&Dimension::Data) {
        return Ok(());
    }
    let secret = match settings.secret.clone()? {
        None if reference.source.is_live() && candidate.source.is_live() => Some(passing()?),
        secret => secret,
    };
    reference.source.read_reference(wanted.clone(), secret.clone());
    candidate.source.read_reference(wanted, secret);
    Ok(())
}

/// A secret for this run.
fn passing() -> Result<Secret, Box<Trouble>> {
    let mut bytes = [0u8; 32];
    let read = std::fs::File::open("/dev/urandom").and_then(|mut file| file.read_exact(&mut bytes));
    read.map_err(|error| Trouble::new(Class::Internal, "cannot read /dev/urandom").found(error.to_string()))?;
    Ok(Secret::new(&bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>()))
}
