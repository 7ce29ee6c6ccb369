//! Three witnesses, one verdict: what the files say, what the tool recorded, what is there.
//!
//! Lives here: how each verdict is come to. A record is believed for what it is: a tool's word; whether a migration's effect is
//! there, the objects say. Does not live here: running files (`pipeline/replay`), reading records (`capture/history.rs` of each
//! engine), what they are called and weigh (`word`), sentences (`report`).

use super::effect::{Spot, Stand, Touch};
use super::folder::Migration;
use super::record::State;
pub use super::word::Verdict;
use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};

/// What a tool recorded of a migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    pub key: String,
    pub state: State,
    pub checksum: Option<String>,
    pub description: Option<String>,
    /// The tool's word that it never ran it: `MARK_RAN`, `BASELINE`.
    pub recorded_as: Option<String>,
    /// When it was recorded, and by whom, as the tool's table says it.
    pub at: Option<String>,
    pub by: Option<String>,
    /// No row of its own says it: another's does.
    pub implied: bool,
}

impl Recorded {
    /// One of which no more is told than how it stands.
    #[must_use]
    pub fn of(key: impl Into<String>, state: State) -> Self {
        Self { key: key.into(), state, checksum: None, description: None, recorded_as: None, at: None, by: None, implied: false }
    }

    /// It stands for all that was there when the tool came.
    #[must_use]
    pub fn is_baseline(&self) -> bool {
        self.recorded_as.as_ref().is_some_and(|word| word.ends_with("BASELINE"))
    }
}

/// How a text differs from the one that was recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Edit {
    /// Only in what means nothing, and in what.
    Bytes(String),
    /// In what it does; the earlier text was found.
    Meaning(String),
    /// The earlier text was not found: what is there decides.
    Unknown,
}

/// A migration of the folder, with what is known of it.
#[derive(Debug, Clone)]
pub struct Known<'a> {
    pub migration: &'a Migration,
    pub recorded: Option<&'a Recorded>,
    /// Set where its text is another than was recorded.
    pub edit: Option<Edit>,
    /// What it did when it was run for a trial; nothing where that was not worked out.
    pub effect: Option<Vec<Touch>>,
    /// Why nobody can say what it does.
    pub unclear: Option<String>,
    /// Something that it does surely shows.
    pub defines: bool,
    /// It has no statement.
    pub is_empty: bool,
    /// Another folder's, beside which the others are judged.
    pub is_beside: bool,
    /// What it says is accepted: it was there when a person committed the manifest.
    pub accepted: bool,
}

impl Known<'_> {
    /// Whether the record says that it is in force.
    fn is_in_force(&self) -> bool {
        self.recorded.is_some_and(|recorded| recorded.state == State::Applied)
    }
}

/// What speaks for a verdict.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub spot: Spot,
    pub expected: Stand,
    pub found: Stand,
}

/// What is said of one migration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    pub key: String,
    pub verdict: Verdict,
    pub also: Vec<Verdict>,
    pub evidence: Vec<Evidence>,
    /// In words, where there is more to say than the verdict.
    pub why: Option<String>,
    /// It could not be checked, and somebody has accepted that.
    pub accepted: bool,
}

impl Judged {
    /// With what it comes after and what is not in force.
    fn before(mut self, needed: &[&str]) -> Self {
        if needed.is_empty() {
            return self;
        }
        let words = format!("it comes after {}, which the record does not say is applied", needed.join(", "));
        self.why = Some(self.why.map_or_else(|| words.clone(), |why| format!("{words}; {why}")));
        self.also.push(self.verdict);
        self.also.push(Verdict::BeforeItsDependency);
        self.also.sort_unstable();
        self.verdict = self.also.remove(0);
        // What is in order by itself says nothing beside this.
        self.also.retain(|verdict| *verdict != Verdict::Applied);
        self
    }

    /// Whether that is said of it, beside other things.
    #[must_use]
    pub fn says(&self, verdict: Verdict) -> bool {
        self.verdict == verdict || self.also.contains(&verdict)
    }
}

/// An object, or a property of one, that no migration explains.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unexplained {
    pub spot: Spot,
    pub expected: Option<Stand>,
    pub found: Stand,
}

