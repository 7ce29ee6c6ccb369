//! Statements that make one environment like another, tried on real servers: a schema from its manifest alone, and patches between two.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod build;
mod corpora;
mod default;
mod families;
mod hazards;
mod letters;
mod pairs;
#[allow(dead_code)]
#[path = "../every_property/place.rs"]
mod place;
mod reported;
mod scenarios;
mod touched;
mod types;
mod values;
mod whole;

use evenkeel_core::kind::{Dimension, Kind};
use evenkeel_core::manifest::{Manifest, Object};
use evenkeel_core::patch::Form;
use evenkeel_core::port::{Engine, Environment, Request, Watch, Workshop};
use evenkeel_pipeline::patch::{Asked, Builder, Built, NoProofs, Patch, build as built, prove};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::engine::Postgres;
use evenkeel_postgres::environment::PostgresEnvironment;

/// Everything that a patch can touch, without roles that tests make which run beside.
fn capture(conninfo: &str) -> Manifest {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let target = Target::parse(conninfo, &ThisMachine).unwrap();
    let mut request = Request::new("test");
    request.dimensions = vec![Dimension::Schema, Dimension::Privileges, Dimension::Configuration];
    let mut seen = PostgresEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"));
    let own = format!("test_{}_", std::process::id());
    let is_others = |name: &str| name.starts_with("test_") && !name.starts_with(&own);
    let of_others = |object: &Object| match object.kind {
        Kind::Role => is_others(object.identity.part(0)),
        Kind::Membership => object.identity.parts().any(is_others),
        _ => false,
    };
    if seen.objects().iter().any(of_others) {
        let objects = seen.objects().iter().filter(|object| !of_others(object)).cloned().collect();
        seen = Manifest::new(seen.endpoint.clone(), seen.dimensions.clone(), objects, seen.gaps.clone());
    }
    seen
}

fn workshop() -> Box<dyn Workshop> {
    Postgres.workshop(&[])
}

/// The manifest's schema on a server of its own.
fn build_of(manifest: &Manifest) -> Built {
    let workshop = workshop();
    let builder = Builder { engine: &Postgres, workshop: &*workshop, watch: Watch::none() };
    built(manifest, &builder).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

/// What is left, in words.
fn left(built: &Built) -> Vec<String> {
    built.left.iter().map(evenkeel_pipeline::patch::Left::words).collect()
}

/// What makes the candidate like the reference, tried on a server of its own.
fn proven(reference: &Manifest, candidate: &Manifest) -> Patch {
    let workshop = workshop();
    let builder = Builder { engine: &Postgres, workshop: &*workshop, watch: Watch::none() };
    let dimensions = [Dimension::Schema, Dimension::Privileges, Dimension::Configuration];
    let asked = Asked {
        dimensions: &dimensions,
        excused: &[],
        differences: &[],
        form: Form::default(),
        spares_data: true,
        version: "test",
        proofs: &NoProofs,
    };
    prove(reference, candidate, &asked, &builder).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}
