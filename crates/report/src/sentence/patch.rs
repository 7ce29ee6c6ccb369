//! What is said of a patch: whether it is proven, how much it is, how much of it is left out.
//!
//! Lives here: the wording. Neighbour: `document`, which has the patch.

use crate::clean;
use crate::document::{Document, Patch, PatchState, Side};
use crate::number::counted;
use crate::wrap::cut;

/// Characters of a reason within a sentence.
const WHY: usize = 240;

/// A sign and a sentence: whether it does what it says.
pub(crate) fn proof(document: &Document, patch: &Patch) -> (&'static str, String) {
    let [reference, candidate] = [Side::Reference, Side::Candidate].map(|side| clean::line(&document.label(side)));
    match patch.proof.state {
        PatchState::Proven => {
            let (all, besides) = if patch.statements.iter().any(|statement| statement.commented_out) {
                ("with every statement run, those that are commented out too,", ". The others run without these")
            } else {
                ("with every statement run", "")
            };
            let but = match (patch.refused.is_empty(), patch.is_limited) {
                (true, false) => "",
                (false, false) => ", but for what is refused",
                (true, true) => ", but for what nothing is said of",
                (false, true) => ", but for what is refused and what nothing is said of",
            };
            let unbuilt = match patch.unbuilt.len() {
                0 => String::new(),
                number => {
                    format!(". Nothing is said of {} that could not be built for the trial", counted(number, "object", "objects"))
                }
            };
            (
                "✓",
                format!("Proven on {}: {all} {candidate} is like {reference}{but}{besides}{unbuilt}.", word(patch.proof.server.as_deref())),
            )
        }
        PatchState::NotProven if patch.is_wrong() => {
            ("✗", format!("NOT PROVEN: {}. Do not run it: this is a fault of evenkeel.", word(patch.proof.why.as_deref())))
        }
        PatchState::NotProven => ("✗", format!("NOT PROVEN: {}. Nobody has tried these statements.", word(patch.proof.why.as_deref()))),
        PatchState::NothingToDo => ("–", format!("No statement would make {candidate} more like {reference}.")),
    }
}

/// `36 statements; 2 lose data and are commented out, as are 3 that cannot run without them; 1 refused`.
pub(crate) fn counts(patch: &Patch) -> String {
    let mut parts = vec![counted(patch.statements.len(), "statement", "statements")];
    let (losing, waiting) = destructive(patch);
    if losing > 0 {
        let (loses, is, it) = if losing == 1 { ("loses", "is", "it") } else { ("lose", "are", "them") };
        let out = match waiting {
            _ if !patch.statements.iter().any(|statement| statement.commented_out) => String::new(),
            0 => format!(" and {is} commented out"),
            1 => format!(" and {is} commented out, as is 1 that cannot run without {it}"),
            number => format!(" and {is} commented out, as are {number} that cannot run without {it}"),
        };
        parts.push(format!("{losing} {loses} data{out}"));
    }
    parts.extend((!patch.refused.is_empty()).then(|| format!("{} refused", patch.refused.len())));
    parts.join("; ")
}

/// All of it in a line: `36 statements, proven on PostgreSQL 17.10; 2 lose data, 1 refused`.
pub(crate) fn short(patch: &Patch) -> String {
    let statements = counted(patch.statements.len(), "statement", "statements");
    let proof = match patch.proof.state {
        PatchState::Proven => format!("{statements}, proven on {}", word(patch.proof.server.as_deref())),
        PatchState::NotProven => format!("{statements}, NOT PROVEN: {}", word(patch.proof.why.as_deref())),
        PatchState::NothingToDo => "nothing to do".to_owned(),
    };
    let (losing, _) = destructive(patch);
    let losing = (losing > 0).then(|| format!("{losing} {}", if losing == 1 { "loses data" } else { "lose data" }));
    let refused = (!patch.refused.is_empty()).then(|| format!("{} refused", patch.refused.len()));
    let more: Vec<String> = [losing, refused].into_iter().flatten().collect();
    if more.is_empty() { proof } else { format!("{proof}; {}", more.join(", ")) }
}

/// A server's name, or what it said: as much as a sentence has room for.
fn word(text: Option<&str>) -> String {
    cut(&text.map(clean::line).unwrap_or_default(), WHY)
}

/// Where the whole of it is, for a page that has no room.
pub(crate) fn elsewhere(patch: &Patch) -> String {
    let at = patch.file.as_deref().map(clean::line).unwrap_or_else(|| "--format json".to_owned());
    format!("{at} has all of it")
}

/// How many lose data, and how many wait for these.
fn destructive(patch: &Patch) -> (usize, usize) {
    let losing = patch.statements.iter().filter(|statement| statement.destructive).count();
    (losing, patch.statements.iter().filter(|statement| statement.held && !statement.destructive).count())
}
