//! The routes, as they stand in the source: one that is new is walked by itself.

use std::path::{Path, PathBuf};

use axum::http::Method;

/// A route.
pub(crate) struct Route {
    pub(crate) method: Method,
    pub(crate) path: String,
}

/// What every form is sent: each takes of it what it knows.
pub(crate) const FORM: &str = "reason=it+is+so&plan_version=1&note=n&text=t&question=0&lease=1&to=&hours=1&result=r&ai=none\
    &decision=accept&content=CONTENT&missed=nothing&file=write.json&label=l&pass=PASS&name=Noor&\
    capabilities=writing+5&family=f&who=Ben&units=1&reference=r&suspended=true&theme=dark&plan=out_0&most=1\
    &query=q%3Dx&key=k&view=v&version=1&switch=agents&stop=no&from=OWN&amount=0.00&list=/tasks\
    &changes=c&remark=REMARK&invitation=INVITATION&at=1&takes=false";

/// What every page is asked about: each takes of it what it knows.
pub(super) const QUERY: &str = "?content=CONTENT&document=offer.txt";

/// What is sent to addresses of the API, by their last word.
pub(crate) const BODIES: &[(&str, &str)] = &[
    ("heartbeat", r#"{"lease":1}"#),
    ("release", r#"{"lease":1,"note":"n"}"#),
    ("questions", r#"{"lease":1,"text":"t"}"#),
    ("answer", r#"{"text":"t"}"#),
    (
        "submissions",
        r#"{"lease":1,"content":{"text":"t"},"ai":"none"}"#,
    ),
    (
        "tasks",
        r#"{"reason":"r","tasks":[{"key":"k","kind":"draft","title":"t","capability":"writing",
            "mode":"either","risk":"low","price_minor":0,"lease_seconds":60,"instructions":{"goal":"g",
            "context":[{"name":"c","text":"t"}],"constraints":["c"],
            "criteria":[{"key":"c","text":"t","method":{"by":"judgment"}}]}}]}"#,
    ),
    (
        "accept",
        r#"{"lease":1,"submission":"CONTENT","missed":"nothing seen"}"#,
    ),
    (
        "reviews",
        r#"{"lease":1,"submission":"CONTENT","verdict":"accept","gap_note":"nothing seen"}"#,
    ),
    ("discussion", r#"{"text":"t"}"#),
    ("claims", r#"{"wait_seconds":0}"#),
];

/// All of them, what changes nothing first.
pub(crate) fn all() -> Vec<Route> {
    let mut routes = Vec::new();
    for file in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let text = std::fs::read_to_string(&file).unwrap();
        for call in [".route(", "listed(", "utoipa::path("] {
            for (place, _) in text.match_indices(call) {
                read(&mut routes, call, &text[place + call.len()..]);
            }
        }
    }
    // What ends something is asked after what needs it, and whoever leaves has to come in again.
    let order = |route: &Route| {
        let is_last = route.path == "/leave";
        (
            is_last,
            route.path.ends_with("/end"),
            route.method.to_string(),
            route.path.clone(),
        )
    };
    routes.sort_by_key(order);
    routes.dedup_by_key(|route| order(route));
    assert!(routes.len() > 80, "only {} routes were found", routes.len());
    routes
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|it| it == "rs") {
            found.push(path);
        }
    }
    found
}

/// Reads the routes of one call, which begins before this text.
fn read(routes: &mut Vec<Route>, call: &str, text: &str) {
    let call_text = &text[..end_of_call(text)];
    let Some(path) = call_text.split('"').find(|part| part.starts_with('/')) else {
        return;
    };
    let mut add = |method: Method, path: String| routes.push(Route { method, path });
    if call == "listed(" {
        for end in ["", ".json", ".csv"] {
            add(Method::GET, format!("{path}{end}"));
        }
        return;
    }
    let methods = [
        ("get", Method::GET),
        ("post", Method::POST),
        ("put", Method::PUT),
        ("patch", Method::PATCH),
        ("delete", Method::DELETE),
    ];
    for (word, method) in methods {
        let is_one = if call == "utoipa::path(" {
            call_text.trim_start().starts_with(&format!("{word},"))
        } else {
            call_text.contains(&format!("{word}("))
        };
        if is_one {
            add(method, path.to_owned());
        }
    }
}

/// Where the parenthesis closes that was open before this text.
fn end_of_call(text: &str) -> usize {
    let mut open = 1_u32;
    for (place, letter) in text.char_indices() {
        match letter {
            '(' => open += 1,
            ')' => open -= 1,
            _ => {}
        }
        if open == 0 {
            return place;
        }
    }
    text.len()
}
