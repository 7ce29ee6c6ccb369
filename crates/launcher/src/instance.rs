//! One throwaway server: its directory, its process, its end. The neighbours: `recipe` says what to run, `record` what
//! is written down, `sweep` cleans up after an owner that could not.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::time::{Duration, Instant};

use evenkeel_core::port::Stop;

use crate::binary::Fingerprint;
use crate::bounds::Bounds;
use crate::fault::Fault;
use crate::process::{Mark, end_group, executable, running_inside, send};
use crate::recipe::{Identity, Program, Readiness, Recipe, StopSignal, StopStep};
use crate::record::{Owner, Server};
use crate::root::{Root, make_directory};
use crate::spawn::spawn;
use crate::user::ServerUser;

/// `sun_path` of `sockaddr_un`, without the closing zero byte.
const SOCKET_PATH_LIMIT: usize = if cfg!(target_os = "linux") { 107 } else { 103 };
/// How long a killed process, or the children of one, may take to vanish.
const LAST_PATIENCE: Duration = Duration::from_secs(10);
/// How long processes may take to be held: one that is in the middle of a write ends it first.
const HOLD_LIMIT: Duration = Duration::from_secs(2);
/// How much of a log goes into a message, in bytes.
const TAIL: u64 = 2000;

/// A directory with at most one server running in it. Dropping it ends the server and removes the directory.
#[derive(Debug)]
pub struct Instance {
    identity: Identity,
    user: ServerUser,
    directory: PathBuf,
    run_dir: PathBuf,
    fingerprint: Fingerprint,
    /// What a process of the server runs, links resolved.
    executable: PathBuf,
    running: Option<Running>,
    gone: bool,
    /// Held as long as we own the instance; the kernel releases it when we die.
    _lock: File,
}

#[derive(Debug)]
struct Running {
    child: Child,
    mark: Option<Mark>,
    stop: Vec<StopStep>,
    bounds: Bounds,
}

impl Instance {
    /// Makes the directory and writes down who owns it. Nothing runs yet.
    ///
    /// # Errors
    /// [`Fault::File`], [`Fault::NoServerUser`], [`Fault::Unreachable`] and [`Fault::SocketPathTooLong`].
    pub fn create(root: &Root, identity: Identity) -> Result<Self, Fault> {
        let user = ServerUser::choose(&identity.users)?;
        let binary = identity.binary.canonicalize().map_err(Fault::file("look at", &identity.binary))?;
        let fingerprint = Fingerprint::take(&binary)?;
        let executable = match &identity.executable {
            Some(path) => path.canonicalize().map_err(Fault::file("look at", path))?,
            None => binary,
        };

        let directory = root.path().join(format!("{}-{}", identity.label, unique()?));
        let run_dir = directory.join("run");
        let socket = run_dir.join(&identity.socket);
        if socket.as_os_str().len() > SOCKET_PATH_LIMIT {
            return Err(Fault::SocketPathTooLong { path: socket, limit: SOCKET_PATH_LIMIT, origin: root.origin });
        }
        if let Some(path) = user.barred_from(root.path()) {
            return Err(Fault::Unreachable { user: user.label().to_owned(), path, origin: root.origin });
        }

        make_directory(&directory, 0o711)?;
        let lock = Owner::new(&identity, executable.clone())
            .ok_or_else(|| Fault::BadRecord {
                path: Owner::path(&directory),
                reason: "the kernel does not say when this process was started (is /proc mounted?)".into(),
            })
            .and_then(|owner| owner.write_locked(&directory))
            .inspect_err(|_| drop(std::fs::remove_dir_all(&directory)))?;
        // From here on Drop cleans up.
        let instance = Self { identity, user, directory, run_dir, fingerprint, executable, running: None, gone: false, _lock: lock };
        make_directory(&instance.run_dir, 0o700)?;
        if let ServerUser::Other { uid, gid, .. } = instance.user {
            std::os::unix::fs::chown(&instance.run_dir, Some(uid), Some(gid)).map_err(Fault::file("give away", &instance.run_dir))?;
        }
        Ok(instance)
    }

