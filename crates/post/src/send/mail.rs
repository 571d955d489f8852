//! Sending by SMTP: one message in one connection, on the thread of whoever sends.
//!
//! At which step the server says no decides what it means: who it does not let in is the operator's
//! trouble and passes, an address that it does not take is over, and so is a message that it does not want.

use std::time::{Duration, UNIX_EPOCH};

use lettre::address::Address;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{SmtpConnection, TlsParameters};
use lettre::transport::smtp::commands;
use lettre::transport::smtp::extension::ClientId;

use super::{Encryption, Mail, MailText, Outcome};
use crate::PostError;

/// How long one step may take.
const TIMEOUT: Duration = Duration::from_secs(15);
/// How much of what a server says is kept, in letters.
const SAID_MAX: usize = 200;
/// The longest address.
const ADDRESS_BYTES_MAX: usize = 254;

/// Sends by the operator's mail server.
pub(crate) struct Mailer {
    mail: Mail,
    from: Mailbox,
    tls: Option<TlsParameters>,
}

/// That nobody wrote this, so that nobody's absence answers it.
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

/// Why a message was not taken, at the step at which it was not.
enum Refusal {
    /// The server, the connection or what is set up here.
    Server(String),
    /// The address.
    Address(Error),
    /// The message.
    Message(Error),
}

impl Mailer {
    /// Over a mail server, if what is set up is in order.
    pub(crate) fn new(mail: &Mail) -> Result<Self, PostError> {
        let wrong = |why: String| PostError::Misused(why);
        let from: Mailbox = mail.from.parse().map_err(|_| {
            wrong(format!(
                "'{}' is nobody that mail can be from; somebody was expected as in \
                 Consort <consort@example.org>",
                mail.from
            ))
        })?;
        check(from.email.as_ref())?;
        let tls = match mail.encryption {
            Encryption::None if !is_loopback(&mail.host) => {
                return Err(wrong(format!(
                    "mail goes unencrypted to this machine alone, and '{}' is another one",
                    mail.host
                )));
            }
            Encryption::None => None,
            Encryption::Tls | Encryption::StartTls => {
                // Whoever came first set the same; the outcome is the same either way.
                let ring = rustls::crypto::ring::default_provider();
                rustls::crypto::CryptoProvider::install_default(ring).ok();
                let tls = TlsParameters::new_rustls(mail.host.clone());
                Some(tls.map_err(|error| wrong(format!("nothing can be encrypted: {error}")))?)
            }
        };
        Ok(Self {
            mail: mail.clone(),
            from,
            tls,
        })
    }

    /// Sends once.
    pub(crate) fn send(&self, letter: &MailText) -> Outcome {
        match self.try_once(letter) {
            Ok(()) => Outcome::Arrived("the mail server took it".to_owned()),
            Err(Refusal::Server(why)) => Outcome::Failed(why, None),
            Err(Refusal::Address(error)) => {
                let why = format!(
                    "the mail server does not take the address: {}",
                    said(&error)
                );
                if is_gone(&error) {
                    Outcome::Gone(why)
                } else {
                    Outcome::Failed(why, None)
                }
            }
            Err(Refusal::Message(error)) => {
                let why = format!("the mail server did not take it: {}", said(&error));
                if error.is_permanent() {
                    Outcome::Refused(why)
                } else {
                    Outcome::Failed(why, None)
                }
            }
        }
    }

    fn try_once(&self, letter: &MailText) -> Result<(), Refusal> {
        let unwritten = |why: &dyn std::fmt::Display| {
            Refusal::Server(format!("the message cannot be written: {why}"))
        };
        let to: Address = letter.to.parse().map_err(|error| unwritten(&error))?;
        let message = self.message(&to, letter).map_err(|why| unwritten(&why))?;
        let mut connection = self.connect()?;
        let sent = self.hand_over(&mut connection, to, &message);
        if sent.is_ok() {
            // It is taken by now; a server that does not say goodbye changes nothing.
            connection.quit().ok();
        } else {
            connection.abort();
        }
        sent
    }

