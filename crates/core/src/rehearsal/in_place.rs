//! What became of a release where others are at work: each transaction ran there and was given up, or did not run there, and why.
//!
//! Lives here: the nouns, how they weigh beside what was seen on a throwaway server, and the gates of it. Does not live here: running it
//! (`pipeline/rehearse`).

use super::gate::{Elsewhere, Gate, Limits, Part, time};
use super::load::Waited;
use crate::finding::Place;
use crate::trace::{Lock, Span, Trace};
use std::time::Duration;

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InPlace {
    /// As it is configured.
    pub environment: String,
    /// `PostgreSQL 17.10`.
    pub server: String,
    /// As whom.
    pub role: String,
    /// Its number in the journal; nothing where nothing was meant to run.
    pub run: Option<u32>,
    /// How long a statement waited for a lock, and how long it ran, at the most.
    pub lock: Duration,
    pub statement: Duration,
    pub groups: Vec<Group>,
    /// What stays although it was given up.
    pub left: Vec<String>,
    pub after: After,
    /// Rows of tables there.
    pub rows: Vec<(String, u64)>,
}

/// Whether the place is as before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum After {
    /// Nothing ran there.
    Untouched,
    /// Every digest is as it was.
    Same,
    /// What is otherwise.
    Otherwise(Vec<String>),
    /// Why nobody can tell.
    Untold(String),
}

/// A transaction of the release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// Keys of its migrations.
    pub migrations: Vec<String>,
    /// Where it begins.
    pub place: Option<Place>,
    pub course: Course,
    /// What was seen of it.
    pub statements: Vec<Trace>,
    /// Statements that were left out, and why.
    pub skipped: Vec<(Place, String)>,
    /// Bytes that it writes at the most, as was predicted; nothing where that was not worked out.
    pub bytes: Option<u64>,
    /// Clients that waited for it.
    pub waits: Vec<Waited>,
}

/// What became of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Course {
    /// It ran whole, and was given up.
    Ran,
    /// It did not run there: it does by its nature not, or nobody knows that it may. A throwaway server alone has seen it.
    Elsewhere(String),
    /// A bound ended it: it waited or took too long.
    Bound(Option<Place>, String),
    /// The server refused a statement.
    Refused(Option<Place>, String),
    /// Something else ended it: what.
    Broken(String),
}

impl InPlace {
    /// Transactions that ran there, or began to.
    pub fn tried(&self) -> impl Iterator<Item = &Group> {
        self.groups.iter().filter(|group| !matches!(group.course, Course::Elsewhere(_)))
    }

    /// What was seen there of the statement at a place.
    #[must_use]
    pub fn seen(&self, place: &Place) -> Option<&Trace> {
        self.groups.iter().flat_map(|group| &group.statements).find(|trace| trace.place == *place)
    }

    /// As gates ask for it: what ran whole.
    #[must_use]
    pub fn elsewhere(&self) -> Elsewhere {
        let whole = self.groups.iter().filter(|group| group.course == Course::Ran).flat_map(|group| &group.statements);
        Elsewhere {
            name: self.environment.clone(),
            statements: whole.map(|trace| trace.place.clone()).collect(),
            rows: self.rows.iter().cloned().collect(),
        }
    }

    /// The gates of it.
    #[must_use]
    pub fn gates(&self, limits: &Limits) -> Vec<Gate> {
        vec![self.ran(), self.blocked(limits), self.traceless()]
    }

