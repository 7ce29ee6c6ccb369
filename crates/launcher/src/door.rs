//! A door to a server's private socket: a port of this machine, for programs that cannot speak to a socket (or whose settings have no
//! room for one). Servers trust who reaches their socket, so that only processes of our own user get through: the kernel says whose a
//! connection is. Where it does not say so there is no door. It is shut when it is dropped. See proc_net(5).

use evenkeel_core::port;
use rustix::process::geteuid;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Where Linux says whose connections are; programs that speak both protocols stand in the second.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];
/// A connection whose other end is held open, in these.
const ESTABLISHED: &str = "01";
/// How often it is looked whether somebody knocks.
const PAUSE: Duration = Duration::from_millis(5);

/// An open door.
#[derive(Debug)]
pub struct Door {
    port: u16,
    visits: Arc<AtomicUsize>,
    is_shut: Arc<AtomicBool>,
    keeper: Option<JoinHandle<()>>,
}

impl Door {
    /// Opens one to that socket.
    ///
    /// # Errors
    /// Why there is none: nobody tells whose a connection is, or no port is to be had.
    pub fn open(socket: &Path) -> Result<Self, String> {
        if std::fs::read(TABLES[0]).is_err() {
            return Err("this system does not tell whose a connection is, and the throwaway server trusts who reaches it".to_owned());
        }
        let failed = |error: std::io::Error| format!("no port of this machine is to be had: {error}");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(failed)?;
        let port = listener.local_addr().map_err(failed)?.port();
        listener.set_nonblocking(true).map_err(failed)?;
        let (visits, is_shut) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let own = (socket.to_owned(), Arc::clone(&visits), Arc::clone(&is_shut));
        let keeper = std::thread::spawn(move || keep(&listener, port, &own));
        Ok(Self { port, visits, is_shut, keeper: Some(keeper) })
    }
}

impl port::Door for Door {
    fn port(&self) -> u16 {
        self.port
    }

    fn visits(&self) -> usize {
        self.visits.load(Ordering::Relaxed)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.is_shut.store(true, Ordering::Relaxed);
        if let Some(keeper) = self.keeper.take() {
            // It ends by itself; that it panicked would change nothing.
            let _ = keeper.join();
        }
    }
}

fn keep(listener: &TcpListener, port: u16, (socket, visits, is_shut): &(PathBuf, Arc<AtomicUsize>, Arc<AtomicBool>)) {
    // What is open when it is shut is ended.
    let mut inside: Vec<TcpStream> = Vec::new();
    while !is_shut.load(Ordering::Relaxed) {
        match listener.accept() {
            Ok((client, from)) if is_ours(from, port) => inside.extend(led(client, socket, visits)),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => std::thread::sleep(PAUSE),
            Err(_) => std::thread::sleep(PAUSE),
        }
    }
    for client in inside {
        let _ = client.shutdown(Shutdown::Both);
    }
}

/// Leads a client to the socket; what ends it.
fn led(client: TcpStream, socket: &Path, visits: &AtomicUsize) -> Option<TcpStream> {
    client.set_nonblocking(false).ok()?;
    let server = UnixStream::connect(socket).ok()?;
    let (client_too, server_too, held) = (client.try_clone().ok()?, server.try_clone().ok()?, client.try_clone().ok()?);
    visits.fetch_add(1, Ordering::Relaxed);
    std::thread::spawn(move || {
        passed(client_too, &server_too);
        let _ = server_too.shutdown(Shutdown::Write);
    });
    std::thread::spawn(move || {
        passed(server, &client);
        let _ = client.shutdown(Shutdown::Both);
    });
    Some(held)
}

fn passed(mut from: impl Read, mut to: impl Write) {
    let mut bytes = [0; 16 << 10];
    loop {
        match from.read(&mut bytes) {
            Ok(0) => return,
            Ok(count) => {
                if to.write_all(bytes.get(..count).unwrap_or_default()).is_err() {
                    return;
                }
            }
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return,
        }
    }
}

