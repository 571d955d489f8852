//! The pages as they are printed, in files to be read and compared: every word, every address and every name
//! that somebody's reader hears. A change of a page is written there, and fails once.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use consort_desk::question::{claim, hand_in};
use consort_engine::access::CredentialKind;
use consort_engine::network;
use consort_kernel::command::{Body, Principal};
use consort_kernel::id::{OrganisationId, OutcomeId, TaskId, WebhookId};
use consort_kernel::organisation::{OrganisationCommand, Role};
use consort_kernel::task::{AiUse, Phase, Task};
use consort_kernel::time::Timestamp;
use consort_post::WHY_NONE;
use consort_testkit::clock::ManualClock;
use consort_web::Ways;

use crate::fixture::{Browser, House, LETTER};
use crate::hand_in::begin_reading;
use crate::notification::{link, outside};
use crate::server::{Does, Server};

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
/// Words of this length or longer, of letters and digits, are secrets.
const SECRET_LETTERS: usize = 50;

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
        let text = same(
            &text
                .split('\n')
                .map(unseeded)
                .collect::<Vec<_>>()
                .join("\n"),
        );
        let text = text.replace("><", ">\n<");
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

/// A line of an event without the seed that was drawn for it.
fn unseeded(line: &str) -> &str {
    let seed = "&quot;seed&quot;: ";
    line.find(seed)
        .map_or(line, |at| &line[..at + seed.len() - 1])
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
            _ if word.len() >= SECRET_LETTERS => Some("secret"),
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
        ("portfolio", &format!("{ben}/portfolio")),
    ];
    album.take(&ada, &whole).await;
    album.take(&ada, &OWN).await;
    album.take(&sam, &TENDED).await;
    album.compare();
}

/// Pages of whoever is not in yet.
async fn doors(house: &House, sam: &Browser<'_>, album: &mut Album) {
    let sign_in = house.get("/sign-in", "").await;
    album.keep("sign-in", &sign_in.text);
    let form = "name=Noor&capabilities=writing+5";
    let form = format!("{form}&idempotency-key=a");
    let invited = sam.post("/people/invite", &form).await.text;
    album.keep("invited", &invited);
    let again = sam.post("/people/invite", &form).await.text;
    album.keep("invited-before", &again);
    let pages = [
        ("invitations", "/people/invite"),
        ("invitations-listed", "/people/invitations"),
    ];
    album.take(sam, &pages).await;
    let link = &invited[invited.find("/enter/").unwrap()..];
    let link = link.split('<').next().unwrap();
    album.keep("link", &house.get(link, "").await.text);
    house.post(link, "", "").await.leads_to();
    album.keep("link-used", &house.get(link, "").await.text);
}

