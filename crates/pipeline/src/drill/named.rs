//! A drill where others are: a replica takes over there by somebody's command, and what is pending is deployed and taken back. Neighbour: the
//! parent, on throwaway servers.
//!
//! Nothing is built and nothing killed here. That another server took over is the server's word and not the command's, and what is in
//! already is never taken back: that would cost what was written since.

use super::{Order, part, told, within};
use crate::history::Way;
use evenkeel_core::deployment::drilled::{Drilled, Part};
use evenkeel_core::deployment::{Deployed, Gate};
use evenkeel_core::evidence::schema;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::manifest::{Manifest, NodeRole};
use evenkeel_core::port::{Intended, Run, State};
use std::time::{Duration, Instant};

/// Has a replica take over.
pub type Promoting<'a> = &'a dyn Fn() -> Result<(), Box<Trouble>>;

/// What is done there.
pub struct Named<'a> {
    /// What it is called.
    pub name: &'a str,
    /// Reads it.
    pub look: &'a dyn Fn() -> Result<Manifest, Box<Trouble>>,
    /// The course of things that its server is on.
    pub course: &'a dyn Fn() -> Result<Option<String>, Box<Trouble>>,
    /// Has a replica take over; how long that may take, and where it is said.
    pub promote: Option<(Promoting<'a>, Duration, &'a str)>,
    /// Deploys what is pending, or takes back what was deployed, as the verbs do.
    pub release: &'a dyn Fn(Way) -> Result<Deployed, Box<Trouble>>,
    /// Keys of what is pending.
    pub pending: Vec<String>,
}

/// The parts, as the journal has them.
pub(super) const ACTS: [&str; 3] = ["failover", "deploy", "rollback"];
const PAUSE: Duration = Duration::from_millis(50);

impl Named<'_> {
    pub(super) fn all(
        &self,
        drilled: &mut Drilled,
        order: &Order<'_>,
        (intended, run): (&Intended<'_>, &Run<'_>),
    ) -> Result<(), Box<Trouble>> {
        let name = self.name;
        drilled.notes =
            vec![format!("{name} is used by others, and is not as it is where it counts: what is in its tables, and who asks it")];
        drilled.release.clone_from(&self.pending);
        if self.pending.is_empty() {
            let gate = Gate::new("release", "there is a migration to deploy and take back", None, format!("nothing is pending on {name}"));
            let fix =
                "drill it before the next release goes in there; what is in already is not taken back, which would cost what was written";
            drilled.gates.push(gate.fix(fix));
            return Ok(());
        }
        match &self.promote {
            None => {
                drilled.notes.push(format!("no failover: no command is named that has a replica of {name} take over ([drill] promote)"))
            }
            Some(_) => {
                let gate = self.failover(drilled, order, (intended, run))?;
                let holds = gate.holds == Some(true);
                drilled.gates.push(gate);
                if !holds {
                    return Ok(());
                }
            }
        }
        let before = (self.look)()?;
        for (at, what, way) in [(1, "deploy", Way::There), (2, "rollback", Way::Back)] {
            let (took, deployed) = part((intended, run), at, what, || (self.release)(way)).map_err(|trouble| match way {
                Way::There => trouble,
                Way::Back => Box::new(trouble.fix(format!("what was deployed is in still: evenkeel rollback {name}"))),
            })?;
            let (holds, found) = told(&deployed);
            drilled.parts.push(Part { name: what, took, words: found.clone() });
            let fix = match way {
                Way::There => format!("evenkeel deploy {name} --plan says more"),
                Way::Back => format!("what was deployed is in still: evenkeel rollback {name}"),
            };
            drilled.gates.push(Gate::new(what, "it came to its end", Some(holds), found).fix(fix));
            if !holds {
                return intended.became(at, State::Failed, None);
            }
            if way == Way::Back {
                drilled.gates.push(within(order, "rollback-time", "the way back", took));
            }
        }
        let after = (self.look)()?;
        let is_same = schema(&before).is_some() && schema(&after) == schema(&before);
        let found = if is_same { "it is" } else { "it is not: the way back is not exact, or somebody else changed it" };
        let gate = Gate::new("schema", "the schema is as it was before", Some(is_same), found);
        drilled.gates.push(gate.fix(format!("evenkeel history {name} says what differs")));
        Ok(())
    }

    /// Has a replica take over, and waits until another server answers in its place and takes writes.
    fn failover(&self, drilled: &mut Drilled, order: &Order<'_>, (intended, run): (&Intended<'_>, &Run<'_>)) -> Result<Gate, Box<Trouble>> {
        let Some((promote, limit, origin)) = self.promote else {
            return Err(Box::new(Trouble::new(Class::Internal, "no command has a replica take over")));
        };
        let (name, then) = (self.name, (self.course)()?);
        let limit_words = "another server takes its place, and takes writes";
        let Some(then) = then else {
            let found = format!("whether another server took its place is not told by {name}");
            return Ok(Gate::new("failover", limit_words, None, found)
                .origin(origin)
                .fix("leave promote out, or drill on throwaway servers"));
        };
        let (took, why) = part((intended, run), 0, "a failover", || {
            if let Err(trouble) = promote() {
                let expected = trouble.expected.as_ref().map(|expected| format!("; expected: {expected}")).unwrap_or_default();
                return Ok(Some(format!("{trouble}{expected}")));
            }
            let until = Instant::now() + limit;
            let mut last;
            loop {
                match (self.course)() {
                    Ok(Some(now)) if now != then => match (self.look)() {
                        Ok(manifest) if manifest.endpoint.node_role == NodeRole::Primary => return Ok(None),
                        Ok(_) => last = "the one that answers takes no writes".to_owned(),
                        Err(trouble) => last = trouble.to_string(),
                    },
                    Ok(_) => last = "the same server answers".to_owned(),
                    Err(trouble) => last = trouble.to_string(),
                }
                if Instant::now() > until {
                    return Ok(Some(format!("within {} s: {last}", limit.as_secs())));
                }
                run.watch.stop.check()?;
                std::thread::sleep(PAUSE);
            }
        })?;
        let words = why.clone().unwrap_or_else(|| format!("another server took over for {name}, and takes writes"));
        drilled.parts.push(Part { name: "failover", took, words: words.clone() });
        if why.is_none() {
            let time = within(order, "failover-time", "a failover", took);
            if time.holds != Some(true) {
                return Ok(time);
            }
            drilled.gates.push(time);
        } else {
            intended.became(0, State::Failed, None)?;
        }
        let gate = Gate::new("failover", limit_words, Some(why.is_none()), words).origin(origin);
        Ok(gate.fix("run the command by hand, and look what answers by the environment's address"))
    }
}
