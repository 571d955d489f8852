//! From a table to batches, with known answers mixed in where nobody can tell.

use std::collections::{BTreeMap, BTreeSet};

use consort_documents::{BlockKind, Document};

use super::{Batch, Item, Prepared, Refused, Settings};

/// The most items of one table: each is read by several contributors.
const ITEMS_MAX: usize = 20_000;

/// Reads the rows of a table and makes batches. `draw` gives random bits.
pub fn prepare(
    documents: &[Document],
    settings: Settings,
    draw: &mut dyn FnMut() -> u64,
) -> Result<Prepared, String> {
    check(&settings)?;
    let mut read = Read::default();
    for document in documents {
        read.document(document, &settings);
    }
    if read.items.is_empty() {
        return Err(match read.refused.first() {
            Some(refused) => format!("no row can be labelled; {}: {}", refused.place, refused.why),
            None => "the table has no rows".to_owned(),
        });
    }
    if read.items.len() > ITEMS_MAX {
        return Err(format!(
            "there are {} items, and {ITEMS_MAX} are taken at once",
            read.items.len()
        ));
    }
    let batches = batches(&read, &settings, draw);
    Ok(Prepared {
        batches,
        columns: read.columns,
        items: read.items,
        known: read.known,
        refused: read.refused,
        settings,
    })
}

fn check(settings: &Settings) -> Result<(), String> {
    let distinct: BTreeSet<&String> = settings.labels.iter().collect();
    if distinct.len() < 2 || distinct.len() < settings.labels.len() {
        return Err("two or more different labels are needed".to_owned());
    }
    if settings.batch == 0 {
        return Err("a batch has one item at the least".to_owned());
    }
    if settings.answers_min == 0 || settings.answers_min > settings.answers_max {
        return Err("the least answers are 1 or more, and no more than the most".to_owned());
    }
    if !(50..=100).contains(&settings.confidence) {
        return Err("the confidence is 50 to 100 per cent".to_owned());
    }
    Ok(())
}

/// What was read so far.
#[derive(Default)]
struct Read {
    columns: Vec<String>,
    ids: BTreeSet<String>,
    items: Vec<Item>,
    known: BTreeMap<String, String>,
    refused: Vec<Refused>,
}

impl Read {
    fn document(&mut self, document: &Document, settings: &Settings) {
        for block in &document.blocks {
            let place = format!("{}, {}", document.name, block.place);
            let read = match &block.kind {
                BlockKind::Row { cells, columns } if !columns.is_empty() => {
                    self.row(cells, columns, settings)
                }
                BlockKind::Row { .. }
                | BlockKind::Heading(_)
                | BlockKind::Paragraph
                | BlockKind::ListItem => {
                    Err("it is no row of a table with named columns".to_owned())
                }
            };
            if let Err(why) = read {
                self.refused.push(Refused { place, why });
            }
        }
    }

    fn row(
        &mut self,
        cells: &[String],
        columns: &[String],
        settings: &Settings,
    ) -> Result<(), String> {
        let named: Vec<(&String, &String)> = columns.iter().zip(cells).collect();
        let cell = |name: &str| {
            let mut all = named.iter();
            all.find(|(column, _)| column.eq_ignore_ascii_case(name))
                .map(|(_, cell)| cell.trim())
        };
        let id = cell(&settings.id_column)
            .ok_or_else(|| format!("there is no column '{}'", settings.id_column))?;
        if id.is_empty() {
            return Err(format!("its '{}' is empty", settings.id_column));
        }
        let is_text = |column: &str| {
            let is_known = settings.known_column.as_deref();
            !column.is_empty()
                && !column.eq_ignore_ascii_case(&settings.id_column)
                && !is_known.is_some_and(|known| column.eq_ignore_ascii_case(known))
        };
        let text: BTreeMap<String, String> = named
            .iter()
            .filter(|(column, cell)| is_text(column) && !cell.trim().is_empty())
            .map(|(column, cell)| ((*column).clone(), cell.trim().to_owned()))
            .collect();
        if text.is_empty() {
            return Err("it has no text".to_owned());
        }
        let known = settings.known_column.as_deref().and_then(cell);
        let known = known.filter(|label| !label.is_empty()).map(str::to_owned);
        if let Some(label) = known
            .as_ref()
            .filter(|label| !settings.labels.contains(label))
        {
            return Err(format!("its known answer '{label}' is none of the labels"));
        }
        if !self.ids.insert(id.to_owned()) {
            return Err(format!("'{id}' names another row already"));
        }
        if let Some(label) = known {
            self.known.insert(id.to_owned(), label);
        }
        for column in columns.iter().filter(|column| is_text(column)) {
            if !self.columns.contains(column) {
                self.columns.push(column.clone());
            }
        }
        self.items.push(Item {
            id: id.to_owned(),
            text,
        });
        Ok(())
    }
}

fn batches(read: &Read, settings: &Settings, draw: &mut dyn FnMut() -> u64) -> Vec<Batch> {
    let (mut known, mut asked): (Vec<&Item>, Vec<&Item>) = read
        .items
        .iter()
        .partition(|item| read.known.contains_key(&item.id));
    if asked.is_empty() {
        // A table of known answers alone tries contributors out.
        std::mem::swap(&mut known, &mut asked);
    }
    shuffle(&mut asked, draw);
    let size = settings.batch as usize;
    let parts = asked.chunks(size);
    let width = parts.len().to_string().len().max(2);
    parts
        .enumerate()
        .map(|(place, items)| {
            let items: Vec<Item> = items.iter().map(|item| (*item).clone()).collect();
            Batch {
                items: with_checks(items, &known, settings.checks, draw),
                name: format!("b{:0width$}", place + 1),
            }
        })
        .collect()
}

