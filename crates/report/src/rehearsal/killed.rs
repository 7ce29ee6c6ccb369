//! What kills leave of a migration: in lines, and as the public JSON has it.

use super::{ms, time, touched};
use evenkeel_core::history::effect::Touch;
use evenkeel_core::rehearsal::{self, Left, Orphan};
use schemars::JsonSchema;
use serde::Serialize;

#[derive(Debug, Serialize, JsonSchema)]
pub(super) struct Kill {
    /// What was killed: `client`, `backend`, `server`.
    victim: &'static str,
    /// When, in words.
    moment: String,
    /// What is there afterwards: `nothing`, `everything`, `part`; `untold` where neither schema nor rows would show it.
    left: &'static str,
    /// What of it is there, where that is a part.
    left_behind: Vec<String>,
    /// Of a client: the statement that it had sent; null else.
    orphan: Option<Gone>,
    /// Of a server: how long it took until it took connections again; null else.
    back_ms: Option<f64>,
    /// Whether another run comes to the same end as one that nobody interrupts; null where nobody would run it again.
    converges: Option<bool>,
    /// What is otherwise after that run, or what the server says to it.
    again: Vec<String>,
    /// Locks that keep others from reading or writing, which that run needs.
    locks: Vec<Needed>,
}

/// A statement whose client is gone.
#[derive(Debug, Serialize, JsonSchema)]
struct Gone {
    /// How long it was seen to wait and to hold after that.
    lasted_ms: f64,
    /// The server ended it meanwhile (`client_connection_check_interval`); else it went on.
    noticed: bool,
}

#[derive(Debug, Serialize, JsonSchema)]
struct Needed {
    relation: String,
    mode: &'static str,
}

pub(super) fn kill(one: &rehearsal::Kill) -> Kill {
    Kill {
        victim: one.victim.name(),
        moment: one.moment.clone(),
        left: one.left.name(),
        left_behind: match &one.left {
            Left::Part(touches, rows) => part(touches, rows),
            Left::Nothing | Left::Everything | Left::Untold => Vec::new(),
        },
        orphan: one.orphan.map(|Orphan { lasted, noticed }| Gone { lasted_ms: ms(lasted), noticed }),
        back_ms: one.back.map(ms),
        converges: one.converges(),
        again: match &one.again {
            None => Vec::new(),
            Some(Ok(odd)) => odd.clone(),
            Some(Err(why)) => vec![why.clone()],
        },
        locks: one.locks.iter().map(|(relation, mode)| Needed { relation: relation.clone(), mode }).collect(),
    }
}

/// In lines, and whether each is bad; kills of which the same came are one.
pub(super) fn lines(kills: &[rehearsal::Kill]) -> Vec<(bool, String)> {
    let mut all: Vec<(Vec<&rehearsal::Kill>, bool, String)> = Vec::new();
    for one in kills {
        let (bad, words) = came(one);
        match all.iter_mut().find(|(same, _, known)| *known == words && same.iter().all(|same| same.moment == one.moment)) {
            Some((same, ..)) => same.push(one),
            None => all.push((vec![one], bad, words)),
        }
    }
    let told = all.into_iter().map(|(same, bad, words)| {
        let who: Vec<&str> = same.iter().map(|one| one.victim.name()).collect();
        let moment = same.first().map(|one| one.moment.as_str()).unwrap_or_default();
        (bad, format!("{} killed {moment}: {words}", who.join(" or ")))
    });
    told.collect()
}

/// What is there, in the schema and in rows.
fn part(touches: &[Touch], rows: &[String]) -> Vec<String> {
    touched(touches).into_iter().chain(rows.iter().cloned()).collect()
}

/// What came of it.
fn came(one: &rehearsal::Kill) -> (bool, String) {
    let mut words = match &one.left {
        Left::Nothing => "nothing of it is left".to_owned(),
        Left::Everything => "all of it is in".to_owned(),
        Left::Untold => "schema and rows are as before and after it, as far as that shows".to_owned(),
        Left::Part(touches, rows) => format!("left is {}", part(touches, rows).join(", ")),
    };
    if let Some(orphan) = one.orphan {
        words = if orphan.noticed {
            format!("the server ended its statement after {}, {words}", time(orphan.lasted))
        } else {
            format!("its statement went on, and stood in the queue for {} and longer, {words}", time(orphan.lasted))
        };
    }
    let again = match &one.again {
        None => String::new(),
        Some(Err(why)) => format!("; run again, it is refused: {why}"),
        Some(Ok(odd)) if odd.is_empty() => {
            let locks: Vec<String> = one.locks.iter().map(|(relation, mode)| format!("{mode} on {relation}")).collect();
            let needs = if locks.is_empty() { String::new() } else { format!(", and needs {} again", locks.join(", ")) };
            format!("; run again, it comes to the same end{needs}")
        }
        Some(Ok(odd)) => format!("; run again, it comes to another end: {}", odd.join("; ")),
    };
    let is_open = matches!(one.left, Left::Nothing | Left::Part(..));
    let is_bad = one.converges() == Some(false) && is_open;
    (is_bad, format!("{words}{again}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use evenkeel_core::rehearsal::Victim;
    use std::time::Duration;

    #[test]
    fn kills_of_which_the_same_came_are_one_line() {
        let kill = |victim, moment: &str, left, again| rehearsal::Kill {
            victim,
            moment: moment.to_owned(),
            left,
            orphan: None,
            back: None,
            again,
            locks: vec![("public.t".to_owned(), "ACCESS EXCLUSIVE")],
        };
        let open = "before its commit";
        let orphan = Some(Orphan { lasted: Duration::from_millis(1500), noticed: false });
        let waiting = kill(Victim::Client, "while a.sql:1:1 waits", Left::Everything, Some(Err("it is there (42P07)".to_owned())));
        let all = [
            kill(Victim::Client, open, Left::Nothing, Some(Ok(Vec::new()))),
            kill(Victim::Backend, open, Left::Nothing, Some(Ok(Vec::new()))),
            rehearsal::Kill { back: Some(Duration::from_millis(90)), ..kill(Victim::Server, open, Left::Nothing, Some(Ok(Vec::new()))) },
            rehearsal::Kill { orphan, ..waiting },
            kill(Victim::Server, "after its commit", Left::Everything, None),
        ];
        assert_eq!(
            lines(&all),
            [
                (
                    false,
                    "client or backend or server killed before its commit: nothing of it is left; run again, it comes to the same end, \
                     and needs ACCESS EXCLUSIVE on public.t again"
                        .to_owned()
                ),
                (
                    false,
                    "client killed while a.sql:1:1 waits: its statement went on, and stood in the queue for 1.5 s and longer, all of it \
                     is in; run again, it is refused: it is there (42P07)"
                        .to_owned()
                ),
                (false, "server killed after its commit: all of it is in".to_owned()),
            ]
        );
    }
}
