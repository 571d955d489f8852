//! Where the money of an outcome came from and where it went, as a picture; the table below it says
//! the same.

use std::collections::BTreeMap;

use consort_kernel::money::{Account, Purpose};
use consort_kernel::stream::StreamId;
use maud::{Markup, html as markup};

use super::Seen;
use crate::server::Failure;

/// How many payees the picture has; the others are drawn as one.
const PAYEES_MAX: usize = 8;
/// How many movements are added up by payee.
const MOVEMENTS_MAX: usize = 5_000;
const WIDTH: i64 = 720;
/// Where the bars stand, and how broad they are.
const BARS: [i64; 3] = [190, 350, 510];
const BAR: i64 = 10;
/// How high all money together is, and how far apart two parts are.
const HIGH: i64 = 220;
const APART: i64 = 14;

/// A part of the money on one side.
struct Stream {
    name: String,
    minor: i64,
    tone: &'static str,
}

/// The picture and its table; nothing where nothing was funded.
pub(super) fn show(seen: &Seen<'_>) -> Result<Markup, Failure> {
    let asset = seen.outcome.charter.asset;
    let funded = seen.outcome.purse.funded.minor();
    if funded <= 0 {
        return Ok(markup! {});
    }
    let (came, went) = (came(seen)?, went(seen)?);
    let shown = |minor: i64| asset.show(consort_kernel::money::Amount::from_minor(minor));
    Ok(markup! {
        section.section aria-labelledby="flow" {
            div.section-head { h2 #flow { "Where the money went" } p { "From who funded it, through its escrow, to who is owed." } }
            div.scroll tabindex="0" role="region" aria-label="Flow of the money, scrolls sideways" {
                (picture(&came, &went, funded, &shown))
            }
            div.scroll tabindex="0" role="region" aria-label="Flow of the money, as a table" {
                table.stacked {
                    caption.sr { "Flow of the money" }
                    thead { tr { th scope="col" { "From" } th scope="col" { "To" } th.num scope="col" { "Amount" } } }
                    tbody {
                        @for one in &came { tr { th scope="row" { (one.name) } td data-label="To" { "Escrow" } td.num data-label="Amount" { (shown(one.minor)) } } }
                        @for one in &went { tr { th scope="row" { "Escrow" } td data-label="To" { (one.name) } td.num data-label="Amount" { (shown(one.minor)) } } }
                    }
                }
            }
        }
    })
}

fn came(seen: &Seen<'_>) -> Result<Vec<Stream>, Failure> {
    let mut came = Vec::new();
    for (funder, amount) in &seen.outcome.funders {
        let name = seen.web.engine.name(StreamId::Organisation(*funder))?;
        came.push(Stream {
            name: name.unwrap_or_else(|| "A funder".to_owned()),
            minor: amount.minor(),
            tone: "is-mine",
        });
    }
    Ok(came)
}

fn went(seen: &Seen<'_>) -> Result<Vec<Stream>, Failure> {
    let purse = &seen.outcome.purse;
    let mut payees: BTreeMap<_, i64> = BTreeMap::new();
    for (_, transfer) in seen
        .web
        .engine
        .transfers_of(seen.outcome.id, MOVEMENTS_MAX)?
    {
        if let (Purpose::Pay, Account::Payable(to)) = (transfer.purpose, transfer.to) {
            *payees.entry(to).or_default() += transfer.amount.minor();
        }
    }
    let mut payees: Vec<_> = payees
        .into_iter()
        .map(|(who, minor)| (minor, who))
        .collect();
    payees.sort_unstable_by(|one, other| other.cmp(one));
    let mut went = Vec::new();
    for (minor, who) in payees.iter().take(PAYEES_MAX) {
        let name = format!("Owed to {}", seen.people.name(*who)?);
        went.push(Stream {
            name,
            minor: *minor,
            tone: "is-done",
        });
    }
    let named: i64 = went.iter().map(|it| it.minor).sum();
    for (name, minor, tone) in [
        ("Owed to others", purse.paid.minor() - named, "is-done"),
        ("Fees", purse.fees.minor(), "is-wait"),
        ("Taxes", purse.taxes.minor(), "is-wait"),
        ("Reserved for tasks", purse.held.minor(), "is-busy"),
        ("Left in escrow", purse.available.minor(), "is-idle"),
        ("Returned", purse.refunded.minor(), "is-mine"),
    ] {
        if minor > 0 {
            went.push(Stream {
                name: name.to_owned(),
                minor,
                tone,
            });
        }
    }
    Ok(went)
}

/// The height of a part; a small one can still be seen.
fn high(minor: i64, funded: i64) -> i64 {
    let high = i128::from(minor) * i128::from(HIGH) / i128::from(funded);
    i64::try_from(high).unwrap_or(HIGH).max(2)
}

/// From where to where each part stands, top to bottom, with the space between.
fn stacked(parts: &[Stream], funded: i64, apart: i64) -> Vec<(i64, i64)> {
    let mut y = 0;
    parts
        .iter()
        .map(|part| {
            let own = (y, high(part.minor, funded));
            y += own.1 + apart;
            own
        })
        .collect()
}

fn picture(came: &[Stream], went: &[Stream], funded: i64, shown: &dyn Fn(i64) -> String) -> Markup {
    let (left, right) = (stacked(came, funded, APART), stacked(went, funded, APART));
    let (into, out_of) = (stacked(came, funded, 0), stacked(went, funded, 0));
    let end = |bars: &[(i64, i64)]| bars.last().map_or(0, |(y, high)| y + high);
    let tall = end(&left).max(end(&right)).max(end(&out_of)) + 20;
    let middle = end(&out_of).max(end(&into));
    let told: Vec<String> = went
        .iter()
        .map(|it| format!("{} {}", it.name, shown(it.minor)))
        .collect();
    let label = format!("{} funded: {}", shown(funded), told.join(", "));
    markup! {
        svg.chart.flows width=(WIDTH) height=(tall) viewBox={ "0 0 " (WIDTH) " " (tall) } role="img" aria-label=(label) {
            @for ((part, own), inner) in came.iter().zip(&left).zip(&into) {
                path class={ "flow " (part.tone) } d=(band((BARS[0] + BAR, own.0), (BARS[1], inner.0), own.1)) {}
                rect class=(part.tone) x=(BARS[0]) y=(own.0) width=(BAR) height=(own.1) {}
                text.end x=(BARS[0] - 8) y=(own.0 + own.1 / 2 + 4) { (short(&part.name)) }
            }
            rect.is-idle x=(BARS[1]) y="0" width=(BAR) height=(middle) {}
            text.count x=(BARS[1] + BAR / 2) y=(middle + 14) { "Escrow" }
            @for ((part, own), inner) in went.iter().zip(&right).zip(&out_of) {
                path class={ "flow " (part.tone) } d=(band((BARS[1] + BAR, inner.0), (BARS[2], own.0), own.1)) {}
                rect class=(part.tone) x=(BARS[2]) y=(own.0) width=(BAR) height=(own.1) {}
                text x=(BARS[2] + BAR + 8) y=(own.0 + own.1 / 2 + 4) { (short(&part.name)) ", " (shown(part.minor)) }
            }
        }
    }
}

/// A band of one breadth from the right of one bar to the left of another.
fn band((x1, y1): (i64, i64), (x2, y2): (i64, i64), high: i64) -> String {
    let middle = i64::midpoint(x1, x2);
    let (below1, below2) = (y1 + high, y2 + high);
    format!(
        "M{x1} {y1}C{middle} {y1} {middle} {y2} {x2} {y2}V{below2}C{middle} {below2} {middle} {below1} {x1} {below1}Z"
    )
}

fn short(name: &str) -> String {
    const LETTERS_MAX: usize = 24;
    if name.chars().count() <= LETTERS_MAX {
        return name.to_owned();
    }
    let cut: String = name.chars().take(LETTERS_MAX - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_below_each_other_and_a_small_one_can_be_seen() {
        let part = |minor| Stream {
            name: String::new(),
            minor,
            tone: "",
        };
        let parts = [part(500), part(1), part(499)];
        assert_eq!(stacked(&parts, 1_000, 10), [(0, 110), (120, 2), (132, 109)]);
        assert_eq!(high(i64::MAX, i64::MAX), HIGH);
    }
}
