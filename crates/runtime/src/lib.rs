//! Waiting: what blocking ports, drivers that are not, and a user who has waited long enough need of the process we run in.
//!
//! Lives here: the runtime behind a port ([`Driver`]), a session whose calls block ([`Blocking`]), ending work at a stop signal
//! ([`interruptible`]), blocking work inside of a runtime ([`elsewhere`]), and the machine as connecting sees it
//! ([`ThisMachine`]), asking again for what others have ([`again`]). Does not live here: who asks for the end (`core::port::Stop` is set by the command line), what a session
//! says (each engine's `connect`), processes (`launcher`).
//!
//! Rooms, each importing only rooms to its left:
//! `again  machine  elsewhere  interruptible  driver  session`.

mod again;
mod driver;
mod elsewhere;
mod interruptible;
mod machine;
mod session;

pub use again::again;
pub use driver::Driver;
pub use elsewhere::elsewhere;
pub use interruptible::{Interrupted, interruptible};
pub use machine::ThisMachine;
pub use session::{Blocking, Conversation};
