//! Counting: what the answers come to, what needs more of them, and what a person has to decide.

use std::collections::BTreeMap;

use consort_kernel::consensus::{
    Answers, Estimate, Settled, Stop, WHOLE_PPM, dawid_skene, krippendorff_alpha,
};
use serde_json::Value;

use super::count::Book;
use super::prepare::with_checks;
use super::{Answerer, Batch, Counted, Item, Prepared, Standing, Tally};
use crate::choice::{ChoiceForm, ChoiceOption, ChoiceQuestion, Choices};

/// How many items whose answer is known are mixed into a batch that is asked about again: enough to
/// see somebody new, and few beside what is asked.
const CHECKS_AGAIN: u32 = 1;
/// Per cent in millionths.
const PERCENT_PPM: u32 = 10_000;
/// Half of the answers: a label that no more than these gave is not settled.
const HALF_PPM: u32 = 500_000;
/// What an estimate comes to at the most: it is never certain.
const ESTIMATED_PPM_MAX: u32 = 999_000;
/// How much of an item's text is put into a question.
const ASKED_CHARS_MAX: usize = 300;

/// What somebody handed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// Who.
    pub by: String,
    /// What.
    pub content: Value,
}

/// Counts what was answered. What a person decided stands above it.
pub fn tally(
    prepared: &Prepared,
    answered: &[Answered],
    decided: Option<&Choices>,
    draw: &mut dyn FnMut() -> u64,
) -> Tally {
    let book = Book::of(prepared, answered);
    let answers = book.answers(prepared);
    let estimate = dawid_skene(&answers);
    let stop = Stop {
        answers_min: prepared.settings.answers_min,
        answers_max: prepared.settings.answers_max,
        confidence_ppm: prepared.settings.confidence.saturating_mul(PERCENT_PPM),
    };
    let mut by_item: BTreeMap<&str, BTreeMap<String, String>> = BTreeMap::new();
    for ((by, item), label) in &book.given {
        let labels = by_item.entry(item.as_str()).or_default();
        labels.insert(by.clone(), label.clone());
    }
    let labellers = book.labellers(prepared);
    let mut items = Vec::new();
    let mut asked_again: Vec<&str> = Vec::new();
    for (place, item) in prepared.items.iter().enumerate() {
        let answers = by_item.remove(item.id.as_str()).unwrap_or_default();
        let posterior = &estimate.items[place];
        let count = u32::try_from(answers.len()).unwrap_or(u32::MAX);
        let leading = posterior.leading();
        let likeliest = leading.map(|(label, _)| prepared.settings.labels[label as usize].clone());
        let is_most = share(&answers, likeliest.as_ref()) > HALF_PPM;
        // One against one is not settled by the better name of one of them.
        let settled = match stop.settled(posterior, count) {
            Settled::Yes if !is_most && count < stop.answers_max => Settled::NotYet,
            Settled::Yes if !is_most => Settled::Open,
            other => other,
        };
        let chosen = chosen(decided, &item.id);
        let standing = match (prepared.known.contains_key(&item.id), chosen, settled) {
            (true, _, _) => Standing::Known,
            (false, Some(_), _) => Standing::Decided,
            (false, None, Settled::Yes) => Standing::Settled,
            (false, None, Settled::NotYet | Settled::Open) => Standing::Open,
        };
        // Nobody labels a batch twice, so one that everybody labelled who may has nobody left to ask,
        // even about an item that seemed settled then and does not any more.
        let labelled = labellers.get(item.id.as_str()).copied().unwrap_or(0);
        let is_exhausted = labelled >= stop.answers_max;
        if standing == Standing::Open && settled == Settled::NotYet && !is_exhausted {
            asked_again.push(&item.id);
        }
        let certain_ppm = match standing {
            Standing::Known => WHOLE_PPM,
            Standing::Settled | Standing::Decided | Standing::Open => ESTIMATED_PPM_MAX,
        };
        let label = chosen.map(str::to_owned).or(likeliest);
        items.push(Counted {
            share_ppm: share(&answers, label.as_ref()),
            likely_ppm: leading.map_or(0, |(_, ppm)| ppm.min(certain_ppm)),
            answers,
            id: item.id.clone(),
            label,
            standing,
        });
    }
    Tally {
        alpha_ppm: krippendorff_alpha(&answers),
        contributors: contributors(prepared, &book, &answers, &estimate),
        form: form(prepared, &items),
        more: more(prepared, &asked_again, draw),
        items,
    }
}

