//! Configuration, privileges, data and topology on real servers: what each role sees is the truth or a gap, and the
//! normal forms are what they claim to be. Rooms: `seen` (what roles see), `form` (normal forms), `node` (replicas),
//! `fix` (remedies close the loop).
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod fix;
mod fix_cases;
mod form;
mod node;
mod seen;

use evenkeel_core::kind::Kind;
use evenkeel_core::manifest::{Manifest, Reason};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;

/// A capture of a database as a role.
fn capture_as(conninfo: &str, role: &str, ask: impl Fn(&mut Request)) -> Manifest {
    capture_for(conninfo, role, None, ask)
}

/// As that, with effective settings of a role that migrates.
fn capture_for(conninfo: &str, role: &str, migration_role: Option<&str>, ask: impl Fn(&mut Request)) -> Manifest {
    let target = Target::parse(&with_user(conninfo, role), &ThisMachine).unwrap();
    let mut request = Request::new("test");
    ask(&mut request);
    let environment = PostgresEnvironment::new(target).migrating_as(migration_role);
    let whole = || {
        let manifest = environment.capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
        // Roles are the server's, and other tests make some meanwhile.
        let is_torn = manifest.gaps.iter().any(|gap| gap.reason == Reason::Changed);
        (!is_torn).then_some(manifest)
    };
    (0..50).find_map(|_| whole()).expect("the server never rests")
}

fn capture(conninfo: &str) -> Manifest {
    capture_as(conninfo, "postgres", |_| {})
}

/// A later keyword wins over an earlier one.
fn with_user(conninfo: &str, role: &str) -> String {
    format!("{conninfo} user={role}")
}

/// Objects of a kind as `identity: properties`, for assertions a person can read.
fn lines(manifest: &Manifest, kind: Kind) -> Vec<String> {
    let line = |object: &evenkeel_core::manifest::Object| {
        let spec = kind.spec();
        let values: Vec<String> = object
            .values()
            .iter()
            .map(|(index, value)| format!("{}={}", spec.property(*index).map_or("?", |property| property.name), value.shown()))
            .collect();
        format!("{}: {}", object.identity.parts().collect::<Vec<_>>().join(" | "), values.join("; "))
    };
    manifest.of_kind(kind).iter().map(line).collect()
}
