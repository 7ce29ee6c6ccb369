//! Why a walk does not go on.

use evenkeel_core::deployment::backfilled::Outcome;
use evenkeel_core::fault::{Class, Trouble};

/// Why it does not go on.
pub enum Stopped {
    For(String),
    /// What became of a part nobody can tell.
    Lost(String),
}

impl Stopped {
    pub fn asked() -> Self {
        Self::For("somebody asked for the end".to_owned())
    }

    pub fn outcome(self) -> Outcome {
        match self {
            Self::For(why) => Outcome::Stopped(why),
            Self::Lost(why) => Outcome::Lost(why),
        }
    }
}

impl From<Box<Trouble>> for Stopped {
    fn from(trouble: Box<Trouble>) -> Self {
        if trouble.class == Class::Interrupted { Self::asked() } else { Self::For(trouble.to_string()) }
    }
}
