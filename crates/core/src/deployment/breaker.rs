//! Breakers: what is measured while traffic moves, and whether that lets it go on, keeps it where it is, or sends it back.
//!
//! Lives here: the judgement, look by look. Does not live here: measuring (`pipeline/breakers`, `adapters`), and what follows (`rollout`).

use std::fmt;

/// On which side of a bound a value is well.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Bound {
    Most(f64),
    Least(f64),
}

impl Bound {
    fn holds(self, value: f64) -> bool {
        match self {
            Self::Most(most) => value <= most,
            Self::Least(least) => value >= least,
        }
    }
}

/// How many looks decide what.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Looks {
    /// So many within the bound, one after the other, let traffic go on.
    pub minimum: u32,
    /// So many beyond the bound, with none within it between them, open the breaker.
    pub samples: u32,
    /// So many without a value, one after the other, open it as well.
    pub missing: u32,
}

impl Default for Looks {
    fn default() -> Self {
        Self { minimum: 3, samples: 2, missing: 3 }
    }
}

impl Looks {
    /// So many looks, one after the other, of which none lets traffic go on open it: what cannot decide is not waited for for ever.
    #[must_use]
    pub const fn patience(self) -> u32 {
        self.minimum.saturating_add(self.samples).saturating_add(self.missing).saturating_mul(2)
    }
}

/// What is demanded.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// As the user calls it.
    pub name: String,
    /// Behind values, as in ` ms`.
    pub unit: &'static str,
    pub bound: Bound,
    pub looks: Looks,
    /// Where that is written.
    pub origin: String,
}

impl Rule {
    /// The bound, as a person reads it.
    #[must_use]
    pub fn limit(&self) -> String {
        match self.bound {
            Bound::Most(most) => format!("at most {}{}", number(most), self.unit),
            Bound::Least(least) => format!("at least {}{}", number(least), self.unit),
        }
    }
}

/// What one look brought.
#[derive(Debug, Clone, PartialEq)]
pub enum Sample {
    Value(f64),
    /// Why there is no value. It is never taken for well.
    Missing(String),
    /// Why nothing can be told, though nothing is wrong with looking: traffic stays where it is, and does not go back for that.
    Untold(String),
}

/// What a breaker says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Says {
    /// Traffic may go on.
    Pass,
    /// It stays where it is: why.
    Hold(String),
    /// It goes back: why. Nothing closes the breaker again.
    Open(String),
}

/// A breaker, and what it has seen.
#[derive(Debug, Clone, PartialEq)]
pub struct Breaker {
    pub rule: Rule,
    /// The last value.
    pub last: Option<f64>,
    within: u32,
    beyond: u32,
    missing: u32,
    held: u32,
    says: Says,
}

impl Breaker {
    #[must_use]
    pub fn new(rule: Rule) -> Self {
        Self { rule, last: None, within: 0, beyond: 0, missing: 0, held: 0, says: Says::Hold("it was not looked at yet".to_owned()) }
    }

    #[must_use]
    pub const fn says(&self) -> &Says {
        &self.says
    }

    /// One look more.
    pub fn see(&mut self, sample: &Sample) {
        if matches!(self.says, Says::Open(_)) {
            return;
        }
        self.says = self.judged(sample);
        if matches!(sample, Sample::Untold(_)) {
            return;
        }
        if self.says == Says::Pass {
            self.held = 0;
            return;
        }
        self.held += 1;
        if let Says::Hold(why) = &self.says
            && self.held >= self.rule.looks.patience()
        {
            self.says = Says::Open(format!("none of the last {} looks let it go on; the last: {why}", self.held));
        }
    }

    fn judged(&mut self, sample: &Sample) -> Says {
        let Looks { minimum, samples, missing } = self.rule.looks;
        let why = match sample {
            Sample::Value(value) if value.is_finite() => {
                self.last = Some(*value);
                self.missing = 0;
                let shown = format!("{}{}", number(*value), self.rule.unit);
                if self.rule.bound.holds(*value) {
                    (self.within, self.beyond) = (self.within.saturating_add(1), 0);
                    return if self.within >= minimum {
                        Says::Pass
                    } else {
                        Says::Hold(format!("{shown}, look {} of {minimum}", self.within))
                    };
                }
                (self.within, self.beyond) = (0, self.beyond + 1);
                let found = format!("{shown}, look {} of {samples} beyond it", self.beyond);
                return if self.beyond >= samples { Says::Open(found) } else { Says::Hold(found) };
            }
            Sample::Value(value) => format!("its value is {value}"),
            Sample::Missing(why) => why.clone(),
            Sample::Untold(why) => {
                (self.last, self.within) = (None, 0);
                return Says::Hold(why.clone());
            }
        };
        // What is between two values beyond the bound does not make them less.
        (self.last, self.within) = (None, 0);
        self.missing += 1;
        let found = format!("no value, look {} of {missing}: {why}", self.missing);
        if self.missing >= missing { Says::Open(found) } else { Says::Hold(found) }
    }

    /// Looks anew before the next stage: what was within the bound before counts no more, what speaks against it does.
    pub fn again(&mut self) {
        match self.says {
            Says::Pass => {
                (self.within, self.held) = (0, 0);
                self.says = Says::Hold("it was not looked at since the last stage".to_owned());
            }
            Says::Hold(_) => self.within = 0,
            Says::Open(_) => {}
        }
    }
}

/// Three places behind the point at the most.
fn number(value: f64) -> impl fmt::Display {
    (value * 1000.0).round() / 1000.0
}

/// What all of them say together: one that is open outweighs one that holds. None at all lets nothing go on.
#[must_use]
pub fn together(breakers: &[Breaker]) -> Option<bool> {
    if breakers.iter().any(|one| matches!(one.says, Says::Open(_))) {
        return Some(false);
    }
    (!breakers.is_empty() && breakers.iter().all(|one| one.says == Says::Pass)).then_some(true)
}

#[cfg(test)]
#[path = "breaker_tests.rs"]
mod tests;