/// Whether that connection was made by a process of our user.
fn is_ours(from: SocketAddr, port: u16) -> bool {
    let own = geteuid().as_raw();
    TABLES.iter().any(|table| std::fs::read_to_string(table).is_ok_and(|text| owner(&text, from.port(), port) == Some(own)))
}

/// Whose connection from one port of this machine to another is, in such a table.
fn owner(table: &str, from: u16, to: u16) -> Option<u32> {
    // As the kernel prints an address: its bytes as a number of this machine.
    let here = |port: u16| format!("{:08X}:{port:04X}", u32::from_ne_bytes(Ipv4Addr::LOCALHOST.octets()));
    let (from, to) = (here(from), here(to));
    table.lines().skip(1).find_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let (local, remote, state) = (words.next()?, words.next()?, words.next()?);
        // Queues, timer, retransmissions; then the user. One that was closed has none, which reads as root.
        let user = words.nth(3)?;
        (state == ESTABLISHED && local.ends_with(&from) && remote.ends_with(&to)).then(|| user.parse().ok()).flatten()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use evenkeel_core::port::Door as _;
    use std::os::unix::net::UnixListener;

    const HEAD: &str =
        "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode                         \n";

    #[test]
    fn the_kernel_tells_whose_a_connection_is() {
        if cfg!(target_endian = "big") {
            return;
        }
        let line = |from: &str, to: &str, user: u32| {
            format!("   3: {from} {to} 01 00000000:00000000 00:00000000 00000000  {user}        0 51423 1 0000000000000000 20 4 30 10 -1\n")
        };
        // The other end of the same connection is the server's.
        let table = format!("{HEAD}{}{}", line("0100007F:1F90", "0100007F:C001", 7), line("0100007F:C001", "0100007F:1F90", 1000));
        assert_eq!(owner(&table, 0xC001, 0x1F90), Some(1000));
        assert_eq!(owner(&table, 0xC002, 0x1F90), None);
        // Closed by whoever made it: the kernel has forgotten who that was.
        let closed = line("0100007F:C001", "0100007F:1F90", 0).replace(" 01 ", " 04 ");
        assert_eq!(owner(&format!("{HEAD}{closed}"), 0xC001, 0x1F90), None);
        // Elsewhere, from the same port.
        assert_eq!(owner(&format!("{HEAD}{}", line("0100000A:C001", "0100007F:1F90", 7)), 0xC001, 0x1F90), None);
        let mapped = line("0000000000000000FFFF00000100007F:C001", "0000000000000000FFFF00000100007F:1F90", 1001);
        assert_eq!(owner(&format!("{HEAD}{mapped}"), 0xC001, 0x1F90), Some(1001));
    }

    #[test]
    fn what_is_said_at_the_door_is_heard_behind_it_until_it_is_shut() -> std::io::Result<()> {
        let folder = tempfile::tempdir()?;
        let socket = folder.path().join("s");
        let listener = UnixListener::bind(&socket)?;
        if !cfg!(target_os = "linux") {
            return Ok(());
        }
        let door = Door::open(&socket).map_err(std::io::Error::other)?;
        assert_eq!(door.visits(), 0);
        let mut client = TcpStream::connect((Ipv4Addr::LOCALHOST, door.port()))?;
        client.write_all(b"ping")?;
        let (mut server, _) = listener.accept()?;
        let mut heard = [0; 4];
        server.read_exact(&mut heard)?;
        server.write_all(b"pong")?;
        let mut answer = [0; 4];
        client.read_exact(&mut answer)?;
        assert_eq!((&heard, &answer, door.visits()), (b"ping", b"pong", 1));
        let port = door.port();
        drop(door);
        assert!(matches!(client.read(&mut answer), Ok(0) | Err(_)));
        assert!(TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_err());
        Ok(())
    }
}
