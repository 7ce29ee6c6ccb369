//! What is measured while traffic moves, as it is written. Neighbours: `core/deployment/breaker`, which judges, `pipeline/breakers`, which looks.

use super::raw::{RawBreakerQuery, RawBreakers, RawLag, RawNumber, RawShare};
use crate::args::duration;
use evenkeel_adapters::Prometheus;
use evenkeel_core::deployment::breaker::{Bound, Looks, Rule};
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_pipeline::breakers::Plan;
use secrecy::SecretString;
use std::ops::Range;
use std::time::Duration;
use toml::Spanned;

/// What is measured, and by whom.
#[derive(Debug, Clone)]
pub struct Breakers {
    pub plan: Plan,
    /// Who answers the queries, or what is wrong with that: it is told to whoever would ask, and to nobody else.
    pub prometheus: Option<Result<Prometheus, Box<Trouble>>>,
    /// How long an open breaker stays so at the least, for `gate --listen`.
    pub open_for: Duration,
}

/// Where the demand comes from that nobody wrote down.
const DEFAULT: &str = "default";
/// A value that is older than so many intervals is none.
const STALE: u32 = 3;
/// Above a service level objective, in hundredths of it.
const TOLERANCE: f64 = 1.15;

impl Default for Breakers {
    fn default() -> Self {
        let rule = |name: &str, unit, most| {
            Some(Rule { name: name.to_owned(), unit, bound: Bound::Most(most), looks: Looks::default(), origin: DEFAULT.to_owned() })
        };
        let plan = Plan {
            interval: Duration::from_secs(5),
            lag: rule("lag", " ms", 500.0),
            connections: rule("connections", " %", 80.0),
            errors: rule("errors", " %", 5.0),
            transactions: 20,
            replicas: None,
            queries: Vec::new(),
        };
        Self { plan, prometheus: None, open_for: Duration::from_secs(5 * 60) }
    }
}

/// What is written, and the usual where nothing is.
///
/// # Errors
/// A value that is none.
pub fn demands(
    raw: RawBreakers,
    filled: impl Fn(&Spanned<String>) -> Result<String, Box<Trouble>>,
    variable: &dyn Fn(&str) -> Option<String>,
    place: &dyn Fn(Range<usize>) -> String,
) -> Result<Breakers, Box<Trouble>> {
    let usual = Breakers::default().plan;
    let time = |key: &str, text: &Option<Spanned<String>>, usual: Duration| {
        let Some(text) = text else { return Ok(usual) };
        duration(text.get_ref())
            .map_err(|why| wrong(key, "a length of time such as 5s", why, place(text.span()), &format!("{key} = \"5s\"")))
    };
    let looks = looks([&raw.minimum, &raw.samples, &raw.missing], Looks::default(), place)?;
    let of = |rule: Option<Rule>| rule.map(|rule| Rule { looks, ..rule });
    let lag = match &raw.lag {
        None => of(usual.lag.clone()),
        Some(lag) => match lag.get_ref() {
            RawLag::Any(false) => None,
            RawLag::Any(true) => of(usual.lag.clone()),
            RawLag::Time(text) => {
                let most = duration(text)
                    .map_err(|why| wrong("lag", "a length of time such as 500ms, or false", why, place(lag.span()), "lag = \"500ms\""))?;
                of(usual.lag.clone()).map(|rule| Rule {
                    bound: Bound::Most(most.as_secs_f64() * 1000.0),
                    origin: place(lag.span()),
                    ..rule
                })
            }
        },
    };
    let share = |key: &str, raw: &Option<Spanned<RawShare>>, usual: Option<Rule>| {
        let Some(raw) = raw else { return Ok(of(usual)) };
        match raw.get_ref() {
            RawShare::Any(false) => Ok(None),
            RawShare::Any(true) => Ok(of(usual)),
            RawShare::Most(most) => {
                let found = most.value();
                if !(0.0..=100.0).contains(&found) {
                    let expected = "hundredths from 0 to 100, or false";
                    return Err(wrong(key, expected, found.to_string(), place(raw.span()), &format!("{key} = 80")));
                }
                Ok(of(usual).map(|rule| Rule { bound: Bound::Most(found), origin: place(raw.span()), ..rule }))
            }
        }
    };
    let connections = share("connections", &raw.connections, usual.connections)?;
    let errors = share("errors", &raw.errors, usual.errors)?;
    let interval = time("interval", &raw.interval, usual.interval)?;
    let timeout = time("timeout", &raw.timeout, interval.min(Duration::from_secs(5)))?;
    let mut queries: Vec<(Rule, String)> = Vec::new();
    for query in raw.queries {
        let origin = place(query.span());
        let rule = rule(query.get_ref(), looks, &origin, place)?;
        let is_taken =
            ["lag", "connections", "errors"].contains(&rule.name.as_str()) || queries.iter().any(|(other, _)| other.name == rule.name);
        if is_taken {
            return Err(wrong("name", "a name that no other breaker has", format!("{:?}", rule.name), origin, "name = \"p99\""));
        }
        queries.push((rule, query.into_inner().query));
    }
    let prometheus = raw.prometheus.as_ref().map(|url| {
        let token = raw.prometheus_token_env.as_ref().map(|name| {
            variable(name.get_ref()).filter(|value| !value.trim().is_empty()).map(SecretString::from).ok_or_else(|| {
                let trouble =
                    Trouble::new(Class::Configuration, format!("the environment variable {} is not set, or empty", name.get_ref()));
                let trouble = trouble.expected("a token, as prometheus_token_env under [breakers] names it").found("nothing");
                Box::new(trouble.origin(place(name.span())).fix(format!("export {}=…, or remove the line", name.get_ref())))
            })
        });
        let asked = Prometheus::new(&filled(url)?, token.transpose()?, timeout);
        asked.map(|asked| asked.fresh_for(interval.saturating_mul(STALE))).map_err(|found| {
            wrong(
                "prometheus",
                "an address of http or https",
                found.to_owned(),
                place(url.span()),
                "prometheus = \"http://prometheus:9090\"",
            )
        })
    });
    if let Some((rule, _)) = queries.first().filter(|_| prometheus.is_none()) {
        let trouble = Trouble::new(Class::Configuration, format!("nobody is named who measures {:?}", rule.name));
        let trouble = trouble.expected("prometheus under [breakers]").found("none").origin(rule.origin.clone());
        return Err(Box::new(trouble.fix("prometheus = \"http://prometheus:9090\" under [breakers]")));
    }
    let transactions = raw.transactions.unwrap_or(usual.transactions);
    let open_for = time("open_for", &raw.open_for, Breakers::default().open_for)?;
    Ok(Breakers {
        open_for,
        plan: Plan { interval, lag, connections, errors, transactions, replicas: raw.replicas.map(usize::from), queries },
        prometheus,
    })
}

