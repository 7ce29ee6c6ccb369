//! What trying a case means on every engine: its statements run, both sides captured at once, and the proposed fix
//! applied. Does not live here: servers, databases and sessions, which are each engine's own.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use evenkeel_core::compare::{Comparison, Difference, Side};
use evenkeel_core::digest::Tree;
use evenkeel_core::finding::Remedy;
use evenkeel_core::manifest::Manifest;

use super::case::{Case, FAILS};
use super::judge::{place_of, shown};

/// Fixes that were applied so far.
static PROPOSED: AtomicUsize = AtomicUsize::new(0);

/// How many fixes [`closed`] has applied in this process: a floor under them shows when remedies fall silent.
#[must_use]
pub fn proposed() -> usize {
    PROPOSED.load(Ordering::Relaxed)
}

/// Runs statements; one that ends in [`FAILS`] must fail.
///
/// # Errors
/// The first that does otherwise, with what `exec` says.
pub fn run(statements: impl IntoIterator<Item = String>, exec: impl Fn(&str) -> Result<(), String>) -> Result<(), String> {
    for statement in statements {
        let (statement, fails) = statement.strip_suffix(FAILS).map_or((statement.as_str(), false), |sql| (sql, true));
        match (exec(statement), fails) {
            (Ok(()), false) | (Err(_), true) => {}
            (Ok(()), true) => return Err(format!("it should fail, and does not: {statement}")),
            (Err(problem), false) => return Err(format!("{problem}\nafter: {statement}")),
        }
    }
    Ok(())
}

/// Both sides at once, as the command does it.
///
/// # Panics
/// When a capture does.
pub fn both(reference: impl FnOnce() -> Manifest, candidate: impl FnOnce() -> Manifest + Send) -> (Manifest, Manifest) {
    std::thread::scope(|threads| {
        let candidate = threads.spawn(candidate);
        (reference(), candidate.join().expect("the capture of the candidate"))
    })
}

/// What evenkeel proposes is applied to the candidate; the difference is then gone, and no other has come. `compared`
/// proposes it, `apply` runs a fix on it, `capture` captures it anew.
///
/// # Errors
/// The fix fails, or something is left or new.
pub fn closed(
    case: &Case,
    (reference, candidate): &(Manifest, Manifest),
    compared: impl Fn(Side<'_>, Side<'_>) -> Comparison,
    apply: impl FnOnce(&str) -> Result<(), String>,
    capture: impl FnOnce() -> Manifest,
) -> Result<(), String> {
    let before = differences(reference, candidate, &compared);
    let is_expected = |difference: &Difference| place_of(difference) == case.expected.place();
    let proposed = before.iter().find(|difference| is_expected(difference)).and_then(|difference| difference.remedy.as_ref());
    // A step in words is for a person.
    let Some(fix) = proposed.and_then(Remedy::statements) else { return Ok(()) };
    PROPOSED.fetch_add(1, Ordering::Relaxed);
    apply(fix).map_err(|problem| format!("  the proposed fix fails: {problem}"))?;
    let known: BTreeSet<String> = before.iter().filter(|difference| !is_expected(difference)).map(place_of).collect();
    let after = capture();
    let left: Vec<String> =
        differences(reference, &after, &compared).iter().filter(|difference| !known.contains(&place_of(difference))).map(shown).collect();
    if left.is_empty() { Ok(()) } else { Err(format!("  after the proposed fix ({fix}) this is left: {}", left.join("; "))) }
}

fn differences(reference: &Manifest, candidate: &Manifest, compared: impl Fn(Side<'_>, Side<'_>) -> Comparison) -> Vec<Difference> {
    let trees = (Tree::of(reference), Tree::of(candidate));
    let side = |label, manifest, tree| Side { label, manifest, tree };
    compared(side("reference", reference, &trees.0), side("candidate", candidate, &trees.1)).differences
}

