//! What a table has for the time of its rows, and what of it is left with it. Does not live here: what is refused with that (`together`).

use super::Target;
use evenkeel_core::manifest::Object;
use evenkeel_core::patch::{World, differing};

/// What a table has for the time of its rows.
pub const KEEPING: [&str; 4] = ["system_versioned", "periods", "partition_by", "subpartition_by"];

/// Whether a column that goes ends a period of its table which stays, since all of the table stays as it is.
pub fn ends_what_stays(column: &Object, (before, after): (&Object, &Object), to: &Target<'_>) -> bool {
    let (from, world) = (to.making.from, to.making.to);
    let ends = |shown: &str| {
        let ends = shown.split_once('(').map(|(_, ends)| ends.trim_end_matches(')').split(", "));
        ends.is_some_and(|mut ends| ends.any(|end| end == column.identity.part(2)))
    };
    let of_row = |world: &World<'_>| -> Vec<(String, Option<String>)> {
        let columns = world.columns(column.identity.part(0), column.identity.part(1));
        let columns = columns.iter().map(|one| (one.identity.part(2).to_owned(), one.text("row_period").map(str::to_owned)));
        columns.filter(|(_, period)| period.is_some()).collect()
    };
    let attributes = differing(before, after, (from.manifest, world.manifest));
    super::list(before, "periods").iter().any(|shown| ends(shown))
        && attributes.iter().any(|attribute| KEEPING.contains(attribute))
        && of_row(from) != of_row(world)
}
