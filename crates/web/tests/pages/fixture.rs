//! A network with three people and an errand, and a browser for each of them.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::header::{CONTENT_TYPE, COOKIE, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, Request, StatusCode};
use consort_desk::Given;
use consort_desk::begin::{Agreed, Cost, Owner, begin, modest_terms};
use consort_engine::Engine;
use consort_engine::access::{Access, Credential, CredentialKind};
use consort_engine::artefact::Artefacts;
use consort_engine::clock::{Clock, SystemClock};
use consort_engine::network::{self, Newcomer};
use consort_engine::notice::Notices;
use consort_engine::runner::{Drivers, Runner, Settings};
use consort_kernel::contributor::{Nature, Profile};
use consort_kernel::id::{ContributorId, OutcomeId, TaskId, WebhookId};
use consort_kernel::money::Amount;
use consort_kernel::network::Policy;
use consort_kernel::task::{Phase, Task};
use consort_playbook::{InputValue, Inputs};
use consort_post::{Webhook, Webhooks};
use consort_testkit::{MemoryStore, memory_store};
use consort_web::{Notice, Outside, Ways, Web, router};
use tempfile::TempDir;
use tower::ServiceExt as _;

/// A letter that Ben writes and Ada signs.
pub(crate) const LETTER: &str = "
name: letter
version: 1
title: A letter
description: Writes a letter and has it signed.
inputs:
  - {name: occasion, type: text, required: true, prompt: What for?}
outcome:
  objective: A letter of thanks
  narrative: People who helped us should hear that it mattered.
  risk: medium
  deadline: 3d
  criteria:
    - {key: personal, text: The letter names what was done., method: judgment}
tasks:
  - key: write
    kind: draft
    title: Write the letter
    capability: writing
    mode: person
    price: 500
    lease: 4h
    risk: medium
    serves: [personal]
    gate: true
    instructions:
      goal: Write a letter of thanks.
      context: [{name: occasion, from: inputs.occasion}]
      constraints: [At most one page.]
      criteria:
        - key: length
          text: It has at most 200 characters.
          method: {bounds: {at: /text, min: 10, max: 200}}
        - {key: kind, text: It is kind., method: judgment}
";
/// What is sent under which name: fields with their values, or files with their text.
pub(crate) type Named<'a> = &'a [(&'a str, &'a str)];

/// What a hidden field of this name carries, the first on a page.
pub(crate) fn hidden<'a>(page: &'a str, name: &str) -> &'a str {
    let field = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&field)
        .unwrap_or_else(|| panic!("no {name} in {page}"));
    rest.split('"').next().unwrap()
}

/// How often it is looked whether something has come about, at the latest so long after the last look.
const LOOKS: u32 = 600;
const GLANCE: Duration = Duration::from_millis(100);

/// The network and its pages.
pub(crate) struct House {
    pub(crate) engine: Arc<Engine>,
    pub(crate) router: Router,
    pub(crate) web: Arc<Web>,
    access: Access,
    _runner: Runner,
    folder: TempDir,
    pub(crate) ada: ContributorId,
    pub(crate) ben: ContributorId,
    pub(crate) eve: ContributorId,
    /// Who looks after the network.
    pub(crate) sam: ContributorId,
}

/// Somebody with a session.
pub(crate) struct Browser<'a> {
    house: &'a House,
    cookie: String,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) bytes: Vec<u8>,
}

impl House {
    pub(crate) fn new() -> Self {
        Self::with(Ways::default())
    }

    /// The same, with these ways in.
    pub(crate) fn with(ways: Ways) -> Self {
        Self::by(Arc::new(SystemClock), ways)
    }

    /// The same, as the world outside sees it.
    pub(crate) fn behind(outside: Outside) -> Self {
        Self::around(Arc::new(SystemClock), (outside, Ways::default()))
    }

    /// The same, by this clock.
    pub(crate) fn by(clock: Arc<dyn Clock>, ways: Ways) -> Self {
        Self::around(clock, (Outside::default(), ways))
    }

    /// The same, with all of it.
    pub(crate) fn around(clock: Arc<dyn Clock>, around: (Outside, Ways)) -> Self {
        Self::over(memory_store(), clock, around)
    }

