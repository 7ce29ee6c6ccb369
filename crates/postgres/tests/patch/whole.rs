//! A patch as a person runs it: proven, written down as one script with its transactions, and given to the client.

use crate::build::tools;
use crate::{families, types};
use evenkeel_core::patch::{Script, script};
use evenkeel_pipeline::patch::left;
use evenkeel_postgres::patch::PostgresDialect;
use evenkeel_testkit::{database, newest};
use std::io::Write;

#[test]
fn a_client_runs_the_script() {
    if evenkeel_testkit::another_day(3) {
        return;
    }
    let pairs = types::PAIRS.iter().map(|(what, reference, candidate, ..)| (what, reference, candidate));
    let families = families::PAIRS.iter().chain(families::SINCE_18).map(|(what, reference, candidate)| (what, reference, candidate));
    let mut problems = Vec::new();
    for (what, reference, candidate) in pairs.chain(families) {
        let (a, b) = (database(newest()), database(newest()));
        a.exec(reference);
        b.exec(candidate);
        let (wanted, before) = (super::capture(&a.conninfo()), super::capture(&b.conninfo()));
        let patch = super::proven(&wanted, &before);
        if !patch.is_proven() || !patch.plan.refused.is_empty() {
            problems.push(format!("{what}: {:?} {:?} {:?} {:?}", patch.proof, patch.failed, patch.left, patch.plan.refused));
            continue;
        }
        let dialect = PostgresDialect::of(&before.endpoint);
        let text = script(&Script { sides: ("b", "a"), plan: &patch.plan, proof: &patch.proof, allow_destructive: true }, &dialect);
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(text.as_bytes()).unwrap();
        tools::psql(&b.conninfo(), file.path());
        let left = left(&super::capture(&b.conninfo()), &wanted, &dialect);
        if !left.is_empty() {
            problems.push(format!("{what}: {left:?}\n{text}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n\n"));
}