/// The items with so many of the known ones among them, in an order that is drawn.
pub(super) fn with_checks(
    mut items: Vec<Item>,
    known: &[&Item],
    checks: u32,
    draw: &mut dyn FnMut() -> u64,
) -> Vec<Item> {
    let mut checked: Vec<&Item> = known.to_vec();
    shuffle(&mut checked, draw);
    items.extend(checked.into_iter().take(checks as usize).cloned());
    shuffle(&mut items, draw);
    items
}

/// Fisher and Yates: every order is as likely as any other.
fn shuffle<T>(items: &mut [T], draw: &mut dyn FnMut() -> u64) {
    for last in (1..items.len()).rev() {
        let places = u64::try_from(last + 1).expect("a table is small");
        let place = usize::try_from(draw() % places).expect("below the length");
        items.swap(last, place);
    }
}

#[cfg(test)]
mod tests {
    use consort_documents::{Block, Format, Place};
    use consort_kernel::digest::Digest;

    use super::*;

    pub(super) fn settings() -> Settings {
        Settings {
            answers_max: 3,
            answers_min: 2,
            batch: 4,
            checks: 2,
            confidence: 90,
            id_column: "id".to_owned(),
            known_column: Some("known".to_owned()),
            labels: ["yes", "no"].map(str::to_owned).to_vec(),
        }
    }

    fn document(rows: &[[&str; 3]]) -> Document {
        let columns = ["ID", "text", "known"].map(str::to_owned).to_vec();
        let blocks = (2..).zip(rows).map(|(row, cells)| {
            let kind = BlockKind::Row {
                cells: cells.map(str::to_owned).to_vec(),
                columns: columns.clone(),
            };
            Block::new(kind, Place::Row { row, sheet: None }, "")
        });
        Document {
            blocks: blocks.collect(),
            format: Format::Csv,
            language: None,
            name: "items.csv".to_owned(),
            sha256: Digest::of(b"items"),
            title: None,
        }
    }

    fn counting() -> impl FnMut() -> u64 {
        let mut next = 0_u64;
        move || {
            next = next
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            next >> 33
        }
    }

    #[test]
    fn bad_rows_are_named_with_their_place_and_the_rest_is_taken() {
        let rows = [
            ["1", "fine", ""],
            ["", "no name", ""],
            ["2", "", ""],
            ["1", "again", ""],
            ["3", "known", "perhaps"],
            ["4", "known", "yes"],
        ];
        let prepared = prepare(&[document(&rows)], settings(), &mut counting()).unwrap();
        let ids: Vec<&str> = prepared.items.iter().map(|item| item.id.as_str()).collect();
        assert_eq!(ids, ["1", "4"]);
        let refused: Vec<String> = prepared
            .refused
            .iter()
            .map(|row| format!("{}: {}", row.place, row.why))
            .collect();
        let expected = [
            "items.csv, row 3: its 'id' is empty",
            "items.csv, row 4: it has no text",
            "items.csv, row 5: '1' names another row already",
            "items.csv, row 6: its known answer 'perhaps' is none of the labels",
        ];
        assert_eq!(refused, expected);
    }

    #[test]
    fn known_answers_are_mixed_in_and_a_batch_does_not_show_which_they_are() {
        let texts: Vec<String> = (0..12).map(|number| format!("t{number}")).collect();
        let rows: Vec<[&str; 3]> = texts
            .iter()
            .enumerate()
            .map(|(place, text)| [text.as_str(), "words", if place < 4 { "yes" } else { "" }])
            .collect();
        let prepared = prepare(&[document(&rows)], settings(), &mut counting()).unwrap();
        assert_eq!(prepared.known.len(), 4);
        assert_eq!(prepared.batches.len(), 2);
        let mut places = BTreeSet::new();
        for batch in &prepared.batches {
            assert_eq!(batch.items.len(), 6, "four items and two checks");
            let shown = serde_json::to_string(batch).unwrap();
            assert!(
                !shown.contains("yes") && !shown.contains("known"),
                "{shown}"
            );
            places.extend((0..).zip(&batch.items).filter_map(|(place, item)| {
                prepared.known.contains_key(&item.id).then_some(place)
            }));
        }
        assert!(places.iter().any(|place: &i32| *place < 4), "{places:?}");
    }

    #[test]
    fn what_cannot_be_done_is_said_before_anybody_is_asked() {
        type Change = fn(&mut Settings);
        let cases: [(Change, &str); 5] = [
            (|it| it.labels.truncate(1), "two or more"),
            (|it| it.labels = vec!["a".to_owned(); 2], "two or more"),
            (|it| it.batch = 0, "a batch"),
            (|it| it.answers_min = 4, "no more than the most"),
            (
                |it| it.id_column = "name".to_owned(),
                "there is no column 'name'",
            ),
        ];
        for (change, expected) in cases {
            let mut settings = settings();
            change(&mut settings);
            let refused = prepare(&[document(&[["1", "a", ""]])], settings, &mut counting());
            let why = refused.unwrap_err();
            assert!(why.contains(expected), "{why}");
        }
    }
}
