//! `evenkeel digest ENV`: one line that names dimension, format and digest.

use super::{Outcome, output};
use crate::args::{Common, Digest};
use crate::paint::{self, progress::Line};
use crate::{settings, wire};
use evenkeel_core::digest::{FORMAT, Order};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Dimension;
use evenkeel_pipeline::capture::manifest;
use evenkeel_pipeline::digest::tree;
use std::fmt::Write as _;

pub fn run(arguments: &Digest, common: &Common) -> Outcome {
    let loaded = settings::load(common.config.as_deref())?;
    let dimension = Dimension::from(arguments.dimension);
    let mut endpoint = wire::endpoint(&arguments.environment, &loaded.settings, common, &[dimension])?;
    paint::notes(loaded.settings.notes.iter().chain(&endpoint.warnings), common.quiet);
    let progress = Line::new(common.quiet);
    wire::like(&mut endpoint.source, arguments.like.as_deref(), (&loaded.settings, common), &wire::run(&progress, &loaded.settings))?;
    endpoint.source.for_a_digest();
    let manifest = manifest(&endpoint.source, &wire::run(&progress, &loaded.settings))?;
    drop(progress);
    let gaps: Vec<_> = manifest.gaps.iter().filter(|gap| gap.dimension == dimension && gap.concerns_digest()).collect();
    paint::gaps(gaps.iter().copied());
    // A digest of what was seen would look like a digest of what is there.
    if !gaps.is_empty() || !manifest.covers(dimension) {
        return Err(Box::new(
            Trouble::new(Class::CouldNotTell, format!("no digest of {}: {} not visible", dimension.name(), gaps.len()))
                .expected("everything in the dimension visible")
                .found("see above")
                .fix("cure the gaps above, then run it again"),
        ));
    }
    let tree = tree(&manifest);
    let Some(branch) = tree.branch(dimension) else {
        return Err(Box::new(
            Trouble::new(Class::CouldNotTell, format!("{} has no digest", dimension.name()))
                .found("no object in it: there is never a hash of nothing"),
        ));
    };
    let mut text =
        format!("{} {FORMAT} {}\n", dimension.name(), branch.under(if arguments.ordered { Order::Counted } else { Order::Ignored }));
    if arguments.tree {
        for (schema, digest) in &branch.schemas {
            let _ = writeln!(text, "  {digest}  {}", if schema.is_empty() { "(in no schema)" } else { schema });
            for (_, kind, digest, objects) in branch.kinds.iter().filter(|(place, ..)| place == schema) {
                let _ = writeln!(text, "    {digest}  {objects} {}", if *objects == 1 { kind.name() } else { kind.spec().plural });
            }
        }
    }
    let apart: Vec<String> = manifest.deferred().map(|one| one.display()).collect();
    if !apart.is_empty() && !common.quiet {
        paint::say!("note: {}", paint::plain(&format!("put aside, and no part of the digest: {}", apart.join(", "))));
    }
    output::write(text.as_bytes(), None)?;
    // The process ends here: freeing a million small values one by one would only take time.
    std::mem::forget((manifest, tree));
    Ok(0)
}
