//! Calling a schema otherwise in what a comparison found: two schemas are compared under one name, which is neither's own.
//!
//! Lives here: the names of objects and the values that are shown. Neighbour: `manifest::part`, which knows where a schema's name
//! stands.

use super::{Change, Comparison, Which, identity};
use crate::finding::{Remedy, Thing};
use crate::kind::Parent;
use crate::manifest::{Identity, Object, Texts};
use std::sync::Arc;

impl Comparison {
    /// Calls a schema otherwise in every difference, shared fault and gap. What to do is left as it is: it is the candidate's.
    pub fn call_schema(&mut self, from: &str, to: &str, texts: Texts<'_>) {
        let name: Arc<str> = to.into();
        for difference in self.differences.iter_mut().chain(&mut self.shared) {
            let finding = &mut difference.finding;
            for value in [&mut finding.expected, &mut finding.found].into_iter().flatten() {
                if let Some(renamed) = of_table(&finding.subject, value, from, to).or_else(|| texts(value)) {
                    *value = renamed;
                }
            }
            finding.subject.call_schema(&name, texts);
        }
        for gap in &mut self.gaps {
            gap.gap.call_schema(from, to, texts);
        }
    }

    /// Writes every remedy anew, for the side it is for: a fault is mended where it is, one that both have on both.
    pub fn map_remedies(&mut self, texts: &dyn Fn(&str, Which) -> Option<String>) {
        for difference in self.differences.iter_mut().chain(&mut self.shared) {
            let which = if difference.change == Change::Unsound { difference.which } else { Which::Candidate };
            let Some(Remedy::Statements(text) | Remedy::Step(text)) = &mut difference.finding.remedy else { continue };
            let renamed = match which {
                Which::Both => {
                    texts(text, Which::Reference).zip(texts(text, Which::Candidate)).map(|(one, other)| format!("{one}\n{other}"))
                }
                one => texts(text, one),
            };
            if let Some(renamed) = renamed {
                *text = renamed;
            }
        }
    }
}

impl Thing {
    fn call_schema(&mut self, name: &Arc<str>, texts: Texts<'_>) {
        let mut object = Object::new(self.kind, Identity::new(self.identity.iter().map(|(_, part)| part.as_str())));
        object.call_schema(name, texts);
        self.object = object.display();
        self.identity = identity(self.kind, &object.identity);
    }
}

/// The table that something hangs on is shown as two parts.
fn of_table(subject: &Thing, value: &str, from: &str, to: &str) -> Option<String> {
    let Parent::Property(property) = subject.kind.spec().parent else { return None };
    let rest = value.strip_prefix(from).filter(|rest| rest.starts_with(", "))?;
    (subject.attribute == Some(property)).then(|| format!("{to}{rest}"))
}
