//! The parts of a brief as `WordprocessingML`.
//!
//! References are links to bookmarks at the passages. Control signs that XML cannot hold are left
//! out.

use super::super::outline::{Cell, Dispute, Entry, Part, Source};

/// The name space of the text's elements.
const WORD: &str = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";

/// What stands above the parts.
pub(super) struct Opening<'a> {
    pub(super) sort: &'a str,
    pub(super) title: &'a str,
    pub(super) byline: &'a str,
}

/// The whole text.
pub(super) fn document(opening: &Opening<'_>, parts: &[Part]) -> String {
    let mut text = Writer::default();
    text.paragraph("Sort", |run| run.plain(opening.sort));
    text.paragraph("Title", |run| run.plain(opening.title));
    text.paragraph("Byline", |run| run.plain(opening.byline));
    for part in parts {
        text.part(part);
    }
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<w:document \
         xmlns:w=\"{WORD}\" xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\">\
         <w:body>{}<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId2\"/>\
         <w:pgSz w:w=\"11906\" w:h=\"16838\"/><w:pgMar w:top=\"1020\" w:right=\"1134\" \
         w:bottom=\"1020\" w:left=\"1134\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/>\
         </w:sectPr></w:body></w:document>",
        text.out
    )
}

/// The text without the control signs that XML cannot hold.
pub(super) fn readable(text: &str) -> String {
    text.chars()
        .filter(|letter| {
            !matches!(letter, '\u{0}'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}')
        })
        .collect()
}

#[derive(Default)]
struct Writer {
    out: String,
}

/// The runs of one paragraph.
struct Runs<'a> {
    out: &'a mut String,
}

impl Runs<'_> {
    fn markup(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    fn plain(&mut self, text: &str) {
        self.run("", text);
    }

    fn bold(&mut self, text: &str) {
        self.run("<w:b/>", text);
    }

    fn run(&mut self, properties: &str, text: &str) {
        let readable = readable(text);
        let escaped = quick_xml::escape::escape(readable.as_str());
        self.out.push_str("<w:r>");
        if !properties.is_empty() {
            self.markup(&format!("<w:rPr>{properties}</w:rPr>"));
        }
        self.markup(&format!(
            "<w:t xml:space=\"preserve\">{escaped}</w:t></w:r>"
        ));
    }

    fn references(&mut self, numbers: &[usize]) {
        for number in numbers {
            self.markup(&format!(
                "<w:hyperlink w:anchor=\"p{number}\" w:history=\"1\">"
            ));
            self.run(
                "<w:color w:val=\"7A2E1D\"/><w:vertAlign w:val=\"superscript\"/>",
                &format!(" {number}"),
            );
            self.out.push_str("</w:hyperlink>");
        }
    }

    fn entry(&mut self, entry: &Entry) {
        if let Some(lead) = &entry.lead {
            self.bold(&format!("{lead}: "));
        }
        if entry.quoted {
            self.plain(&format!("“{}”", entry.text));
        } else {
            self.plain(&entry.text);
        }
        self.references(&entry.sources);
        for further in &entry.also {
            self.plain(" · ");
            self.entry(further);
        }
    }
}

impl Writer {
    fn markup(&mut self, markup: &str) {
        self.out.push_str(markup);
    }

