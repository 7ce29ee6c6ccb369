//! What came of a release in several environments: the public JSON, and how a person sees it. Neighbour: the parent, which tells of one.

use super::{Line, SCHEMA_VERSION, Told, fenced, json, paint, terminal, told, verdict_line};
use crate::Fault;
use crate::format::Style;
use crate::history::Form;
use crate::page::Page;
use evenkeel_core::deployment::Deployed;
use schemars::JsonSchema;
use serde::Serialize;

/// What came of one of them.
#[derive(Debug)]
pub enum Member {
    Told(Box<Deployed>),
    /// It could not be begun, or could not be told: why, and the code that it would end with alone.
    Fault {
        code: u8,
        words: String,
    },
    /// One before it did not come to its end.
    NotBegun,
}

impl Member {
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Told(deployed) => deployed.exit_code,
            Self::Fault { code, .. } => *code,
            Self::NotBegun => 0,
        }
    }
}

/// What `deploy` and `rollback` say of several environments.
#[derive(Debug, Serialize, JsonSchema)]
struct ToldFleet {
    schema_version: u32,
    verdict: Line,
    /// In the order in which they are configured; each from the state that it was in.
    environments: Vec<ToldMember>,
}

#[derive(Debug, Serialize, JsonSchema)]
struct ToldMember {
    environment: String,
    /// As for one alone; null where nothing was looked at, or that could not be told.
    deployment: Option<Told>,
    /// Why it could not be told; null where it could, or was not begun.
    fault: Option<String>,
}

/// The JSON schema of that, as published in `docs/reference`.
#[must_use]
pub fn fleet_schema() -> (&'static str, schemars::Schema) {
    let mut schema = schemars::schema_for!(ToldFleet);
    schema.insert("title".to_owned(), "evenkeel deploy of several environments".into());
    ("fleet", schema)
}

/// What came of it, and the code that it ends with: 1 where one was stopped or refused, else the greatest.
///
/// # Errors
/// It cannot be written as JSON.
pub fn fleet(verb: &str, members: &[(String, Member)], form: Form, style: &Style) -> Result<(Vec<u8>, u8), Fault> {
    let codes = || members.iter().map(|(_, member)| member.exit_code());
    let code = if codes().any(|code| code == 1) { 1 } else { codes().max().unwrap_or_default() };
    let line = line(verb, members);
    let bytes = match form {
        Form::Json => json(&ToldFleet {
            schema_version: SCHEMA_VERSION,
            verdict: Line { line, exit_code: code },
            environments: members.iter().map(|(name, member)| told_member(name, member)).collect(),
        })?,
        Form::Terminal => page(&line, members, code, style).into_bytes(),
        Form::Markdown => {
            let plain = Style { color: false, ..style.clone() };
            let lines: Vec<String> = page(&line, members, code, &plain).lines().map(str::to_owned).collect();
            fenced("text", &lines).into_bytes()
        }
    };
    Ok((bytes, code))
}

fn line(verb: &str, members: &[(String, Member)]) -> String {
    let named = |is: &dyn Fn(&Member) -> bool| {
        let names = members.iter().filter(|(_, member)| is(member)).map(|(name, _)| name.as_str());
        names.collect::<Vec<_>>()
    };
    let well = named(&|member| matches!(member, Member::Told(_)) && member.exit_code() == 0);
    let ill = named(&|member| member.exit_code() != 0);
    let left = named(&|member| matches!(member, Member::NotBegun));
    let mut words = vec![format!("{verb}: {} of {} environments are as they are to be", well.len(), members.len())];
    words.extend((!ill.is_empty()).then(|| format!("not {}", ill.join(", "))));
    words.extend((!left.is_empty()).then(|| format!("not begun: {}", left.join(", "))));
    words.join("; ")
}

fn told_member(name: &str, member: &Member) -> ToldMember {
    let (deployment, fault) = match member {
        Member::Told(deployed) => (Some(told(deployed)), None),
        Member::Fault { words, .. } => (None, Some(words.clone())),
        Member::NotBegun => (None, None),
    };
    ToldMember { environment: name.to_owned(), deployment, fault }
}

fn page(line: &str, members: &[(String, Member)], code: u8, style: &Style) -> String {
    let mut page = Page { style, text: String::new() };
    for (name, member) in members {
        match member {
            Member::Told(deployed) => page.text.push_str(&terminal(deployed, style)),
            Member::Fault { words, code } => page.wrapped(&format!("{name}: {words}"), "", paint(*code)),
            Member::NotBegun => page.wrapped(&format!("{name}: not begun"), "", paint(2)),
        }
        page.text.push('\n');
    }
    page.wrapped(line, "", paint(code));
    for (name, member) in members {
        let (words, code) = match member {
            Member::Told(deployed) => (verdict_line(deployed), deployed.exit_code),
            // Its first line says what; above is all of it.
            Member::Fault { words, code } => (format!("{name}: {}", words.lines().next().unwrap_or_default()), *code),
            Member::NotBegun => (format!("{name}: not begun"), 2),
        };
        page.wrapped(&words, "  ", paint(code));
    }
    page.text
}
