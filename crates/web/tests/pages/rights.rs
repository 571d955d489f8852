//! Every route with every role, for the organisation that a thing belongs to and for another: what comes of
//! it stands in `rights.txt`, to be read like a policy. A change of it is written there, and fails once.

pub(crate) mod route;

use std::fmt::Write as _;
use std::path::Path;

use axum::body::{Body as Sent, to_bytes};
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE, COOKIE};
use axum::http::{HeaderMap, Method, Request, StatusCode};
use consort_desk::question::{claim, hand_in};
use consort_engine::network;
use consort_kernel::command::{Body, Principal};
use consort_kernel::id::{ContributorId, OrganisationId, OutcomeId, TaskId, WebhookId};
use consort_kernel::network::{Duty, NetworkCommand};
use consort_kernel::organisation::{OrganisationCommand, Role};
use consort_kernel::task::{AiUse, Phase};
use tower::ServiceExt as _;

use crate::fixture::{House, hidden};
use crate::hand_in::begin_reading;
use route::Route;

/// Somebody who asks for every route.
#[derive(Clone, Copy)]
enum Actor {
    /// Has not come in.
    Nobody,
    /// Came in, and has no role anywhere.
    Stranger,
    /// Has a role in the organisation that the outcome belongs to.
    Own(Role),
    /// Has a role in another organisation.
    Other(Role),
    /// Judges the task, from outside of the organisation.
    Guest,
    /// Has a duty in the network.
    On(Duty),
    /// Answers for the outcome.
    Accountable,
    /// Handed the task in.
    Performer,
    /// A program with a token of whoever answers for the outcome.
    Token,
}

impl Actor {
    fn all() -> Vec<Self> {
        let mut all = vec![Self::Nobody, Self::Stranger];
        all.extend(Role::ALL.map(Self::Own));
        all.extend(Role::ALL.map(Self::Other));
        all.push(Self::Guest);
        all.extend(Duty::ALL.map(Self::On));
        all.extend([Self::Accountable, Self::Performer, Self::Token]);
        all
    }

    fn name(self) -> String {
        match self {
            Self::Nobody => "nobody".to_owned(),
            Self::Stranger => "somebody without a role".to_owned(),
            Self::Own(role) => format!("{} of the organisation", role.name()),
            Self::Other(role) => format!("{} of another", role.name()),
            Self::Guest => "reviewer of the task alone, from outside".to_owned(),
            Self::On(duty) => duty.name().to_owned(),
            Self::Accountable => "who answers for it, and founded the organisation".to_owned(),
            Self::Performer => "who handed it in".to_owned(),
            Self::Token => "a token of who answers for it".to_owned(),
        }
    }
}

/// Routes that are nobody's in this scene, and why.
const NOBODYS: &[(&str, &str)] = &[
    ("/api/v1/{*nowhere}", "there is nothing"),
    ("/enter/{link}", "its secret is the way in: see door.rs"),
    (
        "/enter/{link}/with/{provider}",
        "its secret is the way in: see identity.rs",
    ),
    ("/leave", "it leads to the door, whoever leaves"),
    (
        "/me/password/end",
        "this house wants no passwords: see password.rs",
    ),
    ("/metrics", "it is at the operator's address alone"),
    (
        "/settings/notifications/confirm/{secret}",
        "its secret comes by mail: see notification.rs",
    ),
    (
        "/sign-in/with/{provider}/back",
        "it comes from a provider: see identity.rs",
    ),
];

/// A house in which a letter waits for its review, and a reading of two documents for whoever does it.
struct Scene {
    house: House,
    outcome: OutcomeId,
    task: TaskId,
    reading: OutcomeId,
    /// Whom whoever answers for the letter invited, and by which link.
    invited: (String, String),
    /// The agent of whoever answers for the letter.
    agent: String,
    /// By what whoever wrote the letter came in once.
    pass: String,
    /// What the actor said about the letter.
    remark: String,
    own: OrganisationId,
    other: OrganisationId,
    /// What was handed in.
    content: String,
    /// Of whoever answers for the outcome.
    webhook: WebhookId,
}

