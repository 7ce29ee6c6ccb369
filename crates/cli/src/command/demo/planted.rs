//! What the demo plants and must find again, by finding and object: the demo tests itself.
//!
//! Lives here: the judgement whether the reports say all that is on the list, and nothing heavier. The lists are those of
//! `postgres` and `mysql`, beside the `.sql` files that plant; the server side (replicas, rows) is `estate`'s.

use super::screen::Screen;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_report::{Difference, Document, Severity, Side};

/// Where and how something came to differ.
pub struct Group {
    pub title: &'static str,
    /// The environment whose `check` must find it: it was done by hand after the manifest was committed.
    pub by_hand_in: Option<&'static str>,
    pub planted: Vec<Planted>,
}

/// One planted drift.
pub struct Planted {
    /// In the words of whoever did it.
    what: &'static str,
    /// The finding that names it. The attribute, where there is one, is its last part.
    id: &'static str,
    object: &'static str,
}

pub const fn planted(what: &'static str, id: &'static str, object: &'static str) -> Planted {
    Planted { what, id, object }
}

/// Shows each planted drift with the object on which it was found.
///
/// # Errors
/// One was not found, or something blocks that nobody planted: then evenkeel is broken, whatever it said before.
pub fn verify(groups: &[Group], document: &Document, checks: &[Document], screen: &Screen) -> Result<(), Box<Trouble>> {
    let mut wrong = Vec::new();
    for group in groups {
        screen.line(group.title);
        let check = checks.iter().find(|check| group.by_hand_in == Some(check.label(Side::Candidate).as_str()));
        for planted in &group.planted {
            let compared = document.differences().iter().any(|difference| planted.is(difference));
            // Seen from its own manifest, what one side alone has is missing or extra the other way round.
            let checked = check.map(|check| check.differences().iter().any(|difference| difference.object.display == planted.object));
            if compared && checked == group.by_hand_in.map(|_| true) {
                screen.found(planted.what, planted.object);
            } else {
                wrong.push(format!("{} on {} is not in the report", planted.id, planted.object));
            }
        }
    }
    for report in checks.iter().chain([document]) {
        for difference in report.differences().iter().filter(|difference| difference.severity == Severity::Block) {
            if !groups.iter().flat_map(|group| &group.planted).any(|planted| planted.object == difference.object.display) {
                wrong.push(format!("{} on {} was not planted", difference.id, difference.object.display));
            }
        }
    }
    if wrong.is_empty() {
        return Ok(());
    }
    Err(Box::new(
        Trouble::new(Class::Internal, "the reports do not say what was planted")
            .expected("every planted drift, and nothing else that blocks")
            .found(wrong.join("; "))
            .fix("this is a bug of evenkeel: please report it with the page that evenkeel demo wrote"),
    ))
}

/// How many drifts are planted.
pub fn count(groups: &[Group]) -> usize {
    groups.iter().map(|group| group.planted.len()).sum()
}

impl Planted {
    fn is(&self, difference: &Difference) -> bool {
        difference.id == self.id && difference.object.display == self.object
    }
}
