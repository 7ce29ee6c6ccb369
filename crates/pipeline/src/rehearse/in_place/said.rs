//! What the journal has of a rehearsal in place: acts before, words after. Neighbour: `plan`, whose transactions they are.

use super::plan::Planned;
use evenkeel_core::finding::Place;
use evenkeel_core::port::{Act, State};
use evenkeel_core::rehearsal::Course;
use evenkeel_core::statement::without_secrets;
use evenkeel_core::trace::Sort;
use std::collections::BTreeSet;

/// What is going to be done, and what of it no rollback takes back.
pub fn act(planned: &Planned<'_>) -> Act {
    let drawn = planned.lines.iter().filter_map(|line| line.trace).flat_map(|trace| &trace.locks);
    let drawn = drawn.filter(|lock| lock.kind == Sort::Sequence.name() && !lock.fresh);
    let moved: BTreeSet<&str> = drawn.map(|lock| lock.relation.as_str()).collect();
    let moves = if moved.is_empty() {
        String::new()
    } else {
        format!("; may move {}, which no rollback takes back", moved.into_iter().collect::<Vec<_>>().join(", "))
    };
    let place = planned.place().map(|place| format!(" ({place})")).unwrap_or_default();
    Act {
        what: format!("{}{place}, rolled back{moves}", planned.migrations.join(", ")),
        statements: planned.lines.iter().map(|line| without_secrets(line.text.trim())).collect(),
    }
}

/// What became of it.
pub fn words(course: &Course) -> (State, String) {
    let at = |place: &Option<Place>| place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
    match course {
        Course::Ran => (State::Done, "it ran, and was rolled back".to_owned()),
        Course::Elsewhere(why) | Course::Broken(why) => (State::Failed, why.clone()),
        Course::Bound(place, why) | Course::Refused(place, why) => (State::Failed, format!("{}{why}; rolled back", at(place))),
    }
}
