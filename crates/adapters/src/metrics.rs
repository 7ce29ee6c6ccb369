//! Asking Prometheus, or what answers as it does, for one number. What is not one number is none, and is never taken for well.
//! <https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries>

use crate::client;
use evenkeel_core::port::Metrics;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The longest answer that is read.
const MOST: u64 = 1 << 20;
/// A value of another time than now, by more than that, is none.
const FRESH: Duration = Duration::from_secs(60);
/// So much of what is said there is repeated.
const SAID: usize = 200;

/// A server that is asked over its HTTP API.
#[derive(Debug, Clone)]
pub struct Prometheus {
    /// Without a slash at its end.
    url: SecretString,
    shown: String,
    token: Option<SecretString>,
    within: Duration,
    fresh: Duration,
}

#[derive(Deserialize)]
struct Told {
    status: String,
    data: Option<Data>,
    error: Option<String>,
    #[serde(default)]
    warnings: Vec<String>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(rename = "resultType")]
    kind: String,
    result: Value,
}

#[derive(Deserialize)]
struct Series {
    value: (f64, String),
}

impl Prometheus {
    /// One at that address, which waits no longer than that for an answer.
    ///
    /// # Errors
    /// It is no address, or the token is none: why, without either.
    pub fn new(url: &str, token: Option<SecretString>, within: Duration) -> Result<Self, &'static str> {
        let shown = client::shown(url).ok_or("an address that is none of http or https")?;
        if url.split_once("://").is_some_and(|(_, rest)| rest.split('/').next().unwrap_or_default().contains('@')) {
            return Err("an address with a user in it; name a variable that holds a token: prometheus_token_env");
        }
        if url.contains(['?', '#']) || url.chars().any(|c| c.is_whitespace() || c.is_control()) {
            return Err("an address with a query in it, or with spaces");
        }
        let is_token =
            |token: &SecretString| !token.expose_secret().is_empty() && token.expose_secret().bytes().all(|b| b.is_ascii_graphic());
        if token.as_ref().is_some_and(|token| !is_token(token)) {
            return Err("a token that is empty, or holds spaces");
        }
        Ok(Self { url: SecretString::from(url.trim_end_matches('/').to_owned()), shown, token, within, fresh: FRESH })
    }

    /// As old as that a value may be, where that is more than the usual.
    #[must_use]
    pub fn fresh_for(self, time: Duration) -> Self {
        Self { fresh: time.max(FRESH), ..self }
    }

    fn asked(&self, query: &str) -> Result<f64, String> {
        let url = format!("{}/api/v1/query?query={}", self.url.expose_secret(), encoded(query));
        let bearer = self.token.as_ref().map(|token| format!("Bearer {}", token.expose_secret()));
        let headers: Vec<(&str, &str)> = bearer.as_deref().map(|value| ("authorization", value)).into_iter().collect();
        let (status, body) = client::get(&url, &headers, MOST, self.within).map_err(|failure| failure.why)?;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_err(|_| "the clock of this machine is before 1970")?;
        match (status, told(&body).and_then(|sample| timely(sample, now, self.fresh))) {
            (200, told) => told,
            // What is wrong with a query stands in the body.
            (400 | 422 | 503, Err(why)) => Err(format!("HTTP {status}: {why}")),
            (status, _) => Err(client::refused(status).why),
        }
    }
}

impl Metrics for Prometheus {
    fn value(&self, query: &str) -> Result<f64, String> {
        self.asked(query)
    }

    fn describe(&self) -> String {
        self.shown.clone()
    }
}

/// The number, where it is of now.
fn timely((at, value): (f64, f64), now: Duration, fresh: Duration) -> Result<f64, String> {
    let age = now.as_secs_f64() - at;
    // What is no time is not of now.
    if age.abs() <= fresh.as_secs_f64() {
        return Ok(value);
    }
    let side = if age < 0.0 { "ahead" } else { "old" };
    Err(format!("a stale value: by the clock of this machine it is {:.0} s {side}, and {} s are the most", age.abs(), fresh.as_secs()))
}

