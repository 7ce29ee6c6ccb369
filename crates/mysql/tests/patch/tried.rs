//! One plan, run and looked at.

use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::patch::{Dialect, Form, Refusal, World, plan};
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_mysql::connect::{Target, ThisMachine};
use evenkeel_mysql::environment::MysqlEnvironment;
use evenkeel_mysql::patch::MysqlDialect;
use evenkeel_mysql::scratch::Scratch;
use evenkeel_pipeline::patch::left;

/// What a round leaves may be made by another.
const ROUNDS: usize = 3;

/// What came of a plan.
#[derive(Debug, Default)]
pub struct Outcome {
    pub refused: Vec<Refusal>,
    /// What is not as it should be, and is not refused.
    pub wrong: Vec<String>,
    /// The statements, for a person who looks into it.
    pub sql: Vec<String>,
}

/// Everything that a patch can touch.
pub fn capture(url: &str) -> Manifest {
    let target = Target::parse(url, &ThisMachine).unwrap();
    let mut request = Request::new("test");
    request.dimensions = vec![Dimension::Schema, Dimension::Privileges];
    MysqlEnvironment::new(target).capture(&request, &Watch::none()).unwrap_or_else(|trouble| panic!("{trouble:#?}"))
}

/// Makes the database like the manifest, and looks whether it is.
pub fn tried(scratch: &Scratch, name: &str, from: &Manifest, to: &Manifest, form: Form) -> Outcome {
    let dialect = MysqlDialect::of(&from.endpoint);
    let mut seen = from.clone();
    let mut outcome = Outcome::default();
    for round in 0..ROUNDS {
        let planned = plan(&World::of(&seen), &World::of(to), &dialect, form);
        outcome.refused.extend(planned.refused.clone());
        let session = scratch.session(name).unwrap();
        for line in dialect.opening() {
            session.exec(line).unwrap();
        }
        let mut failed = Vec::new();
        for step in &planned.steps {
            for statement in &step.statements {
                outcome.sql.push(statement.sql.clone());
                if let Err(fault) = session.exec(&statement.sql) {
                    failed.push(format!("{fault}: {}", statement.sql));
                }
            }
        }
        drop(session);
        seen = capture(&scratch.url(name));
        let mut odd = left(&seen, to, &dialect);
        odd.retain(|one| !outcome.refused.iter().any(|refusal| refusal.kind == one.kind && refusal.object == one.object));
        outcome.wrong = odd.iter().map(evenkeel_pipeline::patch::Left::words).chain(failed).collect();
        if outcome.wrong.is_empty() || round + 1 == ROUNDS {
            break;
        }
    }
    outcome.refused.sort();
    outcome.refused.dedup();
    outcome
}