    /// The directory that belongs to the server's user: for data and socket.
    #[must_use]
    pub fn run_dir(&self) -> &Path {
        &self.run_dir
    }

    /// What the server and the preparing programs printed.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        self.directory.join("log")
    }

    #[must_use]
    pub const fn identity(&self) -> &Identity {
        &self.identity
    }

    #[must_use]
    pub const fn user(&self) -> &ServerUser {
        &self.user
    }

    /// The pid of the server while one runs.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.running.as_ref().map(|running| running.child.id())
    }

    /// What the server may take of this machine, in words; nothing while none runs.
    #[must_use]
    pub fn bounds(&self) -> &[String] {
        self.running.as_ref().map_or(&[], |running| running.bounds.words())
    }

    /// Runs a preparing program (init, copy) as the server's user inside [`Self::run_dir`] and waits for it.
    ///
    /// # Errors
    /// [`Fault::NotRunnable`], [`Fault::StepFailed`] and [`Fault::StepTooSlow`], the latter two with the end of what
    /// it printed; [`Fault::Interrupted`].
    pub fn run(&self, program: &Program, stop: &Stop) -> Result<(), Fault> {
        let log = self.log_path();
        let offset = length(&log);
        let mut child = spawn(program, &self.user, &self.run_dir, &log, Some(StopSignal::Kill))?;
        match wait_unless(&mut child, program.limit, stop) {
            Some(status) if status.success() => Ok(()),
            Some(status) => Err(Fault::StepFailed { program: program.path.clone(), status: status.to_string(), tail: tail(&log, offset) }),
            None => {
                // A program that ignores the clock gets no say: it is our own child, so the pid is certain, and so is its group's.
                let ended = end_group(pid_of(&child), LAST_PATIENCE);
                let _ = child.kill();
                let _ = child.wait();
                if !ended {
                    return Err(Fault::Unstoppable { server: self.identity.display(), pid: pid_of(&child) });
                }
                if stop.is_requested() {
                    return Err(Fault::Interrupted);
                }
                Err(Fault::StepTooSlow { program: program.path.clone(), limit: program.limit, tail: tail(&log, offset) })
            }
        }
    }

    /// Starts the server and waits until it is ready. A server that runs already is ended first.
    ///
    /// # Errors
    /// [`Fault::DiedStarting`] and [`Fault::NotReady`] with the end of the log, [`Fault::Interrupted`]; no process is left in
    /// any case.
    pub fn start(&mut self, recipe: Recipe, stop: &Stop) -> Result<(), Fault> {
        self.halt()?;
        let log = self.log_path();
        let offset = length(&log);
        // The file may have changed since the instance was made (a restart after an upgrade): this is what runs now.
        self.fingerprint = Fingerprint::take(&self.fingerprint.path)?;
        let child = spawn(&recipe.start, &self.user, &self.run_dir, &log, Some(recipe.on_owner_death))?;
        let pid = pid_of(&child);
        let mark = Mark::of(pid);
        let bounds = Bounds::put(&self.identity.display(), pid, &self.run_dir, &self.executable);
        self.running = Some(Running { child, mark: mark.clone(), stop: recipe.stop, bounds });
        let directory = self.directory.clone();
        let note = |executable| match &mark {
            Some(process) => Server { process: process.clone(), executable, on_owner_death: recipe.on_owner_death }.write(&directory),
            None => Ok(()), // it has ended already; the loop below says so
        };
        note(None)?;

        let until = Instant::now() + recipe.limit;
        let mut pause = Duration::from_millis(1);
        loop {
            if let Some(status) = self.reap() {
                let tail = tail(&log, offset);
                return Err(Fault::DiedStarting { server: self.identity.display(), status: status.to_string(), tail });
            }
            if (recipe.ready)() == Readiness::Ready {
                return note(executable(pid));
            }
            if stop.is_requested() {
                self.halt_with(&[])?;
                return Err(Fault::Interrupted);
            }
            if Instant::now() >= until {
                let tail = tail(&log, offset);
                self.halt_with(&[])?;
                return Err(Fault::NotReady { server: self.identity.display(), limit: recipe.limit, tail });
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(10));
        }
    }

    /// Whether the server runs and is still the program on disk: asked when something else went wrong, to name the
    /// cause.
    ///
    /// # Errors
    /// [`Fault::Died`] and [`Fault::BinaryReplaced`].
    pub fn check(&self) -> Result<(), Fault> {
        let alive = self.running.as_ref().and_then(|running| running.mark.as_ref()).is_some_and(Mark::is_alive);
        self.check_binary()?;
        if alive {
            return Ok(());
        }
        let status = if self.running.is_some() { "its process has ended" } else { "it was stopped" };
        Err(Fault::Died { server: self.identity.display(), status: status.into(), tail: tail(&self.log_path(), 0) })
    }

    /// Whether the server's program is still the file that was started.
    ///
    /// # Errors
    /// [`Fault::BinaryReplaced`].
    pub fn check_binary(&self) -> Result<(), Fault> {
        if self.fingerprint.still_holds() {
            return Ok(());
        }
        Err(Fault::BinaryReplaced { server: self.identity.display(), binary: self.fingerprint.path.clone() })
    }

    /// Ends the server with the recipe's steps and keeps the directory; it can be started again.
    ///
    /// # Errors
    /// [`Fault::Unstoppable`].
    pub fn halt(&mut self) -> Result<(), Fault> {
        let steps = self.running.as_ref().map(|running| running.stop.clone()).unwrap_or_default();
        self.halt_with(&steps)
    }

    /// As [`Self::halt`] with other steps, for a clean end where the recipe asks for a quick one. SIGKILL follows.
    ///
    /// # Errors
    /// [`Fault::Unstoppable`].
    pub fn halt_with(&mut self, steps: &[StopStep]) -> Result<(), Fault> {
        let last = StopStep { signal: StopSignal::Kill, patience: LAST_PATIENCE };
        if let Some(mut running) = self.running.take() {
            let pid = pid_of(&running.child);
            let ended = steps.iter().chain([&last]).any(|step| {
                // Not reaped yet, so the pid is still this child's.
                wait(&mut running.child, Duration::ZERO).is_some() || {
                    send(pid, step.signal);
                    wait(&mut running.child, step.patience).is_some()
                }
            });
            if !ended {
                self.running = Some(running);
                return Err(Fault::Unstoppable { server: self.identity.display(), pid });
            }
            self.end_stragglers()?;
            Server::remove(&self.directory)?;
        }
        Ok(())
    }

    /// Ends the server as a crash would, and keeps the directory. A process that is killed while it writes may have written
    /// half; so all of its processes are held first.
    ///
    /// # Errors
    /// [`Fault::Unstoppable`].
    pub fn crash(&mut self) -> Result<(), Fault> {
        let held = self.hold();
        for mark in &held.marks {
            mark.signal(StopSignal::Kill);
        }
        drop(held);
        self.halt_with(&[])
    }

    /// Keeps every process of the server from doing anything until what is handed out is dropped: its files stay as they are,
    /// and what was written of them is written whole.
    pub fn hold(&self) -> Held {
        let own = self.running.as_ref().and_then(|running| running.mark.clone());
        let mut held = Held { marks: Vec::new() };
        // The first of them makes the others: it is held before they are looked for.
        for mark in own.into_iter().chain(running_inside(&self.run_dir, &self.executable)) {
            if !held.marks.contains(&mark) {
                mark.pause(true);
                held.marks.push(mark);
            }
        }
        let until = Instant::now() + HOLD_LIMIT;
        while !held.marks.iter().all(|mark| mark.is_paused() || !mark.is_alive()) && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(1));
        }
        held
    }

    /// Ends the server and removes the directory. `Drop` does the same, but cannot tell when it fails.
    ///
    /// # Errors
    /// [`Fault::Unstoppable`] and [`Fault::File`].
    pub fn stop(mut self) -> Result<(), Fault> {
        self.finish()
    }

    fn finish(&mut self) -> Result<(), Fault> {
        if self.gone {
            return Ok(());
        }
        self.halt()?;
        // Again, also when no server was started: a preparing program that was too slow may have left children.
        self.end_stragglers()?;
        remove_tree(&self.directory)?;
        self.gone = true;
        Ok(())
    }

    fn reap(&mut self) -> Option<ExitStatus> {
        let status = wait(&mut self.running.as_mut()?.child, Duration::ZERO)?;
        self.running = None;
        Some(status)
    }

    /// Children of a killed server notice its death on their own, usually at once. Those that do not are killed.
    fn end_stragglers(&self) -> Result<(), Fault> {
        for mark in running_inside(&self.run_dir, &self.executable) {
            if !mark.end(StopSignal::Quit, Duration::from_secs(1)) && !mark.end(StopSignal::Kill, LAST_PATIENCE) {
                return Err(Fault::Unstoppable { server: self.identity.display(), pid: mark.pid });
            }
        }
        Ok(())
    }
}

