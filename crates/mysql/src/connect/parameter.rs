//! The parameters a URL may carry, under the names the clients give their options, and those of other programs' URLs.
//!
//! Lives here: the lists (<https://dev.mysql.com/doc/refman/en/connection-options.html>), and what a foreign name stands for.
//! Does not live here: what the values mean (`target`, `tls`), and which of them option files set (`options`).

use evenkeel_core::connection;

pub(super) const PARAMETERS: &[&str] =
    &["socket", "protocol", "ssl-mode", "ssl-ca", "ssl-cert", "ssl-key", "defaults-file", "defaults-group-suffix", "connect-timeout"];

/// The known parameter that was meant, for `did you mean`.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    connection::nearest(name, PARAMETERS.iter().copied())
}

/// What a parameter of another program means to us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Foreign {
    /// Nothing: how that program works with its connections.
    Nothing,
    /// One of ours, with this value.
    Ours(&'static str, String),
    /// It is about how safe the connection is, and cannot be kept: what to write instead.
    Refused(&'static str),
}

/// Names of other programs, without their case, dashes and underscores, that say nothing about where to connect and how
/// safely. What is about encryption is not here.
const IGNORED: &[&str] = &[
    // github.com/go-sql-driver/mysql
    "allowallfiles",
    "allowcleartextpasswords",
    "allowfallbacktoplaintext",
    "allownativepasswords",
    "allowoldpasswords",
    "charset",
    "checkconnliveness",
    "clientfoundrows",
    "collation",
    "columnswithalias",
    "compress",
    "connectionattributes",
    "interpolateparams",
    "loc",
    "maxallowedpacket",
    "multistatements",
    "parsetime",
    "readtimeout",
    "rejectreadonly",
    "timetruncate",
    "writetimeout",
    // MySQL Connector/J, MariaDB Connector/J
    "allowmultiqueries",
    "allowlocalinfile",
    "allowpublickeyretrieval",
    "autoreconnect",
    "autoreconnectforpools",
    "cachepreparedstatements",
    "cacheprepstmts",
    "cacheresultsetmetadata",
    "cacheserverconfiguration",
    "characterencoding",
    "characterset",
    "charactersetresults",
    "connectioncollation",
    "connectiontimezone",
    "createdatabaseifnotexist",
    "defaultfetchsize",
    "dumpqueriesonexception",
    "elidesetautocommits",
    "enabledtlsprotocols",
    "failoverreadonly",
    "forceconnectiontimezonetosession",
    "includeinnodbstatusindeadlockexceptions",
    "initialtimeout",
    "jdbccomplianttruncation",
    "logger",
    "maintaintimestats",
    "maxreconnects",
    "maxrows",
    "nodatetimestringsync",
    "nullcatalogmeanscurrent",
    "nulldatabasemeanscurrent",
    "preparethreshold",
    "prepstmtcachesize",
    "prepstmtcachesqllimit",
    "profilesql",
    "rewritebatchedstatements",
    "servertimezone",
    "sessionvariables",
    "sockettimeout",
    "tcpkeepalive",
    "tcpnodelay",
    "tinyint1isbit",
    "treatutildateastimestamp",
    "usebulkstmts",
    "usecompression",
    "usecursorfetch",
    "useinformationschema",
    "usejdbccomplianttimezoneshift",
    "uselegacydatetimecode",
    "uselocalsessionstate",
    "useoldaliasmetadatabehavior",
    "useserverprepstmts",
    "usetimezone",
    "useunicode",
    "useusageadvisor",
    "yearisdatetype",
    "zerodatetimebehavior",
    "transformedbitisboolean",
    // Prisma, TypeORM, Sequelize, node's mysql and mysql2
    "connectionlimit",
    "pooltimeout",
    "maxidleconnectionlifetime",
    "maxconnectionlifetime",
    "statementcachesize",
    "bignumberstrings",
    "datestrings",
    "debug",
    "decimalnumbers",
    "enablekeepalive",
    "flags",
    "idletimeout",
    "insecureauth",
    "keepaliveinitialdelay",
    "localinfile",
    "maxidle",
    "multiplestatements",
    "namedplaceholders",
    "nesttables",
    "pool",
    "pooling",
    "queuelimit",
    "rowsasarray",
    "stringifyobjects",
    "supportbignumbers",
    "timezone",
    "trace",
    "typecast",
    "waitforconnections",
    "synchronize",
    "logging",
    "retryattempts",
    // SQLAlchemy and the drivers under it, Django, Rails, PHP
    "autocommit",
    "binaryprefix",
    "clientflag",
    "convunicode",
    "cursorclass",
    "initcommand",
    "readdefaultgroup",
    "sqlmode",
    "usepure",
    "adapter",
    "checkouttimeout",
    "encoding",
    "preparedstatements",
    "reapingfrequency",
    "reconnect",
    "retry",
    "strict",
    "variables",
    "wait",
    "strictmode",
    "serverversion",
    "driver",
    "persistent",
    "maxopenconns",
    "maxidleconns",
    "connmaxlifetime",
    "xmigrationstable",
    "xmigrationstablequoted",
    "xnolock",
    "xstatementtimeout",
    "minpoolsize",
    "maxpoolsize",
    "poolsize",
    "maxoverflow",
    "poolrecycle",
    "poolpreping",
    "schema",
    "applicationname",
    "programname",
];

/// How safe each mode of TLS is, the least first.
const MODES: &[&str] = &["DISABLED", "PREFERRED", "REQUIRED", "VERIFY_CA", "VERIFY_IDENTITY"];

/// Whether one mode asks for more than another. One that is none asks for nothing, and is told elsewhere.
pub(super) fn is_stricter(mode: &str, than: &str) -> bool {
    let rank = |mode: &str| MODES.iter().position(|known| known.eq_ignore_ascii_case(mode));
    rank(mode).zip(rank(than)).is_some_and(|(mode, than)| mode > than)
}

/// What another program's parameter means; `None` where no program we know has it. `name` is in lower case.
pub(super) fn foreign(name: &str, value: &str) -> Option<Foreign> {
    let bare: String = name.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect();
    let word = value.to_ascii_lowercase();
    let mode = |mode: &str| Some(Foreign::Ours("ssl-mode", mode.to_owned()));
    let refused = |instead| Some(Foreign::Refused(instead));
    let (on, off) = (matches!(&*word, "true" | "1" | "yes" | "on"), matches!(&*word, "false" | "0" | "no" | "off"));
    match &*bare {
        // go-sql-driver; Connector/J of old and SQLAlchemy say `ssl=true`. Its `true` verifies with the system's authorities.
        "tls" => match &*word {
            "true" => mode("VERIFY_IDENTITY"),
            "false" => mode("DISABLED"),
            "skip-verify" => mode("REQUIRED"),
            "preferred" => mode("PREFERRED"),
            _ => refused("ssl-mode=VERIFY_IDENTITY and ssl-ca=FILE: a configuration registered in a program is not known here"),
        },
        "usessl" | "ssl" | "requiressl" | "usetls" | "encrypt" | "secure" if on => mode("REQUIRED"),
        // Not demanded there, which weakens nothing here.
        "requiressl" if off => Some(Foreign::Nothing),
        "usessl" | "ssl" | "usetls" | "encrypt" | "secure" if off => mode("DISABLED"),
        "verifyservercertificate" | "trustservercertificate" | "sslverifyservercert" | "sslverifycert" | "sslcheckhostname" => {
            let is_checked = if bare == "trustservercertificate" { off } else { on };
            if is_checked { mode("VERIFY_IDENTITY") } else { Some(Foreign::Nothing) }
        }
        "sslverifyidentity" if on => mode("VERIFY_IDENTITY"),
        "sslverifyidentity" if off => Some(Foreign::Nothing),
        // Prisma.
        "sslaccept" => match &*word {
            "strict" => mode("VERIFY_IDENTITY"),
            "accept_invalid_certs" => mode("REQUIRED"),
            _ => refused("ssl-mode=REQUIRED or ssl-mode=VERIFY_IDENTITY"),
        },
        "sslmode" => match &*word.replace('-', "_") {
            "disable" | "disabled" => mode("DISABLED"),
            "allow" | "prefer" | "preferred" => mode("PREFERRED"),
            "require" | "required" | "trust" => mode("REQUIRED"),
            "verify_ca" => mode("VERIFY_CA"),
            "verify_full" | "verify_identity" => mode("VERIFY_IDENTITY"),
            _ => refused("ssl-mode=DISABLED, PREFERRED, REQUIRED, VERIFY_CA or VERIFY_IDENTITY"),
        },
        "sslca" | "sslrootcert" | "serversslcert" | "cacert" => Some(Foreign::Ours("ssl-ca", value.to_owned())),
        // The server's authority with Prisma, the client's own certificate with others.
        "sslcert" => refused("ssl-ca=FILE for the server's authority, ssl-cert=FILE and ssl-key=FILE for a certificate of your own"),
        "sslkey" => Some(Foreign::Ours("ssl-key", value.to_owned())),
        "sslidentity" | "sslpassword" | "keystore" | "keystorepassword" | "clientcertificatekeystoreurl" => {
            refused("ssl-cert=FILE and ssl-key=FILE in PEM format")
        }
        "truststore"
        | "truststorepassword"
        | "trustcertificatekeystoreurl"
        | "trustcertificatekeystorepassword"
        | "capath"
        | "sslcapath" => refused("ssl-ca=FILE in PEM format"),
        "unixsocket" | "socketpath" | "unixsock" => Some(Foreign::Ours("socket", value.to_owned())),
        "connecttimeout" | "timeout" | "connectiontimeout" => {
            // Milliseconds in some programs, seconds or `10s` in others: which, the name does not tell.
            Some(Foreign::Nothing)
        }
        _ if bare.starts_with("ssl") || bare.starts_with("tls") || bare.contains("certificate") || bare.contains("cipher") => None,
        _ => IGNORED.iter().any(|known| **known == *bare).then_some(Foreign::Nothing),
    }
}

#[cfg(test)]
mod tests {
    use super::{Foreign, IGNORED, PARAMETERS, foreign};

    #[test]
    fn what_is_about_encryption_is_kept_or_refused() {
        let ours = |name: &'static str, value: &str| Some(Foreign::Ours(name, value.to_owned()));
        for (name, value, meant) in [
            ("tls", "true", ours("ssl-mode", "VERIFY_IDENTITY")),
            ("tls", "skip-verify", ours("ssl-mode", "REQUIRED")),
            ("usessl", "true", ours("ssl-mode", "REQUIRED")),
            ("requiressl", "true", ours("ssl-mode", "REQUIRED")),
            ("verifyservercertificate", "true", ours("ssl-mode", "VERIFY_IDENTITY")),
            ("sslaccept", "strict", ours("ssl-mode", "VERIFY_IDENTITY")),
            ("sslmode", "verify-full", ours("ssl-mode", "VERIFY_IDENTITY")),
            ("ssl-rootcert", "/ca.pem", ours("ssl-ca", "/ca.pem")),
            ("unix-socket", "/s", ours("socket", "/s")),
            ("parsetime", "true", Some(Foreign::Nothing)),
            ("connection-limit", "5", Some(Foreign::Nothing)),
        ] {
            assert_eq!(foreign(name, value), meant, "{name}={value}");
        }
        for (name, value) in [("tls", "my-config"), ("sslidentity", "x.p12"), ("truststore", "x"), ("sslaccept", "odd"), ("sslmode", "odd")]
        {
            assert!(matches!(foreign(name, value), Some(Foreign::Refused(_))), "{name}={value}");
        }
        for name in ["ssl-whatever", "tlsversion", "minimumtlscipher", "parsetme", "hostt", "ssl"] {
            assert_eq!(foreign(name, "maybe"), None, "{name}");
        }
    }

    #[test]
    fn no_name_is_ours_and_ignored() {
        for name in IGNORED {
            assert!(!PARAMETERS.iter().any(|known| known.replace('-', "").eq_ignore_ascii_case(name)), "{name}");
            assert!(!name.contains("ssl"), "{name}");
        }
    }
}