impl Scene {
    async fn new() -> Self {
        let house = House::new();
        let (outcome, task) = house.letter();
        let reading = begin_reading(&house);
        let offered = house.until(task, |task| matches!(task.phase, Phase::Offered(_)));
        claim(&house.engine, house.ben, &offered).unwrap();
        let held = house.until(task, |task| matches!(task.phase, Phase::Leased(_)));
        let letter = br#"{"text":"Thank you for helping us to move."}"#;
        hand_in(&house.engine, house.ben, &held, letter, AiUse::None).unwrap();
        let judged = house.until(task, |task| matches!(task.phase, Phase::Reviewing(_)));
        let content = judged.handed().unwrap().submission.content.to_string();
        let organisation = |owner, name| network::organisation(&house.engine, owner, name).unwrap();
        let (own, other) = (
            organisation(house.ada, "Ada's desk"),
            organisation(house.sam, "Sam's desk"),
        );
        let webhook = house.webhook(house.ada);
        let (ada, ben) = (
            house.browser(house.ada).await,
            house.browser(house.ben).await,
        );
        let invitation = format!("name=Nia&capabilities=&organisation={own}&role-reviewer=yes");
        ada.post("/people/invite", &invitation).await;
        let kept = ada.get("/people/invite").await.text;
        let (before, _) = kept.split_once("/invitations/end\"").unwrap();
        let nia = before.rsplit('/').next().unwrap().to_owned();
        let invited = (nia, hidden(&kept, "invitation").to_owned());
        let agent = "name=Scout&capabilities=research+4&family=f";
        let agent = ada.post("/people/connect", agent).await.text;
        let (_, agent) = agent.split_once("primary\" href=\"/people/").unwrap();
        let agent = agent.split('"').next().unwrap().to_owned();
        let own_page = ben.get(&format!("/people/{}", house.ben)).await.text;
        let pass = hidden(&own_page, "pass").to_owned();
        Self {
            house,
            outcome,
            task,
            reading,
            invited,
            agent,
            pass,
            remark: "cmd_00000000000000000000000000".to_owned(),
            own,
            other,
            content,
            webhook,
        }
    }

    /// Who an actor is, with the role that they have.
    fn who(&self, actor: Actor) -> Option<ContributorId> {
        let house = &self.house;
        match actor {
            Actor::Nobody => return None,
            Actor::Stranger => {}
            Actor::Own(role) => self.give(house.ada, self.own, (role, None)),
            Actor::Other(role) => self.give(house.sam, self.other, (role, None)),
            Actor::Guest => self.give(house.ada, self.own, (Role::Reviewer, Some(self.task))),
            Actor::On(Duty::Steward) => return Some(house.sam),
            Actor::On(duty) => {
                let command = NetworkCommand::SetDuties {
                    duties: [duty].into(),
                    reason: "a test".to_owned(),
                    who: house.eve,
                };
                let body = Body::Network(house.engine.network(), command);
                let steward = Principal::Contributor(house.sam);
                house.engine.execute(steward, body).unwrap();
            }
            Actor::Accountable | Actor::Token => return Some(house.ada),
            Actor::Performer => return Some(house.ben),
        }
        Some(house.eve)
    }

    fn give(
        &self,
        owner: ContributorId,
        organisation: OrganisationId,
        (role, task): (Role, Option<TaskId>),
    ) {
        let command = OrganisationCommand::SetRoles {
            reason: "a test".to_owned(),
            roles: [role].into(),
            task,
            who: self.house.eve,
        };
        let body = Body::Organisation(organisation, command);
        let owner = Principal::Contributor(owner);
        self.house.engine.execute(owner, body).unwrap();
    }

