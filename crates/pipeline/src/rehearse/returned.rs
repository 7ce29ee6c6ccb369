//! A release that is in already, rehearsed from where its ways back lead: nobody has done that before it went in, and now it is to go.
//!
//! The schema as it is there stands on a throwaway server; the ways back run, and what is left then is where the rehearsal begins. So it is
//! seen that they run, that they restore what the release starts from, and that the release leads to what is there: what came since, or was
//! made otherwise, is a difference. Neighbour: the parent, which rehearses.

use super::compared::worded;
use super::each::Each;
use super::place::Place;
use super::{Release, Wanted};
use crate::replay::{Means, Stage};
use crate::runner::{Blind, Ground, Manner};
use evenkeel_core::evidence::schema;
use evenkeel_core::fault::Trouble;
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Event, Run};
use evenkeel_core::rehearsal::Rehearsal;
use std::collections::BTreeMap;

/// Rehearses a release, `there` in its order and `back` the last first; why that says nothing of the target.
///
/// # Errors
/// No server can be had, it is lost, or the end was asked for.
pub fn returned(
    target: &Manifest,
    (there, back): (&Release, &Release),
    wanted: &Wanted<'_>,
    means: &Means<'_>,
    run: &Run<'_>,
) -> Result<Result<Rehearsal, String>, Box<Trouble>> {
    let engine = run.engines.of(target.endpoint.engine);
    let workshop = engine.workshop(means.folders);
    let stage = Stage { engine, workshop: &*workshop, watch: run.watch, limits: means.limits };
    run.watch.see(Event::Step { what: "what the release started from" });
    let place = Place::make(target, stage, (means.role, None), (None, None))?;
    if schema(&place.look(&place.database, stage)?) != schema(target) {
        let odd = place.gaps.first().cloned().unwrap_or_else(|| "its digest is another".to_owned());
        return Ok(Err(format!("on a throwaway server the schema is not as it is there: {odd}")));
    }
    let ground = Ground {
        scratch: &*place.scratch,
        database: &place.database,
        grammar: engine.grammar()?,
        watch: run.watch,
        limits: means.limits,
        own_bounds: true,
    };
    let nothing = BTreeMap::new();
    let each = Each { place: &place, stage, ground, observer: None, filler: None, here: &nothing };
    for cut in &back.cuts {
        run.watch.stop.check()?;
        let done = each.ran(&place.database, &cut.up, cut.migration.transaction, None, (Manner::AsTool, &mut Blind))?;
        if let Err(why) = done {
            return Ok(Err(format!("the way back of {} does not run on a throwaway server: {}", cut.migration.key, worded(&why))));
        }
    }
    let left = place.look(&place.database, stage)?;
    drop(place);
    // Roles, rights and settings are the target's.
    let own = target.objects().iter().filter(|object| object.kind.spec().dimension != Dimension::Schema);
    let objects = own.chain(left.objects()).chain(left.apart()).cloned().collect();
    let gaps = target.gaps.iter().chain(&left.gaps).cloned().collect();
    let begin = Manifest::new(target.endpoint.clone(), target.dimensions.clone(), objects, gaps);
    super::run(&begin, there, wanted, means, run).map(Ok)
}
