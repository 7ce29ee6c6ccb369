//! By which words each definition of a migration can be done so that it costs least, where a server has words for that: it is tried on a
//! copy, which is brought back.
//!
//! Neighbour: `clock`, for servers whose locks nobody looks at. Does not live here: the words (`Grammar` of each engine).

use super::place::Place;
use crate::migrations::{Cut, Said, Script};
use crate::replay::Stage;
use crate::runner::Ground;
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::Answer;

/// As before the migration that is tried.
const FORMS: &str = "rehearsal_forms";

/// In which form each statement can be done that costs least; nothing where no statement can have one.
pub fn forms(place: &Place, stage: Stage<'_>, ground: Ground<'_>, cut: &Cut) -> Result<Vec<Option<String>>, Box<Trouble>> {
    let grammar = ground.grammar;
    let all: Vec<_> = cut.up.iter().flat_map(Script::statements).collect();
    let in_form = |said: &Said<'_>, form: &str| grammar.in_form(said.statement, said.text.trim(), form);
    if !all.iter().any(|said| grammar.forms().iter().any(|form| in_form(said, form).is_some())) {
        return Ok(Vec::new());
    }
    let deployer = stage.engine.deployer()?;
    let aside = |from: &str, to: &str| {
        place.scratch.remove(to)?;
        place.scratch.copy(from, to)
    };
    aside(ground.database, FORMS)?;
    let mut session = place.session(ground.database)?;
    let mut found = Vec::new();
    'all: for said in &all {
        for form in grammar.forms() {
            let Some(text) = in_form(said, form) else { break };
            match session.run(&text)? {
                Answer::Ran(_) => {
                    found.push(Some((*form).to_owned()));
                    continue 'all;
                }
                Answer::Refused(refused) if deployer.is_unfit(&refused.code) => {}
                Answer::Refused(_) => break,
            }
        }
        found.push(None);
        if let Answer::Refused(_) = session.run(said.text.trim())? {
            // What comes of that is told where it is run as it stands.
            break;
        }
    }
    drop(session);
    aside(FORMS, ground.database)?;
    Ok(found)
}