    /// The same, over this store.
    pub(crate) fn over(
        store: Arc<MemoryStore>,
        clock: Arc<dyn Clock>,
        around: (Outside, Ways),
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let artefacts = Artefacts::open(&folder.path().join("artefacts")).unwrap();
        let engine = Engine::start(store.clone(), artefacts, clock, true).unwrap();
        // People are listed by their identifiers: in the order in which they came, whatever is drawn.
        let steward = ContributorId::new(engine.now(), 1);
        network::found(&engine, Policy::default(), steward).unwrap();
        let join = |id: ContributorId, name: &str, capability: &str| {
            let newcomer = Newcomer {
                name: name.to_owned(),
                nature: Nature::Person,
                capabilities: [(capability.to_owned(), 6)].into(),
                profile: Profile::default(),
            };
            network::add(&engine, id, &newcomer).unwrap();
            id
        };
        let mut drawn = 1;
        let mut person = |name: &str, capability: &str| {
            drawn += 1;
            join(ContributorId::new(engine.now(), drawn), name, capability)
        };
        let sam = join(steward, "Sam", "watching");
        let (ada, ben, eve) = (
            person("Ada", "deciding"),
            person("Ben", "writing"),
            person("Eve", "watching"),
        );
        let access = Access::new(store);
        let web = Web::behind(
            around,
            engine.clone(),
            access.clone(),
            Notice::None,
            folder.path().to_owned(),
        );
        let runner = Runner::start(engine.clone(), Drivers::default(), Settings::default());
        Self {
            router: router(Arc::clone(&web)),
            web,
            engine,
            access,
            _runner: runner,
            folder,
            ada,
            ben,
            eve,
            sam,
        }
    }

    /// Where its files lie.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Its pages once more, as after the server was started again.
    pub(crate) fn again(&self) -> Arc<Web> {
        let (engine, access) = (self.engine.clone(), self.access.clone());
        Web::new(engine, access, Notice::None, self.folder().to_owned())
    }

    /// What lets people in.
    pub(crate) const fn access(&self) -> &Access {
        &self.access
    }

    /// A webhook of somebody's, as a build keeps it that sends.
    pub(crate) fn webhook(&self, owner: ContributorId) -> WebhookId {
        let engine = &self.engine;
        let webhook = Webhook {
            id: WebhookId::new(engine.now(), engine.random().unwrap()),
            owner,
            address: "https://receiver.example/hook".to_owned(),
            wanted: Vec::new(),
            secret: "whsec_c2VjcmV0".to_owned(),
            former: None,
            created: engine.now(),
            ended: None,
            looked: engine.store().log().unwrap().size(),
            epoch: 1,
            version: 1,
        };
        self.webhooks().put_webhook(&webhook).unwrap();
        webhook.id
    }

    /// Where webhooks are kept.
    pub(crate) fn webhooks(&self) -> Arc<dyn Webhooks> {
        self.access.webhooks()
    }

    /// Where it is kept what people wish to be told.
    pub(crate) fn notices(&self) -> Arc<dyn Notices> {
        self.access.notices()
    }

    /// A link that lets somebody in.
    pub(crate) fn link(&self, who: ContributorId) -> String {
        let now = self.engine.now();
        let until = now.plus_millis(60_000);
        format!(
            "/enter/{}",
            self.access.link(who, "a test", now, until).unwrap()
        )
    }

    /// A token for a program that works as somebody.
    pub(crate) fn token(&self, who: ContributorId) -> String {
        let now = self.engine.now();
        let until = now.plus_millis(60_000);
        self.access.token(who, "a test", now, until).unwrap()
    }

