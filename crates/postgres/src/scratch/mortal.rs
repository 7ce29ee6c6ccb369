//! A client that ends as a process does that is killed: its connection is closed, without the message that a session ends with. Drivers
//! send that message, so this speaks by itself, on a throwaway server's own socket, where nobody is asked for a password.
//! <https://www.postgresql.org/docs/18/protocol-flow.html>

use super::PORT;
use crate::connect::discreet;
use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::port;
use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

/// As long as a server may take for an answer to what takes no time.
const PATIENCE: Duration = Duration::from_secs(60);
/// The protocol's version, 3.0.
const VERSION: u32 = 196_608;
/// More than that no message of a server is worth here.
const LARGEST: usize = 64 << 20;

/// One open connection.
pub(super) struct Client {
    stream: UnixStream,
    server: String,
    session: u64,
    inbox: Vec<u8>,
    /// What the server has said against what runs.
    refused: Option<String>,
    /// Of that nothing is told that may be in a row.
    pub(super) is_discreet: bool,
}

impl Client {
    /// Connects as a role.
    pub(super) fn open(server: &str, directory: &Path, database: &str, role: &str) -> Result<Self, Box<Trouble>> {
        let words = |error: std::io::Error| lost(server, &error.to_string());
        let stream = UnixStream::connect(directory.join(format!(".s.PGSQL.{PORT}"))).map_err(words)?;
        let mut client = Self { stream, server: server.to_owned(), session: 0, inbox: Vec::new(), refused: None, is_discreet: false };
        let mut body = VERSION.to_be_bytes().to_vec();
        for word in ["user", role, "database", database, "application_name", "evenkeel scratch"] {
            body.extend(word.bytes().chain([0]));
        }
        body.push(0);
        client.write(&framed(None, &body))?;
        match client.wait()? {
            Ok(()) => Ok(client),
            Err(why) => Err(lost(server, &why)),
        }
    }

    /// Sends a text and waits for the answer.
    pub(super) fn exec(&mut self, text: &str) -> Result<(), Box<Trouble>> {
        port::Mortal::send(self, text)?;
        self.wait()?.map_err(|why| lost(&self.server, &why))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Box<Trouble>> {
        self.stream.write_all(bytes).map_err(|error| lost(&self.server, &error.to_string()))
    }

    fn wait(&mut self) -> Result<Result<(), String>, Box<Trouble>> {
        self.read(Some(PATIENCE))?.ok_or_else(|| lost(&self.server, "no answer for a minute"))
    }

    /// Reads until the answer is whole; with no patience, only what has come already.
    fn read(&mut self, patience: Option<Duration>) -> Result<Option<Result<(), String>>, Box<Trouble>> {
        let words = |server: &str, error: &std::io::Error| lost(server, &error.to_string());
        self.stream.set_nonblocking(patience.is_none()).map_err(|error| words(&self.server, &error))?;
        self.stream.set_read_timeout(patience).map_err(|error| words(&self.server, &error))?;
        loop {
            while let Some((kind, body)) = self.message()? {
                match kind {
                    b'K' => self.session = body.first_chunk::<4>().map(|number| u32::from_be_bytes(*number).into()).unwrap_or_default(),
                    b'E' => {
                        let is_discreet = self.is_discreet;
                        self.refused.get_or_insert_with(|| said(&body, is_discreet));
                    }
                    // It wants rows, or another proof of who we are: neither is to be had here.
                    b'G' => self.write(&framed(Some(b'f'), b"no rows\0"))?,
                    b'Z' => return Ok(Some(self.refused.take().map_or(Ok(()), Err))),
                    _ => {}
                }
            }
            let mut some = [0; 4096];
            match self.stream.read(&mut some) {
                Ok(0) => return Err(lost(&self.server, &self.refused.take().unwrap_or_else(|| "the server has closed it".to_owned()))),
                Ok(count) => self.inbox.extend(some.get(..count).unwrap_or_default()),
                Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => return Ok(None),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(words(&self.server, &error)),
            }
        }
    }

    /// The next message that has come whole.
    fn message(&mut self) -> Result<Option<(u8, Vec<u8>)>, Box<Trouble>> {
        let Some([kind, length @ ..]) = self.inbox.first_chunk::<5>().copied() else { return Ok(None) };
        let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
        if !(4..=LARGEST).contains(&length) {
            return Err(lost(&self.server, "it does not speak the protocol"));
        }
        if self.inbox.len() <= length {
            return Ok(None);
        }
        let rest = self.inbox.split_off(length + 1);
        let body = std::mem::replace(&mut self.inbox, rest).split_off(5);
        Ok(Some((kind, body)))
    }
}

impl port::Mortal for Client {
    fn id(&self) -> u64 {
        self.session
    }

    fn send(&mut self, text: &str) -> Result<(), Box<Trouble>> {
        let text: Vec<u8> = text.bytes().filter(|byte| *byte != 0).chain([0]).collect();
        self.stream.set_nonblocking(false).map_err(|error| lost(&self.server, &error.to_string()))?;
        self.write(&framed(Some(b'Q'), &text))
    }

    fn begin(&mut self) -> Result<(), Box<Trouble>> {
        self.send("BEGIN")
    }

    fn answered(&mut self) -> Result<Option<Result<(), String>>, Box<Trouble>> {
        self.read(None)
    }
}

fn framed(kind: Option<u8>, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap_or(u32::MAX);
    kind.into_iter().chain(length.to_be_bytes()).chain(body.iter().copied()).collect()
}

/// The message and the code of a refusal.
fn said(body: &[u8], is_discreet: bool) -> String {
    let field = |name: u8| {
        let of = body.split(|byte| *byte == 0).find(|field| field.first() == Some(&name))?;
        Some(String::from_utf8_lossy(of.get(1..)?).into_owned())
    };
    let (message, code) = (field(b'M').unwrap_or_default(), field(b'C').unwrap_or_default());
    format!("{} ({code})", if is_discreet { discreet::words(&code, &message) } else { &message })
}

fn lost(server: &str, why: &str) -> Box<Trouble> {
    Box::new(Trouble::new(Class::Unreachable, format!("the connection to {server} that is to be killed was lost")).found(why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_as_long_as_it_says_and_a_refusal_is_read() {
        assert_eq!(framed(Some(b'Q'), b"x\0"), [b'Q', 0, 0, 0, 6, b'x', 0]);
        assert_eq!(framed(None, b""), [0, 0, 0, 4]);
        assert_eq!(said(b"SERROR\0VERROR\0C42P07\0Mrelation \"c\" already exists\0\0", true), "relation \"c\" already exists (42P07)");
        assert_eq!(said(b"", false), " ()");
        let value = b"SERROR\0C22P02\0Minvalid input syntax for type integer: \"ann\"\0\0";
        assert!(said(value, false).contains("ann") && !said(value, true).contains("ann"));
    }
}
