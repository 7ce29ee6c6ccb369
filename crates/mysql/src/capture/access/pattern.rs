//! Names of databases in grants: `_` is any character, `%` any number of them, a backslash takes that away.
//! <https://dev.mysql.com/doc/refman/en/grant.html>

use super::Rules;

/// The name of a database as a grant writes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pattern<'a> {
    pub text: &'a str,
    pub rules: Rules,
}

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    This(char),
    One,
    Any,
}

impl Pattern<'_> {
    fn cased(&self, text: &str) -> String {
        if self.rules.folded { text.to_lowercase() } else { text.to_owned() }
    }

    fn steps(&self) -> Vec<Step> {
        let text = self.cased(self.text);
        let mut chars = text.chars();
        let mut steps = Vec::new();
        while let Some(c) = chars.next() {
            steps.push(match c {
                '\\' => Step::This(chars.next().unwrap_or('\\')),
                '_' if !self.rules.literal => Step::One,
                '%' if !self.rules.literal => Step::Any,
                c => Step::This(c),
            });
        }
        steps
    }

    /// Whether it names one database.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        self.steps().iter().all(|step| matches!(step, Step::This(_)))
    }

    /// The one database it names; `None` for several.
    #[must_use]
    pub fn plain(&self) -> Option<String> {
        self.steps().into_iter().map(|step| if let Step::This(c) = step { Some(c) } else { None }).collect()
    }

    /// Whether it stands for that database. Goes back to the last `%` where the rest does not fit: no more work than the
    /// product of both lengths.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let (steps, name) = (self.steps(), self.cased(name).chars().collect::<Vec<_>>());
        let (mut step, mut at, mut back) = (0, 0, None);
        while let Some(c) = name.get(at) {
            match steps.get(step) {
                Some(Step::Any) => {
                    back = Some((step + 1, at));
                    step += 1;
                }
                Some(Step::One) => (step, at) = (step + 1, at + 1),
                Some(Step::This(wanted)) if wanted == c => (step, at) = (step + 1, at + 1),
                _ => {
                    let Some((after, from)) = back else { return false };
                    back = Some((after, from + 1));
                    (step, at) = (after, from + 1);
                }
            }
        }
        steps.iter().skip(step).all(|step| *step == Step::Any)
    }

    /// The pattern that stands for this database alone.
    #[must_use]
    pub fn escaped(name: &str) -> String {
        let mut escaped = String::with_capacity(name.len());
        for c in name.chars() {
            if matches!(c, '_' | '%' | '\\') {
                escaped.push('\\');
            }
            escaped.push(c);
        }
        escaped
    }
}
