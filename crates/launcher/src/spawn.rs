//! Starting one process: as the right user, with a clean environment, bound to our life where the kernel can do that.
//! Not here: what is started and when (`instance`).
//!
//! Linux sends a process its "parent death signal" when the *thread* that started it ends, not the process. So one
//! thread that lives as long as we do starts every server. `setpriv` (util-linux) asks for the signal, because doing
//! it ourselves between fork and exec would take unsafe code; without it the next run's sweep does the work.
//! See prctl(2), PR_SET_PDEATHSIG.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Mutex, OnceLock, PoisonError};

use crate::binary::on_path;
use crate::cage;
use crate::fault::Fault;
use crate::network;
use crate::recipe::{Program, StopSignal};
use crate::user::ServerUser;

/// What a thread needs that starts one process.
const STACK: usize = 256 << 10;

struct Order {
    command: Command,
    answer: Sender<io::Result<Child>>,
}

static STARTER: OnceLock<Mutex<Sender<Order>>> = OnceLock::new();
static SETPRIV: OnceLock<Option<PathBuf>> = OnceLock::new();

/// Starts a program in `directory` with its output appended to `log`. With `on_owner_death` the kernel sends it that
/// signal when we die.
pub fn spawn(
    program: &Program,
    user: &ServerUser,
    directory: &Path,
    log: &Path,
    on_owner_death: Option<StopSignal>,
) -> Result<Child, Fault> {
    let not_runnable = |source| Fault::NotRunnable { program: program.path.clone(), source };
    // Asked here, because behind setpriv a missing program would only be an exit code.
    std::fs::metadata(&program.path).map_err(not_runnable)?;

    // A network of its own is made before the user changes, and only `setpriv` can change it behind that.
    let apart = network::prefix().ok().filter(|_| program.offline && on_owner_death.is_some()).zip(setpriv());
    let mut words: Vec<OsString> = apart.map(|(prefix, _)| prefix.clone()).unwrap_or_default();
    if let Some((signal, setpriv)) = on_owner_death.zip(setpriv()) {
        words.extend([setpriv.into(), "--pdeathsig".into(), signal.name().into()]);
        if let (Some(_), ServerUser::Other { uid, gid, .. }) = (apart, user) {
            words.extend([format!("--reuid={uid}").into(), format!("--regid={gid}").into(), "--clear-groups".into()]);
        } else if apart.is_some() {
            // What made the network is nothing that a server needs.
            words.extend(["--ambient-caps=-all".into(), "--inh-caps=-all".into()]);
        }
        words.push("--".into());
    }
    words.push(program.path.clone().into());
    let mut command = Command::new(words.remove(0));
    command.args(words);
    let log_file = File::options().append(true).create(true).open(log).map_err(Fault::file("write", log))?;
    let second = log_file.try_clone().map_err(Fault::file("write", log))?;
    command
        .args(&program.args)
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_else(|| "/usr/bin:/bin".into()))
        .envs(program.env.iter().map(|(name, value)| (name, value)))
        .current_dir(directory)
        .stdin(Stdio::null())
        .stdout(log_file)
        .stderr(second)
        // A group of its own: Ctrl-C at the terminal is for us, and we end the server in order.
        .process_group(0);
    if let (None, ServerUser::Other { uid, gid, .. }) = (apart, user) {
        // Setting the uid as root also drops our supplementary groups (std does that).
        command.uid(*uid).gid(*gid);
    }

    let (answer, child) = channel();
    let order = Order { command, answer };
    if program.offline && on_owner_death.is_some() {
        start_shut_in(order, directory.to_owned()).map_err(not_runnable)?;
    } else {
        starter()
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .send(order)
            .map_err(|_| not_runnable(io::Error::other("the starting thread has ended")))?;
    }
    child.recv().map_err(|_| not_runnable(io::Error::other("the starting thread has ended")))?.map_err(not_runnable)
}

/// By a thread that may write nowhere but below that directory, and that lives as long as we do, for it has a child.
fn start_shut_in(mut order: Order, directory: PathBuf) -> io::Result<()> {
    let thread = std::thread::Builder::new().name("server".to_owned()).stack_size(STACK);
    let started = thread.spawn(move || {
        let child = cage::enter(&directory).map_err(io::Error::other).and_then(|_| order.command.spawn());
        let _ = order.answer.send(child);
        loop {
            std::thread::park();
        }
    });
    started.map(drop)
}

fn starter() -> &'static Mutex<Sender<Order>> {
    STARTER.get_or_init(|| {
        let (sender, orders) = channel::<Order>();
        std::thread::spawn(move || {
            for mut order in orders {
                // Nobody waits any more: then the child is dropped, and its directory's record still knows it.
                let _ = order.answer.send(order.command.spawn());
            }
        });
        Mutex::new(sender)
    })
}

/// A `setpriv` that knows `--pdeathsig` (busybox has one that does not).
fn setpriv() -> Option<&'static Path> {
    SETPRIV
        .get_or_init(|| {
            let setpriv = on_path("setpriv").filter(|_| cfg!(target_os = "linux"))?;
            let works = Command::new(&setpriv)
                .args(["--pdeathsig", "TERM", "--", "true"])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success());
            works.then_some(setpriv)
        })
        .as_deref()
}
