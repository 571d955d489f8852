//! Where the visitor's money goes once it leaves the network: said on their own profile, after they have shown that it
//! is they.

use std::sync::Arc;

use axum::extract::{Form, State};
use axum::response::Redirect;
use consort_engine::network::{PayoutDetails, set_payout};
use maud::{Markup, html as markup};
use serde::Deserialize;

use crate::page::form::{anew, once_to};
use crate::page::proof;
use crate::part::when;
use crate::server::{Failure, Visitor, Web};

const HERE: &str = "/me/payout";
/// The longest name of a holder, and the longest account, in letters.
const HOLDER_MAX: usize = 80;
const ACCOUNT_MAX: usize = 140;
/// How much of an account is shown: enough for its owner to know it again.
const SHOWN: usize = 4;
/// The lengths of an IBAN, and where its country and check digits end.
const IBAN_LETTERS: std::ops::RangeInclusive<usize> = 15..=34;
const IBAN_HEAD: usize = 4;
/// What the number of an IBAN leaves when it is divided by 97 (ISO 7064).
const IBAN_REST: u32 = 1;

/// What they said, with the way to say something else.
pub(super) fn own(web: &Web, visitor: &Visitor) -> Result<Markup, Failure> {
    let said = web.engine.payout_of(visitor.id)?;
    let key = anew(web, visitor, HERE)?;
    let due = proof::ask(web, visitor)?;
    Ok(markup! {
        section.section aria-labelledby="payout" {
            div.section-head { h2 #payout { "Where your money goes" } p { "What you are owed stands in the ledger; whoever pays it out reads this. Nobody else does." } }
            @match &said {
                Some((details, since)) => p { (details.holder) ", " span.num { (hidden(&details.account)) } " " span.muted { "since " (when(*since)) } },
                None => p.muted { "You have not said yet." },
            }
            details.disclosure {
                summary { @if said.is_some() { "Say something else" } @else { "Say where" } }
                @if let Some(due) = &due { (due) } @else {
                    form.form method="post" action=(HERE) {
                        (key)
                        div.field { label for="holder" { "Whose account is it?" } input.input #holder name="holder" required maxlength=(HOLDER_MAX) autocomplete="name"; }
                        div.field {
                            label for="account" { "Which account?" }
                            input.input #account name="account" required maxlength=(ACCOUNT_MAX) autocomplete="off" aria-describedby="account-hint";
                            p.hint #account-hint { "An IBAN, or what your bank or payment service calls it. It takes the place of what stood here, which is forgotten." }
                        }
                        div.actions { button.button { "Keep it" } }
                    }
                }
            }
        }
    })
}

/// An account, so that others who see the screen cannot use it.
fn hidden(account: &str) -> String {
    let letters = account.chars().count();
    let end: String = account
        .chars()
        .skip(letters.saturating_sub(SHOWN))
        .collect();
    format!("…{end}")
}

/// What the form says.
#[derive(Deserialize)]
pub(super) struct Said {
    holder: String,
    account: String,
}

/// Keeps it. Whoever has something to show that it is they shows it first.
pub(super) async fn say(
    State(web): State<Arc<Web>>,
    visitor: Visitor,
    Form(said): Form<Said>,
) -> Result<Redirect, Failure> {
    web.blocking(move |web| {
        proof::check_signer(web, &visitor)?;
        let details = read(&said)?;
        once_to(
            web,
            &visitor,
            &format!("/people/{}#payout", visitor.id),
            || Ok(set_payout(&web.engine, visitor.id, &details)?),
        )
    })
    .await
}

/// The details, if they can be some.
fn read(said: &Said) -> Result<PayoutDetails, Failure> {
    let line = |what: &str, text: &str, max: usize| {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let letters = text.chars().count();
        if letters == 0 || letters > max || text.chars().any(char::is_control) {
            return Err(Failure::Misused(format!("{what} has 1 to {max} letters")));
        }
        Ok(text)
    };
    let holder = line("the name of the holder", &said.holder, HOLDER_MAX)?;
    let mut account = line("the account", &said.account, ACCOUNT_MAX)?;
    let joined = account.replace(' ', "").to_ascii_uppercase();
    if looks_like_iban(&joined) {
        if !is_iban(&joined) {
            return Err(Failure::Misused(
                "the account looks like an IBAN, and its check digits do not fit: look for a wrong letter or digit"
                    .to_owned(),
            ));
        }
        account = joined;
    }
    Ok(PayoutDetails { account, holder })
}

/// Two letters and two digits, and nothing but letters and digits after them.
fn looks_like_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    IBAN_LETTERS.contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_alphabetic)
        && bytes[2..IBAN_HEAD].iter().all(u8::is_ascii_digit)
        && bytes.iter().all(u8::is_ascii_alphanumeric)
}

/// Whether the check digits fit (ISO 13616, with the remainder of ISO 7064).
fn is_iban(text: &str) -> bool {
    let (head, tail) = text.split_at(IBAN_HEAD);
    let digits = tail.chars().chain(head.chars());
    let rest = digits
        .filter_map(|letter| letter.to_digit(36))
        .fold(0, |rest, value| {
            let shift = if value < 10 { 10 } else { 100 };
            (rest * shift + value) % 97
        });
    rest == IBAN_REST
}

#[cfg(test)]
mod tests {
    use super::{Said, hidden, read};

    #[test]
    fn what_looks_like_an_iban_has_to_be_one() {
        let read = |account: &str| {
            let said = Said {
                holder: " Ada  Example ".to_owned(),
                account: account.to_owned(),
            };
            read(&said).ok()
        };
        // The examples of the registry of IBANs.
        for (given, kept) in [
            ("GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
            ("de89370400440532013000", "DE89370400440532013000"),
            ("payments.example, ada", "payments.example, ada"),
            ("12-34-56 12345678", "12-34-56 12345678"),
        ] {
            let details = read(given).unwrap();
            assert_eq!(
                (details.holder.as_str(), details.account.as_str()),
                ("Ada Example", kept)
            );
        }
        for wrong in [
            "",
            " ",
            "GB29 NWBK 6016 1331 9268 18",
            "GB92NWBK60161331926819",
        ] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn an_account_is_shown_by_its_end() {
        assert_eq!(hidden("GB29NWBK60161331926819"), "…6819");
        assert_eq!(hidden("é"), "…é");
    }
}