impl RawNumber {
    fn value(self) -> f64 {
        match self {
            Self::Whole(number) => f64::from(number),
            Self::Part(number) => number,
        }
    }
}

fn rule(raw: &RawBreakerQuery, usual: Looks, origin: &str, place: &dyn Fn(Range<usize>) -> String) -> Result<Rule, Box<Trouble>> {
    let one = |expected: &str, found: String| {
        Err(wrong("queries", expected, found, origin.to_owned(), "name = \"p99\", query = \"…\", slo = 0.3"))
    };
    let bound = match (raw.most, raw.least, raw.slo) {
        (Some(most), None, None) => Bound::Most(most.value()),
        (None, Some(least), None) => Bound::Least(least.value()),
        (None, None, Some(slo)) => Bound::Most(slo.value() * TOLERANCE),
        (None, None, None) => return one("most, least or slo", "none of them".to_owned()),
        _ => return one("one of most, least and slo", "more than one".to_owned()),
    };
    let (Bound::Most(number) | Bound::Least(number)) = bound;
    if !number.is_finite() {
        return one("a number", number.to_string());
    }
    if raw.name.trim().is_empty() || raw.query.trim().is_empty() {
        return one("a name and a query", "one of them is empty".to_owned());
    }
    if raw.name.chars().any(char::is_control) {
        return one("a name without control characters", format!("{:?}", raw.name));
    }
    let looks = looks([&raw.minimum, &raw.samples, &raw.missing], usual, place)?;
    Ok(Rule { name: raw.name.trim().to_owned(), unit: "", bound, looks, origin: origin.to_owned() })
}

/// How many looks decide what.
fn looks(raw: [&Option<Spanned<u32>>; 3], usual: Looks, place: &dyn Fn(Range<usize>) -> String) -> Result<Looks, Box<Trouble>> {
    let one = |key: &str, raw: &Option<Spanned<u32>>, usual: u32| match raw {
        None => Ok(usual),
        Some(count) if (1..=1000).contains(count.get_ref()) => Ok(*count.get_ref()),
        Some(count) => {
            Err(wrong(key, "a number of looks from 1 to 1000", count.get_ref().to_string(), place(count.span()), &format!("{key} = 3")))
        }
    };
    let [minimum, samples, missing] = raw;
    Ok(Looks {
        minimum: one("minimum", minimum, usual.minimum)?,
        samples: one("samples", samples, usual.samples)?,
        missing: one("missing", missing, usual.missing)?,
    })
}

fn wrong(key: &str, expected: &str, found: String, origin: String, fix: &str) -> Box<Trouble> {
    let trouble = Trouble::new(Class::Configuration, format!("cannot read {key} under [breakers]"));
    Box::new(trouble.expected(expected).found(found).origin(origin).fix(fix))
}
