//! What our account was refused, as a gap with the GRANT that cures it. What is known to be missing beforehand is noted
//! already (`access::need`) and not told again.

use super::reader::Reader;
use crate::connect::Fault;
use evenkeel_core::fault::Troublesome;
use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Gap, Reason};
use std::sync::PoisonError;

/// A gap of a kind for a statement that the server refused or failed; `grants` are what `GRANT … TO` our account would give.
pub fn gap(reader: &Reader<'_>, kind: Kind, attribute: Option<&str>, what: &str, grants: &[&str], fault: &Fault) {
    let is_privilege = matches!(fault.code(), Some(1044 | 1142 | 1143 | 1227 | 1370));
    if is_privilege && is_known(reader, kind, attribute) {
        return;
    }
    let reason = match fault {
        _ if is_privilege => Reason::Privilege,
        Fault::LockTimeout { .. } => Reason::Locked,
        _ => Reason::Failed,
    };
    let found = fault.trouble().found.unwrap_or_else(|| fault.to_string());
    let mut gap = Gap::kind(kind, reason, format!("{what}: {found}"));
    if is_privilege {
        let statements: Vec<String> = grants.iter().map(|grant| format!("GRANT {grant} TO {};", reader.access.account)).collect();
        gap = gap.cure(statements.join(" "));
    }
    if let Some(attribute) = attribute {
        gap = gap.attribute(attribute);
    }
    reader.gap(gap);
}

/// Whether a gap says already that a privilege is missing for it.
fn is_known(reader: &Reader<'_>, kind: Kind, attribute: Option<&str>) -> bool {
    let spec = kind.spec();
    reader.gaps.lock().unwrap_or_else(PoisonError::into_inner).iter().any(|gap| {
        let is_about = gap.kind.as_deref().is_none_or(|name| name == spec.name);
        let is_wide = gap.attribute.is_none() || gap.attribute.as_deref() == attribute;
        gap.reason == Reason::Privilege && gap.dimension == spec.dimension && gap.object.is_none() && is_about && is_wide
    })
}
