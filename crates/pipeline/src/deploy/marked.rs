//! Files that say `-- evenkeel: backfill NAME`: what they change is changed part after part before they are run, and their own statement
//! has nothing left to do then.
//!
//! Neighbour: `backfill`, which changes it; here is the mark, and that it was done.

use super::Order;
use crate::dual;
use crate::rehearse::Release;
use evenkeel_core::deployment::Gate;
use evenkeel_core::fault::Trouble;
use evenkeel_core::port::{Environment, Limits, Run};

const NAME: &str = "backfill";
/// How a line begins that is a mark.
const MARK: &str = "-- evenkeel: backfill";

/// A gate for each mark of what is pending.
///
/// # Errors
/// The server cannot be reached, or goes away.
pub fn gates(
    order: &Order<'_>,
    release: &Release,
    environment: &dyn Environment,
    (limits, run): (&Limits, &Run<'_>),
) -> Result<Vec<Gate>, Box<Trouble>> {
    let mut gates = Vec::new();
    let Some(known) = order.backfills.filter(|_| order.back.is_none()) else { return Ok(gates) };
    for cut in &release.cuts {
        let key = &cut.migration.key;
        for line in cut.up.iter().flat_map(|script| misspelt(&script.part.text)) {
            let limit = format!("{key}: each mark is one that is read");
            let found = format!("{line:?} is none: a mark is a line of its own, {MARK} NAME");
            gates.push(Gate::new(NAME, limit, Some(false), found).fix("correct the line, or take `evenkeel:` out of it"));
        }
        for name in cut.up.iter().flat_map(|script| marks(&script.part.text)) {
            let limit = format!("{key}: no row needs what it changes any more");
            let gate = match known.iter().find(|(other, _)| *other == name) {
                None => {
                    let found = if name.is_empty() { "its mark names none".to_owned() } else { format!("there is no [backfill.{name}]") };
                    Gate::new(NAME, limit, Some(false), found).fix("write it under [backfill.NAME] in evenkeel.toml, or correct the mark")
                }
                Some((_, condition)) => {
                    let (holds, found) = match dual::counted(condition, environment, limits, run)? {
                        Ok(0) => (Some(true), format!("{name}: no row needs it")),
                        Ok(rows) => (Some(false), format!("{name}: {rows} rows need it")),
                        Err(why) => (None, format!("{name}: {why}")),
                    };
                    let fix = format!(
                        "evenkeel backfill {} {name}, then this; where its column is not there yet, bring this file in a later release",
                        order.environment
                    );
                    Gate::new(NAME, limit, holds, found).fix(fix)
                }
            };
            gates.push(gate.origin(&format!("{key}: {MARK} {name}")));
        }
    }
    Ok(gates)
}

/// Names of marks, in the order in which they stand.
fn marks(text: &str) -> Vec<String> {
    let of = |line: &str| {
        let rest = line.trim().strip_prefix(MARK)?;
        (rest.is_empty() || rest.starts_with(char::is_whitespace)).then(|| rest.trim().to_owned())
    };
    text.lines().filter_map(of).collect()
}

/// What was meant as a mark, and is read as none: from its first word on, for before it may stand what nobody should see.
fn misspelt(text: &str) -> Vec<&str> {
    let meant = |line: &'_ str| {
        let at = line.to_ascii_lowercase().find("evenkeel:")?;
        let is_meant = line.get(at + "evenkeel:".len()..)?.trim_start().to_ascii_lowercase().starts_with("back");
        (is_meant && marks(line).is_empty()).then_some(at)
    };
    text.lines().filter_map(|line| line.get(meant(line)?..)).map(str::trim_end).collect()
}

#[cfg(test)]
mod tests {
    use super::{marks, misspelt};

    #[test]
    fn what_is_nearly_a_mark_is_none_and_is_told() {
        let near = [
            "--evenkeel: backfill b",
            "-- Evenkeel: Backfill b",
            "/* evenkeel: backfill b */",
            "-- evenkeel: backfil b",
            "select 1; -- evenkeel: backfill b",
        ];
        let told =
            ["evenkeel: backfill b", "Evenkeel: Backfill b", "evenkeel: backfill b */", "evenkeel: backfil b", "evenkeel: backfill b"];
        assert_eq!(misspelt(&near.join("\n")), told);
        assert!(misspelt("-- evenkeel: backfill b\n-- kept by evenkeel").is_empty());
    }

    #[test]
    fn a_mark_is_a_line_of_its_own() {
        let text = "-- evenkeel: backfill mails\nupdate t set a = 1;\n  -- evenkeel: backfill\nselect '-- evenkeel: backfill x';\n-- evenkeel: backfilled y\n";
        assert_eq!(marks(text), ["mails", ""]);
    }
}
