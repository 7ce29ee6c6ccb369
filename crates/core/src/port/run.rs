//! What every stage is handed instead of a row of arguments.

use super::{Families, Watch};
use crate::policy::Waiver;
use jiff::civil::Date;

/// One run of the program: who is served, who watches, when to stop, what day it is, what is excused.
#[derive(Clone, Copy)]
pub struct Run<'a> {
    pub engines: &'a dyn Families,
    pub watch: Watch<'a>,
    /// A waiver whose day is over excuses nothing.
    pub today: Date,
    pub waivers: &'a [Waiver],
}
