//! What an application asks, before a release and after it: the same queries, held prepared across it and prepared anew.
//!
//! Lives here: the nouns and what follows for each query. Does not live here: running them (`pipeline/rehearse/asked`).

use super::gate::{Gate, Limits, Part};
use crate::finding::Place;

/// What became of a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Survival {
    /// It does the same.
    Same,
    /// It does not run any more: the server's code and words.
    Breaks(String, String),
    /// It does not run any more where it was prepared before.
    Held(String, String),
    /// It runs and does something else.
    Otherwise(String),
    /// That was not seen.
    Unknown(String),
}

/// A query of the application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub place: Place,
    pub sql: String,
    pub survival: Survival,
    /// Names of its columns before and after, where they are otherwise.
    pub columns: Option<(Vec<String>, Vec<String>)>,
    /// With some of the values it read or changed a row before: else only that it runs was seen.
    pub met_rows: bool,
}

/// A query of the next application that was not seen to run before the release.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    pub place: Place,
    pub why: String,
    /// The server says that something is not there; else it could not be told.
    pub is_missing: bool,
}

/// What became of all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    pub questions: Vec<Question>,
    /// As whom they were asked.
    pub role: String,
    /// Queries of the next application, which are to run before the release as well: those that were not seen to.
    pub next: Vec<Next>,
    /// How many of the next application's there were.
    pub nexts: usize,
    /// What could not be asked.
    pub hidden: Vec<String>,
    /// The first statement of the release that changes rows and met none of them where the queries were asked.
    pub met_none: Option<Place>,
}

/// What a query did with one choice of values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// How many rows it read or changed, and a digest of those that it gave, where it gives the same ones each time.
    Ran(u64, Option<String>),
    /// The server's code and words.
    Refused(String, String),
}

impl Survival {
    /// By what it did before, and after: in the session that had it prepared, and prepared anew.
    #[must_use]
    pub fn of(before: &[Outcome], held: &[Outcome], anew: &[Outcome]) -> Self {
        let mut otherwise = None;
        for ((before, held), anew) in before.iter().zip(held).zip(anew) {
            // One that was refused for its values and is refused for something else now says nothing of what the application sends.
            let Outcome::Ran(was, gave) = before else { continue };
            match (held, anew) {
                (_, Outcome::Refused(code, message)) => return Self::Breaks(code.clone(), message.clone()),
                (Outcome::Refused(code, message), _) => return Self::Held(code.clone(), message.clone()),
                (Outcome::Ran(..), Outcome::Ran(now, _)) if now != was => {
                    otherwise.get_or_insert(format!("{was} rows before it, {now} after it"));
                }
                (Outcome::Ran(..), Outcome::Ran(_, gives)) if gave.is_some() && gives.is_some() && gives != gave => {
                    otherwise.get_or_insert("other values in its rows than before".to_owned());
                }
                _ => {}
            }
        }
        if let Some(words) = otherwise {
            return Self::Otherwise(words);
        }
        match before.first() {
            None => Self::Unknown("it was not run".to_owned()),
            Some(Outcome::Refused(code, message)) if before.iter().all(|one| matches!(one, Outcome::Refused(..))) => {
                Self::Unknown(format!("with no values that were tried it ran before the release: {message} ({code})"))
            }
            Some(_) if held.len() < before.len() || anew.len() < before.len() => Self::Unknown("it was not run again".to_owned()),
            Some(_) => Self::Same,
        }
    }
}