    /// A browser in which somebody came in.
    pub(crate) async fn browser(&self, who: ContributorId) -> Browser<'_> {
        let entered = self.post(&self.link(who), "", "").await;
        let cookie = entered.headers[SET_COOKIE].to_str().unwrap();
        Browser {
            house: self,
            cookie: cookie.split(';').next().unwrap().to_owned(),
        }
    }

    pub(crate) async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.into(),
        }
    }

    pub(crate) async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path).header(COOKIE, cookie);
        self.send(request.body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, form: &str, cookie: &str) -> Answer {
        let request = Request::post(path)
            .header(COOKIE, cookie)
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        self.send(request.body(Body::from(form.to_owned())).unwrap())
            .await
    }

    /// Begins the letter, for which Ada answers.
    pub(crate) fn letter(&self) -> (OutcomeId, TaskId) {
        let id = self.begin(LETTER);
        (id, TaskId::in_outcome(id, "write"))
    }

    /// The letter, once Ben has handed it in and its review is due.
    pub(crate) async fn letter_handed_in(&self) -> TaskId {
        let (_, task) = self.letter();
        self.until(task, |task| matches!(task.phase, Phase::Offered(_)));
        let ben = self.browser(self.ben).await;
        ben.post(&format!("/tasks/{task}/claim"), "").await;
        let letter = "lease=1&ai=none&result=Thank+you+for+helping+us+to+move.";
        ben.post(&format!("/tasks/{task}/hand-in"), letter).await;
        self.until(task, |task| matches!(task.phase, Phase::Reviewing(_)));
        task
    }

    /// Keeps a passkey for Ada that no device has.
    pub(crate) fn keep_passkey(&self) {
        self.keep_credential(CredentialKind::Passkey, ("a", "my phone"));
    }

    /// Keeps a credential for Ada that nobody can show.
    pub(crate) fn keep_credential(&self, kind: CredentialKind, (name, label): (&str, &str)) {
        let now = self.engine.now();
        let credential = Credential {
            kind,
            name: name.to_owned(),
            contributor: self.ada,
            label: label.to_owned(),
            data: "{}".to_owned(),
            created: now,
            used: now,
        };
        self.access.add(&credential).unwrap();
    }

    /// Begins what a playbook says about an occasion; Ada answers for it.
    pub(crate) fn begin(&self, playbook: &str) -> OutcomeId {
        let occasion = InputValue::Text("the move".to_owned());
        self.begin_with(playbook, [("occasion".to_owned(), occasion)].into())
    }

    /// The same, of these inputs.
    pub(crate) fn begin_with(&self, playbook: &str, inputs: Inputs) -> OutcomeId {
        let engine = &self.engine;
        let given = Given::new(playbook.to_owned(), "the letter", inputs, Vec::new()).unwrap();
        let expansion = given.expansion().unwrap();
        let funds = Amount::from_minor(Cost::of(&expansion).once);
        let agreed = Agreed::on(&expansion, funds, modest_terms(&expansion, engine.now()));
        let owner = Owner {
            person: self.ada,
            organisation: network::organisation(engine, self.ada, "Ada's desk").unwrap(),
        };
        let id = OutcomeId::new(engine.now(), engine.random().unwrap());
        begin(
            engine,
            id,
            owner,
            &given,
            given.keep(engine).unwrap(),
            agreed,
        )
        .unwrap();
        id
    }

    /// Waits until a task is so far, as the runner and the checks bring it.
    pub(crate) fn until(&self, task: TaskId, is_so_far: impl Fn(&Task) -> bool) -> Task {
        let bell = self.engine.bell();
        for _ in 0..LOOKS {
            let heard = bell.rings();
            let found = self.engine.task(task).unwrap().unwrap();
            if is_so_far(&found) {
                return found;
            }
            bell.wait(heard, GLANCE);
        }
        panic!("{:?}", self.engine.task(task).unwrap());
    }
}

impl Browser<'_> {
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.house.get(path, &self.cookie).await
    }

    pub(crate) async fn post(&self, path: &str, form: &str) -> Answer {
        self.house.post(path, form, &self.cookie).await
    }

    /// Sends a form, and goes on to where the answer leads.
    pub(crate) async fn post_on(&self, path: &str, form: &str) -> Answer {
        let answer = self.post(path, form).await;
        if !answer.status.is_redirection() {
            return answer;
        }
        let next = answer.leads_to().to_owned();
        self.get(&next).await
    }

    /// The browser's cookie, for requests of another kind.
    /// Sends a form with fields, and with files in one of them.
    pub(crate) async fn post_parts(
        &self,
        path: &str,
        fields: Named<'_>,
        (files_in, files): (&str, Named<'_>),
    ) -> Answer {
        let mut body = String::new();
        let mut part = |name: &str, value: &str| {
            write!(
                body,
                "--b\r\ncontent-disposition: form-data; name={name}\r\n\r\n{value}\r\n"
            )
            .unwrap();
        };
        for (name, value) in fields {
            part(&format!("\"{name}\""), value);
        }
        for (name, text) in files {
            part(&format!("\"{files_in}\"; filename=\"{name}\""), text);
        }
        body.push_str("--b--\r\n");
        let request = Request::post(path)
            .header(COOKIE, self.cookie())
            .header(CONTENT_TYPE, "multipart/form-data; boundary=b");
        let request = request.body(Body::from(body)).unwrap();
        self.house.send(request).await
    }

    pub(crate) fn cookie(&self) -> &str {
        &self.cookie
    }
}

impl Answer {
    /// Where it leads.
    pub(crate) fn leads_to(&self) -> &str {
        assert_eq!(self.status, StatusCode::SEE_OTHER, "{}", self.text);
        self.headers[LOCATION].to_str().unwrap()
    }
}
