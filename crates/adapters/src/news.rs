//! What is told, and how it is written.

use serde::Serialize;

/// The version of the body below.
const SCHEMA_VERSION: u32 = 1;

/// What came of a verb. Never holds a secret: whoever fills it in has removed them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct News {
    /// The verb: `deploy`, `rollback`, `verify`, `lock`, `unlock`, `rehearse`, `rollout`.
    pub event: String,
    pub environment: String,
    /// The verdict in one line, and what the verb ended with.
    pub line: String,
    pub exit_code: u8,
    /// The number under which `evenkeel runs` has it, where it has.
    pub run: Option<u32>,
    pub by: String,
    pub host: String,
    /// RFC 3339, in UTC.
    pub at: String,
    /// Of evenkeel.
    pub version: String,
}

/// Whether it went as it was wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    Success,
    /// Anything else: refused, stopped, or could not be told.
    Failure,
}

impl Outcome {
    /// The word in bodies, and in `on`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Failure => "failure",
        }
    }
}

/// How a body is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Ours, for programs.
    Json,
    /// One text, as Slack's incoming webhooks and what imitates them take it.
    Slack,
}

#[derive(Serialize)]
struct Body<'a> {
    schema_version: u32,
    tool: &'static str,
    version: &'a str,
    event: &'a str,
    outcome: &'static str,
    environment: &'a str,
    verdict: Verdict<'a>,
    run: Option<u32>,
    by: &'a str,
    host: &'a str,
    at: &'a str,
}

#[derive(Serialize)]
struct Verdict<'a> {
    line: &'a str,
    exit_code: u8,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

impl News {
    #[must_use]
    pub const fn outcome(&self) -> Outcome {
        if self.exit_code == 0 { Outcome::Success } else { Outcome::Failure }
    }

    /// As it is sent.
    ///
    /// # Errors
    /// It cannot be written as JSON: why.
    pub fn body(&self, format: Format) -> Result<Vec<u8>, String> {
        let Self { event, environment, line, exit_code, run, by, host, at, version } = self;
        let outcome = self.outcome().name();
        let written = match format {
            Format::Json => serde_json::to_vec(&Body {
                schema_version: SCHEMA_VERSION,
                tool: "evenkeel",
                version,
                event,
                outcome,
                environment,
                verdict: Verdict { line, exit_code: *exit_code },
                run: *run,
                by,
                host,
                at,
            }),
            Format::Slack => {
                let run = run.map(|run| format!(", run {run}")).unwrap_or_default();
                let text = format!("evenkeel {event} {environment}: {outcome}\n{line}\nby {by} on {host}, {at}{run}, exit {exit_code}");
                // What Slack takes for markup: <https://docs.slack.dev/messaging/formatting-message-text#escaping>
                serde_json::to_vec(&Text { text: text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;") })
            }
        };
        written.map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]
    use super::*;

    #[test]
    fn what_reads_as_markup_is_text() {
        let news = News {
            event: "deploy".to_owned(),
            environment: "shop".to_owned(),
            line: "<!channel> & \"run\" <https://x|y>".to_owned(),
            exit_code: 1,
            run: Some(7),
            by: "ann".to_owned(),
            host: "h".to_owned(),
            at: "2026-11-29T00:00:00Z".to_owned(),
            version: "0".to_owned(),
        };
        let told: serde_json::Value = serde_json::from_slice(&news.body(Format::Slack).unwrap()).unwrap();
        let text = told["text"].as_str().unwrap();
        assert!(text.contains("&lt;!channel&gt; &amp; \"run\"") && !text.contains('<') && text.contains("failure"), "{text}");
        let told: serde_json::Value = serde_json::from_slice(&news.body(Format::Json).unwrap()).unwrap();
        assert_eq!((&told["verdict"]["line"], &told["outcome"], &told["run"]), (&news.line.as_str().into(), &"failure".into(), &7.into()));
    }
}
