//! What measures beside the database. Neighbour: `deployment::breaker`, which judges what it says.

/// Answers queries with one number each.
pub trait Metrics: Sync {
    /// The value now. It waits no longer than it was made to.
    ///
    /// # Errors
    /// There is no value, or not one alone: why. Nobody may take that for well.
    fn value(&self, query: &str) -> Result<f64, String>;

    /// Where it is, without secrets.
    fn describe(&self) -> String;
}