    fn paragraph(&mut self, style: &str, fill: impl FnOnce(&mut Runs<'_>)) {
        self.markup(&format!(
            "<w:p><w:pPr><w:pStyle w:val=\"{style}\"/></w:pPr>"
        ));
        fill(&mut Runs { out: &mut self.out });
        self.out.push_str("</w:p>");
    }

    fn part(&mut self, part: &Part) {
        match part {
            Part::Heading(text) => self.paragraph("Heading1", |run| run.plain(text)),
            Part::Subheading(text) => self.paragraph("Heading2", |run| run.plain(text)),
            Part::Question(text) => self.paragraph("Question", |run| run.plain(text)),
            Part::Text(text) => self.paragraph("Normal", |run| run.plain(text)),
            Part::Note(text) => self.paragraph("Note", |run| run.plain(text)),
            Part::Figures(figures) => {
                let figures: Vec<String> = figures
                    .iter()
                    .map(|(number, what)| format!("{number} {what}"))
                    .collect();
                self.paragraph("Note", |run| run.plain(&figures.join(" · ")));
            }
            Part::Entries(entries) => self.entries(entries),
            Part::Dispute(dispute) => self.dispute(dispute),
            Part::Option(option) => {
                self.paragraph("Heading2", |run| run.plain(&option.name));
                self.side("For it, or about it", &option.about);
                self.side("Against it", &option.against);
            }
            Part::Credited { sentence, person } => {
                self.paragraph("Credited", |run| run.plain(sentence));
                if !person.is_empty() {
                    self.paragraph("Note", |run| {
                        run.plain(&format!("— {person}, in their own words"));
                    });
                }
            }
            Part::Blank(label) => {
                self.paragraph("Blank", |_| {});
                self.paragraph("Blank", |_| {});
                self.paragraph("Note", |run| run.plain(label));
            }
            Part::Grid { head, rows } => self.grid(head, rows),
            Part::NewPage => self
                .out
                .push_str("<w:p><w:r><w:br w:type=\"page\"/></w:r></w:p>"),
            Part::Sources(sources) => self.sources(sources),
        }
    }

    fn entries(&mut self, entries: &[Entry]) {
        for entry in entries {
            self.paragraph("Entry", |run| {
                run.plain("–  ");
                run.entry(entry);
            });
        }
    }

    fn side(&mut self, title: &str, entries: &[Entry]) {
        if entries.is_empty() {
            self.paragraph("Note", |run| {
                run.plain(&format!("{title}: no passage found."));
            });
        } else {
            self.paragraph("Note", |run| run.plain(title));
            self.entries(entries);
        }
    }

    fn dispute(&mut self, dispute: &Dispute) {
        self.paragraph("Heading2", |run| run.plain(&dispute.title));
        for side in &dispute.sides {
            self.paragraph("Side", |run| {
                let tick = if side.chosen { " ✓" } else { "" };
                run.bold(&format!("{}{tick}  ", side.value));
                run.plain(&side.words);
                run.references(&side.sources);
                run.run(
                    "<w:color w:val=\"6B655C\"/>",
                    &format!("  {}", side.documents),
                );
            });
        }
        if let Some(verdict) = &dispute.verdict {
            self.paragraph("Verdict", |run| run.plain(verdict));
        }
    }

    fn grid(&mut self, head: &[String], rows: &[Vec<Cell>]) {
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0).max(head.len());
        if columns == 0 {
            return;
        }
        self.out.push_str(
            "<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblBorders>\
             <w:bottom w:val=\"single\" w:sz=\"4\" w:color=\"D9D2C5\"/>\
             <w:insideH w:val=\"single\" w:sz=\"4\" w:color=\"D9D2C5\"/></w:tblBorders></w:tblPr><w:tblGrid>",
        );
        for _ in 0..columns {
            self.out.push_str("<w:gridCol/>");
        }
        self.out.push_str("</w:tblGrid>");
        if !head.is_empty() {
            self.out.push_str("<w:tr><w:trPr><w:tblHeader/></w:trPr>");
            for name in head {
                self.cell(|writer| writer.paragraph("Cell", |run| run.bold(name)));
            }
            self.out.push_str("</w:tr>");
        }
        for row in rows {
            self.out.push_str("<w:tr><w:trPr><w:cantSplit/></w:trPr>");
            for cell in row {
                self.cell(|writer| {
                    for line in &cell.lines {
                        writer.paragraph("Cell", |run| run.entry(line));
                    }
                });
            }
            self.out.push_str("</w:tr>");
        }
        self.out.push_str("</w:tbl>");
        self.paragraph("Note", |_| {});
    }

    fn cell(&mut self, fill: impl FnOnce(&mut Self)) {
        self.out
            .push_str("<w:tc><w:tcPr><w:tcW w:w=\"0\" w:type=\"auto\"/></w:tcPr>");
        fill(self);
        self.out.push_str("</w:tc>");
    }

    fn sources(&mut self, sources: &[Source]) {
        for source in sources {
            self.paragraph("Source", |run| {
                let number = source.number;
                run.markup(&format!(
                    "<w:bookmarkStart w:id=\"{number}\" w:name=\"p{number}\"/>"
                ));
                run.bold(&format!("{number}  "));
                run.markup(&format!("<w:bookmarkEnd w:id=\"{number}\"/>"));
                run.plain(&format!("“{}” ", source.quote));
                run.run(
                    "<w:color w:val=\"6B655C\"/>",
                    &format!("{}, {}", source.document, source.place),
                );
            });
        }
    }
}
