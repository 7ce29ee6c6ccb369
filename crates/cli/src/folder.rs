//! Which folder of migrations is meant: the one that is named, else the one that is configured.

use crate::args::Reading;
use crate::settings::{Migrations, Settings};
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
    if let Some(folder) = folder {
        // What the configuration says of it holds, where it names that folder.
        return Ok(match settings.migrations.iter().find(|one| one.is_for(environment) && is_same(&one.folder, folder)) {
            Some(one) => Wanted { folder: folder.to_owned(), ..configured(one, reading) },
            None => configured(&Migrations::of(folder), reading),
        });
    }
    let fitting: Vec<_> = settings.migrations.iter().filter(|one| one.is_for(environment)).collect();
    match fitting.as_slice() {
        [one] => Ok(configured(one, reading)),
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

/// Every folder that makes an environment, in the order in which they are configured, and which of them is asked about where one is
/// named. One that is named and not configured is alone.
///
/// # Errors
/// As [`wanted`]; a flag that is for one folder and might be for several.
pub fn all(
    folder: Option<&Path>,
    reading: &Reading,
    environment: Option<&str>,
    settings: &Settings,
) -> Result<(Vec<Wanted>, Option<usize>), Box<Trouble>> {
    let fitting: Vec<&Migrations> = settings.migrations.iter().filter(|one| one.is_for(environment)).collect();
    let judged = folder.and_then(|folder| fitting.iter().position(|one| is_same(&one.folder, folder)));
    if fitting.len() < 2 || folder.is_some() && judged.is_none() {
        return wanted(folder, reading, environment, settings).map(|one| (vec![one], None));
    }
    let flags =
        [("--tool", reading.tool.is_some()), ("--render", reading.render.is_some()), ("--placeholder", !reading.placeholder.is_empty())];
    if let (None, Some((flag, _))) = (judged, flags.iter().find(|(_, is_said)| *is_said)) {
        let shown: Vec<String> = fitting.iter().map(|one| one.folder.display().to_string()).collect();
        return Err(Box::new(
            Trouble::new(Class::Usage, format!("{flag} is for one folder of migrations, and several make this environment"))
                .expected("the folder that it is for")
                .found(shown.join(", "))
                .origin("[[project.migrations]]")
                .fix("name it with --migrations, or write it under its [[project.migrations]]"),
        ));
    }
    let none = Reading::default();
    let one = |(at, one): (usize, &&Migrations)| configured(one, if judged == Some(at) { reading } else { &none });
    Ok((fitting.iter().enumerate().map(one).collect(), judged))
}

/// One as it is configured; what is typed comes before that.
fn configured(one: &Migrations, reading: &Reading) -> Wanted {
    let named = reading.render.clone().map(|command| Renderer { command, folder: PathBuf::from(".") });
    Wanted {
        folder: one.folder.clone(),
        tool: reading.tool.clone().or_else(|| one.tool.clone()),
        tables: Vec::new(),
        wish: Wish { placeholders: reading.placeholder.iter().chain(&one.placeholders).cloned().collect(), ..Wish::default() },
        render: named.or_else(|| one.render.clone()),
        status: one.status.clone(),
    }
}

/// Whether two paths lead to one folder.
fn is_same(one: &Path, other: &Path) -> bool {
    let real = |path: &Path| std::fs::canonicalize(path).ok();
    real(one).is_some_and(|one| Some(one) == real(other))
}
