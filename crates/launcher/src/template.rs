//! Data directories: made by the server's own program once, kept in the cache of the root, copied for each server. Making
//! one takes most of the time of a start. The neighbour `instance` runs the program; `sweep` removes what was not used for
//! long. What of a directory is worth copying is the engine crate's knowledge.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use evenkeel_core::port::Stop;

use crate::binary::Fingerprint;
use crate::copy::{Take, copy_tree};
use crate::fault::Fault;
use crate::instance::Instance;
use crate::recipe::Program;
use crate::root::Root;
use crate::user::ServerUser;

impl Instance {
    /// Fills `target`, which must not exist yet: with a copy of the template that `arguments` made, or where there is
    /// none by `make`, whose work is then the template. `take` is what a template holds of a directory.
    ///
    /// # Errors
    /// As [`Instance::run`]; [`Fault::File`] where the template cannot be copied.
    pub fn fill(
        &self,
        root: &Root,
        target: &Path,
        arguments: &[String],
        make: &Program,
        take: &dyn Fn(&Path) -> Take,
        stop: &Stop,
    ) -> Result<(), Fault> {
        let template = root.cache()?.join(self.template_name(arguments)?);
        let turn = turn(&template);
        let making = turn.lock().unwrap_or_else(PoisonError::into_inner);
        if template.exists() {
            drop(making);
            if let Ok(directory) = std::fs::File::open(&template) {
                // The sweep removes what was not used for long. A date that is not set is only an earlier removal.
                let _ = directory.set_modified(SystemTime::now());
            }
            return copy_tree(&template, target, take).map(drop);
        }
        self.run(make, stop)?;
        // Complete before it has its name. Two processes may make the same: the later one's is dropped.
        let draft = template.with_extension(format!("new-{}", std::process::id()));
        if copy_tree(target, &draft, take).is_err() || std::fs::rename(&draft, &template).is_err() {
            let _ = std::fs::remove_dir_all(&draft);
        }
        Ok(())
    }

    /// Another one for another user, program, version or arguments.
    pub(crate) fn template_name(&self, arguments: &[String]) -> Result<String, Fault> {
        let identity = self.identity();
        let mut key = blake3::Hasher::new();
        let user = match self.user() {
            ServerUser::Ourselves => "ourselves".to_owned(),
            ServerUser::Other { uid, gid, .. } => format!("{uid}:{gid}"),
        };
        let binary = Fingerprint::take(&identity.binary)?.text();
        for part in [&user, &binary, &identity.version].into_iter().chain(arguments) {
            key.update(part.as_bytes());
            key.update(&[0]);
        }
        let hex = key.finalize().to_hex();
        Ok(format!("{}-{}", identity.label, hex.get(..16).unwrap_or(&hex)))
    }
}

/// Servers of this process that start side by side wait for the first one's template rather than make one each.
fn turn(template: &Path) -> Arc<Mutex<()>> {
    static TURNS: Mutex<BTreeMap<PathBuf, Arc<Mutex<()>>>> = Mutex::new(BTreeMap::new());
    let mut turns = TURNS.lock().unwrap_or_else(PoisonError::into_inner);
    Arc::clone(turns.entry(template.to_path_buf()).or_default())
}
