//! What is in the way of the next part: replicas that are behind, or of which nobody can tell; clients that wait; a server that does not
//! answer. It holds while that is so, within a bound, and never goes on because it could not look.

use super::stopped::Stopped;
use super::{Backfill, Order};
use crate::deploy::time;
use evenkeel_core::deployment::Backfilled;
use evenkeel_core::fault::Class;
use evenkeel_core::port::{Environment, Event, Run, Traffic};
use std::time::{Duration, Instant};

/// Between two looks while it is held.
const PAUSE: Duration = Duration::from_millis(250);

/// Who looks.
pub struct Hold<'a> {
    pub environment: &'a dyn Environment,
    pub backfill: &'a Backfill,
    pub order: &'a Order<'a>,
    pub run: &'a Run<'a>,
}

impl Hold<'_> {
    /// Waits until nothing is in the way, or it has been so for too long.
    ///
    /// # Errors
    /// It is to stop: why.
    pub fn until_clear(&self, filled: &mut Backfilled) -> Result<(), Stopped> {
        let begun = Instant::now();
        let mut is_held = false;
        loop {
            if self.run.watch.stop.is_requested() {
                return Err(Stopped::asked());
            }
            if let Some(halt) = self.order.store.halted(self.order.environment)? {
                return Err(Stopped::For(halt.words()));
            }
            let traffic = self.environment.traffic(&[], &self.order.limits, &self.run.watch);
            let why = match traffic {
                Ok(traffic) => in_the_way(self.backfill, self.order, &self.told(traffic)),
                Err(trouble) if trouble.class == Class::Interrupted => return Err(Stopped::asked()),
                Err(trouble) => vec![trouble.to_string()],
            };
            if why.is_empty() {
                if is_held {
                    filled.held += begun.elapsed();
                }
                return Ok(());
            }
            let why = why.join("; ");
            let words = format!("{}: held: {why}", self.backfill.name);
            if is_held {
                self.run.watch.see(Event::Step { what: &words });
            } else {
                is_held = true;
                filled.holds += 1;
                self.run.watch.see(Event::Held { what: &words });
            }
            filled.held_for = Some(why.clone());
            if begun.elapsed() >= self.backfill.patience {
                filled.held += begun.elapsed();
                return Err(Stopped::For(format!("it was held for {}: {why}", time(self.backfill.patience))));
            }
            std::thread::sleep(PAUSE);
        }
    }
}

impl Hold<'_> {
    /// Where the source says of no replica how far it is, those that are named say it themselves, if they are as many.
    fn told(&self, mut traffic: Traffic) -> Traffic {
        let named = self.order.replicas;
        if traffic.replicas.is_empty()
            || named.len() < traffic.replicas.len()
            || traffic.replicas.iter().any(|(behind, _)| behind.is_some())
        {
            return traffic;
        }
        let one = |replica: &dyn Environment| match replica.behind(&self.order.limits, &self.run.watch) {
            Ok(behind) => (behind, replica.describe()),
            Err(trouble) => (None, trouble.to_string()),
        };
        traffic.replicas = named.iter().map(|replica| one(&**replica)).collect();
        traffic
    }
}

/// Everything that is in the way.
fn in_the_way(backfill: &Backfill, order: &Order<'_>, traffic: &Traffic) -> Vec<String> {
    let mut why = Vec::new();
    for (behind, who) in &traffic.replicas {
        match behind {
            Some(behind) if *behind > backfill.lag => {
                why.push(format!("replica {who}: behind by {}, and it may be {}", time(*behind), time(backfill.lag)));
            }
            Some(_) => {}
            None if order.accepts_lag => {}
            None => why.push(format!("replica {who}: how far it is behind is not told")),
        }
    }
    if why.iter().any(|why| why.ends_with("not told")) {
        why.extend(traffic.hidden.iter().cloned());
    }
    if traffic.replicas.len() < order.replicas.len() && !order.accepts_lag {
        why.push(format!("{} of {} replicas are connected", traffic.replicas.len(), order.replicas.len()));
    }
    for (waits, who) in &traffic.blocked {
        match waits {
            Some(waits) if *waits <= backfill.blocked => {}
            Some(waits) => why.push(format!("{who}: has waited {} for a lock, and may wait {}", time(*waits), time(backfill.blocked))),
            None => why.push(format!("{who}: waits for a lock, how long is not told")),
        }
    }
    why
}