/// The one number of an answer, after its time in seconds since 1970.
fn told(body: &[u8]) -> Result<(f64, f64), String> {
    let told: Told = serde_json::from_slice(body).map_err(|_| "what answers is no Prometheus".to_owned())?;
    if told.status != "success" {
        return Err(format!("it says: {}", cut(&told.error.unwrap_or_else(|| "an error without words".to_owned()))));
    }
    // Some of those that it asks did not answer.
    if let Some(warning) = told.warnings.first() {
        return Err(format!("it warns: {}", cut(warning)));
    }
    let data = told.data.ok_or("an answer without data")?;
    let (at, text) = match data.kind.as_str() {
        "scalar" => serde_json::from_value::<(f64, String)>(data.result).map_err(|_| "a number that cannot be read")?,
        "vector" => {
            let mut series: Vec<Series> = serde_json::from_value(data.result).map_err(|_| "a series that cannot be read")?;
            match (series.pop(), series.len()) {
                (None, _) => return Err("no series".to_owned()),
                (Some(one), 0) => one.value,
                (Some(_), more) => return Err(format!("{} series, where one is expected: say sum(…), or which", more + 1)),
            }
        }
        other => return Err(format!("a {}, where one number is expected", cut(other))),
    };
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() => Ok((at, value)),
        Ok(value) => Err(format!("its value is {value}")),
        Err(_) => Err(format!("a value that is no number: {}", cut(&text))),
    }
}

/// In one line, and not too long.
fn cut(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(SAID).collect()
}

/// As a value in the query of an address.
fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_number_is_one_and_nothing_else_is() {
        let answer = |data: &str| told(format!("{{\"status\":\"success\",\"data\":{data}}}").as_bytes());
        let vector = |series: &str| answer(&format!("{{\"resultType\":\"vector\",\"result\":[{series}]}}"));
        let one = |value: &str| format!("{{\"metric\":{{}},\"value\":[1700000000.1,\"{value}\"]}}");
        assert_eq!(vector(&one("0.25")), Ok((1_700_000_000.1, 0.25)));
        assert_eq!(answer("{\"resultType\":\"scalar\",\"result\":[1700000000,\"1e3\"]}"), Ok((1_700_000_000.0, 1000.0)));
        for value in ["NaN", "+Inf", "-Inf", "", "many", "1,5"] {
            assert!(vector(&one(value)).is_err(), "{value}");
        }
        assert_eq!(vector(""), Err("no series".to_owned()));
        assert!(vector(&format!("{},{}", one("1"), one("2"))).is_err_and(|why| why.starts_with("2 series")));
        for wrong in [
            "{\"resultType\":\"matrix\",\"result\":[]}",
            "{\"resultType\":\"string\",\"result\":[1,\"1\"]}",
            "{\"resultType\":\"vector\",\"result\":{}}",
            "{\"resultType\":\"scalar\",\"result\":[]}",
            "null",
        ] {
            assert!(answer(wrong).is_err(), "{wrong}");
        }
        for body in ["", "{}", "[]", "nonsense", "{\"status\":\"error\",\"error\":\"parse error\"}", "{\"status\":\"success\"}"] {
            assert!(told(body.as_bytes()).is_err(), "{body}");
        }
        let partial = "{\"status\":\"success\",\"warnings\":[\"one store did not answer\"],\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"1\"]}}";
        assert!(told(partial.as_bytes()).is_err_and(|why| why.contains("one store")));
    }

    #[test]
    fn a_value_of_another_time_is_none() {
        let now = Duration::from_secs(1_700_000_000);
        for (at, is_fresh) in [(0.0, true), (-59.0, true), (60.0, true), (-61.0, false), (61.0, false), (f64::NAN, false), (-1.7e9, false)]
        {
            assert_eq!(timely((1.7e9 + at, 7.0), now, FRESH).is_ok(), is_fresh, "{at}");
        }
        assert!(timely((1.7e9 - 600.0, 7.0), now, FRESH).is_err_and(|why| why.contains("600 s old")));
    }

    #[test]
    fn addresses_hold_no_secret_and_queries_are_taken_as_they_are() {
        assert_eq!(encoded("sum(rate(x{a=\"ü\"}[1m]))"), "sum%28rate%28x%7Ba%3D%22%C3%BC%22%7D%5B1m%5D%29%29");
        for (url, is_right) in [
            ("http://h:9090", true),
            ("https://h/prometheus/", true),
            ("http://u:p@h", false),
            ("h:9090", false),
            ("http://h/?x=1", false),
            ("http://h /", false),
        ] {
            assert_eq!(Prometheus::new(url, None, Duration::from_secs(1)).is_ok(), is_right, "{url}");
        }
        assert!(Prometheus::new("http://h", Some(SecretString::from("a b".to_owned())), Duration::from_secs(1)).is_err());
    }
}
