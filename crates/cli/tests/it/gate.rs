//! The gate in CI: the shell parts of the GitHub action, of GitLab's job and of the script for cron in every case a pipeline
//! meets, and the structure of the YAML files around them. The guide that leads to them is played in `guides`.

use crate::guides::{blocks, content, repository, search_path, server};
use crate::run::{Place, Ran};
use evenkeel_postgres::scratch::Scratch;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// A folder as a job of a pipeline finds it: manifests of the schema, committed earlier, and the two secrets.
struct Job {
    place: Place,
    path: String,
    secrets: Vec<(&'static str, String)>,
}

impl Job {
    fn new(server: &Scratch) -> Self {
        let place = Place::new();
        let environment =
            |name: &str, variable: &str| format!("[environments.{name}]\nurl = \"${{{variable}}}\"\nmanifest = \"{name}.jsonl\"\n");
        let both = [environment("staging", "STAGING"), environment("production", "PRODUCTION")].concat();
        place.write("evenkeel.toml", both);
        let secrets = vec![("STAGING", server.url("staging")), ("PRODUCTION", server.url("production"))];
        for (name, (_, url)) in ["staging", "production"].iter().zip(&secrets) {
            place.run(&["capture", url, "--dimension", "schema", "--out", &format!("{name}.jsonl")]).exits(0);
        }
        // Programs that are not evenkeel.
        place.write("silent", "#!/bin/sh\n");
        let writes = |reports: &str| {
            format!("#!/bin/sh\nwhile [ $# -gt 0 ]; do case $1 in {reports}) $SAYS > \"${{1#*=}}\";; esac; shift; done\nexit $ENDS\n")
        };
        place.write("ends", writes("*=*"));
        place.write("lacks", writes("markdown=*"));
        place.write("nothing/evenkeel", "#!/bin/sh\n");
        place.shell("chmod +x silent ends lacks nothing/evenkeel", &[]).exits(0);
        Self { place, path: search_path(), secrets }
    }

    /// Runs a script as the job would; later variables win.
    fn run(&self, script: &str, more: &[(&str, &str)]) -> Ran {
        let secrets = self.secrets.iter().map(|(name, url)| (*name, url.as_str()));
        let own = [("PATH", self.path.as_str()), ("SAYS", "echo report"), ("ENDS", "0")];
        let variables: Vec<(&str, &str)> = own.into_iter().chain(secrets).chain(more.iter().copied()).collect();
        self.place.shell(script, &variables)
    }