    fn address(&self, route: &Route) -> String {
        let path = route.path.as_str();
        let is_source = path.ends_with("/source");
        let id = match route.path.trim_start_matches("/api/v1").split('/').nth(1) {
            Some("outcomes") if is_source => self.reading.to_string(),
            Some("tasks") if is_source => TaskId::in_outcome(self.reading, "read").to_string(),
            Some("outcomes") => self.outcome.to_string(),
            Some("tasks") => self.task.to_string(),
            Some("people") if path.contains("/invitations/") => self.invited.0.clone(),
            Some("people") if path.ends_with("/trial") => self.agent.clone(),
            Some("organisations") => self.own.to_string(),
            Some("settings" | "webhooks") => self.webhook.to_string(),
            _ => self.house.ben.to_string(),
        };
        let link = "0".repeat(56);
        [
            ("{id}", id.as_str()),
            ("{link}", &link),
            ("{playbook}", "brief"),
            ("{provider}", "example"),
            ("{name}", "write.json"),
            ("{number}", "0"),
            ("{version}", "1"),
            ("{code}", "not_found"),
            ("{*nowhere}", "nowhere"),
        ]
        .iter()
        .fold(route.path.clone(), |path, (name, value)| {
            path.replace(name, value)
        }) + &self.query(route)
    }

    /// What a page is asked about, beside what its address names.
    fn query(&self, route: &Route) -> String {
        // A list says no to what it does not know.
        let is_asked = route.path.starts_with("/tasks/{") || route.path.ends_with("/source");
        let asks = route.method == Method::GET && is_asked;
        let query = route::QUERY.replace("CONTENT", &self.content);
        if asks { query } else { String::new() }
    }

    fn body(&self, route: &Route) -> (&'static str, String) {
        if !route.path.starts_with("/api/") {
            let form = route::FORM.replace("CONTENT", &self.content);
            let form = form.replace("OWN", &self.own.to_string());
            let form = form.replace("INVITATION", &self.invited.1);
            let form = form.replace("PASS", &self.pass);
            let form = form.replace("REMARK", &self.remark);
            return ("application/x-www-form-urlencoded", form);
        }
        let last = route.path.rsplit('/').next().unwrap();
        let known = route::BODIES.iter().find(|(name, _)| *name == last);
        let text = known.map_or("{}", |(_, text)| text);
        ("application/json", text.replace("CONTENT", &self.content))
    }
}

/// What came of a request, in a sign.
async fn ask(scene: &Scene, route: &Route, door: &Door) -> char {
    let (kind, body) = scene.body(route);
    let mut request = Request::builder()
        .method(route.method.clone())
        .uri(scene.address(route));
    request = match door {
        Door::None => request,
        Door::Cookie(cookie) => request.header(COOKIE, cookie),
        Door::Token(token) => request.header(AUTHORIZATION, format!("Bearer {token}")),
    };
    if route.method == Method::POST {
        request = request
            .header(CONTENT_TYPE, kind)
            .header("idempotency-key", route.path.as_str());
    }
    let sent = if route.method == Method::POST {
        Sent::from(body)
    } else {
        Sent::empty()
    };
    let router = scene.house.router.clone();
    let answer = router.oneshot(request.body(sent).unwrap()).await.unwrap();
    let headers = answer.headers();
    assert_shielded(route, headers);
    let leads = headers.get("location").cloned();
    match answer.status() {
        StatusCode::NOT_FOUND | StatusCode::GONE => '.',
        StatusCode::UNAUTHORIZED => '?',
        StatusCode::SEE_OTHER if leads.is_some_and(|it| it == "/sign-in") => '?',
        StatusCode::FORBIDDEN => {
            let text = to_bytes(answer.into_body(), 1 << 20).await.unwrap();
            let text = String::from_utf8_lossy(&text).into_owned();
            let is_token_alone = text.contains("session_needed");
            if is_token_alone || text.contains("give you no right") {
                'x'
            } else {
                // The right is there, and the rules of the work refuse it.
                '+'
            }
        }
        status => {
            assert!(!status.is_server_error(), "{status}: {}", route.path);
            '+'
        }
    }
}