    fn message(&self, to: &Address, letter: &MailText) -> Result<Vec<u8>, String> {
        let domain = self.from.email.domain();
        let seconds = u64::try_from(letter.at_s).unwrap_or_default();
        let date = UNIX_EPOCH + Duration::from_secs(seconds);
        let message = Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to.clone()))
            .subject(letter.subject.clone())
            .date(date)
            .message_id(Some(format!("<{}@{domain}>", letter.id)))
            .header(AutoSubmitted)
            .header(MIME_VERSION_1_0)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone());
        Ok(message.map_err(|error| error.to_string())?.formatted())
    }

    /// A connection in which mail can be handed over.
    fn connect(&self) -> Result<SmtpConnection, Refusal> {
        let unreached = |error: Error| {
            let why = if error.is_tls() {
                "the mail server is not who it should be, or encrypts otherwise"
            } else {
                "the mail server could not be reached"
            };
            Refusal::Server(why.to_owned())
        };
        let (mail, name) = (
            &self.mail,
            ClientId::Domain(self.from.email.domain().to_owned()),
        );
        let at_once = self
            .tls
            .as_ref()
            .filter(|_| mail.encryption == Encryption::Tls);
        let server = (mail.host.as_str(), mail.port);
        let connection = SmtpConnection::connect(server, Some(TIMEOUT), &name, at_once, None);
        let mut connection = connection.map_err(unreached)?;
        if let (Encryption::StartTls, Some(tls)) = (mail.encryption, &self.tls) {
            if !connection.can_starttls() {
                connection.abort();
                let why = "the mail server does not encrypt, and nothing goes there in clear";
                return Err(Refusal::Server(why.to_owned()));
            }
            connection.starttls(tls, &name).map_err(|error| {
                connection.abort();
                unreached(error)
            })?;
        }
        if let (Some(user), Some(password)) = (&mail.user, &mail.password) {
            let shown = Credentials::new(user.clone(), password.clone());
            if let Err(error) = connection.auth(DEFAULT_MECHANISMS, &shown) {
                connection.abort();
                let why = format!("the mail server does not let us in: {}", said(&error));
                return Err(Refusal::Server(why));
            }
        }
        Ok(connection)
    }

    fn hand_over(
        &self,
        connection: &mut SmtpConnection,
        to: Address,
        message: &[u8],
    ) -> Result<(), Refusal> {
        let from = commands::Mail::new(Some(self.from.email.clone()), Vec::new());
        connection.command(from).map_err(|error| {
            let why = format!("the mail server takes nothing from us: {}", said(&error));
            Refusal::Server(why)
        })?;
        let to = commands::Rcpt::new(to, Vec::new());
        connection.command(to).map_err(Refusal::Address)?;
        let data = connection.command(commands::Data);
        data.and_then(|_| connection.message(message))
            .map_err(Refusal::Message)?;
        Ok(())
    }
}

/// Fails where a text is no address for mail.
pub(crate) fn check(address: &str) -> Result<(), PostError> {
    let is_one = address.len() <= ADDRESS_BYTES_MAX
        && address.is_ascii()
        && !address.contains(|it: char| it.is_ascii_control() || it == '"' || it == ' ')
        && address.parse::<Address>().is_ok();
    if is_one {
        return Ok(());
    }
    Err(PostError::Misused(
        "an address for mail was expected, as in ada@example.org".to_owned(),
    ))
}

/// Whether a host is this machine, whatever names are looked up.
fn is_loopback(host: &str) -> bool {
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    let address = literal.parse::<std::net::IpAddr>();
    host.eq_ignore_ascii_case("localhost") || address.is_ok_and(|it| it.is_loopback())
}

/// Whether a server says for good that there is no such address (RFC 5321, 4.2.2). That it passes nothing on for
/// this sender (530, 554, or a status of policy, 5.7.x of RFC 3463) is for whoever runs Consort to mend, and no
/// fault of the address.
fn is_gone(error: &Error) -> bool {
    let code = error.status().map(u16::from);
    matches!(code, Some(550 | 551 | 553)) && !said(error).contains(" 5.7.")
}

/// What a server said, or that it said nothing that can be read, in one line.
fn said(error: &Error) -> String {
    if !error.is_transient() && !error.is_permanent() {
        return "the connection broke off".to_owned();
    }
    let cause = std::error::Error::source(error);
    let words = cause.map_or_else(|| error.to_string(), ToString::to_string);
    let code = error.status().map(|code| code.to_string());
    let words = words.replace(|it: char| it.is_control(), " ");
    let words: String = words.chars().take(SAID_MAX).collect();
    code.map_or_else(|| words.clone(), |code| format!("{code} {words}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(host: &str, encryption: Encryption, from: &str) -> Mail {
        Mail {
            host: host.to_owned(),
            port: 25,
            encryption,
            user: None,
            password: None,
            from: from.to_owned(),
        }
    }

    #[test]
    fn unencrypted_mail_goes_to_this_machine_alone() {
        let from = "Consort <consort@example.org>";
        for (host, encryption, expected) in [
            ("mail.example.org", Encryption::Tls, true),
            ("mail.example.org", Encryption::StartTls, true),
            ("mail.example.org", Encryption::None, false),
            ("10.0.0.7", Encryption::None, false),
            ("127.0.0.1.example.org", Encryption::None, false),
            ("localhost", Encryption::None, true),
            ("127.0.0.1", Encryption::None, true),
            ("::1", Encryption::None, true),
        ] {
            let answer = Mailer::new(&mail(host, encryption, from)).is_ok();
            assert_eq!(answer, expected, "{host} {encryption:?}");
        }
        for wrong in ["", "Consort", "a@b@c", "Consort <x@y>\r\nBcc: <z@y>"] {
            let answer = Mailer::new(&mail("localhost", Encryption::None, wrong));
            assert!(answer.is_err(), "{wrong}");
        }
    }

    #[test]
    fn an_address_is_one_address_and_nothing_else() {
        for (text, expected) in [
            ("ada@example.org", true),
            ("ada+consort@mail.example.org", true),
            ("ada@example.org,eve@example.org", false),
            ("ada@example.org\r\nRCPT TO:<eve@example.org>", false),
            ("\"a b\"@example.org", false),
            ("Ada <ada@example.org>", false),
            ("ada", false),
            ("", false),
        ] {
            assert_eq!(check(text).is_ok(), expected, "{text:?}");
        }
        let long = format!("{}@example.org", "a".repeat(ADDRESS_BYTES_MAX));
        assert!(check(&long).is_err());
    }
}