/// What was counted of a migration.
#[derive(Debug, Clone, Default)]
struct Count {
    there: usize,
    missing: Vec<Evidence>,
    present: Vec<Evidence>,
    /// Overwritten by a later one, or nobody's any more.
    superseded: usize,
}

/// How spots stand.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// In an empty database.
    pub initial: &'a dyn Fn(&Spot) -> Stand,
    /// In the environment.
    pub found: &'a dyn Fn(&Spot) -> Stand,
    /// What is not disputed is as all that is in force together makes it, whoever of them was looked at.
    pub is_disputed: &'a dyn Fn(&Spot) -> bool,
}

/// Says of each migration how it stands; effects are those of running the files in their order.
#[must_use]
pub fn judge(known: &[Known<'_>], seen: &Seen<'_>) -> (Vec<Judged>, Vec<Unexplained>) {
    let Seen { initial, found, is_disputed } = *seen;
    let mut writers: HashMap<&Spot, Vec<(usize, &Stand)>> = HashMap::new();
    for (at, one) in known.iter().enumerate() {
        for touch in one.effect.iter().flatten() {
            writers.entry(&touch.spot).or_default().push((at, &touch.after));
        }
    }
    let mut counts: Vec<Count> = known.iter().map(|_| Count::default()).collect();
    let mut unexplained = Vec::new();
    let is_made = |makers: &[(usize, &Stand)]| makers.iter().any(|(at, _)| known.get(*at).is_some_and(Known::is_in_force));
    let wholes = writers.iter().filter(|(spot, makers)| spot.attribute.is_none() && is_made(makers));
    let made: HashSet<_> = wholes.map(|(spot, _)| (spot.kind, &spot.identity)).collect();
    for (spot, writers) in &writers {
        let is_there = made.contains(&(spot.kind, &spot.identity)) || initial(&Spot { attribute: None, ..(*spot).clone() }) != Stand::Gone;
        let state = Spotted { spot, initial: initial(spot), found: found(spot), is_agreed: !is_disputed(spot), is_there, known, writers };
        unexplained.extend(state.count(&mut counts));
    }
    // One that is in force and was not run may have made it so, and is a gap itself: what somebody accepts hides nothing.
    if known.iter().any(|one| one.is_in_force() && one.unclear.is_some() && one.effect.is_none() && !one.accepted) {
        unexplained.clear();
    }
    unexplained.sort_by(|a: &Unexplained, b| a.spot.cmp(&b.spot));
    // One that runs again whenever it changes comes after all others by itself.
    let last = known.iter().rposition(|one| one.is_in_force() && !one.migration.repeatable && !one.is_beside);
    let in_force: HashSet<&str> = known.iter().filter(|one| one.is_in_force()).map(|one| one.migration.key.as_str()).collect();
    let judged = known.iter().zip(counts).enumerate().map(|(at, (one, count))| {
        let needed = one.migration.after.iter().filter(|key| one.is_in_force() && !in_force.contains(key.as_str()));
        one.judged(count, last.is_some_and(|last| at < last)).before(&needed.map(String::as_str).collect::<Vec<_>>())
    });
    (judged.collect(), unexplained)
}

/// A spot, and who sets it to what.
struct Spotted<'a, 'k> {
    spot: &'a Spot,
    initial: Stand,
    found: Stand,
    /// It is as the files that are in force make it.
    is_agreed: bool,
    /// The object that it is of is not only a pending one's.
    is_there: bool,
    known: &'a [Known<'k>],
    writers: &'a [(usize, &'a Stand)],
}

