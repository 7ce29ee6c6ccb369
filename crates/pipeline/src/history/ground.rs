//! What a repair rests on, as one word. Neighbours: `repair`, which is tried on it; `apply`, which looks whether it is so still.

use evenkeel_core::digest::Tree;
use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Manifest, Object};

/// What of an environment a repair rests on: its schema and its record. Locks are taken and given back.
pub(super) fn ground(manifest: &Manifest) -> String {
    let dimensions = [Dimension::Schema, Dimension::History];
    let is_of_it = |object: &&Object| dimensions.contains(&object.kind.spec().dimension);
    let unlocked = |object: &Object| {
        let mut object = object.clone();
        if object.kind == Kind::HistoryTable {
            object.set("locked", false);
        }
        object
    };
    let objects: Vec<Object> = manifest.objects().iter().filter(is_of_it).map(unlocked).collect();
    let gaps = manifest.gaps.iter().filter(|gap| dimensions.contains(&gap.dimension)).count();
    let tree = Tree::of(&Manifest::new(manifest.endpoint.clone(), dimensions.to_vec(), objects, Vec::new()));
    let one = |dimension| tree.branch(dimension).map_or_else(|| "none".to_owned(), |branch| branch.ordered.hex());
    format!("{} {} {gaps}", one(Dimension::Schema), one(Dimension::History))
}
