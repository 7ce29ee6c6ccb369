//! What is said of tables and columns that a way back has put aside. How they are known: `manifest/deferred`.

use crate::finding::{DEFERRED, Finding, Origin, Remedy, Subject, Thing, Which};
use crate::kind::Severity;
use crate::manifest::{Deferred, Manifest};
use jiff::civil::Date;

/// What is said of each table and column of an environment that was put aside.
#[must_use]
pub fn findings(manifest: &Manifest, side: Which, today: Date) -> Vec<Finding> {
    let one = |one: Deferred| {
        let spec = one.kind.spec();
        let names = spec.identity_of(one.identity.parts().len()).unwrap_or_default();
        let identity = names.iter().copied().zip(one.identity.parts().map(str::to_owned)).collect();
        let thing = Thing { dimension: spec.dimension, kind: one.kind, object: one.display(), identity, attribute: None };
        let step = if today < one.due {
            "nothing: it is kept for the way back"
        } else {
            "drop it by a migration of its own, once nothing uses it"
        };
        Finding {
            id: DEFERRED.to_owned(),
            severity: Severity::Inform,
            subject: Subject::Object(thing),
            expected: None,
            found: Some(one.words(today)),
            origin: Origin::Captured { side, set_by: None },
            why: "A way back put it aside in place of dropping it. It is outside of digests and of what is compared.".to_owned(),
            manual: None,
            remedy: Some(Remedy::Step(step.to_owned())),
        }
    };
    manifest.deferred().map(one).collect()
}