/// Whatever a route answers, and to whom: the shield is around it.
fn assert_shielded(route: &Route, headers: &HeaderMap) {
    let told = |name: &str| {
        let value = headers.get(name).and_then(|it| it.to_str().ok());
        value.unwrap_or_else(|| panic!("{} has no {name}", route.path))
    };
    for (name, expected) in [
        ("x-content-type-options", "nosniff"),
        ("x-frame-options", "DENY"),
        ("referrer-policy", "same-origin"),
        ("strict-transport-security", "max-age=31536000"),
        (
            "permissions-policy",
            "camera=(), geolocation=(), microphone=()",
        ),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
    ] {
        assert_eq!(told(name), expected, "{name} of {}", route.path);
    }
    let policy = told("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && !policy.contains("script-src 'unsafe"),
        "{}: {policy}",
        route.path
    );
    // What a person of the network sees is kept by nobody: not even a feed while it lasts. Our own assets have
    // their version in their name.
    let kept = match route.path.as_str() {
        path if path.starts_with("/assets/") => {
            &["no-store", "public, max-age=31536000, immutable"][..]
        }
        "/favicon.ico" => &["public, max-age=31536000, immutable"],
        "/live" | "/api/v1/events" => &["no-store", "no-cache"],
        _ => &["no-store"],
    };
    assert!(kept.contains(&told("cache-control")), "{}", route.path);
}

/// By what an actor comes in.
enum Door {
    None,
    Cookie(String),
    Token(String),
}

/// What somebody says about the letter, where they may.
async fn remark(scene: &Scene, cookie: &str) -> Option<String> {
    let outcome = scene.outcome;
    let house = &scene.house;
    let said = format!("/outcomes/{outcome}/discussion");
    house.post(&said, "text=It+reads+well.", cookie).await;
    let page = format!("/outcomes/{outcome}?view=discussion");
    let page = house.get(&page, cookie).await.text;
    let is_there = page.contains("name=\"remark\"");
    is_there.then(|| hidden(&page, "remark").to_owned())
}

async fn column(actor: Actor, routes: &[Route]) -> Vec<char> {
    let mut scene = Scene::new().await;
    let who = scene.who(actor);
    let door = match (actor, who) {
        (_, None) => Door::None,
        (Actor::Token, Some(who)) => Door::Token(scene.house.token(who)),
        (_, Some(who)) => Door::Cookie(scene.house.browser(who).await.cookie().to_owned()),
    };
    if let Door::Cookie(cookie) = &door
        && let Some(said) = remark(&scene, cookie).await
    {
        scene.remark = said;
    }
    let mut signs = Vec::new();
    for route in routes {
        signs.push(ask(&scene, route, &door).await);
    }
    signs
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_is_walked_with_every_role() {
    let routes = route::all();
    let actors = Actor::all();
    let mut columns = Vec::new();
    for actor in &actors {
        columns.push(column(*actor, &routes).await);
    }
    let mut text = String::from(
        "Each column is somebody who asks, each line a route: + it is theirs, x they see it and have no right\n\
         to it, . for them there is nothing, ? they have to come in first. What is asked about is a letter that\n\
         waits for its review, the person who wrote it, the organisation that wanted it, and a webhook of who\n\
         answers for it.\n\n",
    );
    for (number, actor) in actors.iter().enumerate() {
        let lead = "|".repeat(number);
        writeln!(text, "{lead}, {}", actor.name()).unwrap();
    }
    text.push('\n');
    for (number, route) in routes.iter().enumerate() {
        let signs: String = columns.iter().map(|column| column[number]).collect();
        writeln!(text, "{signs} {} {}", route.method, route.path).unwrap();
    }
    for (number, route) in routes.iter().enumerate() {
        let is_somebodys = columns.iter().any(|column| column[number] == '+');
        let is_nobodys = NOBODYS.iter().any(|(path, _)| *path == route.path);
        // A route that nobody could use in this scene would prove nothing of who may.
        assert!(
            is_somebodys || is_nobodys,
            "{} {} is nobody's",
            route.method,
            route.path
        );
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pages/rights.txt");
    let kept = std::fs::read_to_string(&file).unwrap_or_default();
    if kept != text {
        std::fs::write(&file, &text).unwrap();
        panic!(
            "rights changed; they are written to {}: look at each",
            file.display()
        );
    }
}
