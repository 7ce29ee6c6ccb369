//! TLS to a real PostgreSQL 15, with certificates made for the test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType};

use super::testing::{Fake, Server, as_postgres, have_server, own, run, server_folder, versions};
use super::{Fault, Limits, Session, Target, connect};

const HBA: &str = "local all all trust\nhostssl all sealed 127.0.0.1/32 scram-sha-256\n\
                   hostssl all carded 127.0.0.1/32 cert\nhostnossl all sealed 127.0.0.1/32 reject\nhostnossl all open 127.0.0.1/32 trust\n\
                   hostssl all open 127.0.0.1/32 reject\nhost all all 127.0.0.1/32 trust\n";

type Authority = CertifiedIssuer<'static, KeyPair>;

fn authority(name: &str) -> Authority {
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, name);
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// Certificate and key, PEM.
fn issue(by: &Authority, common_name: &str, names: Vec<SanType>) -> (String, String) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::default();
    params.distinguished_name.push(DnType::CommonName, common_name);
    params.subject_alt_names = names;
    (params.signed_by(&key, by).unwrap().pem(), key.serialize_pem())
}

fn dns(name: &str) -> SanType {
    SanType::DnsName(name.try_into().unwrap())
}

/// A folder with `server.crt` and `server.key` as the server wants them.
fn keys(certificate: &str, key: &str, root: &str) -> tempfile::TempDir {
    let folder = server_folder();
    for (name, text) in [("server.crt", certificate), ("server.key", key), ("root.crt", root)] {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    run(Command::new("chmod").arg("0600").arg(folder.path().join("server.key")));
    own(folder.path());
    folder
}

fn conf(folder: &Path) -> String {
    let folder = folder.display();
    format!("ssl=on\nssl_cert_file='{folder}/server.crt'\nssl_key_file='{folder}/server.key'\nssl_ca_file='{folder}/root.crt'\n")
}

async fn open(text: &str, machine: &Fake) -> Result<Session, Fault> {
    connect(&Target::parse(text, machine)?).await
}

#[tokio::test]
async fn modes_roots_and_certificates() {
    if !have_server() {
        return;
    }
    let (ours, other) = (authority("ours"), authority("other"));
    let (certificate, key) = issue(&ours, "db", vec![dns("db.example"), SanType::IpAddress([127, 0, 0, 1].into())]);
    let folder = keys(&certificate, &key, &ours.pem());
    let server = Server::start(HBA, &conf(folder.path()));
    server.psql("create role sealed login password 'Zq7Kw'; create role carded login; create role open login");
    let (card, card_key) = issue(&ours, "carded", Vec::new());
    let (false_card, false_key) = issue(&other, "carded", Vec::new());
    let machine = Fake::new()
        .file("/ours", ours.pem())
        .file("/other", other.pem())
        .file("/card", card)
        .file("/card.key", card_key)
        .file("/false", false_card)
        .file("/false.key", false_key);
    let at = |host: &str, user: &str, rest: &str| {
        format!("host={host} hostaddr=127.0.0.1 port={} dbname=postgres user={user} {rest}", server.port)
    };

    for (host, user, rest, is_tls) in [
        ("db.example", "boss", "sslmode=disable", false),
        ("db.example", "boss", "sslmode=allow", false),
        ("db.example", "boss", "", true),
        ("wrong.example", "boss", "sslmode=require", true),
        ("db.example", "boss", "sslmode=require sslrootcert=/ours", true),
        ("wrong.example", "boss", "sslmode=require sslrootcert=/ours", true),
        ("wrong.example", "boss", "sslmode=verify-ca sslrootcert=/ours", true),
        ("db.example", "boss", "sslmode=verify-full sslrootcert=/ours", true),
        ("127.0.0.1", "boss", "sslmode=verify-full sslrootcert=/ours", true),
        ("/tmp", "boss", "sslmode=verify-full sslrootcert=/ours", true),
        ("db.example", "boss", "sslmode=require ssl_max_protocol_version=TLSv1.2", true),
        ("db.example", "boss", "sslmode=require ssl_min_protocol_version=TLSv1.3 sslsni=0", true),
        // Only TLS or only plain is let in: the second attempt finds it.
        ("db.example", "sealed", "password=Zq7Kw sslmode=allow", true),
        ("db.example", "open", "sslmode=prefer", false),
        ("db.example", "boss", "sslmode=prefer sslrootcert=/other", false),
        ("db.example", "sealed", "password=Zq7Kw sslmode=require channel_binding=require", true),
        ("db.example", "sealed", "password=Zq7Kw channel_binding=require require_auth=scram-sha-256", true),
        ("db.example", "carded", "sslmode=verify-full sslrootcert=/ours sslcert=/card sslkey=/card.key", true),
    ] {
        let text = at(host, user, rest);
        let session = open(&text, &machine).await.unwrap_or_else(|fault| panic!("{text}: {fault:?}"));
        assert_eq!(session.is_tls, is_tls, "{text}");
        let rows = session.client.query_typed("select ssl from pg_catalog.pg_stat_ssl where pid=pg_catalog.pg_backend_pid()", &[]);
        assert_eq!(rows.await.unwrap()[0].get::<_, bool>(0), is_tls, "{text}");
    }

    let fail = async |host: &str, user: &str, rest: &str| open(&at(host, user, rest), &machine).await.map(|_| ()).unwrap_err();
    match fail("wrong.example", "boss", "sslmode=verify-full sslrootcert=/ours").await {
        Fault::CertificateName { expected, found, origin, .. } => {
            assert_eq!((expected.as_str(), origin.as_str()), ("wrong.example", "sslmode=verify-full from connection string"));
            assert_eq!(found.join(" "), "db.example 127.0.0.1");
        }
        other => panic!("{other:?}"),
    }
    for mode in ["require", "verify-ca", "verify-full"] {
        let fault = fail("db.example", "boss", &format!("sslmode={mode} sslrootcert=/other")).await;
        assert!(matches!(&fault, Fault::CertificateUnknown { roots, .. } if roots == "/other"), "{mode}: {fault:?}");
    }
    assert!(matches!(fail("db.example", "carded", "sslmode=require").await, Fault::LoginRefused { .. }));
    let fault = fail("db.example", "carded", "sslmode=require sslcert=/false sslkey=/false.key").await;
    assert!(matches!(fault, Fault::TlsHandshake { .. }), "{fault:?}");
    assert!(matches!(fail("db.example", "open", "sslmode=require").await, Fault::LoginRefused { .. }));
    // Roots and client certificate of the home folder are used without being named.
    let home = machine.clone().file("/home/tester/.postgresql/root.crt", other.pem());
    let fault = open(&at("db.example", "boss", "sslmode=require"), &home).await.map(|_| ()).unwrap_err();
    assert!(matches!(fault, Fault::CertificateUnknown { .. }), "{fault:?}");

    // A cancel request travels over TLS as well.
    let session = open(&at("db.example", "boss", "sslmode=verify-full sslrootcert=/ours"), &machine).await.unwrap();
    let canceller = session.canceller();
    let (result, ()) = tokio::join!(session.client.batch_execute("select pg_sleep(30)"), async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        canceller.cancel().await.unwrap();
    });
    assert!(matches!(session.fault(&result.unwrap_err(), "sleeping"), Fault::Cancelled { .. }));
}

