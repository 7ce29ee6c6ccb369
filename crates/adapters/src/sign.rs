//! The signature of a body: HMAC-SHA256 over its bytes as they are sent.

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

/// The value of the header: `sha256=` and the code in hexadecimal. Nothing where the key is empty, which would vouch for nobody.
#[must_use]
pub fn signature(key: &[u8], body: &[u8]) -> Option<String> {
    if key.is_empty() {
        return None;
    }
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(body);
    let code: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("sha256={code}"))
}

/// What a body is called: the same for each try, so that who is told twice can tell.
#[must_use]
pub fn delivery(body: &[u8]) -> String {
    Sha256::digest(body).iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of RFC 4231, the second case; and GitHub's own example, whose header is made alike.
    #[test]
    fn it_is_what_others_make_of_it() {
        let known = "sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature(b"Jefe", b"what do ya want for nothing?").as_deref(), Some(known));
        let known = "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert_eq!(signature(b"It's a Secret to Everybody", b"Hello, World!").as_deref(), Some(known));
        assert_eq!(signature(b"", b"x"), None);
    }
}
