//! What is left of a migration when something is killed while it runs, and what another run makes of that.

use crate::history::effect::Touch;
use std::time::Duration;

/// What was killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Victim {
    /// Whoever runs the migration: its connection is closed, and nobody has said goodbye.
    Client,
    /// The server's process for it.
    Backend,
    /// The whole server, which is started again on its files.
    Server,
}

impl Victim {
    pub const ALL: [Self; 3] = [Self::Client, Self::Backend, Self::Server];

    /// The word in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Backend => "backend",
            Self::Server => "server",
        }
    }
}

/// What is there afterwards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Left {
    /// Schema and rows as before the migration.
    Nothing,
    /// Both as after it.
    Everything,
    /// What of it is there, or there otherwise: in the schema, and in tables that it touches, in words.
    Part(Vec<Touch>, Vec<String>),
    /// The migration does nothing to the schema, and nothing that would show in rows, or nobody looked at them.
    Untold,
}

impl Left {
    /// The word in reports.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Everything => "everything",
            Self::Part(..) => "part",
            Self::Untold => "untold",
        }
    }
}

/// A statement that the server goes on with although its client is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Orphan {
    /// So long it was seen to hold and to wait, before what it waited for was over, or it was.
    pub lasted: Duration,
    /// The server ended it meanwhile; else it went on.
    pub noticed: bool,
}

/// One kill, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kill {
    pub victim: Victim,
    /// When, in words: `before its commit`.
    pub moment: String,
    pub left: Left,
    /// Of a client alone.
    pub orphan: Option<Orphan>,
    /// Of a server alone: how long it took until it took connections again, looking through its log for what was committed.
    pub back: Option<Duration>,
    /// What its own runner makes of what is left: nothing is otherwise than after the migration, or what is; or what the server says to
    /// it. Nothing where nobody would run it again.
    pub again: Option<Result<Vec<String>, String>>,
    /// Locks that others feel, which that other run needs: relation and mode.
    pub locks: Vec<(String, &'static str)>,
}

impl Kill {
    /// Whether another run comes to the same end; nothing where nobody would run it again.
    #[must_use]
    pub fn converges(&self) -> Option<bool> {
        self.again.as_ref().map(|again| again.as_ref().is_ok_and(Vec::is_empty))
    }
}
