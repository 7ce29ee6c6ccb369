//! Which folder of migrations is meant: the one that is named, else the one that is configured.

use crate::args::Reading;
use crate::settings::Settings;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::history::folder::Wish;
use evenkeel_pipeline::migrations::Wanted;
use evenkeel_pipeline::render::Renderer;
use std::path::{Path, PathBuf};

/// Which folder is meant: the one that is named, else the one that is configured for the environment.
///
/// # Errors
/// Neither is there, or several are.
pub fn wanted(folder: Option<&Path>, reading: &Reading, environment: Option<&str>, settings: &Settings) -> Result<Wanted, Box<Trouble>> {
    let wish =
        |own: &[(String, String)]| Wish { placeholders: reading.placeholder.iter().chain(own).cloned().collect(), ..Wish::default() };
    let named = reading.render.clone().map(|command| Renderer { command, folder: PathBuf::from(".") });
    if let Some(folder) = folder {
        let (folder, tool) = (folder.to_owned(), reading.tool.clone());
        // That of the configuration, where it names this folder.
        let configured = settings.migrations.iter().find(|one| one.is_for(environment) && is_same(&one.folder, &folder));
        let status = configured.and_then(|one| one.status.clone());
        return Ok(Wanted { folder, tool, tables: Vec::new(), wish: wish(&[]), render: named, status });
    }
    let fitting: Vec<_> = settings.migrations.iter().filter(|one| one.is_for(environment)).collect();
    match fitting.as_slice() {
        [one] => {
            let tool = reading.tool.clone().or_else(|| one.tool.clone());
            Ok(Wanted {
                folder: one.folder.clone(),
                tool,
                tables: Vec::new(),
                wish: wish(&one.placeholders),
                render: named.or_else(|| one.render.clone()),
                status: one.status.clone(),
            })
        }
        [] => Err(Box::new(
            Trouble::new(Class::Usage, "no folder of migrations is named")
                .expected("a folder as an argument (`history`: --migrations DIR), or migrations = \"DIR\" under [project] in evenkeel.toml")
                .found("neither")
                .fix("evenkeel migrations db/migrations"),
        )),
        several => {
            let folders: Vec<String> = several.iter().map(|one| one.folder.display().to_string()).collect();
            Err(Box::new(
                Trouble::new(Class::Usage, "several folders of migrations are configured")
                    .expected("one that is for this environment")
                    .found(folders.join(", "))
                    .fix("name the folder, or add environments = [\"NAME\"] to each [[project.migrations]]"),
            ))
        }
    }
}

/// Whether two paths lead to one folder.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    real(one).is_some_and(|one| Some(one) == real(other))
}