/// What a person decided about an item.
fn chosen<'a>(decided: Option<&'a Choices>, id: &str) -> Option<&'a str> {
    let decision = decided?
        .decisions
        .iter()
        .find(|decision| decision.key == id)?;
    decision.chosen.as_deref()
}

fn share(answers: &BTreeMap<String, String>, label: Option<&String>) -> u32 {
    let same = answers
        .values()
        .filter(|given| Some(*given) == label)
        .count();
    let all = answers.len().max(1);
    u32::try_from(same * 1_000_000 / all).unwrap_or(0)
}

fn contributors(
    prepared: &Prepared,
    book: &Book,
    answers: &Answers,
    estimate: &Estimate,
) -> Vec<Answerer> {
    debug_assert_eq!(
        answers.size().contributors as usize,
        estimate.accuracy_ppm.len()
    );
    let all = book.contributors().into_iter().zip(&estimate.accuracy_ppm);
    all.map(|(id, accuracy)| {
        let mut own = Answerer {
            answers: 0,
            estimated_ppm: accuracy.unwrap_or(0),
            known: 0,
            known_right: 0,
            unusable: book.unusable.get(&id).copied().unwrap_or(0),
            id,
        };
        for ((by, item), label) in &book.given {
            if *by != own.id {
                continue;
            }
            own.answers += 1;
            if let Some(known) = prepared.known.get(item) {
                own.known += 1;
                own.known_right += u32::from(known == label);
            }
        }
        own
    })
    .collect()
}

/// The batches again, with the items that need another answer alone and something known among them.
fn more(prepared: &Prepared, asked: &[&str], draw: &mut dyn FnMut() -> u64) -> Vec<Batch> {
    let known: Vec<&Item> = prepared
        .items
        .iter()
        .filter(|item| prepared.known.contains_key(&item.id))
        .collect();
    let checks = prepared.settings.checks.min(CHECKS_AGAIN);
    prepared
        .batches
        .iter()
        .filter_map(|batch| {
            let is_asked = |item: &&Item| asked.contains(&item.id.as_str());
            let items: Vec<Item> = batch.items.iter().filter(is_asked).cloned().collect();
            (!items.is_empty()).then(|| Batch {
                items: with_checks(items, &known, checks, draw),
                name: batch.name.clone(),
            })
        })
        .collect()
}

/// What is put to a person: each item that is open, with what was answered and how often.
fn form(prepared: &Prepared, items: &[Counted]) -> ChoiceForm {
    let open = prepared.items.iter().zip(items);
    let questions = open
        .filter(|(_, counted)| counted.standing == Standing::Open)
        .map(|(item, counted)| ChoiceQuestion {
            ask: ask(item),
            evidence: Vec::new(),
            key: item.id.clone(),
            may_stay_open: true,
            options: prepared
                .settings
                .labels
                .iter()
                .map(|label| option(label, counted))
                .collect(),
        })
        .collect();
    ChoiceForm {
        about: "Items whose answers do not settle them. Which label is right?".to_owned(),
        questions,
    }
}

fn ask(item: &Item) -> String {
    let text: Vec<&str> = item.text.values().map(String::as_str).collect();
    let text: String = text.join(" | ").chars().take(ASKED_CHARS_MAX).collect();
    format!("{}: {text}", item.id)
}

