//! Labels that people really gave, replayed as contributors through whole runs: five workers of the set
//! `ZenCrowd` who all answered the same 540 items. The set lies beside the repository; without it there is
//! nothing to replay.

use std::collections::BTreeMap;
use std::fs;

use consort_testkit::crowd::Crowd;

use crate::fixture::{Desk, words};

/// Every so manyth item has its answer known.
const KNOWN_EVERY: usize = 15;
/// How many workers answered an item that is replayed.
const WORKERS: usize = 5;

/// Gives the answers of one worker, which are named on the command line.
const REPLAY: &str = r#"
import json, sys
with open(sys.argv[1], encoding="utf-8") as file:
    given = dict(line.strip().split(",") for line in file)
task = json.load(sys.stdin)
batch = next(it["json"] for it in task["material"] if it["name"] == "batch")
json.dump({"labels": [{"id": it["id"], "label": given[it["id"]]} for it in batch["items"]]}, sys.stdout)
"#;

/// Items that the same workers answered, with what each of them said.
struct Replayed {
    items: BTreeMap<String, BTreeMap<String, String>>,
    gold: BTreeMap<String, String>,
}

impl Replayed {
    /// The largest group of items with one set of workers.
    fn of(crowd: &Crowd) -> Self {
        let mut items: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
        for answer in &crowd.given {
            let item = crowd.items[answer.item as usize].clone();
            let worker = crowd.workers[answer.contributor as usize].clone();
            let label = crowd.labels[answer.label as usize].clone();
            items.entry(item).or_default().insert(worker, label);
        }
        let mut groups: BTreeMap<Vec<&String>, usize> = BTreeMap::new();
        for said in items.values() {
            *groups.entry(said.keys().collect()).or_default() += 1;
        }
        let largest = groups.iter().max_by_key(|(_, count)| **count).unwrap();
        let workers: Vec<String> = largest.0.iter().map(ToString::to_string).collect();
        items.retain(|_, said| said.keys().eq(workers.iter()));
        let gold = crowd.gold.iter();
        let gold = gold
            .map(|(item, label)| {
                (
                    crowd.items[*item as usize].clone(),
                    crowd.labels[*label as usize].clone(),
                )
            })
            .filter(|(item, _)| items.contains_key(item))
            .collect();
        Self { items, gold }
    }

    fn workers(&self) -> Vec<String> {
        self.items
            .values()
            .next()
            .unwrap()
            .keys()
            .cloned()
            .collect()
    }

    /// The items whose answer is not told beforehand.
    fn asked(&self) -> impl Iterator<Item = &String> {
        let places = self.items.keys().enumerate();
        places
            .filter(|(place, _)| place % KNOWN_EVERY != 0)
            .map(|(_, item)| item)
    }

    /// How many of the items that were asked about are right by the majority of all answers.
    fn right_by_majority(&self) -> usize {
        self.asked()
            .filter(|item| {
                let said = self.items[*item].values();
                let right = said.filter(|label| **label == self.gold[*item]).count();
                2 * right > WORKERS
            })
            .count()
    }

    /// Puts the table, the workers and their answers where a run finds them.
    fn set_up(&self, desk: &Desk) {
        fs::create_dir_all(desk.data()).unwrap();
        fs::write(desk.data().join("replay.py"), REPLAY).unwrap();
        let mut tables = Vec::new();
        for worker in self.workers() {
            let said = self.items.iter();
            let lines: Vec<String> = said
                .map(|(item, it)| format!("{item},{}", it[&worker]))
                .collect();
            fs::write(desk.data().join(format!("{worker}.csv")), lines.join("\n")).unwrap();
            tables.push(format!(
                "[commands.{worker}]\ncommand = [\"python3\", \"{0}/replay.py\", \"{0}/{worker}.csv\"]\n",
                desk.data().display()
            ));
        }
        let configuration = tables.concat();
        fs::write(desk.data().join("consort.toml"), configuration).unwrap();
        for worker in self.workers() {
            let added = desk
                .consort(&["--as", "Robin Example", "agent", "add", &worker])
                .args(["--command", &worker, "--capability", "label=5"])
                .output()
                .unwrap();
            assert!(added.status.success(), "{}", words(&added));
        }
        let rows = self.items.keys().enumerate().map(|(place, item)| {
            let known = if place % KNOWN_EVERY == 0 {
                self.gold[item].as_str()
            } else {
                ""
            };
            format!("{item},{item},{known}")
        });
        let rows: Vec<String> = rows.collect();
        let table = format!("id,text,known\n{}\n", rows.join("\n"));
        fs::write(desk.data().join("items.csv"), table).unwrap();
        let answers = "person: Robin Example\npre_approval: {amount_max_minor: 500, total_max_minor: 100000, \
                       risk_max: medium, expires: 2036-12-31T23:59:59Z, reason: a replay}\n\
                       exceptions: leave_open\n\
                       inputs: {labels: ['0', '1'], known-column: known, least: 2, most: 5, batch: 30, checks: 3}\n";
        fs::write(desk.data().join("answers.yaml"), answers).unwrap();
    }
}

#[test]
fn what_a_crowd_said_is_settled_with_fewer_answers_and_nearly_as_right() {
    let Some(crowd) = Crowd::load("ZenCrowd_us") else {
        eprintln!("skipped: the data sets are not beside the repository");
        return;
    };
    let replayed = Replayed::of(&crowd);
    let desk = Desk::new();
    replayed.set_up(&desk);
    let items = format!("items={}", desk.data().join("items.csv").display());
    let mut run = desk.consort(&["run", "label", "--json", "--input", &items]);
    run.arg("--answers").arg(desk.data().join("answers.yaml"));
    let record = desk.delivered(run);
    assert_eq!(record["outcome"]["state"], "delivered");
    desk.assert_healthy();

    let table = fs::read_to_string(desk.output().join("labels.csv")).unwrap();
    let mut lines = table
        .lines()
        .map(|line| line.split(',').collect::<Vec<_>>());
    let head = lines.next().unwrap();
    let column = |name: &str| head.iter().position(|it| *it == name).unwrap();
    let (id, label, count) = (column("id"), column("label"), column("answers"));
    let rows: BTreeMap<String, (String, usize)> = lines
        .map(|row| {
            (
                row[id].to_owned(),
                (row[label].to_owned(), row[count].parse().unwrap()),
            )
        })
        .collect();
    let asked: Vec<&String> = replayed.asked().collect();
    let right = asked
        .iter()
        .filter(|item| rows[**item].0 == replayed.gold[**item])
        .count();
    let used: usize = asked.iter().map(|item| rows[*item].1).sum();
    let majority = replayed.right_by_majority();
    eprintln!(
        "{} items: {right} right with {used} answers; the majority of all {} answers: {majority} right",
        asked.len(),
        asked.len() * WORKERS,
    );
    assert!(
        used < asked.len() * WORKERS,
        "asking stops where it is settled"
    );
    assert!(right * 100 >= majority * 90, "{right} of {majority}");
}