    /// Clients that are at work there, and not ours.
    fn blocked(&self, limits: &Limits) -> Gate {
        let (limit, origin) = &limits.blocked;
        let demanded = format!("no client of {} waits longer than {}", self.environment, time(*limit));
        let gate = Gate::new(Part::Run, "blocked-in-place", demanded, origin)
            .because("Users wait as long, and requests behind them pile up.")
            .do_this("take weaker locks, or shorter ones: evenkeel explain, docs/reference/locks.md");
        if self.tried().next().is_none() {
            return gate.found(None, "nothing of it ran there, so nobody could wait");
        }
        let waits = self.groups.iter().flat_map(|group| group.waits.iter().map(move |wait| (group, wait)));
        let length = |wait: &Waited| wait.to.saturating_sub(wait.from);
        match waits.max_by_key(|(_, wait)| length(wait)) {
            None => gate.found(Some(true), "none was seen to wait"),
            Some((group, wait)) => {
                let who = if wait.who.is_empty() { "a client without a name" } else { &wait.who };
                let on = if wait.relation.is_empty() { String::new() } else { format!(" of {}", wait.relation) };
                let found = format!("{who} waited {} for the {}{on}", time(length(wait)), wait.wait);
                gate.found(Some(length(wait) <= *limit), found).at(group.place.as_ref())
            }
        }
    }

    fn ran(&self) -> Gate {
        let environment = &self.environment;
        let gate = Gate::new(Part::Run, "in-place", format!("what can run on {environment} runs there"), "--on")
            .because("It fails or waits on rows and clients that are like the target's.")
            .do_this("mend the file, or find out who holds the lock, and rehearse it again");
        let tried = self.tried().count();
        let of = |place: &Option<Place>| place.as_ref().map(|place| format!("{place}: ")).unwrap_or_default();
        for group in self.tried() {
            if let Course::Refused(place, why) = &group.course {
                return gate.found(Some(false), format!("{}{why}", of(place))).at(place.as_ref());
            }
        }
        for group in self.tried() {
            match &group.course {
                Course::Bound(place, why) => return gate.found(None, format!("{}{why}", of(place))).at(place.as_ref()),
                Course::Broken(why) => return gate.found(None, why.clone()),
                Course::Ran | Course::Elsewhere(_) | Course::Refused(..) => {}
            }
        }
        let transactions = |count: usize| if count == 1 { "1 transaction".to_owned() } else { format!("{count} transactions") };
        match (tried, self.groups.len()) {
            (0, _) => {
                let why = self.groups.iter().find_map(|group| match &group.course {
                    Course::Elsewhere(why) => Some(format!(": {why}")),
                    _ => None,
                });
                gate.found(None, format!("nothing of it ran there{}", why.unwrap_or_default()))
            }
            (tried, all) if tried == all => gate.found(Some(true), format!("{}, rolled back", transactions(all))),
            (tried, all) => {
                gate.found(Some(true), format!("{tried} of {}, rolled back; the others ran on scratch alone", transactions(all)))
            }
        }
    }

    fn traceless(&self) -> Gate {
        let gate = Gate::new(Part::Run, "no-trace", format!("{} is as it was before", self.environment), "--on")
            .because("Something of the release, or of somebody else meanwhile, is there now.")
            .do_this("look at what is otherwise, and take it back: evenkeel compare with a manifest of before");
        match &self.after {
            After::Untouched => gate.found(Some(true), "nothing ran there"),
            After::Same => gate.found(Some(true), "schema, rights, record and settings have the digests of before"),
            After::Otherwise(what) => {
                let more = if what.len() > 1 { format!(" and {} more", what.len() - 1) } else { String::new() };
                gate.found(Some(false), format!("{}{more}", what.first().map_or("its digest is another", String::as_str)))
            }
            After::Untold(why) => gate.found(None, why.clone()),
        }
    }
}

/// `1.2 GB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    const UNITS: [(&str, u64); 3] = [("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1000)];
    match UNITS.iter().find(|(_, unit)| count >= *unit) {
        Some((name, unit)) => {
            let tenths = u128::from(count) * 10 / u128::from(*unit);
            if tenths % 10 == 0 { format!("{} {name}", tenths / 10) } else { format!("{}.{} {name}", tenths / 10, tenths % 10) }
        }
        None => format!("{count} bytes"),
    }
}

