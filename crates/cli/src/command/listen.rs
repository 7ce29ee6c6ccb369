//! `evenkeel gate --listen`: the gate's answer over HTTP, for those whose traffic another engine shifts. Neighbours: `adapters`' own
//! `listen`, which speaks the protocol; `gate`, which answers once.

use super::Outcome;
use super::passage::Asked as Question;
use crate::args::{Common, Gate as Arguments};
use crate::paint;
use crate::settings::Settings;
use crate::{signals, store, wire};
use evenkeel_adapters::{Answer, Asked, serve};
use evenkeel_core::deployment::Passage;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port::Silent;
use evenkeel_pipeline::gate as stage;
use evenkeel_report::deployment as report;
use evenkeel_report::history::Form;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// What is older than so many intervals, and than that, is known no more.
const STALE: u32 = 3;
const OLD: Duration = Duration::from_secs(30);

/// An environment, and what is known of it.
struct Watched<'a> {
    name: &'a str,
    /// How it is asked; or why it is not.
    question: Result<Question<'a>, Box<Trouble>>,
    known: Mutex<Option<(Instant, Passage)>>,
}

pub fn run(address: SocketAddr, arguments: &Arguments, settings: &Settings, common: &Common) -> Outcome {
    if !address.ip().is_loopback() && !arguments.public {
        let trouble = Trouble::new(Class::Usage, format!("other machines reach {address}, and nothing there says who may ask"));
        let trouble = trouble.expected("an address of this machine alone, such as 127.0.0.1:8090").origin("flag --listen");
        return Err(Box::new(trouble.fix("--listen 127.0.0.1:8090; or --public, behind what says who may ask")));
    }
    let names = match &arguments.environment {
        Some(name) => vec![name.as_str()],
        None => settings.in_order().into_iter().map(|(name, _)| name).collect(),
    };
    if names.is_empty() {
        let trouble = Trouble::new(Class::Configuration, "no environment is configured").expected("[environments.NAME] in evenkeel.toml");
        return Err(Box::new(trouble.found("none").fix("evenkeel init proposes one")));
    }
    let store = store::open(settings)?;
    let mut all: Vec<Watched<'_>> = Vec::new();
    for name in names {
        let question = Question::of(name, settings, common);
        // One that cannot be asked keeps nobody from the others.
        if let Err(trouble) = &question {
            paint::say!("{name}: {}", paint::plain(&trouble.to_string()));
        }
        all.push(Watched { name: question.as_ref().map_or(name, |question| question.name), question, known: Mutex::new(None) });
    }
    if all.iter().all(|one| one.question.is_err()) {
        return all.into_iter().find_map(|one| one.question.err()).map_or(Ok(0), Err);
    }
    let listener = TcpListener::bind(address).and_then(|listener| Ok((listener.local_addr()?, listener))).map_err(|error| {
        let trouble = Trouble::new(Class::Unreachable, format!("cannot listen at {address}")).found(error.to_string());
        Box::new(trouble.origin("flag --listen").fix("name an address of this machine, and a port that is free"))
    });
    let (here, listener) = listener?;
    paint::say!("listening at http://{here}/gate/{}", all.first().map(|one| one.name).unwrap_or_default());
    let stop = signals::stop();
    let run = wire::run(&Silent, settings);
    let open_for = settings.breakers.open_for;
    let keep = |one: &Watched<'_>| {
        let Ok(question) = &one.question else { return };
        let tell = |passage| *one.known.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), passage));
        let kept = stage::keep(&question.endpoint.source, &question.question(&*store, None), open_for, &run, &tell);
        if let Err(trouble) = kept {
            paint::say!("{}: {}", one.name, paint::plain(&trouble.to_string()));
        }
    };
    std::thread::scope(|scope| {
        for one in &all {
            scope.spawn(|| keep(one));
        }
        serve(&listener, |asked| answer(asked, &all), || stop.is_requested()).map_err(|error| {
            stop.request();
            Box::new(Trouble::new(Class::Unreachable, format!("cannot listen at {here}")).found(error.to_string()))
        })
    })?;
    stop.check()?;
    Ok(0)
}

/// `/gate/ENV` says it by its status, `/measure/ENV` in its body alone, `/back/ENV` whether it has to go back.
fn answer(asked: &Asked, all: &[Watched<'_>]) -> Answer {
    if !matches!(asked.method.as_str(), "GET" | "POST") {
        return Answer::failure(405, "GET or POST");
    }
    let mut parts = asked.path.trim_start_matches('/').splitn(2, '/');
    let (Some(what @ ("gate" | "measure" | "back")), Some(name)) = (parts.next(), parts.next()) else {
        return Answer::failure(404, "there are /gate/ENV, /measure/ENV and /back/ENV");
    };
    let Some(one) = decoded(name).and_then(|name| all.iter().find(|one| one.name == name)) else {
        return Answer::failure(404, "no such environment is looked at here");
    };
    let passage = known(one);
    let Ok(body) = report::passage(&passage, Form::Json, &evenkeel_report::Style::default()) else {
        return Answer::failure(503, "the answer cannot be written");
    };
    let status = match (what, passage.exit_code()) {
        ("measure", _) | ("gate", 0) | ("back", 1) => 200,
        ("gate", 1) | ("back", 0) => 409,
        _ => 503,
    };
    Answer { status, body }
}

/// What is known, unless that is too long ago.
fn known(one: &Watched<'_>) -> Passage {
    let untold = |why: &str| stage::untold(one.name, one.name.to_owned(), store::now(), why);
    let question = match &one.question {
        Ok(question) => question,
        Err(trouble) => return untold(&trouble.to_string()),
    };
    let known = one.known.lock().unwrap_or_else(PoisonError::into_inner).clone();
    let plan = &question.plan;
    let most = plan.interval.saturating_mul(STALE).max(OLD);
    // The next look has ended by then, whatever it met: what let traffic go on before that lets it go on no more.
    let fresh = plan.interval.saturating_add(plan.bound());
    let why = match known {
        Some((at, passage)) if at.elapsed() <= if passage.exit_code() == 0 { fresh } else { most } => return passage,
        Some((at, _)) => format!("nobody could look since {} s", at.elapsed().as_secs()),
        None => "nobody has looked yet".to_owned(),
    };
    untold(&why)
}

/// A name as addresses have it.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = text.bytes();
    let mut plain = Vec::new();
    while let Some(byte) = bytes.next() {
        plain.push(match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                digit(bytes.next())? * 16 + digit(bytes.next())?
            }
            byte => byte,
        });
    }
    String::from_utf8(plain).ok()
}

#[cfg(test)]
mod tests {
    use super::decoded;

    #[test]
    fn names_are_read_as_addresses_have_them() {
        assert_eq!(decoded("shop%20%C3%A4").as_deref(), Some("shop ä"));
        for wrong in ["%", "%4", "%zz", "%ff", "%+1"] {
            assert_eq!(decoded(wrong), None, "{wrong}");
        }
    }
}
