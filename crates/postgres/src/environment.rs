//! The port: a PostgreSQL environment as the pipeline sees it. Blocking; the driver's threads stay in here.

use crate::capture;
use crate::connect::Target;
use evenkeel_core::fault::{Class, Trouble, Troublesome};
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Environment, Progress, Request};

/// A PostgreSQL server and database.
pub struct PostgresEnvironment {
    target: Target,
}

impl PostgresEnvironment {
    #[must_use]
    pub const fn new(target: Target) -> Self {
        Self { target }
    }
}

impl Environment for PostgresEnvironment {
    fn capture(&self, request: &Request, progress: &dyn Progress) -> Result<Manifest, Box<Trouble>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| Trouble::new(Class::Internal, "cannot start the driver").found(error.to_string()))?;
        runtime.block_on(capture::capture(&self.target, request, progress)).map_err(|fault| Box::new(fault.trouble()))
    }

    fn grants(&self, _request: &Request, _role: Option<&str>) -> Result<String, Box<Trouble>> {
        Err(Box::new(Trouble::new(Class::Internal, "grants are not written yet")))
    }

    fn describe(&self) -> String {
        self.target.describe().display.clone()
    }
}
