//! What a release did where it was rehearsed, and what that means for the place it is meant for: gates and the verdict.
//!
//! Lives here: the nouns and the judgement. Does not live here: running it (`pipeline/rehearse`), what a statement did (`trace`).

mod again;
mod asked;
mod behind;
mod gate;
mod gates;
mod in_place;
mod killed;
mod lag;
mod larger;
#[cfg(test)]
mod larger_tests;
mod load;
mod meets;
mod told;

pub use asked::{Asked, Next, Outcome, Question, Survival};
pub use behind::lag;
pub use gate::{Elsewhere, Gate, Limits, Part, Target, Undoing, time};
pub use gates::gates;
pub use in_place::{After, Course, Group, InPlace, bytes};
pub use killed::{Kill, Left, Orphan, Victim};
pub use lag::Lag;
pub use larger::{Larger, Size, Stuck, Volume, method};
pub use load::{Latency, Load, Phase, Slice, Unsaid, Waited};
pub use meets::{Meets, Who, meets};
pub use told::{CLOSED, Difference, FAILED, FAILED_WHY, Migration, Proposed, Rehearsal, Rerun, Undo};