impl Spotted<'_, '_> {
    /// Counts it for or against those who set it; a value that none of them set is nobody's.
    fn count(&self, counts: &mut [Count]) -> Option<Unexplained> {
        let in_force = |at: usize| self.known.get(at).is_some_and(Known::is_in_force);
        let recorded: Vec<(usize, &Stand)> = self.writers.iter().copied().filter(|(at, _)| in_force(*at)).collect();
        let pending = self.writers.iter().copied().filter(|(at, _)| !in_force(*at));
        let expected = recorded.last().map_or(&self.initial, |(_, stand)| *stand);
        let evidence = |stand: &Stand| Evidence { spot: self.spot.clone(), expected: stand.clone(), found: self.found.clone() };
        let mut mark = |at: usize, mark: &dyn Fn(&mut Count)| {
            if let Some(count) = counts.get_mut(at) {
                mark(count);
            }
        };
        if self.is_agreed || self.found == *expected {
            if let Some(((last, stand), earlier)) = recorded.split_last() {
                mark(*last, &|count| if **stand == self.found { count.there += 1 } else { count.superseded += 1 });
                earlier.iter().for_each(|(at, _)| mark(*at, &|count| count.superseded += 1));
            }
            for (at, stand) in pending.filter(|(_, stand)| **stand != self.found) {
                mark(at, &|count| count.missing.push(evidence(stand)));
            }
            return None;
        }
        let pending: Vec<(usize, &Stand)> = pending.collect();
        if let Some((by, _)) = pending.iter().find(|(_, stand)| **stand == self.found) {
            for (at, stand) in &pending {
                if at == by {
                    mark(*at, &|count| count.present.push(evidence(stand)));
                } else {
                    mark(*at, &|count| count.superseded += 1);
                }
            }
            recorded.iter().for_each(|(at, _)| mark(*at, &|count| count.superseded += 1));
            return None;
        }
        for (at, stand) in &pending {
            mark(*at, &|count| count.missing.push(evidence(stand)));
        }
        let kept = recorded.iter().rposition(|(_, stand)| **stand == self.found);
        // One that was begun and never came to its end: a build that was interrupted.
        let is_begun = self.found == Stand::Faulty && *expected == Stand::There;
        let is_known = kept.is_some() || self.found == self.initial || is_begun;
        // What an edited file made before its edit is its own, whatever it was.
        let is_edited = |known: &Known<'_>| known.edit.is_some() && !known.migration.as_it_ran;
        let edited = recorded.last().filter(|(at, _)| self.known.get(*at).is_some_and(is_edited));
        if let Some((at, stand)) = edited.filter(|_| !is_known) {
            mark(*at, &|count| count.missing.push(evidence(stand)));
            return None;
        }
        // A comment that reads otherwise is not the one that was set.
        if let Some((at, stand)) = recorded.last().filter(|_| !is_known && !self.spot.is_semantic()) {
            mark(*at, &|count| count.missing.push(evidence(stand)));
            return None;
        }
        // Nothing in force makes the object, and what is pending has its evidence.
        if !is_known && recorded.is_empty() && !self.is_there {
            return None;
        }
        if !is_known {
            recorded.iter().for_each(|(at, _)| mark(*at, &|count| count.superseded += 1));
            return Some(Unexplained { spot: self.spot.clone(), expected: Some(expected.clone()), found: self.found.clone() });
        }
        for (rank, (at, stand)) in recorded.iter().enumerate() {
            match kept {
                Some(kept) if rank <= kept => mark(*at, &|count| count.superseded += 1),
                _ => mark(*at, &|count| count.missing.push(evidence(stand))),
            }
        }
        None
    }
}

