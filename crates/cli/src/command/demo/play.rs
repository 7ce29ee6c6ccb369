//! What the story is played on: everything about an engine that is data.
//!
//! Lives here: the shape of it. What stands in it are `postgres` and `mysql`, with their `.sql` files; `wire` chooses. Does not
//! live here: servers and sessions, which are the ports' (`estate` uses them).

use super::planted::Group;
use std::borrow::Cow;

/// The application's database in every environment, where a part does not call it otherwise.
pub const DATABASE: &str = "moorings";

/// What an engine brings to the story.
pub struct Play {
    /// Extensions that its servers must have.
    pub extensions: &'static [&'static str],
    /// What the URL of somebody's own server begins with.
    pub scheme: &'static str,
    /// Whether releases are rehearsed on such servers.
    pub rehearses: bool,
    /// The role that migrates, where servers keep settings for a role.
    pub migration_role: Option<&'static str>,
    /// What the reports must find.
    pub planted: Vec<Group>,
    /// What is shown of the long report, one of each sort: texts that a difference is recognised by.
    pub shown: &'static [&'static str],
    /// An environment by its name, and how much data it shall hold.
    pub part: fn(&str, u32) -> Part,
}

/// One environment.
pub struct Part {
    pub database: &'static str,
    /// How its servers are set.
    pub settings: Vec<(&'static str, &'static str)>,
    /// What was released, and what has set it apart since long ago: texts that are run one after the other, in sessions.
    pub loaded: Vec<Vec<Cow<'static, str>>>,
    /// What happens past every migration.
    pub by_hand: Vec<ByHand>,
}

/// What somebody does past every migration.
pub struct ByHand {
    pub sql: &'static str,
    /// The server's code where it must refuse this.
    pub refused: Option<&'static str>,
}

impl ByHand {
    pub const fn done(sql: &'static str) -> Self {
        Self { sql, refused: None }
    }
}
