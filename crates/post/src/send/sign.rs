//! Signatures after Standard Webhooks: HMAC with SHA-256 over identifier, moment and body.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::Message;
use crate::webhook::SECRET_PREFIX;

/// The signatures of a message by each of its secrets, as they stand in a header.
pub(super) fn signatures(message: &Message) -> String {
    let signed = format!("{}.{}.{}", message.id, message.at_s, message.body);
    let one = |secret: &String| {
        let key = secret.strip_prefix(SECRET_PREFIX).unwrap_or(secret);
        // What cannot be read as a key signs as it stands, so that no damage sends anything unsigned.
        let key = STANDARD.decode(key).unwrap_or_else(|_| key.into());
        let mac = Hmac::<Sha256>::new_from_slice(&key).expect("a key may have any length");
        let code = mac.chain_update(&signed).finalize().into_bytes();
        format!("v1,{}", STANDARD.encode(code))
    };
    let all: Vec<String> = message.secrets.iter().map(one).collect();
    all.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_specification_is_signed_as_it_stands_there() {
        let message = Message {
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek".to_owned(),
            at_s: 1_614_265_330,
            body: r#"{"test": 2432232314}"#.to_owned(),
            secrets: vec!["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw".to_owned()],
        };
        let expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
        assert_eq!(signatures(&message), expected);
        let both = Message {
            secrets: vec![message.secrets[0].clone(), "whsec_AAAA".to_owned()],
            ..message
        };
        let signed = signatures(&both);
        assert!(signed.starts_with(&format!("{expected} v1,")), "{signed}");
    }
}