impl Known<'_> {
    fn judged(&self, mut count: Count, is_overtaken: bool) -> Judged {
        // Whether an object is there tells of its properties too.
        let gone: HashSet<Spot> = count.missing.iter().filter(|one| one.spot.attribute.is_none()).map(|one| one.spot.clone()).collect();
        count.missing.retain(|one| one.spot.attribute.is_none() || !gone.contains(&Spot { attribute: None, ..one.spot.clone() }));
        let made: HashSet<Spot> = count.present.iter().filter(|one| one.spot.attribute.is_none()).map(|one| one.spot.clone()).collect();
        count.present.retain(|one| one.spot.attribute.is_none() || !made.contains(&Spot { attribute: None, ..one.spot.clone() }));
        let mut said: Vec<Verdict> = Vec::new();
        let mut why = None;
        let mut evidence = Vec::new();
        let is_whole = count.missing.is_empty();
        let has_effect = self.effect.as_ref().is_some_and(|effect| !effect.is_empty());
        let state = self.recorded.map(|recorded| recorded.state);
        match state {
            Some(State::Failed | State::InProgress) => {
                said.push(Verdict::Failed);
                let there = count.present.len();
                why = Some(match (self.effect.is_some(), is_whole && has_effect, there) {
                    (false, ..) => "what is there of it was not worked out".to_owned(),
                    (true, true, _) => "all of it is there".to_owned(),
                    (true, false, 0) => "none of it is there".to_owned(),
                    (true, false, there) => format!("{there} of {} things of it are there", there + count.missing.len()),
                });
                if there > 0 && !is_whole {
                    said.push(Verdict::HalfApplied);
                }
                evidence.append(&mut count.present);
                evidence.append(&mut count.missing);
            }
            Some(State::Applied) => {
                self.in_force(&mut count, &mut said, &mut why);
                evidence.append(&mut count.missing);
            }
            Some(State::RolledBack) | None => {
                if state.is_some() {
                    said.push(Verdict::RolledBack);
                }
                if !count.present.is_empty() {
                    said.push(if is_whole { Verdict::PresentNotRecorded } else { Verdict::HalfApplied });
                    evidence.append(&mut count.present);
                    if !is_whole {
                        evidence.append(&mut count.missing);
                    }
                } else if let Some(unclear) = self.unclear.as_ref().filter(|_| state.is_none() && self.migration.unreadable.is_none()) {
                    said.push(Verdict::NotCheckable);
                    why = Some(unclear.clone());
                } else if state.is_none() {
                    // Of one that runs again whenever it changes, nothing comes after it.
                    let Migration { repeatable, by_graph, condition, .. } = self.migration;
                    let out_of_order = is_overtaken && !repeatable && !by_graph && condition.is_none();
                    said.push(if out_of_order { Verdict::PendingOutOfOrder } else { Verdict::Pending });
                    why = condition.clone().or_else(|| {
                        let unread = self.migration.unreadable.as_ref()?;
                        Some(format!("it is not recorded; whether any of it is there nothing tells: {unread}"))
                    });
                }
            }
        }
        // What could be seen of it is in order; the rest was not seen.
        if let Some(partly) = &self.migration.partly
            && matches!(said.as_slice(), [Verdict::Applied | Verdict::Superseded])
        {
            said = vec![Verdict::NotCheckable];
            why = Some(partly.clone());
        }
        if let Some(other) = self.reused() {
            said.push(Verdict::NumberReused);
            let own = self.migration.title.as_deref().unwrap_or_default();
            let words = format!("recorded under it is {other:?}, and the file is {own:?}");
            why = Some(why.map_or_else(|| words.clone(), |why| format!("{words}; {why}")));
        } else if self.recorded.is_some()
            && let Some(edit) = &self.edit
        {
            let (verdict, words) = match edit {
                // It runs again, with its new text: that is how it is meant.
                _ if self.migration.repeatable => (Verdict::Pending, "its text is another than ran: it runs again".to_owned()),
                Edit::Bytes(how) => (Verdict::EditedBytes, how.clone()),
                Edit::Meaning(how) => (Verdict::EditedMeaning, how.clone()),
                Edit::Unknown if self.effect.is_none() || !has_effect => (
                    Verdict::NotCheckable,
                    "its text is another than was recorded, and nothing in the schema tells what changed".to_owned(),
                ),
                Edit::Unknown if evidence.is_empty() => (Verdict::EditedBytes, "by effect: all that the file says now is there".to_owned()),
                Edit::Unknown => (Verdict::EditedMeaning, "by effect: something that the file says now is not there".to_owned()),
            };
            said.push(verdict);
            why = Some(match why {
                Some(why) => format!("{words}; {why}"),
                None => words,
            });
        }
        let runs_again = state == Some(State::Applied) && self.migration.repeatable && said.contains(&Verdict::Pending);
        if runs_again && self.migration.as_it_ran {
            said.retain(|verdict| !matches!(verdict, Verdict::Applied | Verdict::Superseded));
            why =
                Some("its text is another than ran: it runs again; what it made was judged by the text that ran, which git has".to_owned());
        } else if runs_again {
            // What its new text makes is not there yet, and what its old one made, that one knew; but something of it is there.
            let wholes = || self.effect.iter().flatten().filter(|touch| touch.spot.attribute.is_none() && touch.after == Stand::There);
            let is_lacking = |touch: &Touch| evidence.iter().any(|one| one.spot == touch.spot && one.found == Stand::Gone);
            if wholes().next().is_none() || !wholes().all(is_lacking) {
                said.retain(|verdict| *verdict == Verdict::Pending);
                evidence.clear();
                why = Some("its text is another than ran: it runs again; whether what it made is still so was not judged".to_owned());
            }
        }
        // Who accepted that it cannot be checked has not seen what it is now.
        let is_accepted = self.accepted && !(self.recorded.is_some() && self.edit.is_some() && !self.migration.repeatable);
        said.sort_unstable();
        said.dedup();
        let mut said = said.into_iter();
        let verdict = said.next().unwrap_or(Verdict::NotCheckable);
        evidence.sort_by(|a, b| a.spot.cmp(&b.spot));
        Judged { key: self.migration.key.clone(), verdict, also: said.collect(), evidence, why, accepted: is_accepted }
    }

    /// The name of another migration that is recorded under its key: a file of the same text has only another name.
    fn reused(&self) -> Option<&str> {
        let (own, other) = (self.migration.title.as_deref()?, self.recorded?.description.as_deref()?);
        let plain = |name: &str| name.replace(['_', '-'], " ").trim().to_lowercase();
        let has_sum = self.recorded.is_some_and(|recorded| recorded.checksum.is_some()) && self.migration.checksum.is_some();
        (plain(own) != plain(other) && (self.edit.is_some() || !has_sum)).then_some(other)
    }

    /// What is recorded as applied: whether it is there.
    fn in_force(&self, count: &mut Count, said: &mut Vec<Verdict>, why: &mut Option<String>) {
        let stamped = self.recorded.and_then(|recorded| recorded.recorded_as.as_deref());
        if let Some(unclear) = &self.unclear {
            said.push(Verdict::NotCheckable);
            *why = Some(unclear.clone());
            return;
        }
        if self.is_empty {
            said.push(Verdict::Applied);
            *why = Some("it has no statement".to_owned());
            return;
        }
        let Some(effect) = &self.effect else {
            // Everything is as the files together say, so that nobody had to look at this one.
            said.push(if self.defines { Verdict::Applied } else { Verdict::NotCheckable });
            *why = (!self.defines).then(|| DATA_ONLY.to_owned());
            return;
        };
        match (count.missing.len(), count.there) {
            (0, 0) if effect.is_empty() => {
                said.push(Verdict::NotCheckable);
                *why = Some(DATA_ONLY.to_owned());
            }
            (0, 0) if !effect.is_empty() => said.push(Verdict::Superseded),
            (0, _) => said.push(Verdict::Applied),
            (_, 0) => said.push(Verdict::RecordedNotPresent),
            (_, _) => said.push(Verdict::PartlyPresent),
        }
        if let Some(word) = stamped
            && !count.missing.is_empty()
        {
            *why = Some(format!("recorded as {word}: the tool did not run it"));
        }
    }
}