/// The longer of both, lock by lock; who waited there waited too.
pub(super) fn heavier(trace: &mut Trace, there: &Trace) {
    trace.took = trace.took.max(there.took);
    for lock in &mut trace.locks {
        let is_same = |other: &&Lock| other.relation == lock.relation && other.mode == lock.mode;
        if let Some(other) = there.locks.iter().find(is_same) {
            lock.held = Span {
                low: lock.held.low.max(other.held.low),
                high: lock.held.high.zip(other.held.high).map(|(one, other)| one.max(other)),
            };
        }
    }
    let is_new = |other: &&Lock| !trace.locks.iter().any(|lock| lock.relation == other.relation && lock.mode == other.mode);
    let new: Vec<Lock> = there.locks.iter().filter(is_new).cloned().collect();
    trace.locks.extend(new);
    if let Some(blocked) = &there.blocked
        && !blocked.is_empty()
    {
        trace.blocked.get_or_insert_with(Vec::new).extend(blocked.iter().cloned());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place() -> InPlace {
        InPlace {
            environment: "staging".to_owned(),
            server: String::new(),
            role: String::new(),
            run: None,
            lock: Duration::ZERO,
            statement: Duration::ZERO,
            groups: Vec::new(),
            left: Vec::new(),
            after: After::Same,
            rows: Vec::new(),
        }
    }

    fn group(course: Course) -> Group {
        Group { migrations: Vec::new(), place: None, course, statements: Vec::new(), skipped: Vec::new(), bytes: None, waits: Vec::new() }
    }

    fn held(groups: Vec<Group>, after: After) -> (Option<bool>, Option<bool>) {
        let gates = InPlace { groups, after, ..place() }.gates(&Limits::default());
        (gates[0].holds, gates[2].holds)
    }

    #[test]
    fn a_client_that_waits_for_longer_than_it_may_closes_and_nobody_there_to_wait_opens_nothing() {
        let wait = |ms: u64| Waited {
            session: 7,
            who: "shop".to_owned(),
            relation: "public.t".to_owned(),
            wait: "relation".to_owned(),
            from: Duration::from_secs(5),
            to: Duration::from_millis(5000 + ms),
            logged: false,
        };
        let holds = |groups| InPlace { groups, ..place() }.gates(&Limits::default())[1].clone();
        let waited = |ms| Group { waits: vec![wait(20), wait(ms)], ..group(Course::Ran) };
        assert_eq!(holds(vec![waited(900)]).holds, Some(true));
        let closed = holds(vec![group(Course::Ran), waited(1001)]);
        assert_eq!((closed.holds, closed.found.as_str()), (Some(false), "shop waited 1.0 s for the relation of public.t"));
        assert_eq!(holds(vec![group(Course::Ran)]).holds, Some(true));
        assert_eq!(holds(vec![group(Course::Elsewhere(String::new()))]).holds, None);
    }

    #[test]
    fn what_did_not_run_there_opens_nothing_and_what_is_left_there_closes() {
        let elsewhere = || group(Course::Elsewhere("it cannot run in a transaction".to_owned()));
        assert_eq!(held(vec![group(Course::Ran), elsewhere()], After::Same), (Some(true), Some(true)));
        assert_eq!(held(vec![elsewhere()], After::Untouched), (None, Some(true)));
        assert_eq!(held(Vec::new(), After::Untouched).0, None);
        let bound = || group(Course::Bound(None, "a lock".to_owned()));
        assert_eq!(held(vec![group(Course::Ran), bound()], After::Untold("gone".to_owned())), (None, None));
        let refused = group(Course::Refused(None, "23502".to_owned()));
        assert_eq!(held(vec![bound(), refused], After::Otherwise(vec!["table a".to_owned()])), (Some(false), Some(false)));
        assert_eq!(held(vec![group(Course::Broken("lost".to_owned()))], After::Same).0, None);
    }

    #[test]
    fn bytes_are_told_in_the_unit_that_fits() {
        let told: Vec<String> = [999, 1_000, 1_550_000, 1_000_000_000, 12_340_000_000].into_iter().map(bytes).collect();
        assert_eq!(told, ["999 bytes", "1 kB", "1.5 MB", "1 GB", "12.3 GB"]);
    }
}
