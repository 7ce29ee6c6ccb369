//! TLS to real servers of each vendor, with certificates made for the test.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, SanType};

use super::Fault;
use super::testing::{Server, one, open, server_folder, vendors};

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

fn loopback() -> SanType {
    SanType::IpAddress("127.0.0.1".parse().unwrap())
}

const CIPHER: &str = "SELECT VARIABLE_VALUE FROM performance_schema.session_status WHERE VARIABLE_NAME = 'Ssl_cipher'";
const CIPHER_MARIADB: &str = "SELECT VARIABLE_VALUE FROM information_schema.SESSION_STATUS WHERE VARIABLE_NAME = 'Ssl_cipher'";

#[tokio::test]
async fn modes_roots_and_certificates() {
    for vendor in vendors() {
        let (ours, theirs) = (authority("ours"), authority("theirs"));
        let (fit, fit_key) = issue(&ours, "server", vec![loopback(), SanType::DnsName("localhost".try_into().unwrap())]);
        let (other, other_key) = issue(&ours, "server", vec![SanType::DnsName("db.example".try_into().unwrap())]);
        // As mysqld makes them for itself: a name in the subject alone.
        let (nameless, nameless_key) = issue(&ours, "MySQL_Server_Auto_Generated_Server_Certificate", Vec::new());
        let (client, client_key) = issue(&ours, "reader", Vec::new());
        let folder = server_folder(&[
            ("ours.pem", &ours.pem()),
            ("theirs.pem", &theirs.pem()),
            ("fit.pem", &fit),
            ("fit.key", &fit_key),
            ("other.pem", &other),
            ("other.key", &other_key),
            ("nameless.pem", &nameless),
            ("nameless.key", &nameless_key),
            ("client.pem", &client),
            ("client.key", &client_key),
        ]);
        let at = |name: &str| folder.path().join(name).display().to_string();
        let (ca, foreign) = (at("ours.pem"), at("theirs.pem"));
        for certificate in ["fit", "other", "nameless"] {
            let name = format!("{} with {certificate}", vendor.name);
            let server = Server::start(
                vendor,
                &[
                    &format!("--ssl-ca={ca}"),
                    &format!("--ssl-cert={}", at(&format!("{certificate}.pem"))),
                    &format!("--ssl-key={}", at(&format!("{certificate}.key"))),
                ],
            );
            server
                .sql(
                    "CREATE USER reader@'%' IDENTIFIED BY 'top secret'; CREATE USER sealed@'%' IDENTIFIED BY 'top secret' REQUIRE SSL;
                     CREATE USER carded@'%' IDENTIFIED BY 'top secret' REQUIRE SUBJECT '/CN=reader'",
                )
                .await;
            let url = |user: &str, rest: &str| server.tcp_url(&format!("{user}:top%20secret"), &format!("/?{rest}"));
            for (user, rest) in [
                ("reader", String::new()),
                ("sealed", String::new()),
                ("sealed", "ssl-mode=REQUIRED".to_owned()),
                ("sealed", format!("ssl-mode=PREFERRED&ssl-ca={foreign}")),
                ("sealed", format!("ssl-mode=VERIFY_CA&ssl-ca={ca}")),
                ("sealed", format!("ssl-ca={ca}")),
            ] {
                let mut session = open(&url(user, &rest)).await.unwrap_or_else(|fault| panic!("{name}: {rest}: {fault:?}"));
                assert!(session.is_tls, "{name}: {rest}");
                let cipher = one(&mut session, if vendor.is_mariadb { CIPHER_MARIADB } else { CIPHER }).await;
                assert!(cipher.contains("AES") || cipher.contains("CHACHA"), "{name}: {cipher}");
            }
            let plain = open(&url("reader", "ssl-mode=DISABLED")).await.unwrap();
            assert!(!plain.is_tls && plain.warnings.is_empty(), "{:?}", plain.warnings);

            let identity = open(&url("sealed", &format!("ssl-mode=VERIFY_IDENTITY&ssl-ca={ca}"))).await;
            match (certificate, identity) {
                ("fit", Ok(session)) => assert!(session.is_tls),
                ("other", Err(Fault::CertificateName { found, .. })) => assert!(found.join(" ").contains("db.example"), "{found:?}"),
                ("nameless", Err(Fault::CertificateName { found, .. })) => assert!(found.is_empty(), "{found:?}"),
                (_, other) => panic!("{name}: {other:?}"),
            }
            for mode in ["VERIFY_CA", "VERIFY_IDENTITY"] {
                let unknown = open(&url("sealed", &format!("ssl-mode={mode}&ssl-ca={foreign}"))).await;
                assert!(
                    matches!(&unknown, Err(Fault::CertificateUnknown { roots, .. }) if *roots == foreign),
                    "{name}: {mode}: {unknown:?}"
                );
            }
            let card = format!("ssl-ca={ca}&ssl-cert={}&ssl-key={}", at("client.pem"), at("client.key"));
            assert!(open(&url("carded", &card)).await.is_ok_and(|session| session.is_tls), "{name}");
            let without = open(&url("carded", &format!("ssl-ca={ca}"))).await;
            assert!(matches!(without, Err(Fault::PasswordRejected { .. })), "{name}: {without:?}");
            // The clients encrypt what goes through a socket where they are told to. We do not, so nobody may believe it.
            for (demand, keyword) in [
                ("ssl-mode=REQUIRED".to_owned(), "ssl-mode"),
                (format!("ssl-mode=VERIFY_CA&ssl-ca={ca}"), "ssl-mode"),
                (format!("ssl-mode=VERIFY_IDENTITY&ssl-ca={ca}"), "ssl-mode"),
                (format!("ssl-ca={ca}"), "ssl-ca"),
            ] {
                let refused = open(&format!("{}&{demand}", server.socket_url("root"))).await;
                assert!(
                    matches!(&refused, Err(Fault::InvalidValue { keyword: found, origin, .. }) if *found == keyword && origin == "URL"),
                    "{name}: {demand}: {refused:?}"
                );
            }
            for harmless in ["ssl-mode=PREFERRED", "ssl-mode=DISABLED", &format!("ssl-mode=PREFERRED&ssl-ca={ca}")] {
                let plain = open(&format!("{}&{harmless}", server.socket_url("root"))).await;
                assert!(plain.is_ok_and(|session| !session.is_tls), "{name}: {harmless}");
            }
        }
    }
}

#[tokio::test]
async fn a_server_without_tls() {
    for vendor in vendors() {
        // MariaDB 11.4 and newer make a certificate for themselves unless told not to.
        let without: &[&str] = if vendor.is_mariadb { &["--skip-ssl"] } else { &["--tls-version="] };
        let server = Server::start(vendor, without);
        server.sql("CREATE USER reader@'%' IDENTIFIED BY 'top secret'").await;
        let url = |rest: &str| server.tcp_url("reader:top%20secret", rest);
        let plain = open(&url("/")).await.unwrap_or_else(|fault| panic!("{}: {fault:?}", vendor.name));
        assert!(!plain.is_tls);
        let wrong = open(&server.tcp_url("reader:wrong", "/")).await;
        assert!(matches!(wrong, Err(Fault::PasswordRejected { .. })), "{}: {wrong:?}", vendor.name);
        for mode in ["REQUIRED", "VERIFY_IDENTITY"] {
            let refused = open(&url(&format!("/?ssl-mode={mode}"))).await;
            let origin = format!("ssl-mode={mode} from URL");
            assert!(
                matches!(&refused, Err(Fault::TlsUnavailable { origin: found, .. }) if *found == origin),
                "{}: {refused:?}",
                vendor.name
            );
        }
    }
}