/// Why a migration cannot be checked that changes rows and nothing else.
pub const DATA_ONLY: &str = "what it does shows nowhere in the schema (rows, rights, settings, or nothing): nothing tells whether it ran";

/// The records that no file stands for: of those that are newer than every file, nobody knows what they did.
#[must_use]
pub fn without_file<'r>(
    migrations: &[Migration],
    records: &'r [Recorded],
    was_there: &dyn Fn(&str) -> bool,
) -> Vec<(&'r Recorded, Verdict)> {
    let newest = migrations
        .iter()
        .filter(|migration| !migration.repeatable)
        .map(|migration| migration.key.as_str())
        .max_by(|a, b| crate::compare::natural(a, b));
    let lacking = records.iter().filter(|record| !record.is_baseline() && !migrations.iter().any(|migration| migration.key == record.key));
    let mut lacking: Vec<(&Recorded, Verdict)> = lacking
        .map(|record| {
            let is_old = newest.is_some_and(|newest| crate::compare::natural(&record.key, newest).is_lt());
            let verdict = match record.state {
                State::RolledBack => Verdict::RolledBack,
                _ if was_there(&record.key) || is_old => Verdict::FileMissing,
                _ => Verdict::UnknownVersion,
            };
            (record, verdict)
        })
        .collect();
    lacking.sort_by_key(|(_, verdict)| Reverse(*verdict));
    lacking.reverse();
    lacking
}
