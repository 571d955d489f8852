//! A message as a reader's program takes it apart.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// What came, decoded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Message {
    pub(crate) fn read(text: &str) -> Self {
        let (head, body) = text.split_once("\n\n").unwrap();
        let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
        let headers: Vec<(String, String)> = unfolded
            .lines()
            .map(|line| {
                let (name, value) = line.split_once(':').unwrap();
                (name.to_owned(), value.trim().to_owned())
            })
            .collect();
        let mut read = Self {
            headers,
            body: body.to_owned(),
        };
        read.body = match read.header("Content-Transfer-Encoding").as_str() {
            "base64" => decoded(&body.replace('\n', "")),
            "quoted-printable" => printable(body),
            "7bit" => body.to_owned(),
            other => panic!("{other} is not for every server"),
        };
        read
    }

    /// The one header of this name, decoded.
    pub(crate) fn header(&self, name: &str) -> String {
        let named = self.headers.iter();
        let mut named = named.filter(|(it, _)| it.eq_ignore_ascii_case(name));
        let (_, value) = named.next().unwrap_or_else(|| panic!("{name}: {self:?}"));
        assert!(named.next().is_none(), "{name} is there twice");
        words(value)
    }

    /// The names of the headers.
    pub(crate) fn names(&self) -> Vec<&str> {
        self.headers.iter().map(|(name, _)| name.as_str()).collect()
    }
}

/// A header in which words may be encoded; what lies between two such words is nothing.
fn words(value: &str) -> String {
    assert!(value.is_ascii(), "{value}");
    let mut text = String::new();
    let mut was_encoded = false;
    for word in value.split(' ') {
        let inner = word
            .strip_prefix("=?utf-8?b?")
            .and_then(|it| it.strip_suffix("?="));
        let goes_on = was_encoded && inner.is_some();
        if !text.is_empty() && !goes_on {
            text.push(' ');
        }
        match inner {
            Some(inner) => text.push_str(&decoded(inner)),
            None => text.push_str(word),
        }
        was_encoded = inner.is_some();
    }
    text
}

fn decoded(text: &str) -> String {
    String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
}

fn printable(text: &str) -> String {
    let text = text.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, more @ ..] = rest {
        if *first == b'=' {
            let digits = std::str::from_utf8(&more[..2]).unwrap();
            bytes.push(u8::from_str_radix(digits, 16).unwrap());
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8(bytes).unwrap()
}
