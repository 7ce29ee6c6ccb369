//! An environment that is captured again and again: its sessions stay open between captures, and what a server's process knows of the
//! catalogs stays with them. For throwaway servers, where nobody minds sessions that do nothing.

use crate::capture::{self, Asked, CaptureFault, Sessions};
use crate::connect::Target;
use evenkeel_core::fault::{Trouble, Troublesome};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Looker, Request, Watch};
use evenkeel_runtime::Driver;

/// A database of a throwaway server, and what looks at it.
pub struct PostgresLooker {
    target: Target,
    // Sessions end before what they run on.
    sessions: Option<Sessions>,
    driver: Driver,
}

impl PostgresLooker {
    /// # Errors
    /// The system has no file descriptor left.
    pub fn new(target: Target) -> Result<Self, Box<Trouble>> {
        Ok(Self { target, sessions: None, driver: Driver::start()? })
    }
}

impl Looker for PostgresLooker {
    fn capture(&mut self, request: &Request, watch: &Watch<'_>) -> Result<Manifest, Box<Trouble>> {
        let asked = Asked { target: &self.target, migration_role: None, request };
        let trouble = |fault: CaptureFault| Box::new(fault.trouble());
        if let Some(sessions) = self.sessions.take() {
            match self.driver.run(capture::read(asked, &sessions, watch)) {
                Ok(manifest) => {
                    self.sessions = Some(sessions);
                    return Ok(manifest);
                }
                Err(CaptureFault::Interrupted) => return Err(trouble(CaptureFault::Interrupted)),
                // What ran since may have ended them: that is no fault of what is there now.
                Err(_) => {}
            }
        }
        let work = async {
            let sessions = capture::open(asked, watch).await?;
            let manifest = capture::read(asked, &sessions, watch).await?;
            Ok((sessions, manifest))
        };
        let (sessions, manifest) = self.driver.run(work).map_err(trouble)?;
        self.sessions = Some(sessions);
        Ok(manifest)
    }
}