    /// The action's script with a new summary, which must say that; the outputs as text.
    #[track_caller]
    fn action(&self, more: &[(&str, &str)], code: i32, summary: &str) -> String {
        self.place.write("summary", "");
        self.place.write("outputs", "");
        let common = [("EVENKEEL_DIMENSIONS", "schema"), ("GITHUB_STEP_SUMMARY", "summary"), ("GITHUB_OUTPUT", "outputs")];
        let script = format!("sh '{}'", repository(".github/actions/check/check.sh").display());
        self.run(&script, &[&common[..], more].concat()).exits(code);
        let (said, outputs) = (self.place.read("summary"), self.place.read("outputs"));
        assert!(said.contains(summary), "{summary:?} is not in\n{said}");
        assert!(outputs.contains(&format!("exit-code={code}\n")), "{outputs}");
        outputs
    }
}

#[test]
fn the_action_passes_every_code_on_and_nothing_without_a_report() {
    let server = server();
    let job = Job::new(&server);
    let url = |database: &str| server.url(database);
    job.action(&[], 0, "matches its manifest");
    assert!(job.action(&[("EVENKEEL_SARIF", "true")], 0, "matches").contains("sarif=evenkeel-reports/evenkeel.sarif\n"));
    serde_json::from_str::<Value>(&job.place.read("evenkeel-reports/evenkeel.sarif")).unwrap();
    job.action(&[("EVENKEEL_SARIF", "yes")], 64, "true or false");
    job.action(&[("EVENKEEL_ENVIRONMENTS", "staging nobody")], 64, "wrote no report");
    // Secrets: not handed out, swapped, handed out twice, of a server that is gone.
    job.run(&format!("unset PRODUCTION; sh '{}'", repository(".github/actions/check/check.sh").display()), &[])
        .exits(78)
        .says("is not set");
    job.action(&[("PRODUCTION", "")], 78, "set, but empty");
    job.action(&[("STAGING", &url("production")), ("PRODUCTION", &url("staging"))], 1, "hot_fix");
    job.action(&[("STAGING", &url("production"))], 1, "hot_fix");
    job.action(&[("STAGING", "postgres://reader:hunter2@127.0.0.1:1/app")], 69, "cannot connect");
    // A role that sees too little.
    server.session("production").unwrap().exec("CREATE ROLE weak LOGIN").unwrap();
    let weak = url("production").replace("postgres@", "weak@");
    job.action(&[("PRODUCTION", &weak)], 0, "matches its manifest");
    job.action(&[("PRODUCTION", &weak), ("EVENKEEL_DIMENSIONS", "schema,history")], 2, "ot visible");
    // No program, one that says nothing though a report of an earlier run is there, one that writes half of it.
    job.action(&[("EVENKEEL_BINARY", "evenkeel-is-not-here")], 127, "no program");
    assert!(job.place.path("evenkeel-reports/evenkeel.md").exists());
    job.action(&[("EVENKEEL_BINARY", "./silent")], 2, "wrote no report");
    job.action(&[("EVENKEEL_BINARY", "./lacks"), ("EVENKEEL_SARIF", "true")], 2, "no SARIF was written");
    for code in [0, 1, 2, 64, 69, 70, 74, 78, 130] {
        let ends = code.to_string();
        job.action(&[("EVENKEEL_BINARY", "./ends"), ("ENDS", &ends)], code, "report");
        job.action(&[("EVENKEEL_BINARY", "./ends"), ("ENDS", &ends), ("EVENKEEL_SARIF", "true")], code, "report");
    }
    // What GitHub takes as a summary has a bound.
    job.action(&[("EVENKEEL_BINARY", "./ends"), ("SAYS", "seq 1 400000")], 0, "the report goes on");
    assert!(job.place.read("summary").len() < 1 << 20);
    let tables = "DO $$ BEGIN FOR i IN 1..500 LOOP EXECUTE format('CREATE TABLE app.extra_%s (id int)', i); END LOOP; END $$";
    server.session("production").unwrap().exec(tables).unwrap();
    job.action(&[("EVENKEEL_SARIF", "true")], 1, "500");
}

#[test]
fn the_jobs_of_gitlab_and_cron_end_as_evenkeel_does() {
    let server = server();
    let job = Job::new(&server);
    let gitlab = yaml("docs/guide/gitlab-ci.yml", &content("docs/guide/gitlab-ci.yml"));
    let lines: Vec<&str> = (0..).map_while(|at| gitlab.get(&format!("parity.script.{at}"))).map(String::as_str).collect();
    let script = format!("set -eo pipefail\n{}", lines.join("\n")).replace("evenkeel check", "evenkeel check --dimension schema");
    assert!(script.contains("--dimension schema"), "{script}");
    let nightly = format!("sh '{}' . --dimension schema", repository("docs/guide/nightly.sh").display());
    let broken = format!("{}:{}", job.place.path("nothing").display(), job.path);
    let swapped = [("STAGING", server.url("production")), ("PRODUCTION", server.url("staging"))];
    let swapped: Vec<(&str, &str)> = swapped.iter().map(|(name, url)| (*name, url.as_str())).collect();
    for (variables, code) in [(&[][..], 0), (&[("PRODUCTION", "")][..], 78), (&swapped[..], 1)] {
        job.run(&script, variables).exits(code);
        assert!(job.place.read("evenkeel.xml").contains("<testsuites"));
        let ran = job.run(&nightly, variables).exits(code);
        // Cron mails what is said.
        assert_eq!(ran.stdout.is_empty() && ran.stderr.is_empty(), code == 0, "{ran:?}");
        assert!(code == 0 || ran.stdout.contains(&format!("ended with {code}")), "{ran:?}");
    }
    job.run(&script, &[("PATH", &broken)]).exits(1);
    job.run(&nightly, &[("PATH", &broken)]).exits(2).says("said nothing");
    job.run(&script, &[("PATH", "/usr/bin:/bin")]).exits(127);
    job.run(&nightly, &[("PATH", "/usr/bin:/bin")]).exits(127).says("no program evenkeel");
    job.run(&format!("flock evenkeel.toml {nightly}"), &[]).exits(75).says("has not ended");
    job.run(&nightly.replace(" . ", " nowhere "), &[]).exits(78);
    job.run(nightly.split(" . ").next().unwrap(), &[]).exits(64);
}

/// Every scalar of a YAML file by its path, such as `runs.steps.0.shell`. As much of YAML as our files use; what is more fails.
fn yaml(name: &str, text: &str) -> BTreeMap<String, String> {
    let mut scalars = BTreeMap::new();
    let mut items: BTreeMap<String, usize> = BTreeMap::new();
    let mut open: Vec<(usize, String)> = Vec::new();
    let mut folded = None;
    let at = |open: &[(usize, String)]| open.iter().map(|(_, key)| key.as_str()).collect::<Vec<_>>().join(".");
    for line in text.lines() {
        assert!(!line.contains('\t') && line.trim_end() == line, "{name}: a tab or blanks at the end: {line:?}");
        let mut rest = line.trim_start();
        let mut indent = line.len() - rest.len();
        if rest.is_empty() || rest.starts_with('#') || folded.is_some_and(|above| indent > above) {
            continue;
        }
        folded = None;
        assert_eq!(indent % 2, 0, "{name}: {line:?}");
        open.retain(|(depth, _)| *depth < indent);
        while let Some(item) = rest.strip_prefix("- ") {
            let count = items.entry(at(&open)).or_default();
            open.push((indent, count.to_string()));
            *count += 1;
            (rest, indent) = (item, indent + 2);
        }
        let is_key = |key: &str| !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
        let (key, value) = rest.split_once(':').filter(|(key, value)| is_key(key) && (value.is_empty() || value.starts_with(' '))).unzip();
        open.extend(key.map(|key| (indent, key.to_owned())));
        let value = value.unwrap_or(rest).trim();
        let value = value.split(" #").next().unwrap_or_default().trim();
        if value.starts_with(['>', '|']) {
            folded = Some(indent);
        }
        if !value.is_empty() {
            assert!(scalars.insert(at(&open), value.to_owned()).is_none(), "{name}: said twice: {line:?}");
            open.pop();
        }
    }
    scalars
}

#[test]
fn the_yaml_files_are_what_they_should_be() {
    let (text, script) = (content(".github/actions/check/action.yml"), content(".github/actions/check/check.sh"));
    let action = yaml("action.yml", &text);
    assert_eq!(action["runs.using"], "composite");
    assert_eq!(action["runs.steps.0.run"], "sh \"$GITHUB_ACTION_PATH/check.sh\"");
    let inputs: BTreeSet<&str> = action.keys().filter_map(|key| key.strip_prefix("inputs.")?.strip_suffix(".default")).collect();
    assert!(inputs.len() >= 7, "{inputs:?}");
    for (path, value) in &action {
        if let Some(step) = path.strip_suffix(".run") {
            assert_eq!(action[&format!("{step}.shell")], "sh");
        }
        if let Some(input) = path.strip_prefix("inputs.").and_then(|path| path.split('.').next()) {
            assert!(action.contains_key(&format!("inputs.{input}.description")) && text.contains(&format!("inputs.{input} ")), "{input}");
        }
        if let Some(variable) = path.strip_prefix("runs.steps.0.env.") {
            assert!(script.contains(&format!("${{{variable}:-")), "{variable} is read");
            assert!(inputs.contains(value.trim_start_matches("${{ inputs.").trim_end_matches(" }}")), "{value}");
        }
    }
    for output in ["exit-code", "sarif"] {
        assert!(action[&format!("outputs.{output}.value")].contains(&format!("steps.check.outputs.{output}")));
        assert!(script.contains(&format!("{output}=%s")));
    }
    let gitlab = yaml("gitlab-ci.yml", &content("docs/guide/gitlab-ci.yml"));
    assert_eq!((&*gitlab["parity.artifacts.when"], &*gitlab["parity.artifacts.reports.junit"]), ("always", "evenkeel.xml"));
    let guide: Vec<_> = blocks(&content("docs/guide/ci-gate.md")).into_iter().filter(|(kind, _)| kind == "yaml").collect();
    let github = yaml("ci-gate.md", &guide[0].1);
    assert!(github["jobs.parity.steps.1.uses"].contains("/.github/actions/check@"));
    for input in github.keys().filter_map(|key| key.strip_prefix("jobs.parity.steps.1.with.")) {
        assert!(inputs.contains(input), "{input}");
    }
    yaml("ci-gate.md", &guide[1].1);
    for (path, value) in yaml("ci.yml", &content(".github/workflows/ci.yml")) {
        assert!(!path.ends_with(".run") || repository(&value).exists(), "{path}: {value}");
    }
    for path in gitlab.keys().chain(github.keys()).chain(action.keys()) {
        assert!(!path.contains("allow_failure") && !path.contains("continue-on-error"), "{path} opens the gate");
    }
}
