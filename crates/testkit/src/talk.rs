//! A test's session on a PostgreSQL server as the port has it, for what is asked of sessions alone.

use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Answer, Limits, Ran, Refused, Session};
use evenkeel_postgres::scratch::{self, Fault};

/// It counts no rows.
pub struct Talk(pub scratch::Session);

impl Session for Talk {
    fn id(&self) -> u64 {
        self.0.value("SELECT pg_catalog.pg_backend_pid()").unwrap().unwrap().parse().unwrap()
    }

    fn begin(&mut self, _: &Limits) -> Result<(), Box<Trouble>> {
        self.run("BEGIN").map(drop)
    }

    fn run(&mut self, statement: &str) -> Result<Answer, Box<Trouble>> {
        match self.0.query_text(statement) {
            Ok(rows) => Ok(Answer::Ran(Ran { rows, affected: 0 })),
            Err(Fault::Sql { message, sqlstate, .. }) => Ok(Answer::Refused(Refused { code: sqlstate, message, position: None })),
            Err(fault) => panic!("{fault}"),
        }
    }

    fn commit(&mut self) -> Result<Answer, Box<Trouble>> {
        self.run("COMMIT")
    }

    fn roll_back(&mut self) -> Result<(), Box<Trouble>> {
        self.run("ROLLBACK").map(drop)
    }
}