/// What is demanded of them.
pub(super) fn gates(asked: Option<&Asked>) -> Vec<Gate> {
    let gate = Gate::new(
        Part::Compatibility,
        "compatibility",
        "what the running application asks runs after it as before, also where it was prepared before",
        Limits::DEFAULT,
    )
    .because("The application that runs now fails until the next one is deployed.")
    .do_this("make the change in two releases: what both versions can live with first");
    let Some(asked) = asked else { return vec![gate.found(None, "nobody was asked")] };
    let mut gates = Vec::new();
    let count = asked.questions.len();
    let bad = |survival: &Survival| match survival {
        Survival::Breaks(code, message) => Some(format!("{message} ({code})")),
        Survival::Held(code, message) => Some(format!("{message} ({code}) where it was prepared before the release")),
        Survival::Otherwise(words) => Some(words.clone()),
        Survival::Same | Survival::Unknown(_) => None,
    };
    let broken: Vec<(&Question, String)> = asked.questions.iter().filter_map(|one| Some((one, bad(&one.survival)?))).collect();
    let unknown = asked.questions.iter().find_map(|one| match &one.survival {
        Survival::Unknown(why) => Some((one, why)),
        _ => None,
    });
    let more = |count: usize| if count > 1 { format!("; {} more", count - 1) } else { String::new() };
    if count > 0 || asked.nexts == 0 {
        gates.push(match (broken.first(), unknown) {
            (Some((one, words)), _) => {
                gate.found(Some(false), format!("{}: {words}{}", one.place, more(broken.len()))).at(Some(&one.place))
            }
            (None, Some((one, why))) => gate.found(None, format!("{}: {why}", one.place)).at(Some(&one.place)),
            (None, None) if count == 0 => gate.found(None, "nothing was asked"),
            (None, None) if !asked.hidden.is_empty() => gate.found(None, asked.hidden.join("; ")),
            (None, None) if asked.met_none.is_some() => {
                let place = asked.met_none.as_ref();
                let named = place.map(ToString::to_string).unwrap_or_default();
                let words = "changes rows, and none of them were here: what queries do with those that it has changed was not seen";
                gate.found(None, format!("{named} {words}")).at(place)
            }
            (None, None) => {
                let bare = asked.questions.iter().filter(|one| !one.met_rows).count();
                let bare = if bare == 0 { String::new() } else { format!("; {bare} met no row, of which only that they run was seen") };
                gate.found(Some(true), format!("all {count} do the same, as {}{bare}", asked.role))
            }
        });
    }
    if asked.nexts > 0 {
        let gate =
            Gate::new(Part::Compatibility, "next-application", "what the next application asks runs before the release, too", "--next")
                .because("It cannot be deployed before the release, nor stay when that is taken back.")
                .do_this("make the change first, and use it in a later application");
        let missing = asked.next.iter().filter(|one| one.is_missing).count();
        let first = asked.next.iter().max_by_key(|one| one.is_missing);
        gates.push(match first {
            Some(Next { place, why, is_missing: true }) => {
                gate.found(Some(false), format!("{place}: {why}{}", more(missing))).at(Some(place))
            }
            Some(Next { place, why, .. }) => gate.found(None, format!("{place}: {why}")).at(Some(place)),
            None if !asked.hidden.is_empty() => gate.found(None, asked.hidden.join("; ")),
            None => gate.found(Some(true), format!("all {}", asked.nexts)),
        });
    }
    gates
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ran(affected: u64) -> Outcome {
        Outcome::Ran(affected, Some("the same".to_owned()))
    }

    fn refused(code: &str) -> Outcome {
        Outcome::Refused(code.to_owned(), "no".to_owned())
    }

    #[test]
    fn only_what_ran_before_and_does_the_same_is_the_same() {
        let of = |before: &[Outcome], held: &[Outcome], anew: &[Outcome]| Survival::of(before, held, anew);
        assert_eq!(of(&[ran(1)], &[ran(1)], &[ran(1)]), Survival::Same);
        assert_eq!(of(&[refused("23505"), ran(1)], &[refused("23505"), ran(1)], &[refused("23505"), ran(1)]), Survival::Same);
        assert!(matches!(of(&[ran(1)], &[refused("0A000")], &[ran(1)]), Survival::Held(code, _) if code == "0A000"));
        assert!(matches!(of(&[ran(1)], &[refused("23502")], &[refused("23502")]), Survival::Breaks(code, _) if code == "23502"));
        assert!(matches!(of(&[ran(1)], &[ran(0)], &[ran(0)]), Survival::Otherwise(_)));
        assert!(matches!(of(&[refused("23503")], &[refused("23503")], &[refused("23503")]), Survival::Unknown(_)));
        assert!(matches!(of(&[], &[], &[]), Survival::Unknown(_)));
        let gives = |text: Option<&str>| [Outcome::Ran(1, text.map(str::to_owned))];
        assert!(matches!(of(&gives(Some("a")), &gives(Some("b")), &gives(Some("b"))), Survival::Otherwise(_)));
        assert_eq!(of(&gives(None), &gives(Some("b")), &gives(Some("b"))), Survival::Same, "it never gives the same");
        assert!(matches!(of(&[ran(1)], &[], &[]), Survival::Unknown(_)), "what was not run again is not the same");
    }

    #[test]
    fn what_nobody_asked_opens_nothing() {
        let holds = |asked: Option<&Asked>| gates(asked).iter().map(|gate| gate.holds).collect::<Vec<_>>();
        assert_eq!(holds(None), [None]);
        assert_eq!(holds(Some(&Asked::default())), [None]);
        let place = Place { file: "q.sql".to_owned(), line: 1, column: None };
        let one = |survival: Survival| Question { place: place.clone(), sql: String::new(), survival, columns: None, met_rows: true };
        let of = |all: Vec<Survival>| holds(Some(&Asked { questions: all.into_iter().map(one).collect(), ..Asked::default() }));
        let idle = Asked { questions: vec![one(Survival::Same)], met_none: Some(place.clone()), ..Asked::default() };
        assert_eq!(holds(Some(&idle)), [None], "the release did nothing to rows that are there to be changed");
        let unknown = || Survival::Unknown("no".to_owned());
        assert_eq!(of(vec![Survival::Same, Survival::Same]), [Some(true)]);
        assert_eq!(of(vec![Survival::Same, unknown()]), [None]);
        assert_eq!(of(vec![unknown(), Survival::Held("0A000".to_owned(), String::new())]), [Some(false)]);
        let one = |is_missing| Next { place: place.clone(), why: "no".to_owned(), is_missing };
        let next = |next: Vec<Next>| Asked { nexts: 2, next, ..Asked::default() };
        assert_eq!(holds(Some(&next(vec![one(false), one(true)]))), [Some(false)]);
        assert_eq!(holds(Some(&next(vec![one(false)]))), [None], "what could not be told is neither");
        assert_eq!(holds(Some(&next(Vec::new()))), [Some(true)]);
    }
}
