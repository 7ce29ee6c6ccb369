//! What nobody keeps while something is gone that comes back: told where no transaction holds both statements together.

use crate::kind::Kind;
use crate::manifest::Object;
use crate::patch::{Act, Hazard, Step, World};
use std::collections::{HashMap, HashSet};

/// Says it above the statements that take such things away. `along` has what goes with another.
pub(super) fn tell(steps: &mut [Step], to: &World<'_>, along: &HashMap<(Kind, String), (Kind, String)>, has_transactions: bool) {
    // By step: how many statements that stand alone there are before it.
    let mut alone = 0;
    let counts: Vec<usize> = steps
        .iter()
        .map(|step| {
            let before = alone;
            alone += step.statements.iter().filter(|statement| statement.alone).count();
            before
        })
        .collect();
    let mut gone: HashMap<(Kind, String), usize> = HashMap::new();
    let mut there: HashSet<(Kind, String)> = HashSet::new();
    let mut told: Vec<(usize, String)> = Vec::new();
    for (at, step) in steps.iter().enumerate() {
        let key = (step.kind, step.object.clone());
        match step.act {
            Act::Drop if !step.statements.is_empty() => drop(gone.insert(key, at)),
            // Only its first statement makes it.
            Act::Create if there.insert(key.clone()) => {
                let Some(from) = gone.get(&key).or_else(|| gone.get(along.get(&key)?)).copied() else { continue };
                let is_alone = step.statements.first().is_some_and(|first| first.alone);
                let is_apart = !has_transactions || is_alone || counts.get(from) != counts.get(at);
                let words = to.shown(step.kind.name(), &step.object).filter(|_| is_apart).and_then(without);
                told.extend(words.map(|words| (from, words)));
            }
            Act::Drop | Act::Create | Act::Alter => {}
        }
    }
    for (at, words) in told {
        if let Some(first) = steps.get_mut(at).and_then(|step| step.statements.first_mut()) {
            first.hazards.push(Hazard::Lapses(words));
        }
    }
}

/// What holds without it.
fn without(object: &Object) -> Option<String> {
    let table =
        [object.identity.part(0), object.identity.part(1)].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(".");
    let is_unique = object.get("unique").is_some();
    Some(match (object.kind, object.text("type")) {
        (Kind::Constraint, Some("foreign key")) => format!("nothing refuses rows of {table} that refer to what is not there"),
        (Kind::Constraint, Some("primary key" | "unique")) => {
            format!("nothing refuses two rows of {table} that are the same in its columns")
        }
        (Kind::Constraint, Some(_)) => format!("nothing refuses rows of {table} that it would"),
        (Kind::Index, _) if is_unique => "nothing refuses two rows with the same keys".to_owned(),
        (Kind::Index, _) => "reads go without it".to_owned(),
        (Kind::Trigger, _) => "what it does is not done".to_owned(),
        (Kind::Policy, _) => "it lets nothing through and hides nothing".to_owned(),
        (Kind::View | Kind::MaterializedView | Kind::Function | Kind::Procedure | Kind::Aggregate | Kind::Package, _) => {
            "whoever uses it fails".to_owned()
        }
        (Kind::Event, _) => "it does not run".to_owned(),
        (Kind::PublicationTable, _) => "its changes are sent to nobody".to_owned(),
        _ => return None,
    })
}
