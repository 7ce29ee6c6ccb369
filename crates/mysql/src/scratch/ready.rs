//! Whether a server takes connections: it greets first. Its log says so too, but in the language of `lc_messages`.
//! <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html>

use std::io::Read;
use std::os::unix::net::UnixStream;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use evenkeel_launcher::Readiness;

const PATIENCE: Duration = Duration::from_millis(5);
/// The fifth byte of the greeting. In its place an error (too many connections …) has 0xff.
const PROTOCOL: u8 = 10;

/// Connects once, since the kernel queues us before the server looks, and waits for the greeting on that connection.
pub fn probe(socket: PathBuf) -> Box<dyn Fn() -> Readiness + Send> {
    let waiting: Mutex<Option<(UnixStream, Vec<u8>)>> = Mutex::new(None);
    Box::new(move || {
        let mut waiting = waiting.lock().unwrap_or_else(PoisonError::into_inner);
        let Some((mut stream, mut greeting)) = waiting.take().or_else(|| connect(&socket)) else {
            return Readiness::NotYet;
        };
        let mut bytes = [0; 64];
        match stream.read(&mut bytes) {
            // It closed the connection: another one next time.
            Ok(0) => return Readiness::NotYet,
            Ok(count) => greeting.extend(bytes.iter().take(count)),
            Err(error) if matches!(error.kind(), std::io::ErrorKind::WouldBlock | std::io::ErrorKind::TimedOut) => {}
            Err(_) => return Readiness::NotYet,
        }
        match greeting.get(4) {
            Some(&PROTOCOL) => Readiness::Ready,
            Some(_) => Readiness::NotYet,
            None => {
                *waiting = Some((stream, greeting));
                Readiness::NotYet
            }
        }
    })
}

fn connect(socket: &PathBuf) -> Option<(UnixStream, Vec<u8>)> {
    let stream = UnixStream::connect(socket).ok()?;
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    Some((stream, Vec::new()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::expect_used)]
    use std::io::Write;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn a_greeting_is_awaited_and_nothing_else_will_do() {
        let home = tempfile::tempdir().unwrap();
        let socket = home.path().join("s");
        let ready = probe(socket.clone());
        assert_eq!(ready(), Readiness::NotYet, "no socket");
        let listener = UnixListener::bind(&socket).unwrap();
        assert_eq!(ready(), Readiness::NotYet, "queued only");

        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(&[0x4a, 0, 0, 0]).unwrap();
        assert_eq!(ready(), Readiness::NotYet, "half a greeting");
        stream.write_all(b"\x0a9.7.4\0").unwrap();
        assert_eq!(ready(), Readiness::Ready);

        assert_eq!(ready(), Readiness::NotYet);
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"\x17\0\0\0\xff\x10\x04Too many connections").unwrap();
        assert_eq!(ready(), Readiness::NotYet, "an error is no greeting");

        assert_eq!(ready(), Readiness::NotYet);
        drop(listener.accept().unwrap());
        assert_eq!(ready(), Readiness::NotYet, "a closed connection");
        assert_eq!(ready(), Readiness::NotYet, "a new one is queued");
        let (mut stream, _) = listener.accept().unwrap();
        stream.write_all(b"\x4a\0\0\0\x0a").unwrap();
        assert_eq!(ready(), Readiness::Ready);
    }
}
