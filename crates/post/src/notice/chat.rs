//! Messages as chats take them. What is other people's text is marked as text, so that a chat makes neither a
//! link nor a call of it; the only links are those to Consort.

use serde_json::{Value, json};

use super::letter::{Item, Letter, tame};
use super::wish::ChatForm;

/// What stands for our own link.
const OPEN: &str = "Open in Consort";
/// The letters that mean something where Mattermost reads Markdown.
const MARKS: &str = "\\`*_{}[]()#+-.!>~|";

/// The body of a request.
pub(super) fn body(form: ChatForm, letter: &Letter) -> String {
    let body = match form {
        ChatForm::Slack => {
            json!({ "text": text(letter, slack, |link| format!("<{link}|{OPEN}>")) })
        }
        ChatForm::Mattermost => {
            json!({ "text": text(letter, mattermost, |link| format!("[{OPEN}]({link})")) })
        }
        ChatForm::Teams => teams(letter),
    };
    body.to_string()
}

fn text(letter: &Letter, safe: impl Fn(&str) -> String, link: impl Fn(&str) -> String) -> String {
    let mut lines = Vec::new();
    for item in &letter.items {
        lines.extend(words(item).iter().map(|it| safe(it)));
        lines.push(link(&item.link));
        lines.push(String::new());
    }
    if let Some((count, address)) = &letter.more {
        lines.push(safe(&format!("And {count} more.")));
        lines.push(link(address));
        lines.push(String::new());
    }
    lines.extend(letter.foot.first().map(|it| safe(it)));
    // Two spaces or an empty line would break lines in Markdown; a line break does so in both chats.
    lines.join("\n").trim_end().to_owned()
}

/// What an item says, line by line.
fn words(item: &Item) -> Vec<String> {
    let mut words = vec![match &item.title {
        Some(title) => format!("{}: {}", item.asked, tame(title)),
        None => item.asked.clone(),
    }];
    words.extend(
        item.outcome
            .as_deref()
            .map(|it| format!("Of: {}", tame(it))),
    );
    words.extend(item.due.as_deref().map(|it| format!("By: {it}")));
    words
}

/// Three letters mean something to Slack.
fn slack(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

fn mattermost(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        if MARKS.contains(letter) {
            safe.push('\\');
        }
        safe.push(letter);
    }
    safe
}

/// A card, whose texts are runs: nothing in them is read as Markdown.
fn teams(letter: &Letter) -> Value {
    let mut blocks = Vec::new();
    for item in &letter.items {
        for (place, line) in words(item).into_iter().enumerate() {
            blocks.push(run(&line, place == 0));
        }
        blocks.push(opens(&item.link));
    }
    if let Some((count, address)) = &letter.more {
        blocks.push(run(&format!("And {count} more."), false));
        blocks.push(opens(address));
    }
    blocks.extend(letter.foot.first().map(|it| run(it, false)));
    json!({
        "type": "message",
        "attachments": [{
            "contentType": "application/vnd.microsoft.card.adaptive",
            "contentUrl": null,
            "content": {
                "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
                "type": "AdaptiveCard",
                "version": "1.4",
                "body": blocks,
            },
        }],
    })
}

fn run(text: &str, is_first: bool) -> Value {
    let weight = if is_first { "bolder" } else { "default" };
    json!({ "type": "RichTextBlock", "inlines": [{ "type": "TextRun", "text": text, "weight": weight }] })
}

fn opens(link: &str) -> Value {
    json!({ "type": "ActionSet", "actions": [{ "type": "Action.OpenUrl", "title": OPEN, "url": link }] })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOSTILE: &str = "<!channel> @all @here <https://evil.example|click> [click](https://evil.example) *now* & {{DATE(x)}}";

    fn letter(title: &str) -> Letter {
        Letter {
            id: "1".to_owned(),
            subject: "x".to_owned(),
            items: vec![Item {
                asked: "Your signature is asked for".to_owned(),
                title: Some(title.to_owned()),
                outcome: Some(title.to_owned()),
                due: Some("Monday".to_owned()),
                link: "https://consort.example/tasks/tsk_1".to_owned(),
            }],
            more: None,
            foot: vec!["Opening a page decides nothing.".to_owned()],
        }
    }

    fn read(form: ChatForm, title: &str) -> Value {
        serde_json::from_str(&body(form, &letter(title))).unwrap()
    }

    #[test]
    fn slack_gets_text_with_one_link() {
        let read = read(ChatForm::Slack, "Fish & chips");
        let text = read["text"].as_str().unwrap();
        assert!(
            text.starts_with("Your signature is asked for: Fish &amp; chips\nOf: "),
            "{text}"
        );
        assert!(
            text.contains("<https://consort.example/tasks/tsk_1|Open in Consort>"),
            "{text}"
        );
        assert_eq!(text.matches('<').count(), 1, "{text}");
    }

    #[test]
    fn in_slack_nothing_of_somebodys_text_calls_or_links() {
        let read = read(ChatForm::Slack, HOSTILE);
        let text = read["text"].as_str().unwrap();
        assert_eq!(text.matches('<').count(), 1, "only ours: {text}");
        assert_eq!(text.matches("://").count(), 1, "{text}");
        for call in ["<!", "@all", "@here"] {
            assert!(!text.contains(call), "{call}: {text}");
        }
    }

    #[test]
    fn in_mattermost_nothing_of_somebodys_text_calls_or_links() {
        let read = read(ChatForm::Mattermost, HOSTILE);
        let text = read["text"].as_str().unwrap();
        assert!(
            text.contains("[Open in Consort](https://consort.example/tasks/tsk_1)"),
            "{text}"
        );
        assert_eq!(text.matches("://").count(), 1, "{text}");
        assert_eq!(text.matches("](").count(), 1, "only ours: {text}");
        for call in ["@all", "@here", "@channel", " *now"] {
            assert!(!text.contains(call), "{call}: {text}");
        }
        assert!(text.contains("\\*now\\*"), "{text}");
    }

    #[test]
    fn teams_gets_a_card_whose_texts_are_texts() {
        let read = read(ChatForm::Teams, HOSTILE);
        assert_eq!(read["type"], "message");
        let card = &read["attachments"][0];
        assert_eq!(
            card["contentType"],
            "application/vnd.microsoft.card.adaptive"
        );
        assert_eq!(card["content"]["type"], "AdaptiveCard");
        let blocks = card["content"]["body"].as_array().unwrap();
        let mut links = Vec::new();
        for block in blocks {
            match block["type"].as_str().unwrap() {
                "RichTextBlock" => {
                    let text = block["inlines"][0]["text"].as_str().unwrap();
                    assert!(!text.contains("://") && !text.contains("@all"), "{text}");
                }
                "ActionSet" => links.push(block["actions"][0]["url"].as_str().unwrap()),
                other => panic!("{other} may be read as Markdown"),
            }
        }
        assert_eq!(links, ["https://consort.example/tasks/tsk_1"]);
        assert!(card["content"].get("msteams").is_none());
    }
}
