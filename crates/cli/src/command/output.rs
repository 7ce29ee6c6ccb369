//! Where data goes: stdout or a file, never half of it.

use crate::signals;
use evenkeel_core::fault::{Class, Trouble};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// A file that is being written. Whoever ends the process at once removes it.
static DRAFT: Mutex<Option<PathBuf>> = Mutex::new(None);
/// A file system that hangs must not keep anybody who wants to leave.
const PATIENCE: Duration = Duration::from_secs(1);

/// So many links are followed, as the system does.
const LINKS: usize = 40;

/// Removes what is half written, for whoever ends the process now. Nothing is written afterwards.
pub fn discard_draft() {
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        if let Ok(mut draft) = DRAFT.try_lock() {
            draft.take().map(std::fs::remove_file);
            // Held to the end: no other draft is begun, and none moved into its place.
            std::mem::forget(draft);
            return;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn draft() -> MutexGuard<'static, Option<PathBuf>> {
    DRAFT.lock().unwrap_or_else(PoisonError::into_inner)
}

/// To the file, or to stdout.
///
/// # Errors
/// It cannot be written, or the user wants us to end: then nothing is.
pub fn write(bytes: &[u8], out: Option<&Path>) -> Result<(), Box<Trouble>> {
    match out {
        Some(path) => file(path, bytes),
        None => stdout(bytes),
    }
}

/// The same where something was done that has to be told, whether the user wants us to end or not.
///
/// # Errors
/// It cannot be written.
pub fn told(bytes: &[u8], out: Option<&Path>) -> Result<(), Box<Trouble>> {
    match out {
        Some(path) => file(path, bytes).or_else(|trouble| print(bytes).and(Err(trouble))),
        None => print(bytes),
    }
}

fn stdout(bytes: &[u8]) -> Result<(), Box<Trouble>> {
    signals::stop().check()?;
    print(bytes)
}

fn print(bytes: &[u8]) -> Result<(), Box<Trouble>> {
    signals::at_once();
    let mut stdout = std::io::stdout().lock();
    match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
        // The reader has seen enough (`| head`): no failure of ours.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        Err(error) => Err(Box::new(Trouble::new(Class::Output, "cannot write to stdout").found(error.to_string()))),
        Ok(()) => Ok(()),
    }
}

/// Written beside and moved into place, so that a crash or a full disk leaves the old file as it was. A device or pipe
/// is written directly.
pub fn file(path: &Path, bytes: &[u8]) -> Result<(), Box<Trouble>> {
    piecewise(path, "flag --out", |pieces| pieces(bytes))
}

/// Takes what is to be written, piece by piece.
type Pieces<'p> = dyn FnMut(&[u8]) -> Result<(), Box<Trouble>> + 'p;

/// The same, as it comes; `-` is stdout.
///
/// # Errors
/// It cannot be written, or the work fails: then the old file stays.
pub fn piecewise(path: &Path, flag: &str, work: impl FnOnce(&mut Pieces<'_>) -> Result<(), Box<Trouble>>) -> Result<(), Box<Trouble>> {
    let failed = |error: std::io::Error| {
        Box::new(
            Trouble::new(Class::Output, format!("cannot write {}", path.display()))
                .found(error.to_string())
                .origin(flag)
                .fix("name a file in a folder that exists and can be written"),
        )
    };
    signals::stop().check()?;
    if path == Path::new("-") {
        return work(&mut |bytes| print(bytes));
    }
    // A device or pipe, whatever leads to it.
    if std::fs::metadata(path).is_ok_and(|facts| !facts.is_file()) {
        let mut device = std::fs::OpenOptions::new().write(true).open(path).map_err(failed)?;
        return work(&mut |bytes| device.write_all(bytes).map_err(failed));
    }
    // What a link leads to is written, not the link.
    let mut led = path.to_owned();
    for _ in 0..LINKS {
        let Ok(target) = std::fs::read_link(&led) else { break };
        led = led.parent().unwrap_or(Path::new(".")).join(target);
    }
    if led.is_symlink() {
        return Err(failed(std::io::Error::new(ErrorKind::InvalidInput, "links lead in a circle")));
    }
    let path = led.as_path();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut beside = {
        let mut noted = draft();
        let beside = tempfile::Builder::new().prefix(".evenkeel-").permissions(permissions()).tempfile_in(folder).map_err(failed)?;
        *noted = Some(beside.path().to_owned());
        beside
    };
    let mut buffered = std::io::BufWriter::new(&mut beside);
    work(&mut |bytes| buffered.write_all(bytes).map_err(failed))?;
    buffered.flush().map_err(failed)?;
    drop(buffered);
    beside.as_file().sync_all().map_err(failed)?;
    let mut noted = draft();
    signals::stop().check()?;
    beside.persist(path).map_err(|error| failed(error.error))?;
    *noted = None;
    Ok(())
}

/// Makes the folder of a file that is about to be written.
pub fn folder_of(path: &Path) -> Result<(), Box<Trouble>> {
    let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|error| {
        let trouble = Trouble::new(Class::Output, format!("cannot make the folder {}", folder.display())).found(error.to_string());
        Box::new(trouble.origin("flag --out").fix("name a file in a folder that can be made"))
    })
}

/// As any other file the user makes; the umask takes away what it takes away.
fn permissions() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    std::fs::Permissions::from_mode(0o666)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    /// The one test of this file: afterwards nothing can be written in this process.
    #[test]
    fn whoever_leaves_at_once_leaves_no_draft() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        file(&path, b"whole").unwrap();
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing but the file");
        let half = folder.path().join(".evenkeel-half");
        std::fs::write(&half, b"hal").unwrap();
        *draft() = Some(half.clone());
        discard_draft();
        assert!(!half.exists() && path.exists());
        assert!(DRAFT.try_lock().is_err(), "no draft is begun any more");
    }
}
