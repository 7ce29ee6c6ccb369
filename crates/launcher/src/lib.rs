//! Starts, watches and sweeps throwaway server processes, each with its own directory, its own user and a private
//! Unix socket. Knows no engine: what to run is data (a [`Recipe`]) that an engine crate hands over.
//!
//! Promises, and where they are kept:
//! - the intention is on disk before anything is started (`record`), so that a crash leaves nothing unknown;
//! - a server ends with its owner: by `stop`, by `Drop`, by the kernel when the owner is killed (`spawn`), and by the
//!   next run's [`sweep`] where none of these could act;
//! - a process is signalled only by a pid that is proven to be ours (start time, executable), never by name.
//!
//! Rooms, each importing only rooms to its left:
//! `fault  door  recipe  process  user  binary  network  cage  copy  root  bounds  record  spawn  instance  template  keeping  sweep`.

mod binary;
mod bounds;
mod cage;
mod copy;
mod door;
mod fault;
mod instance;
mod keeping;
mod network;
mod process;
mod recipe;
mod record;
mod root;
mod spawn;
mod sweep;
mod template;
mod user;

pub use binary::{Fingerprint, answer, find_programs, on_path};
pub use bounds::{Overrun, overrun};
pub use cage::shut_in;
pub use copy::{Take, copy_tree, make_like};
pub use door::Door;
pub use fault::Fault;
pub use instance::{Held, Instance};
pub use network::cut_off;
pub use process::Mark;
pub use recipe::{Identity, Program, Readiness, Recipe, StopSignal, StopStep};
pub use root::{ROOT_VARIABLE, Root};
pub use sweep::{Kept, Swept, sweep, sweep_once};
pub use user::ServerUser;