/// What lets people and programs in.
async fn keys(house: &House, (ada, clock): (&Browser<'_>, &ManualClock), album: &mut Album) {
    // What is of one moment has no order that stays.
    clock.advance(1_000);
    let form = "name=Scout&capabilities=research+4&family=rules&idempotency-key=a";
    let connected = ada.post("/people/connect", form).await.text;
    album.keep("connected", &connected);
    let again = ada.post("/people/connect", form).await.text;
    album.keep("connected-before", &again);
    let agent = &connected[connected.rfind("/people/ctr_").unwrap()..];
    let agent = agent.split('"').next().unwrap();
    clock.advance(1_000);
    let tokens = format!("/people/{}/tokens", house.ada);
    let form = "label=my+script&idempotency-key=a";
    album.keep("token", &ada.post(&tokens, form).await.text);
    album.keep("token-before", &ada.post(&tokens, form).await.text);
    let own = format!("/people/{}", house.ada);
    ada.post("/me/payout", "holder=Ada&account=DE89370400440532013000")
        .await;
    album.take(ada, &[("profile-payout", &own)]).await;
    house.keep_passkey();
    let identity = ("example 7", "ada@example.org at Example");
    house.keep_credential(CredentialKind::Identity, identity);
    let name = house.ada.to_string();
    house.keep_credential(CredentialKind::Password, (&name, "a password"));
    ada.post("/views", "list=/tasks&query=risk%3Dhigh&name=Risky")
        .await;
    let pages = [
        ("profile-agent", agent),
        ("profile-own", &own),
        ("agents-listed", "/settings/agents"),
        ("tokens-listed", "/settings/tokens"),
        ("views", "/views"),
        ("view-new", "/views/new?list=/tasks&query=risk%3Dlow"),
    ];
    album.take(ada, &pages).await;
    let ended = ada.post("/views/end", "list=/tasks&name=Risky").await;
    album.keep("views-ended", &ended.text);
    album.take(ada, &[("views-none", "/views")]).await;
}

/// What somebody judges and settles, and who they are in an organisation.
async fn desks(house: &House, ada: &Browser<'_>, album: &mut Album) -> OutcomeId {
    let task = house.letter_handed_in().await;
    let outcome = house.engine.task(task).unwrap().unwrap().outcome;
    let own = network::organisation(&house.engine, house.ada, "Ada's desk").unwrap();
    let noor = network::contributors(&house.engine).unwrap()["Noor"];
    let reviewer = OrganisationCommand::SetRoles {
        reason: "she knows the people".to_owned(),
        roles: [Role::Reviewer].into(),
        task: Some(task),
        who: noor,
    };
    give(house, own, reviewer);
    let review = format!("/tasks/{task}/review");
    let noor = house.browser(noor).await;
    album.take(&noor, &[("review", &review)]).await;
    let question = format!("/tasks/{}", house.question());
    let settle = format!("{question}/settle");
    let ben = house.browser(house.ben).await;
    album.take(&ben, &[("settle", &settle)]).await;
    ben.post(&format!("{question}/claim"), "").await.leads_to();
    let asks = format!("{question}/ask");
    ben.post(&asks, "lease=1&text=Which+one%3F")
        .await
        .leads_to();
    let organisation = format!("/organisations/{own}");
    let members = format!("{organisation}/members");
    let pages = [
        ("organisation", organisation.as_str()),
        ("organisation-members", &members),
        ("task-asked", &question),
    ];
    album.take(ada, &pages).await;
    outcome
}

/// What somebody is told by mail and chat, by a server that sends.
#[tokio::test]
async fn what_somebody_chose_to_be_told_by_is_printed_as_it_was() {
    if WHY_NONE.is_some() {
        return;
    }
    let server = Server::with(&[Does::Take]);
    let clock = ManualClock::at(Timestamp::from_millis(1_800_000_000_000));
    let around = (outside(server.port()), Ways::default());
    let house = House::around(Arc::new(clock), around);
    let ada = house.browser(house.ada).await;
    let here = "/settings/notifications";
    let mail = "address=ada%40example.org";
    ada.post(&format!("{here}/mail"), mail).await.leads_to();
    let mut album = Album::default();
    album.take(&ada, &[("notifications-asked", here)]).await;
    let confirm = link(&server.next().message.body);
    album
        .take(&ada, &[("notifications-confirm", &confirm)])
        .await;
    ada.post(&confirm, "").await.leads_to();
    let chat = "address=https%3A%2F%2Fhooks.example%2F&form=teams";
    ada.post(&format!("{here}/chat"), chat).await.leads_to();
    let kept = house.notices();
    let mut addressee = kept.addressee(house.ada).unwrap().unwrap();
    addressee.epoch = 7;
    assert!(kept.write_addressee(&addressee).unwrap());
    album.take(&ada, &[("notifications-set", here)]).await;
    album.compare();
}

/// A task that nobody can do, as whoever answers for it sees it.
async fn stuck(house: &House, ada: &Browser<'_>, album: &mut Album) {
    let outcome = house.begin(&LETTER.replace("capability: writing", "capability: singing"));
    let task = TaskId::in_outcome(outcome, "write");
    house.until(task, |task| task.nobody_found);
    let at = format!("/tasks/{task}");
    album.take(ada, &[("task-stuck", &at)]).await;
}

/// A task whose result went back by itself, as whoever answers for it sees it.
async fn went_back(house: &House, ada: &Browser<'_>, album: &mut Album) {
    let (_, task) = house.letter();
    let is_offered = |task: &Task| matches!(task.phase, Phase::Offered(_));
    let offered = house.until(task, is_offered);
    let Phase::Offered(offer) = &offered.phase else {
        return;
    };
    claim(&house.engine, offer.to, &offered).unwrap();
    let held = house.engine.task(task).unwrap().unwrap();
    let short = br#"{"text":"Thanks"}"#;
    hand_in(&house.engine, offer.to, &held, short, AiUse::None).unwrap();
    house.until(task, |task| task.returned.is_some() && is_offered(task));
    let at = format!("/tasks/{task}");
    album.take(ada, &[("task-went-back", &at)]).await;
}

/// Pages for whoever looks after the network or an outcome, of what can be changed there.
async fn tended(
    house: &House,
    (ada, sam): (&Browser<'_>, &Browser<'_>),
    (outcome, webhook): (OutcomeId, WebhookId),
    album: &mut Album,
) {
    let ben = format!("/people/{}", house.ben);
    let pages = [("access-tended", "/access"), ("profile-tended", &ben)];
    album.take(sam, &pages).await;
    let pause = format!("/outcomes/{outcome}/pause");
    ada.post(&pause, "reason=Wait+for+the+lawyers")
        .await
        .leads_to();
    let kept = house.webhooks();
    let mut resting = kept.webhook(webhook).unwrap().unwrap();
    resting.epoch = 7;
    assert!(kept.write_webhook(&resting, &[]).unwrap());
    let paused = format!("/outcomes/{outcome}");
    let webhook = format!("/settings/webhooks/{webhook}");
    let pages = [("outcome-paused", &paused), ("webhook-resting", &webhook)];
    let pages = pages.map(|(name, path)| (name, path.as_str()));
    album.take(ada, &pages).await;
}

fn give(house: &House, organisation: OrganisationId, command: OrganisationCommand) {
    let owner = Principal::Contributor(house.ada);
    let body = Body::Organisation(organisation, command);
    house.engine.execute(owner, body).unwrap();
}

#[tokio::test]
async fn what_is_behind_the_main_pages_is_printed_as_it_was() {
    let clock = ManualClock::at(Timestamp::from_millis(1_800_000_000_000));
    #[cfg(feature = "passwords")]
    let ways = Ways {
        passwords: consort_web::Passwords::new(true).unwrap(),
        ..Ways::default()
    };
    #[cfg(not(feature = "passwords"))]
    let ways = Ways::default();
    let clock = Arc::new(clock);
    let house = House::by(clock.clone(), ways);
    let mut album = Album::default();
    let (ada, sam) = (
        house.browser(house.ada).await,
        house.browser(house.sam).await,
    );
    doors(&house, &sam, &mut album).await;
    keys(&house, (&ada, &clock), &mut album).await;
    let outcome = desks(&house, &ada, &mut album).await;
    let webhook = house.webhook(house.ada);
    for position in 1..=3 {
        house.delivered(webhook, position, position > 1);
    }
    let timeline = |form: &str| format!("/outcomes/{outcome}?view=timeline&form={form}");
    let one = format!("/settings/webhooks/{webhook}");
    let pages = [
        ("new-objective", "/outcomes/new/objective"),
        ("new-label", "/outcomes/new/label"),
        ("new-recruitment", "/outcomes/new/recruitment"),
        ("outcome-timeline-compact", &timeline("compact")),
        ("outcome-timeline-raw", &timeline("raw")),
        ("webhooks-listed", "/settings/webhooks"),
        ("webhook", &one),
    ];
    album.take(&ada, &pages).await;
    stuck(&house, &ada, &mut album).await;
    went_back(&house, &ada, &mut album).await;
    tended(&house, (&ada, &sam), (outcome, webhook), &mut album).await;
    let stop = "switch=agents&stop=yes&reason=Something+is+wrong";
    sam.post("/settings/switch", stop).await;
    let rules = format!(
        "version=1&{}&attempts=5&reason=Patience",
        crate::settings::RULES
    );
    sam.post("/settings/rules", &rules).await.leads_to();
    album.take(&sam, &[("rules-changed", "/settings")]).await;
    album.compare();
}

/// What the regions of a page are called, for whoever goes from one to the next by ear.
fn regions(page: &str) -> Vec<&str> {
    let labelled = page.split("<section").skip(1).filter_map(|rest| {
        let tag = rest.split('>').next()?;
        let id = tag.split("aria-labelledby=\"").nth(1)?.split('"').next()?;
        let (_, named) = page.split_once(&format!("id=\"{id}\">"))?;
        named.split('<').next()
    });
    let told = page.split("role=\"region\" aria-label=\"").skip(1);
    let told = told.filter_map(|rest| rest.split('"').next());
    labelled.chain(told).collect()
}

#[test]
fn no_two_regions_of_a_page_have_one_name() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/golden");
    for entry in std::fs::read_dir(folder).unwrap() {
        let file = entry.unwrap().path();
        let page = std::fs::read_to_string(&file).unwrap();
        let mut names = regions(&page);
        names.sort_unstable();
        let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
        assert_eq!(twice, None, "{}", file.display());
    }
}

#[tokio::test]
async fn the_pages_of_a_reading_are_printed_as_they_were() {
    let clock = ManualClock::at(Timestamp::from_millis(1_800_000_000_000));
    let house = House::by(Arc::new(clock), Ways::default());
    let mut album = Album::default();
    let outcome = begin_reading(&house);
    let task = TaskId::in_outcome(outcome, "read");
    house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
    let ada = house.browser(house.ada).await;
    let (offer, nowhere) = (
        format!("/outcomes/{outcome}/source?document=offer.txt&from=4&to=17#passage"),
        format!("/people/invite?task={task}"),
    );
    let pages = [("source", offer.as_str()), ("invite-early", &nowhere)];
    album.take(&ada, &pages).await;
    let end = format!("/outcomes/{outcome}/cancel");
    let asked = ada.post(&end, "reason=Nobody+signs+next+week.").await;
    album.keep("cancel-asked", &asked.text);
    album.compare();
}
