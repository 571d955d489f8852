//! The playbooks that ship in the binary, and the beginnings of new ones.

use std::sync::LazyLock;

use crate::parse;
use crate::playbook::Playbook;

/// A playbook that ships in the binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its YAML, with notes for who reads it.
    pub text: &'static str,
}

/// The playbooks that ship in the binary, ready to run.
pub const SHIPPED: [Shipped; 4] = [
    Shipped {
        name: "brief",
        text: include_str!("../../../playbooks/brief.yaml"),
    },
    Shipped {
        name: "code-change",
        text: include_str!("../../../playbooks/code-change.yaml"),
    },
    Shipped {
        name: "label",
        text: include_str!("../../../playbooks/label.yaml"),
    },
    Shipped {
        name: "recruitment",
        text: include_str!("../../../playbooks/recruitment.yaml"),
    },
];

/// What else a new playbook can be begun from.
pub const TEMPLATES: [Shipped; 2] = [
    Shipped {
        name: "simple",
        text: include_str!("../templates/simple.yaml"),
    },
    Shipped {
        name: "each-document",
        text: include_str!("../templates/each-document.yaml"),
    },
];

/// The shipped playbooks, read once, in the order of [`SHIPPED`].
pub fn playbooks() -> &'static [Playbook] {
    static PLAYBOOKS: LazyLock<Vec<Playbook>> = LazyLock::new(|| {
        let texts = SHIPPED.iter().map(|it| it.text);
        texts.filter_map(|text| parse(text).ok()).collect()
    });
    &PLAYBOOKS
}

/// The YAML of the shipped playbook with this name.
pub fn shipped(name: &str) -> Option<&'static str> {
    named(&SHIPPED, name)
}

/// YAML to begin a new playbook with: that of a template, or of a shipped playbook.
pub fn template(name: &str) -> Option<&'static str> {
    named(&TEMPLATES, name).or_else(|| shipped(name))
}

/// The names that [`template`] knows.
pub fn template_names() -> impl Iterator<Item = &'static str> {
    TEMPLATES.iter().chain(&SHIPPED).map(|shipped| shipped.name)
}

fn named(all: &[Shipped], name: &str) -> Option<&'static str> {
    all.iter()
        .find(|shipped| shipped.name == name)
        .map(|shipped| shipped.text)
}
