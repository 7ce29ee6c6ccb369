//! Answering over HTTP: one request a connection, each bounded in bytes and time, so many at once.
//!
//! Lives here: the protocol. Does not live here: what is answered, and where it may be listened (`cli/command`).

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// The longest head of a request, and the longest body that is read over.
const HEAD: usize = 16 * 1024;
const BODY: usize = 64 * 1024;
const HEADERS: usize = 64;
/// How long one request may take, all of it.
const WITHIN: Duration = Duration::from_secs(5);
/// So many are answered at the same time; whoever comes then is told so.
const AT_ONCE: usize = 32;
/// How often it is looked whether somebody wants the end.
const LOOK: Duration = Duration::from_millis(50);

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    pub method: String,
    /// Without the query, as it was written.
    pub path: String,
}

/// What is answered: a status, and JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
}

impl Answer {
    /// A failure in words, which hold no quotes.
    #[must_use]
    pub fn failure(status: u16, words: &str) -> Self {
        let body = serde_json::json!({ "error": words }).to_string();
        Self { status, body: body.into_bytes() }
    }
}

/// Answers until somebody wants the end.
///
/// # Errors
/// Nobody can be listened to.
pub fn serve(listener: &TcpListener, answer: impl Fn(&Asked) -> Answer + Sync, is_ended: impl Fn() -> bool) -> std::io::Result<()> {
    listener.set_nonblocking(true)?;
    let busy = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        while !is_ended() {
            let stream = match listener.accept() {
                Ok((stream, _)) => stream,
                // Nobody there; or whoever was has gone, or there are too many files open: it may be otherwise in a moment.
                Err(_) => {
                    std::thread::sleep(LOOK);
                    continue;
                }
            };
            if stream.set_nonblocking(false).is_err() {
                continue;
            }
            if busy.load(Ordering::SeqCst) >= AT_ONCE {
                // Not waited for, whatever it sends.
                let _ = stream.set_write_timeout(Some(LOOK));
                write(&stream, &Answer::failure(503, "too many ask at once"));
                continue;
            }
            busy.fetch_add(1, Ordering::SeqCst);
            let (busy, answer) = (&busy, &answer);
            scope.spawn(move || {
                one(&stream, answer);
                busy.fetch_sub(1, Ordering::SeqCst);
            });
        }
    });
    Ok(())
}

/// One request, and its answer.
fn one(stream: &TcpStream, answer: impl Fn(&Asked) -> Answer) {
    let until = Instant::now() + WITHIN;
    let answered = match head(stream, until) {
        Ok(asked) => answer(&asked),
        Err(Some(refused)) => refused,
        // Whoever asked is gone.
        Err(None) => return,
    };
    if stream.set_write_timeout(Some(WITHIN)).is_ok() {
        write(stream, &answered);
    }
    let _ = stream.shutdown(Shutdown::Write);
}

/// What is asked; else what to answer, where anybody is there.
fn head(mut stream: &TcpStream, until: Instant) -> Result<Asked, Option<Answer>> {
    let slow = || Some(Answer::failure(408, "the request did not come in time"));
    let mut read = Vec::new();
    loop {
        if let Some((asked, rest)) = parsed(&read)? {
            drained(stream, rest, until);
            return Ok(asked);
        }
        if read.len() >= HEAD {
            return Err(Some(Answer::failure(431, "the head of the request is too long")));
        }
        let left = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()).ok_or_else(slow)?;
        stream.set_read_timeout(Some(left)).map_err(|_| None)?;
        let mut part = [0; 4096];
        match stream.read(&mut part) {
            Ok(0) => return Err(None),
            Ok(count) => read.extend_from_slice(part.get(..count).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return Err(slow()),
            Err(_) => return Err(None),
        }
    }
}

/// The request, once its head is whole, and how much of its body is to come.
fn parsed(read: &[u8]) -> Result<Option<(Asked, usize)>, Option<Answer>> {
    let wrong = |words: &str| Some(Answer::failure(400, words));
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    let at = match request.parse(read) {
        Ok(httparse::Status::Complete(at)) => at,
        Ok(httparse::Status::Partial) => return Ok(None),
        Err(httparse::Error::TooManyHeaders) => return Err(Some(Answer::failure(431, "too many headers"))),
        Err(_) => return Err(wrong("this is no request of HTTP/1.1")),
    };
    let named = |name: &str| request.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value);
    let length = match named("content-length") {
        None => 0,
        Some(text) => {
            std::str::from_utf8(text).ok().and_then(|text| text.trim().parse::<usize>().ok()).ok_or_else(|| wrong("no length"))?
        }
    };
    if length > BODY {
        return Err(Some(Answer::failure(413, "the body of the request is too long")));
    }
    let (Some(method), Some(path)) = (request.method, request.path) else { return Err(wrong("this is no request of HTTP/1.1")) };
    let path = path.split('?').next().unwrap_or_default().to_owned();
    Ok(Some((Asked { method: method.to_owned(), path }, length.saturating_sub(read.len().saturating_sub(at)))))
}

/// Reads over the rest of a body, so that whoever sends it reads the answer. Nothing of it matters.
fn drained(mut stream: &TcpStream, mut rest: usize, until: Instant) {
    let mut part = [0; 4096];
    while rest > 0 {
        let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) else { return };
        if stream.set_read_timeout(Some(left)).is_err() {
            return;
        }
        match stream.read(&mut part) {
            Ok(0) | Err(_) => return,
            Ok(count) => rest = rest.saturating_sub(count),
        }
    }
}

fn write(mut stream: &TcpStream, answer: &Answer) {
    let reason = match answer.status {
        200 => "OK",
        400 => "Bad Request",
        404 => "Not Found",
        405 => "Method Not Allowed",
        408 => "Request Timeout",
        409 => "Conflict",
        413 => "Content Too Large",
        431 => "Request Header Fields Too Large",
        _ => "Service Unavailable",
    };
    let head = format!(
        "HTTP/1.1 {} {reason}\r\ncontent-type: application/json\r\ncontent-length: {}\r\ncache-control: no-store\r\nconnection: close\r\n\r\n",
        answer.status,
        answer.body.len()
    );
    // Whoever asked may be gone.
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&answer.body)).and_then(|()| stream.flush());
}
