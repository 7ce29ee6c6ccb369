//! The tool itself, asked of a throwaway server after a repair: what it would still run there. Neighbours: `trial`, which ran the repair;
//! `core/history/status`, which knows what to ask and what an answer means.

use super::Inquiry;
use crate::render::{Ran, Renderer, Temporary, is_on_path, ran, shown};
use evenkeel_core::fault::Trouble;
use evenkeel_core::history::render::words;
use evenkeel_core::history::status::{SILENT, Said, Status, weighed};
use evenkeel_core::history::told::History;
use evenkeel_core::history::{STATUSES, shapes};
use evenkeel_core::port::{Opened, Scratch, Stop};
use std::path::{Path, PathBuf};

/// What came of it.
pub(super) struct Asked {
    /// In words, always: also that nobody was asked.
    pub words: String,
    /// What it says against the repair.
    pub against: Vec<String>,
}

/// What is run, where, and what of it a person is shown.
struct Question {
    words: Vec<String>,
    shown: String,
}

impl Inquiry<'_> {
    /// The command that a person named for the tool of this folder.
    fn named(&self) -> Option<&Renderer> {
        let folder = self.wanted.folders.iter().find(|folder| folder.folder == self.read.path)?;
        folder.status.as_ref()
    }

    /// Asks the tool whose files these are: by the command that a person named, else by its own where its program is on PATH.
    pub(super) fn asked(&self, (scratch, database): (&dyn Scratch, &str), after: &History, stop: &Stop) -> Result<Asked, Box<Trouble>> {
        let tool = self.read.folder.tool;
        let not = |why: String| {
            Ok(Asked { words: format!("{tool} itself was not asked whether it has anything to run: {why}"), against: Vec::new() })
        };
        let (status, opened) = match self.askable(scratch, database) {
            Ok(askable) => askable,
            Err(why) => return not(why),
        };
        // Where its own settings may lie nobody looks for them: the address and the folder are all that it is told.
        let empty = Temporary::make()?;
        let (questions, place) = match self.questions(status, &opened, &empty) {
            Ok(questions) => questions,
            Err(why) => return not(why),
        };
        let named = self.named().is_some();
        let own = status.variables.iter().filter(|_| !named).map(|(name, value)| (*name, filled(value, &opened.forms)));
        let variables: Vec<(&str, String)> = opened.variables.iter().cloned().chain(own).collect();
        let (mut against, mut said) = (Vec::new(), String::new());
        for Question { words, shown: asked } in &questions {
            let before = opened.door.visits();
            let Ran { code, ended, out, err } = match ran(words, (&variables, opened.without), &place, stop)? {
                Ok(ran) => ran,
                Err(why) => return not(format!("`{asked}`: {why}")),
            };
            let answer = (status.read)(&Said { words, code, out: &out, err: &err });
            if opened.door.visits() == before {
                // Whatever it said, it is not of that server.
                return not(match code {
                    Some(0) => format!("`{asked}` did not connect to the throwaway server: does it read its address from the environment?"),
                    _ => format!("`{asked}` ended with {ended} before it connected to the throwaway server: {}", last(&out, &err)),
                });
            }
            let Some(told) = answer else {
                return not(format!("what `{asked}` says was not understood ({ended}): {}", last(&out, &err)));
            };
            let (more, words) = weighed(tool, &told, after);
            against.extend(more);
            // Where several are asked, the first tells what is pending.
            if said.is_empty() {
                said = words;
            }
        }
        let asked: Vec<String> = questions.into_iter().map(|question| format!("`{}`", question.shown)).collect();
        let said = if against.is_empty() { said } else { "does not agree".to_owned() };
        Ok(Asked { words: format!("{tool} itself, asked there, {said} ({})", asked.join(", ")), against })
    }

    /// How it is asked, and the way in.
    fn askable(&self, scratch: &dyn Scratch, database: &str) -> Result<(&'static Status, Opened), String> {
        let tool = self.read.folder.tool;
        if self.rows().is_none() {
            return Err("evenkeel does not write its record, so that a throwaway server has none".to_owned());
        }
        let Some(status) = STATUSES.iter().find(|status| status.tool == tool) else {
            let why = SILENT.iter().find(|(silent, _)| *silent == tool);
            return Err(why.map_or("evenkeel knows no command for it", |(_, why)| why).to_owned());
        };
        let name = |example: &str| format!("name its command with status = \"…\" under [project], such as `{example}`");
        if self.named().is_none() {
            if status.commands.is_empty() {
                return Err(name(status.example));
            }
            if let Some(program) = status.commands.iter().filter_map(|words| words.first()).find(|program| !is_on_path(program)) {
                return Err(format!("`{program}` is not on PATH; put it there, or {}", name(status.example)));
            }
            let table = self.table.map_or("", |table| table.identity.part(1));
            let usual = shapes().filter(|shape| self.ledger.as_ref().is_some_and(|ledger| shape.tool == ledger.tool || shape.tool == tool));
            if !usual.flat_map(|shape| shape.tables).any(|usual| usual.eq_ignore_ascii_case(table)) {
                return Err(format!(
                    "its table has a name of its own ({table}), which only the project's settings tell; {}",
                    name(status.example)
                ));
            }
        }
        scratch.opened(database).map(|opened| (status, opened))
    }

    /// What is run, and in which folder.
    fn questions(&self, status: &Status, opened: &Opened, empty: &Temporary) -> Result<(Vec<Question>, PathBuf), String> {
        let folder = std::path::absolute(&self.read.path).map_err(|error| error.to_string())?;
        let mut forms = opened.forms.clone();
        forms.push(("{folder}", folder.display().to_string()));
        if let Some(root) = &self.read.folder.root {
            forms.push(("{root}", root.clone()));
        }
        let fill = |words: &[String]| words.iter().map(|word| filled(word, &forms)).collect();
        if let Some(named) = self.named() {
            let words = words(&named.command).map_err(|why| format!("{:?} cannot be understood: {why}", named.command))?;
            let place = if named.folder.as_os_str().is_empty() { Path::new(".") } else { named.folder.as_path() };
            return Ok((vec![Question { words: fill(&words), shown: named.command.clone() }], place.to_owned()));
        }
        let one = |command: &&[&str]| {
            let words: Vec<String> = command.iter().map(|word| (*word).to_owned()).collect();
            Question { words: fill(&words), shown: words.join(" ") }
        };
        let questions: Vec<Question> = status.commands.iter().map(one).collect();
        if self.read.folder.root.is_none() && questions.iter().any(|question| question.shown.contains("{root}")) {
            return Err("which file it begins with is not told by the folder".to_owned());
        }
        Ok((questions, empty.path().to_owned()))
    }
}

/// A word with each form put in where it is named, in one pass: what is put in stays what it is.
fn filled(word: &str, forms: &[(&'static str, String)]) -> String {
    let (mut done, mut rest) = (String::new(), word);
    while let Some(at) = rest.find('{') {
        let (before, behind) = rest.split_at(at);
        done.push_str(before);
        let known = forms.iter().find(|(name, _)| behind.starts_with(name));
        let (put, length) = known.map_or(("{", 1), |(name, value)| (value.as_str(), name.len()));
        done.push_str(put);
        rest = behind.get(length..).unwrap_or_default();
    }
    done + rest
}

/// The end of what it said, where it says errors first.
fn last(out: &str, err: &str) -> String {
    shown(if err.trim().is_empty() { out } else { err }.as_bytes())
}