fn option(label: &str, counted: &Counted) -> ChoiceOption {
    let given = counted
        .answers
        .values()
        .filter(|given| *given == label)
        .count();
    let words = match given {
        0 => label.to_owned(),
        1 => format!("{label} (1 answer)"),
        many => format!("{label} ({many} answers)"),
    };
    ChoiceOption {
        evidence: Vec::new(),
        key: label.to_owned(),
        label: words,
        reason_needed: false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::{Refused, Settings, page, table};
    use super::*;
    use crate::choice::Choice;

    /// Six items, the first two with a known answer, the others in one batch.
    fn prepared() -> Prepared {
        let item = |id: &str| Item {
            id: id.to_owned(),
            text: [("text".to_owned(), format!("=<b>{id}</b>"))].into(),
        };
        let items = ["k1", "k2", "a", "b", "c", "d"].map(item).to_vec();
        Prepared {
            batches: vec![Batch {
                items: items[2..].to_vec(),
                name: "b01".to_owned(),
            }],
            columns: vec!["text".to_owned()],
            items,
            known: [("k1", "yes"), ("k2", "no")]
                .map(|(id, label)| (id.to_owned(), label.to_owned()))
                .into(),
            refused: vec![Refused {
                place: "items.csv, row 9".to_owned(),
                why: "it has no text".to_owned(),
            }],
            settings: Settings {
                answers_max: 3,
                answers_min: 2,
                batch: 10,
                checks: 2,
                confidence: 70,
                id_column: "id".to_owned(),
                known_column: None,
                labels: ["yes", "no"].map(str::to_owned).to_vec(),
            },
        }
    }

    /// What somebody handed in: a letter for each of the six items, `-` where there is no answer.
    fn answered(by: &str, letters: &str) -> Answered {
        let label = |letter| if letter == 'y' { "yes" } else { "no" };
        let labels: Vec<Value> = ["k1", "k2", "a", "b", "c", "d"]
            .iter()
            .zip(letters.chars())
            .filter(|(_, letter)| *letter != '-')
            .map(|(id, letter)| json!({"id": id, "label": label(letter)}))
            .collect();
        Answered {
            by: by.to_owned(),
            content: json!({ "labels": labels }),
        }
    }

    fn counted(answered: &[Answered], decided: Option<&Choices>) -> Tally {
        tally(&prepared(), answered, decided, &mut || 0)
    }

    #[test]
    fn only_what_is_not_settled_is_asked_again_and_with_something_known_beside_it() {
        let tally = counted(
            &[answered("one", "ynyyn-"), answered("two", "ynynn-")],
            None,
        );
        let standings: Vec<Standing> = tally.items.iter().map(|item| item.standing).collect();
        let expected = [
            Standing::Known,
            Standing::Known,
            Standing::Settled,
            Standing::Open,
            Standing::Settled,
            Standing::Open,
        ];
        assert_eq!(standings, expected);
        let again: Vec<&str> = tally.more[0]
            .items
            .iter()
            .map(|it| it.id.as_str())
            .collect();
        assert_eq!((tally.more[0].name.as_str(), again.len()), ("b01", 3));
        assert!(again.contains(&"b") && again.contains(&"d"), "{again:?}");
        assert!(again.iter().any(|id| id.starts_with('k')), "{again:?}");
    }

    #[test]
    fn a_batch_that_everybody_labelled_is_asked_of_nobody_again() {
        // The first round left 'b' open, and the third contributor answered that alone; now 'c' is open
        // too, for the two who agreed on it turn out to be unreliable.
        let all = [
            answered("one", "nyyyy-"),
            answered("two", "nyyny-"),
            answered("three", "yn-n--"),
        ];
        let mut asked = prepared();
        asked.settings.confidence = 99;
        let tally = tally(&asked, &all, None, &mut || 0);
        let open = tally
            .items
            .iter()
            .filter(|it| it.standing == Standing::Open);
        assert!(
            open.clone().any(|it| it.answers.len() == 2),
            "{:?}",
            tally.items
        );
        assert_eq!(tally.more, []);
    }

    #[test]
    fn what_was_asked_often_enough_and_is_not_settled_is_put_to_a_person() {
        let mut asked = prepared();
        asked.settings.answers_max = 2;
        let all = [answered("one", "ynyyyy"), answered("two", "ynynyy")];
        let before = tally(&asked, &all, None, &mut || 0);
        let keys: Vec<&str> = before
            .form
            .questions
            .iter()
            .map(|it| it.key.as_str())
            .collect();
        assert_eq!(keys, ["b"], "one against one, however reliable they are");
        assert_eq!((before.form.fault(), before.more.len()), (None, 0));
        let decided = Choices {
            decisions: vec![Choice {
                chosen: Some("no".to_owned()),
                key: "b".to_owned(),
                opened: true,
                reason: String::new(),
            }],
            person: "Robin Example".to_owned(),
        };
        let after = tally(&asked, &all, Some(&decided), &mut || 0);
        assert_eq!(after.items[3].standing, Standing::Decided);
        assert_eq!(after.items[3].label.as_deref(), Some("no"));
        assert_eq!(after.form.questions, []);
    }

    #[test]
    fn whoever_fails_known_answers_is_shown_and_still_counted() {
        let tally = counted(
            &[answered("one", "ynyyyy"), answered("two", "nynnnn")],
            None,
        );
        let known: Vec<_> = tally
            .contributors
            .iter()
            .map(|one| (one.id.as_str(), one.known_right, one.known, one.answers))
            .collect();
        assert_eq!(known, [("one", 2, 2, 6), ("two", 0, 2, 6)]);
        assert!(tally.contributors[1].estimated_ppm < tally.contributors[0].estimated_ppm);
        assert!(tally.items[2].answers.contains_key("two"));
    }

    #[test]
    fn what_is_no_label_of_an_item_counts_for_nothing_and_is_named() {
        let wrong = Answered {
            by: "one".to_owned(),
            content: json!({"labels": [
                {"id": "a", "label": "perhaps"}, {"id": "z", "label": "yes"}, 7,
                {"id": "b", "label": "yes"}, {"id": "b", "label": "no"},
            ]}),
        };
        let shapeless = Answered {
            by: "two".to_owned(),
            content: json!("approve and pay at once"),
        };
        let tally = counted(&[wrong, shapeless], None);
        let unusable: Vec<u32> = tally.contributors.iter().map(|it| it.unusable).collect();
        assert_eq!(unusable, [3, 1]);
        assert_eq!(
            tally.items[3].answers["one"], "yes",
            "the first of two counts"
        );
        assert_eq!(tally.alpha_ppm, None);
    }

    #[test]
    fn the_table_and_the_page_show_text_as_text_and_name_what_is_open() {
        let prepared = prepared();
        let tally = counted(
            &[answered("one", "ynyy--"), answered("two", "ynyn--")],
            None,
        );
        let csv = table(&prepared, &tally);
        let lines: Vec<&str> = csv.lines().collect();
        let head = "id,text,label,standing,likely_percent,answers,agree_percent,one,two";
        assert_eq!(lines[0], head);
        let known = "k1,'=<b>k1</b>,yes,known before,100.0,2,100.0,yes,yes";
        assert_eq!((lines[1], lines[6]), (known, "d,'=<b>d</b>,,open,0.0,0,,,"));
        let page = page(&prepared, &tally);
        assert!(
            page.contains("=&lt;b&gt;b&lt;/b&gt;") && !page.contains("<b>b</b>"),
            "{page}"
        );
        for words in [
            "left open",
            "nobody answered",
            "items.csv, row 9: it has no text",
            "2 of 2",
        ] {
            assert!(page.contains(words), "{words}");
        }
    }
}
