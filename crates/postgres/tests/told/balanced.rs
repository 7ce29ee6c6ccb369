//! One address that leads to two servers in turn, as a load balancer's does.

use evenkeel_core::fault::{Class, Trouble};
use evenkeel_core::kind::Dimension;
use evenkeel_core::manifest::Manifest;
use evenkeel_core::port::{Environment, Request, Watch};
use evenkeel_postgres::connect::{Target, ThisMachine};
use evenkeel_postgres::environment::PostgresEnvironment;
use evenkeel_testkit::{database, majors};
use std::io::copy;
use std::net::{Shutdown, TcpListener, TcpStream};
use std::os::unix::net::UnixStream;
use std::thread::spawn;

/// A port whose connections go to these sockets in turn.
fn balancer(sockets: Vec<String>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    spawn(move || {
        for (client, socket) in listener.incoming().map_while(Result::ok).zip(sockets.iter().cycle()) {
            let server = UnixStream::connect(socket).unwrap();
            bridge(client, server);
        }
    });
    port
}

fn bridge(client: TcpStream, server: UnixStream) {
    let (mut from_client, mut to_server) = (client.try_clone().unwrap(), server.try_clone().unwrap());
    let (mut from_server, mut to_client) = (server, client);
    spawn(move || {
        let _ = copy(&mut from_client, &mut to_server);
        let _ = to_server.shutdown(Shutdown::Write);
    });
    spawn(move || {
        let _ = copy(&mut from_server, &mut to_client);
        let _ = to_client.shutdown(Shutdown::Write);
    });
}

/// The socket file of a server.
fn socket(major: u32) -> String {
    let db = database(major);
    let (folder, port) = (db.value("show unix_socket_directories").unwrap(), db.value("show port").unwrap());
    format!("{folder}/.s.PGSQL.{port}")
}

fn captured(port: u16) -> Result<Manifest, Box<Trouble>> {
    let text = format!("host=127.0.0.1 port={port} dbname=postgres user=postgres sslmode=disable");
    let mut request = Request::new("test");
    request.dimensions = vec![Dimension::Schema];
    PostgresEnvironment::new(Target::parse(&text, &ThisMachine).unwrap()).capture(&request, &Watch::none())
}

#[test]
fn an_address_of_two_servers_is_told() {
    let majors = majors();
    let [first, .., last] = majors.as_slice() else { return evenkeel_testkit::skip("a second server") };
    let trouble = captured(balancer(vec![socket(*first), socket(*last)])).unwrap_err();
    assert_eq!((trouble.class, trouble.what.as_str()), (Class::CouldNotTell, "the address leads to two servers"), "{trouble:?}");
    let found = trouble.found.clone().unwrap_or_default();
    assert!(found.contains(&format!("PostgreSQL {first}.")) && found.contains(&format!("PostgreSQL {last}.")), "{trouble:?}");
    assert!(trouble.fix.as_deref().is_some_and(|fix| fix.contains("its own host and port")), "{trouble:?}");
    // The same server behind both is one.
    let one = captured(balancer(vec![socket(*first), socket(*first)])).unwrap();
    assert!(one.gaps.is_empty(), "{:?}", one.gaps);
}