#[tokio::test]
async fn home_made_certificates() {
    if !have_server() {
        return;
    }
    // One self-signed certificate, marked as an authority, is both root and server: `openssl req -new -x509`.
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["db.example".to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own_root = params.self_signed(&key).unwrap().pem();
    let folder = keys(&own_root, &key.serialize_pem(), &own_root);
    let server = Server::start(HBA, &conf(folder.path()));
    let machine = Fake::new().file("/root", &own_root).file("/other", authority("other").pem());
    let at = |host: &str, rest: &str| format!("host={host} hostaddr=127.0.0.1 port={} dbname=postgres user=boss {rest}", server.port);
    assert!(open(&at("db.example", "sslmode=verify-full sslrootcert=/root"), &machine).await.unwrap().is_tls);
    assert!(open(&at("wrong.example", "sslmode=verify-ca sslrootcert=/root"), &machine).await.unwrap().is_tls);
    let fault = open(&at("wrong.example", "sslmode=verify-full sslrootcert=/root"), &machine).await.map(|_| ()).unwrap_err();
    assert!(matches!(fault, Fault::CertificateName { .. }), "{fault:?}");
    let fault = open(&at("db.example", "sslmode=verify-ca sslrootcert=/other"), &machine).await.map(|_| ()).unwrap_err();
    assert!(matches!(fault, Fault::CertificateUnknown { .. }), "{fault:?}");

    // An X.509 version 1 certificate, as the manual's `openssl x509 -req` made them: no verification, but encryption.
    let work = folder.path();
    let openssl = |arguments: &str| run(as_postgres("openssl").args(arguments.split(' ')).current_dir(work));
    openssl("req -new -nodes -newkey rsa:2048 -subj /CN=db.example -keyout v1.key -out v1.csr");
    openssl("x509 -req -in v1.csr -days 2 -signkey v1.key -out v1.crt");
    let shown = openssl("x509 -in v1.crt -noout -text");
    assert!(shown.contains("Version: 1 "), "{shown}");
    std::fs::copy(work.join("v1.crt"), work.join("server.crt")).unwrap();
    std::fs::copy(work.join("v1.key"), work.join("server.key")).unwrap();
    server.signal("HUP");
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert!(open(&at("db.example", "sslmode=require"), &machine).await.unwrap().is_tls);
    let machine = machine.file("/v1", std::fs::read(work.join("v1.crt")).unwrap());
    let fault = open(&at("db.example", "sslmode=verify-full sslrootcert=/v1"), &machine).await.map(|_| ()).unwrap_err();
    assert!(
        matches!(&fault, Fault::CertificateUnknown { message, .. } if message.contains("version 1")) || matches!(fault, Fault::File { .. }),
        "{fault:?}"
    );
}

/// Every version takes the opening of a read-only transaction; direct TLS exists from 17 on.
#[tokio::test]
async fn every_version() {
    let ours = authority("ours");
    let (certificate, key) = issue(&ours, "db", vec![dns("db.example")]);
    let machine = Fake::new().file("/ours", ours.pem());
    for (version, bin) in versions() {
        let folder = keys(&certificate, &key, &ours.pem());
        let server = Server::start_version(&bin, HBA, &conf(folder.path()));
        let text = format!(
            "host=db.example hostaddr=127.0.0.1 port={} user=boss dbname=postgres sslmode=verify-full sslrootcert=/ours",
            server.port
        );
        let session = open(&text, &machine).await.unwrap();
        assert_eq!(session.server_version_num / 10_000, i32::try_from(version).unwrap());
        assert!(session.warnings.is_empty(), "{:?}", session.warnings);
        session.begin_read_only(&Limits::default(), None).await.unwrap();
        session.end().await.unwrap();
        let direct = open(&format!("{text} sslnegotiation=direct"), &machine).await;
        assert_eq!(direct.is_ok(), version >= 17, "{version}: {direct:?}");
    }
}
