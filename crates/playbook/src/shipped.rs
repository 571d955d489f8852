//! The playbooks that ship in the binary, and the beginnings of new ones.

/// A playbook that ships in the binary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shipped {
    /// Its name.
    pub name: &'static str,
    /// Its YAML.
    pub text: &'static str,
}

/// The playbooks that ship in the binary, by name.
pub const SHIPPED: [Shipped; 1] = [Shipped {
    name: "brief",
    text: include_str!("../../../playbooks/brief.yaml"),
}];

/// The YAML of the shipped playbook with this name.
pub fn shipped(name: &str) -> Option<&'static str> {
    SHIPPED
        .iter()
        .find(|shipped| shipped.name == name)
        .map(|shipped| shipped.text)
}