impl Drop for Instance {
    fn drop(&mut self) {
        // What cannot be removed now is the next run's sweep's; there is nobody to tell here.
        let _ = self.finish();
    }
}

/// Removes a directory that a dying process may still write to.
pub fn remove_tree(directory: &Path) -> Result<(), Fault> {
    let mut attempts = 0;
    loop {
        match std::fs::remove_dir_all(directory) {
            Ok(()) => return Ok(()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound && !directory.exists() => {
                return Ok(());
            }
            Err(error) if attempts >= 20 => return Err(Fault::file("remove", directory)(error)),
            Err(_) => {
                attempts += 1;
                std::thread::sleep(Duration::from_millis(10));
            }
        }
    }
}

/// The processes of a server that do nothing for now.
#[derive(Debug)]
#[must_use]
pub struct Held {
    marks: Vec<Mark>,
}

impl Drop for Held {
    fn drop(&mut self) {
        for mark in &self.marks {
            mark.pause(false);
        }
    }
}

/// Waits for a child within a limit; nothing when it still runs. Always looks at least once.
fn wait(child: &mut Child, limit: Duration) -> Option<ExitStatus> {
    static NEVER: Stop = Stop::new();
    wait_unless(child, limit, &NEVER)
}

/// As that, and no longer than until somebody wants the work to end.
fn wait_unless(child: &mut Child, limit: Duration, stop: &Stop) -> Option<ExitStatus> {
    let until = Instant::now() + limit;
    let mut pause = Duration::from_millis(1);
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            return Some(status);
        }
        if Instant::now() >= until || stop.is_requested() {
            return None;
        }
        std::thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    }
}

fn pid_of(child: &Child) -> i32 {
    // Pids fit: the kernel's pid_t is an i32. 0 would be refused by every user of it.
    i32::try_from(child.id()).unwrap_or(0)
}

fn length(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |found| found.len())
}

/// The end of a log, from `offset` on at most.
fn tail(log: &Path, offset: u64) -> String {
    let read = || -> std::io::Result<Vec<u8>> {
        let mut file = File::open(log)?;
        file.seek(SeekFrom::Start(offset.max(length(log).saturating_sub(TAIL))))?;
        let mut bytes = Vec::new();
        file.take(TAIL).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    String::from_utf8_lossy(&read().unwrap_or_default()).trim().to_owned()
}

fn unique() -> Result<String, Fault> {
    let mut bytes = [0_u8; 4];
    getrandom::fill(&mut bytes).map_err(|error| Fault::File {
        action: "name an instance with bytes from",
        path: "/dev/urandom".into(),
        source: std::io::Error::other(error.to_string()),
    })?;
    Ok(format!("{:08x}", u32::from_le_bytes(bytes)))
}
