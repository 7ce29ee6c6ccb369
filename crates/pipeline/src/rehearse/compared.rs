//! How the schema is otherwise than it should be, and what was said, in the terms of reports. Neighbours: `each`, `killed`.

use crate::runner::Told;
use evenkeel_core::history::effect::{Stand, Touch, effect, found};
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Identity, Manifest, display, shown_parts};
use evenkeel_core::rehearsal::Difference;

/// A refusal and where it stands.
pub fn worded((place, why): &Told) -> String {
    place.as_ref().map_or_else(|| why.clone(), |place| format!("{place}: {why}"))
}

/// What is otherwise there than it should be, comments aside.
pub fn differences(wanted: &Manifest, there: &Manifest) -> Vec<Difference> {
    whole(wanted, there).into_iter().map(|touch| Difference { expected: found(&touch.spot, wanted), touch }).collect()
}

/// The same, as what became of what was there.
pub fn whole(wanted: &Manifest, there: &Manifest) -> Vec<Touch> {
    let differing = effect(wanted, there).into_iter().filter(|touch| touch.spot.is_semantic());
    let of_others = |touch: &Touch, all: &[Touch]| {
        // Of what is gone or new, the whole says enough.
        touch.spot.attribute.is_some()
            && all.iter().any(|other| {
                other.spot.attribute.is_none()
                    && other.spot.kind == touch.spot.kind
                    && other.spot.identity == touch.spot.identity
                    && matches!(other.after, Stand::Gone | Stand::There)
            })
    };
    let all: Vec<Touch> = differing.collect();
    all.iter().filter(|touch| !of_others(touch, &all)).cloned().collect()
}

/// `public.t` of `public.t.c`, both as they are shown.
pub fn table_of(column: &str) -> Option<String> {
    let parts = shown_parts(column)?;
    let (_, table) = parts.split_last()?;
    Some(display(Kind::Table, &Identity::new(table.iter().map(String::as_str))))
}
