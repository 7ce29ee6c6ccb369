//! What an act of the demo needs that has a server and a folder of its own: `omitted`, `rehearsed`.

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Answer, Scratch};

/// Runs a statement that must run.
pub fn ran((scratch, database): (&dyn Scratch, &str), sql: &str) -> Result<(), Box<Trouble>> {
    match scratch.session(database)?.run(sql)? {
        Answer::Ran(_) => Ok(()),
        Answer::Refused(refused) => Err(broken(&refused.message)),
    }
}

pub fn unwritable(error: &std::io::Error) -> Box<Trouble> {
    let trouble = Trouble::new(Class::Output, "cannot write the demo's files").found(error.to_string());
    Box::new(trouble.fix("set TMPDIR to a folder that can be written"))
}

pub fn broken(found: &str) -> Box<Trouble> {
    Box::new(Trouble::new(Class::Internal, "the demo does something else than planned").found(found))
}