#[cfg(test)]
mod tests {
    use super::super::case::On;
    use super::*;
    use evenkeel_core::compare::{Case as Asked, Reasoning, Remedies, Scope, compare};
    use evenkeel_core::kind::{Dimension, Engine, Kind};
    use evenkeel_core::manifest::{Endpoint, Identity, NodeRole, Object};

    #[test]
    fn statements_run_until_one_does_otherwise() {
        let exec = |sql: &str| if sql == "bad" { Err("refused".to_owned()) } else { Ok(()) };
        let run = |statements: &[&str]| run(statements.iter().map(|sql| (*sql).to_owned()), exec);
        assert_eq!(run(&["good", "bad; -- fails", "good"]), Ok(()));
        assert_eq!(run(&["bad", "good; -- fails"]), Err("refused\nafter: bad".to_owned()));
        assert_eq!(run(&["good; -- fails"]), Err("it should fail, and does not: good".to_owned()));
    }

    /// Proposes `SET name;` for whatever has changed.
    struct Proposing(&'static str);

    impl Remedies for Proposing {
        fn fix(&self, _: &Asked<'_>) -> Option<Remedy> {
            let text = self.0.to_owned();
            Some(if text.ends_with(';') { Remedy::Statements(text) } else { Remedy::Step(text) })
        }

        fn reasoning(&self, _: &Asked<'_>) -> Option<Reasoning> {
            None
        }
    }

    fn manifest(comments: [&str; 2]) -> Manifest {
        let endpoint = Endpoint {
            engine: Engine::PostgreSql,
            server_version: "18.1".to_owned(),
            server_major: 18,
            database: "d".to_owned(),
            role: "r".to_owned(),
            node: "n".to_owned(),
            node_role: NodeRole::Primary,
            captured_at: "2026-11-21T00:00:00Z".to_owned(),
            roles: std::collections::BTreeMap::new(),
            whose: evenkeel_core::manifest::Whose::File,
        };
        let table = |(name, comment): (&str, &str)| {
            let mut table = Object::new(Kind::Table, Identity::new(["s", name]));
            table.set("comment", comment);
            table
        };
        Manifest::new(endpoint, vec![Dimension::Schema], ["a", "b"].into_iter().zip(comments).map(table).collect(), Vec::new())
    }

    #[test]
    fn the_loop_is_closed_when_the_difference_is_gone_and_no_other_has_come() {
        let on = On { engine: Engine::PostgreSql, version: 18 };
        let case =
            Case::parse("table/comment.sql", "-- expect: table s.a comment\n-- candidate\nselect 1\n", on).expect("it is understood");
        let sides = (manifest(["x", "x"]), manifest(["y", "x"]));
        let closed = |fix, after| {
            let compared = |a: Side<'_>, b: Side<'_>| compare(a, b, &Scope::default(), &Proposing(fix));
            closed(&case, &sides, compared, |fix| if fix == "BAD;" { Err("no".to_owned()) } else { Ok(()) }, || manifest(after))
        };
        assert_eq!(closed("SET;", ["x", "x"]), Ok(()));
        assert!(closed("SET;", ["y", "x"]).is_err_and(|problem| problem.contains("table s.a comment: x -> y")));
        assert!(closed("SET;", ["x", "z"]).is_err_and(|problem| problem.contains("table s.b comment: x -> z")));
        assert_eq!(closed("BAD;", ["x", "x"]), Err("  the proposed fix fails: no".to_owned()));
        assert_eq!(closed("look at it", ["y", "z"]), Ok(()), "a step for a person is not applied");
        // What differed before besides is no fault of the fix.
        let sides = (manifest(["x", "x"]), manifest(["y", "z"]));
        assert_eq!(
            super::closed(&case, &sides, |a, b| compare(a, b, &Scope::default(), &Proposing("SET;")), |_| Ok(()), || manifest(["x", "z"])),
            Ok(())
        );
    }
}
