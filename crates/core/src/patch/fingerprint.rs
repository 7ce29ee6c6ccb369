//! What a proof rests on, as one word: the same word means that the same statements are tried on the same schema, to the same end.

use super::{Form, Plan};
use crate::file::{Part, write};
use crate::kind::Dimension;
use crate::manifest::Manifest;

/// What a proof rests on, beside the statements.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// What is built and altered.
    pub candidate: &'a Manifest,
    /// What is to be reached.
    pub goal: &'a Manifest,
    pub dimensions: &'a [Dimension],
    pub form: Form,
    /// What runs without the statements that lose data is tried as well.
    pub spares_data: bool,
    /// What it is tried on.
    pub server: &'a str,
    /// Of evenkeel, which writes and judges.
    pub version: &'a str,
}

/// `None` where it cannot be told.
#[must_use]
pub fn fingerprint(ground: &Ground<'_>, plan: &Plan) -> Option<String> {
    let mut hasher = blake3::Hasher::new_derive_key("evenkeel 2026-11-29 proof of a patch");
    let mut add = |bytes: &[u8]| {
        hasher.update(&(bytes.len() as u64).to_le_bytes());
        hasher.update(bytes);
    };
    let Ground { candidate, goal, dimensions, form, spares_data, server, version } = *ground;
    for manifest in [candidate, goal] {
        let text = write(manifest, Part::Stable).ok()?;
        // The first line says when it was captured, and by whom.
        let objects = text.iter().position(|byte| *byte == b'\n').and_then(|at| text.get(at..));
        add(objects.unwrap_or_default());
        let endpoint = &manifest.endpoint;
        add(format!("{:?} {} {:?}", endpoint.engine, endpoint.server_version, manifest.dimensions).as_bytes());
    }
    let endpoint = &candidate.endpoint;
    add(format!("{:?} {:?} {:?}", endpoint.database, endpoint.role, endpoint.roles).as_bytes());
    add(format!("{dimensions:?} {form:?} {spares_data} {server} {version} {:?}", plan.refused).as_bytes());
    for step in &plan.steps {
        add(format!("{} {} {}", step.act.name(), step.kind.name(), step.object).as_bytes());
        for statement in &step.statements {
            add(statement.sql.as_bytes());
            add(&[u8::from(statement.alone), u8::from(step.held), u8::from(statement.is_destructive())]);
        }
    }
    Some(hasher.finalize().to_hex().to_string())
}
