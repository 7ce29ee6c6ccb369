//! The digests of a manifest, worked out by as many threads as the machine has. What is hashed is `core::digest`'s business.

use evenkeel_core::digest::{self, Leaf, Tree};
use evenkeel_core::manifest::Manifest;
use std::thread;

/// Objects that are not worth a thread.
const FEW: usize = 5_000;

/// Hashes a manifest.
#[must_use]
pub fn tree(manifest: &Manifest) -> Tree {
    let objects = manifest.objects();
    let threads = thread::available_parallelism().map_or(1, usize::from).min(objects.len() / FEW);
    if threads < 2 {
        return Tree::of(manifest);
    }
    let mut leaves = vec![Leaf::EMPTY; objects.len()];
    let part = objects.len().div_ceil(threads);
    thread::scope(|scope| {
        for (objects, leaves) in objects.chunks(part).zip(leaves.chunks_mut(part)) {
            scope.spawn(|| digest::hash(objects, leaves));
        }
    });
    Tree::grown(manifest, &leaves)
}

#[cfg(test)]
mod tests {
    use super::{FEW, tree};
    use evenkeel_core::digest::Tree;
    use evenkeel_core::kind::{Dimension, Engine, Kind};
    use evenkeel_core::manifest::{Endpoint, Identity, Manifest, NodeRole, Object};

    #[test]
    fn threads_do_not_change_a_digest() {
        let endpoint = Endpoint {
            engine: Engine::PostgreSql,
            server_version: "18.4".to_owned(),
            server_major: 18,
            database: "db".to_owned(),
            role: "reader".to_owned(),
            node: "host:5432".to_owned(),
            node_role: NodeRole::Primary,
            captured_at: "2026-11-21T00:00:00Z".to_owned(),
            roles: std::collections::BTreeMap::new(),
            whose: evenkeel_core::manifest::Whose::File,
        };
        let objects = (0..FEW * 3).map(|number| {
            let mut column = Object::new(Kind::Column, Identity::new(["app".to_owned(), format!("t{}", number / 7), format!("c{number}")]));
            column.set("position", i64::try_from(number % 7).unwrap_or_default() + 1);
            column.set("type", if number % 2 == 0 { "text" } else { "bigint" });
            column
        });
        let manifest = Manifest::new(endpoint, vec![Dimension::Schema], objects.collect(), Vec::new());
        let digests = |tree: &Tree| tree.branch(Dimension::Schema).map(|branch| (branch.digest, branch.ordered, branch.objects));
        assert_eq!(digests(&tree(&manifest)), digests(&Tree::of(&manifest)));
        assert_eq!(digests(&tree(&manifest)).map(|(.., objects)| objects), Some(FEW * 3));
    }
}
