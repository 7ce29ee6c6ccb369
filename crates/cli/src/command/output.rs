//! Where data goes: stdout or a file, never half of it.

use evenkeel_core::fault::{Class, Trouble};
use std::io::{ErrorKind, Write};
use std::path::Path;

/// To the file, or to stdout.
pub fn write(bytes: &[u8], out: Option<&Path>) -> Result<(), Box<Trouble>> {
    match out {
        Some(path) => file(path, bytes),
        None => stdout(bytes),
    }
}

fn stdout(bytes: &[u8]) -> Result<(), Box<Trouble>> {
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
    let failed = |error: std::io::Error| {
        Box::new(
            Trouble::new(Class::Output, format!("cannot write {}", path.display()))
                .found(error.to_string())
                .origin("flag --out")
                .fix("name a file in a folder that exists and can be written"),
        )
    };
    if std::fs::metadata(path).is_ok_and(|facts| !facts.is_file()) {
        return std::fs::write(path, bytes).map_err(failed);
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut draft = tempfile::Builder::new().prefix(".evenkeel-").permissions(permissions()).tempfile_in(folder).map_err(failed)?;
    draft.write_all(bytes).and_then(|()| draft.as_file().sync_all()).map_err(failed)?;
    draft.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// As any other file the user makes; the umask takes away what it takes away.
fn permissions() -> std::fs::Permissions {
    use std::os::unix::fs::PermissionsExt;
    std::fs::Permissions::from_mode(0o666)
}
