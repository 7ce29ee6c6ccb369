//! The script that makes a role able to capture everything, as a person reads it before running it: what is in place
//! already is there as a comment. What the steps are is each engine's knowledge.

/// One line of the script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    pub sql: String,
    /// What a capture needs it for.
    pub why: String,
    /// Whether the role has it.
    pub done: bool,
}

/// The script: lines that say what it is, how much is missing, and the steps.
#[must_use]
pub fn script(head: &[&str], steps: &[Step]) -> String {
    let missing = match steps.iter().filter(|step| !step.done).count() {
        0 => "Nothing is missing.".to_owned(),
        count => format!("{count} of {} steps are missing; the others, marked \"has\", are in place.", steps.len()),
    };
    let mut script = String::new();
    for line in head.iter().copied().chain([missing.as_str()]) {
        script.push_str(&format!("-- {}\n", one_line(line)));
    }
    for step in steps {
        let sql = if step.done { format!("-- has: {}", one_line(&step.sql)) } else { step.sql.clone() };
        script.push_str(&format!("{sql} -- {}\n", one_line(&step.why)));
    }
    script
}

/// A name may hold a newline, of which servers and clients know two: a comment must not end early.
fn one_line(text: &str) -> String {
    text.replace(['\n', '\r'], " ")
}

#[cfg(test)]
mod tests {
    use super::{Step, script};

    fn step(sql: &str, done: bool) -> Step {
        Step { sql: sql.to_owned(), why: "all\nof it".to_owned(), done }
    }

    #[test]
    fn what_is_in_place_is_a_comment() {
        let text = script(&["What a role needs."], &[step("GRANT a;", true), step("GRANT b;", false)]);
        let expected = "-- What a role needs.\n-- 1 of 2 steps are missing; the others, marked \"has\", are in place.\n\
                        -- has: GRANT a; -- all of it\nGRANT b; -- all of it\n";
        assert_eq!(text, expected);
        assert!(script(&[], &[step("GRANT a;", true)]).starts_with("-- Nothing is missing.\n"));
    }

    #[test]
    fn no_comment_ends_before_its_line() {
        let text = script(&["for a\nDROP", "for a\rDROP"], &[step("GRANT a TO \"x\r\nDROP\";", true)]);
        assert!(text.split(['\n', '\r']).all(|line| line.is_empty() || line.starts_with("--")), "{text:?}");
    }
}
