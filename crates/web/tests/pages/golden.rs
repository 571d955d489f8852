//! The main pages as they are printed, in files to be read and compared: every word, every address and every name
//! that somebody's reader hears. A change of a page is written there, and fails once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use consort_kernel::id::TaskId;
use consort_kernel::task::Phase;
use consort_kernel::time::Timestamp;
use consort_testkit::clock::ManualClock;
use consort_web::Ways;

use crate::fixture::{Browser, House};

/// Pages for everybody.
const OWN: [(&str, &str); 13] = [
    ("new", "/outcomes/new"),
    ("new-brief", "/outcomes/new/brief"),
    ("tasks", "/tasks"),
    ("people", "/people"),
    ("invite", "/people/invite"),
    ("connect", "/people/connect"),
    ("map", "/map"),
    ("playbooks", "/playbooks"),
    ("search", "/search?q=letter"),
    ("access", "/access"),
    ("notifications", "/settings/notifications"),
    ("tokens", "/settings/tokens"),
    ("rules", "/settings"),
];
/// Pages for whoever looks after the network.
const TENDED: [(&str, &str); 9] = [
    ("today-nothing", "/today"),
    ("health", "/health"),
    ("ledger", "/ledger"),
    ("accounts", "/ledger/accounts"),
    ("rules-tended", "/settings"),
    ("members", "/settings/members"),
    ("agents", "/settings/agents"),
    ("webhooks", "/settings/webhooks"),
    ("audit", "/settings/audit"),
];
/// Letters and digits of an identifier after its kind.
const ID_LETTERS: usize = 26;
/// Words of this length or longer that are digits from 0 to f alone are digests and keys.
const DIGEST_LETTERS: usize = 32;

/// Pages as they were printed, by the names of their files.
#[derive(Default)]
struct Album(BTreeMap<&'static str, String>);

impl Album {
    async fn take(&mut self, by: &Browser<'_>, pages: &[(&'static str, &str)]) {
        for (name, path) in pages {
            let page = by.get(path).await;
            assert!(page.status.is_success(), "{path}: {}", page.text);
            self.keep(name, &page.text);
        }
    }

    /// Keeps the middle of a page; what is around it is in every one of them.
    fn keep(&mut self, name: &'static str, page: &str) {
        let from = page.find("<main").expect("a page has a middle");
        let to = page.find("</main>").expect("the middle of a page ends");
        self.whole(name, &page[from..to]);
    }

    fn whole(&mut self, name: &'static str, text: &str) {
        let text = same(text).replace("><", ">\n<");
        let before = self.0.insert(name, format!("{}\n", text.trim_end()));
        assert!(before.is_none(), "{name} is taken twice");
    }

    /// Compares with what is kept, and writes down what is new.
    fn compare(self) {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/golden");
        let mut changed = Vec::new();
        for (name, text) in self.0 {
            let file = folder.join(format!("{name}.html"));
            if std::fs::read_to_string(&file).unwrap_or_default() != text {
                std::fs::write(&file, text).unwrap();
                changed.push(name);
            }
        }
        let changed = changed.join(", ");
        assert!(
            changed.is_empty(),
            "pages changed; they are written to {}: look at each of {changed}",
            folder.display()
        );
    }
}

/// The text with numbers for what is drawn anew each time: identifiers, digests and keys.
fn same(text: &str) -> String {
    let mut known: BTreeMap<&str, usize> = BTreeMap::new();
    let mut written = String::with_capacity(text.len());
    let is_inside = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    let mut rest = text;
    while !rest.is_empty() {
        let word = &rest[..rest.find(|it| !is_inside(it)).unwrap_or(rest.len())];
        if word.is_empty() {
            let letter = rest.chars().next().unwrap_or_default();
            written.push(letter);
            rest = &rest[letter.len_utf8()..];
            continue;
        }
        let kind = match word.split_once('_') {
            Some((kind, id)) if id.len() == ID_LETTERS && kind.len() == 3 => Some(kind),
            _ if word.len() >= DIGEST_LETTERS && word.bytes().all(|it| it.is_ascii_hexdigit()) => {
                Some("digest")
            }
            _ => None,
        };
        match kind {
            Some(kind) => {
                let next = known.len() + 1;
                let number = known.entry(word).or_insert(next);
                write!(written, "{kind}_{number}").unwrap();
            }
            None => written.push_str(word),
        }
        rest = &rest[word.len()..];
    }
    written
}

/// From the offer to the payment, as those see it whose turn it is.
async fn story(house: &House, ada: &Browser<'_>, album: &mut Album, task: TaskId) {
    let ben = house.browser(house.ben).await;
    let at = |rest: &str| format!("/tasks/{task}{rest}");
    let offered = [("today-offer", "/today"), ("task-offered", &at(""))];
    album.take(&ben, &offered).await;
    ben.post(&at("/claim"), "").await;
    let held = [("today-held", "/today"), ("task-held", &at(""))];
    album.take(&ben, &held).await;
    let refused = ben.post(&at("/hand-in"), "lease=1&result=Thanks").await;
    album.keep("task-lacking", &refused.text);
    let letter = "lease=1&ai=none&result=Thank+you+for+helping+us+to+move.";
    ben.post(&at("/hand-in"), letter).await;
    let handed = house.until(task, |task| matches!(task.phase, Phase::Reviewing(_)));

    let due = [
        ("today-sign-off", "/today"),
        ("task-to-sign", &at("")),
        ("sign", &at("/sign")),
    ];
    album.take(ada, &due).await;
    ada.post(&at("/open"), "file=write.json").await;
    let content = handed.handed().unwrap().submission.content;
    let judged = format!("decision=sign&missed=a+date&content={content}");
    let lines = ada.post_on(&at("/sign"), &judged).await;
    album.keep("sign-confirm", &lines.text);
    ada.post(&at("/sign/confirm"), &judged).await;
    house.until(task, |task| matches!(task.phase, Phase::Accepted(..)));
    let paid = [("today-conclude", "/today"), ("task-paid", &at(""))];
    album.take(ada, &paid).await;
}

#[tokio::test]
async fn the_main_pages_are_printed_as_they_were() {
    let clock = ManualClock::at(Timestamp::from_millis(1_800_000_000_000));
    let house = House::by(Arc::new(clock), Ways::default());
    let mut album = Album::default();
    let (outcome, task) = house.letter();
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let (ada, sam) = (
        house.browser(house.ada).await,
        house.browser(house.sam).await,
    );
    album.whole("shell", &ada.get("/search").await.text);
    story(&house, &ada, &mut album, task).await;
    let of = |rest: &str| format!("/outcomes/{outcome}{rest}");
    let ben = format!("/people/{}", house.ben);
    let whole = [
        ("outcomes", "/outcomes"),
        ("outcome", &of("")),
        ("outcome-plan", &of("?view=plan")),
        ("outcome-timeline", &of("?view=timeline")),
        ("outcome-money", &of("?view=money")),
        ("outcome-deliverables", &of("?view=deliverables")),
        ("outcome-discussion", &of("?view=discussion")),
        ("outcome-edit", &of("/plan?what=add")),
        ("outcome-sign", &of("/sign")),
        ("profile", &ben),
        ("standing", &format!("{ben}/standing")),
    ];
    album.take(&ada, &whole).await;
    album.take(&ada, &OWN).await;
    album.take(&sam, &TENDED).await;
    album.compare();
}
