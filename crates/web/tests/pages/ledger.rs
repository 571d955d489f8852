//! The ledger: the journal with its filters, accounts that come to zero, and a file that balances.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use consort_kernel::id::OutcomeId;

use crate::fixture::{Browser, House};
use crate::work::Story;

#[tokio::test]
async fn the_journal_is_narrowed_by_purpose_outcome_and_account() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    let elsewhere = OutcomeId::new(house.engine.now(), 1);
    let own = format!("?outcome={}", story.outcome);
    let owed = format!("?account=payable:{}", house.ben);
    for (question, purposes) in [
        ("?purpose=pay".to_owned(), vec!["pay"]),
        (owed, vec!["pay"]),
        (format!("?outcome={elsewhere}"), vec![]),
        (own, vec!["refund", "pay", "hold", "fund"]),
    ] {
        let file = story.ada.get(&format!("/ledger.csv{question}")).await.text;
        let found: Vec<&str> = file
            .lines()
            .skip(1)
            .filter_map(|it| it.split(',').next())
            .collect();
        let wanted = found.iter().filter(|it| purposes.contains(it)).count();
        assert_eq!(wanted, found.len(), "{question}: {file}");
        assert_eq!(found.is_empty(), purposes.is_empty(), "{question}: {file}");
    }
}

/// What stands on each account and in each currency, by a file for hledger; each transaction is zero.
async fn folded(browser: &Browser<'_>) -> BTreeMap<String, i64> {
    let file = browser.get("/ledger.journal").await;
    assert_eq!(file.status, StatusCode::OK);
    let mut accounts: BTreeMap<String, i64> = BTreeMap::new();
    let mut open = 0;
    for line in file.text.lines() {
        if let Some(posting) = line.strip_prefix("    ") {
            let (account, amount) = posting.split_once("  ").unwrap();
            let (number, currency) = amount.trim().split_once(' ').unwrap();
            let minor: i64 = number.replace('.', "").parse().unwrap();
            open += minor;
            *accounts.entry(format!("{account} {currency}")).or_default() += minor;
        } else {
            assert_eq!(open, 0, "what stands before '{line}'");
        }
    }
    assert_eq!(open, 0);
    accounts
}

#[tokio::test]
async fn the_file_for_hledger_balances_and_comes_to_what_stands_on_the_accounts() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    let sam = house.browser(house.sam).await;
    let folded = folded(&sam).await;
    assert_eq!(folded.values().sum::<i64>(), 0);
    let mut kept: BTreeMap<String, i64> = BTreeMap::new();
    for ((account, asset), amount) in house.engine.balances().unwrap() {
        kept.insert(format!("{account} {}", asset.code()), amount.minor());
    }
    assert_eq!(folded, kept);
}

#[tokio::test]
async fn accounts_are_those_that_the_reader_sees() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    let sam = house.browser(house.sam).await;
    let all = sam.get("/ledger/accounts").await.text;
    assert!(
        all.contains("Owed to Ben") && all.contains("come to zero"),
        "{all}"
    );
    let hers = story.ada.get("/ledger/accounts?kind=payable").await.text;
    assert!(
        hers.contains("Owed to Ben") && hers.contains("5.00 practice"),
        "{hers}"
    );
    // Accounts of a kind are told apart by what they are for, on the page and in the file.
    let outcome = story.outcome.to_string();
    let escrow = "/ledger/accounts?kind=escrow";
    let page = story.ada.get(escrow).await.text;
    assert!(
        page.contains(&format!("<a href=\"/outcomes/{outcome}\">")),
        "{page}"
    );
    let file = story.ada.get("/ledger/accounts.csv?kind=escrow").await.text;
    assert!(file.contains(&format!(",{outcome},")), "{file}");
    let eve = house.browser(house.eve).await;
    assert!(!eve.get("/ledger/accounts").await.text.contains("Ben"));
}

#[tokio::test]
async fn the_flow_of_an_outcome_is_drawn_and_written() {
    let house = House::new();
    let story = Story::begin(&house).await;
    story.deliver().await;
    let page = story
        .ada
        .get(&format!("/outcomes/{}?view=money", story.outcome))
        .await
        .text;
    for words in [
        "Where the money went",
        "Owed to Ben",
        "Ada&#39;s desk",
        "5.00 practice",
    ] {
        let plain = words.replace("&#39;", "'");
        assert!(
            page.contains(words) || page.contains(&plain),
            "{words}: {page}"
        );
    }
}
