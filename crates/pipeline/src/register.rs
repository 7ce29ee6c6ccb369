//! What evenkeel keeps in the environment itself, written under a claim, and read by every machine.
//!
//! Lives here: writing it, and a store that knows of halts that stand there. Does not live here: the tables (`port`'s `Register`), when what is
//! written (`lock`, `halt`).

mod seen;

use evenkeel_core::deployment::Gate;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::{Answer, Claim, Claimed, Environment, Limits, Register, RegisterRow, Registered, Run, Wish};
pub use seen::Seen;

/// What came of writing something where it is seen by all.
pub enum Written {
    There,
    /// Such environments keep nothing.
    Nowhere,
    /// The server lets nobody: why.
    Not(String),
    /// Somebody else is at work there, or was quicker.
    Refused(Gate),
}

/// Writes that row, in place of the one that stands where there is to be one, or takes away what stands; where it is as it was seen before.
///
/// # Errors
/// The server goes away in the middle; the end was asked for.
pub fn write(
    environment: &dyn Environment,
    (register, before): (&Register, &Registered),
    wish: &Wish<'_>,
    row: Option<&RegisterRow>,
    run: &Run<'_>,
) -> Result<Written, Box<Trouble>> {
    if *before == Registered::NotKept {
        return Ok(Written::Nowhere);
    }
    let mut claim = match environment.claim(wish, &run.watch) {
        Ok(Claimed::Held(claim)) => claim,
        Ok(Claimed::Taken(who)) => {
            let gate = Gate::new("claim", "nobody else is at work there", Some(false), who);
            return Ok(Written::Refused(gate.fix("wait until it has ended, and run it again")));
        }
        Err(trouble) if trouble.class == Class::Interrupted => return Err(trouble),
        Err(trouble) => return Ok(Written::Not(trouble.to_string())),
    };
    // Nobody else writes there from now on.
    let now = environment.registered(register, &wish.limits, &run.watch)?;
    // Rows that stand beside each other come from everywhere.
    let is_same = now == *before || !register.is_one;
    let written = if is_same { run_all(&mut *claim, environment, (register, &now, row), &wish.limits) } else { Ok(moved(register, &now)) };
    let released = claim.release();
    let written = written?;
    released?;
    Ok(written)
}

fn moved(register: &Register, now: &Registered) -> Written {
    let found = match now {
        Registered::Rows { rows, .. } if rows.is_empty() => "nothing".to_owned(),
        Registered::Rows { rows, .. } => {
            let words = |row: &RegisterRow| row.iter().flatten().cloned().collect::<Vec<_>>().join(", ");
            rows.iter().map(words).collect::<Vec<_>>().join("; ")
        }
        Registered::Untold(why) => why.clone(),
        Registered::NotKept => "none".to_owned(),
    };
    let limit = format!("what stands in {} of the database is as it was a moment ago", register.name);
    Written::Refused(Gate::new("claim", limit, Some(false), found).fix("run it again"))
}

fn run_all(
    claim: &mut dyn Claim,
    environment: &dyn Environment,
    (register, now, row): (&Register, &Registered, Option<&RegisterRow>),
    limits: &Limits,
) -> Result<Written, Box<Trouble>> {
    let is_made = !matches!(now, Registered::Rows { is_made: false, .. } | Registered::Untold(_));
    let mut session = claim.session(&[])?;
    session.begin(limits)?;
    for statement in environment.register_statements(register, is_made, row) {
        if let Answer::Refused(refused) = session.run(&statement)? {
            session.roll_back()?;
            return Ok(Written::Not(format!("{} ({})", refused.message, refused.code)));
        }
    }
    match session.commit()? {
        Answer::Ran(_) => Ok(Written::There),
        Answer::Refused(refused) => {
            session.roll_back()?;
            Ok(Written::Not(format!("{} ({})", refused.message, refused.code)))
        }
    }
}
