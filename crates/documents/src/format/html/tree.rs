//! The tree of an HTML page, as a browser builds it, in one flat list of nodes.
//!
//! It keeps elements and text only; comments and processing instructions are not part of a page.

use std::borrow::Cow;
use std::cell::{Cell, Ref, RefCell};

use html5ever::interface::tree_builder::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::{StrTendril, TendrilSink};
use html5ever::{Attribute, ParseOpts, QualName, parse_document};

use crate::unreadable::Unreadable;

/// Browsers themselves do not nest deeper than 512.
const DEPTH_MAX: usize = 512;

/// Nodes of a page: the longest pages on the web have some hundred thousand.
const NODES_MAX: usize = 2_000_000;

/// The page is given to the parser in pieces of this size, so that a page that is nested too
/// deeply is given up early: the parser slows down with the depth.
const PIECE_BYTES: usize = 4096;

/// The root of every tree.
pub(super) const ROOT: usize = 0;

/// A node.
#[derive(Debug, Default)]
pub(super) struct Node {
    pub(super) attributes: Vec<Attribute>,
    pub(super) children: Vec<usize>,
    /// The name of an element; other nodes have none.
    pub(super) name: Option<QualName>,
    /// The text of a text node.
    pub(super) text: Option<String>,
    depth: usize,
    parent: Option<usize>,
}

impl Node {
    /// The element's name in lower case; nothing for text.
    pub(super) fn tag(&self) -> &str {
        self.name.as_ref().map_or("", |name| &name.local)
    }

    /// The value of an attribute.
    pub(super) fn attribute(&self, wanted: &str) -> Option<&str> {
        let mut attributes = self.attributes.iter();
        attributes
            .find(|attribute| &*attribute.name.local == wanted)
            .map(|found| &*found.value)
    }
}

/// Builds the tree of a page.
pub(super) fn parse(text: &str) -> Result<Vec<Node>, Unreadable> {
    let mut parser = parse_document(Sink::new(), ParseOpts::default());
    let mut rest = text;
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(rest.floor_char_boundary(PIECE_BYTES.min(rest.len())));
        parser.process(StrTendril::from(piece));
        rest = after;
        let sink = &parser.tokenizer.sink.sink;
        if sink.too_deep.get() {
            return Err(Unreadable::TooDeep(DEPTH_MAX));
        }
        if sink.nodes.borrow().len() > NODES_MAX {
            return Err(Unreadable::Bomb("2,000,000 elements"));
        }
    }
    Ok(parser.finish())
}

struct Sink {
    nodes: RefCell<Vec<Node>>,
    too_deep: Cell<bool>,
}

impl Sink {
    fn new() -> Self {
        Self {
            nodes: RefCell::new(vec![Node::default()]),
            too_deep: Cell::new(false),
        }
    }

    fn add(&self, node: Node) -> usize {
        let mut nodes = self.nodes.borrow_mut();
        nodes.push(node);
        nodes.len() - 1
    }

    fn detach(&self, node: usize) {
        let mut nodes = self.nodes.borrow_mut();
        if let Some(parent) = nodes[node].parent.take() {
            nodes[parent].children.retain(|child| *child != node);
        }
    }

    /// Puts `child` under `parent` before the child with this index.
    fn insert(&self, parent: usize, index: usize, child: NodeOrText<usize>) {
        let child = match child {
            NodeOrText::AppendNode(node) => {
                self.detach(node);
                node
            }
            NodeOrText::AppendText(text) => {
                let mut nodes = self.nodes.borrow_mut();
                let before = index
                    .checked_sub(1)
                    .map(|before| nodes[parent].children[before]);
                if let Some(before) = before
                    && let Some(open) = &mut nodes[before].text
                {
                    open.push_str(&text);
                    return;
                }
                drop(nodes);
                self.add(Node {
                    text: Some(text.to_string()),
                    ..Node::default()
                })
            }
        };
        let mut nodes = self.nodes.borrow_mut();
        let depth = nodes[parent].depth + 1;
        if depth > DEPTH_MAX {
            self.too_deep.set(true);
        }
        nodes[child].depth = depth;
        nodes[child].parent = Some(parent);
        let index = index.min(nodes[parent].children.len());
        nodes[parent].children.insert(index, child);
    }

    fn children_of(&self, node: usize) -> usize {
        self.nodes.borrow()[node].children.len()
    }
}

impl TreeSink for Sink {
    type Handle = usize;
    type Output = Vec<Node>;
    type ElemName<'a> = Ref<'a, QualName>;

    fn finish(self) -> Vec<Node> {
        self.nodes.into_inner()
    }

    fn parse_error(&self, _message: Cow<'static, str>) {}

    fn get_document(&self) -> usize {
        ROOT
    }

    fn elem_name<'a>(&'a self, target: &'a usize) -> Ref<'a, QualName> {
        Ref::map(self.nodes.borrow(), |nodes| {
            nodes[*target]
                .name
                .as_ref()
                .expect("the parser asks for names of elements only")
        })
    }

    fn create_element(
        &self,
        name: QualName,
        attributes: Vec<Attribute>,
        _flags: ElementFlags,
    ) -> usize {
        self.add(Node {
            name: Some(name),
            attributes,
            ..Node::default()
        })
    }

    fn create_comment(&self, _text: StrTendril) -> usize {
        self.add(Node::default())
    }

    fn create_pi(&self, _target: StrTendril, _data: StrTendril) -> usize {
        self.add(Node::default())
    }

    fn append(&self, parent: &usize, child: NodeOrText<usize>) {
        self.insert(*parent, self.children_of(*parent), child);
    }

    fn append_based_on_parent_node(
        &self,
        element: &usize,
        previous: &usize,
        child: NodeOrText<usize>,
    ) {
        if self.nodes.borrow()[*element].parent.is_some() {
            self.append_before_sibling(element, child);
        } else {
            self.append(previous, child);
        }
    }

    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}

    /// The contents of a template do not show: they go to a node outside the tree.
    fn get_template_contents(&self, _target: &usize) -> usize {
        self.add(Node::default())
    }

    fn same_node(&self, one: &usize, other: &usize) -> bool {
        one == other
    }

    fn set_quirks_mode(&self, _mode: QuirksMode) {}

    fn append_before_sibling(&self, sibling: &usize, child: NodeOrText<usize>) {
        if let NodeOrText::AppendNode(node) = &child {
            self.detach(*node);
        }
        let nodes = self.nodes.borrow();
        let Some(parent) = nodes[*sibling].parent else {
            return;
        };
        let children = &nodes[parent].children;
        let index = children
            .iter()
            .position(|node| node == sibling)
            .unwrap_or(children.len());
        drop(nodes);
        self.insert(parent, index, child);
    }

    fn add_attrs_if_missing(&self, target: &usize, attributes: Vec<Attribute>) {
        let mut nodes = self.nodes.borrow_mut();
        let present = &mut nodes[*target].attributes;
        for attribute in attributes {
            if !present.iter().any(|other| other.name == attribute.name) {
                present.push(attribute);
            }
        }
    }

    fn remove_from_parent(&self, target: &usize) {
        self.detach(*target);
    }

    fn reparent_children(&self, node: &usize, parent: &usize) {
        let children = std::mem::take(&mut self.nodes.borrow_mut()[*node].children);
        for child in children {
            self.nodes.borrow_mut()[child].parent = None;
            self.append(parent, NodeOrText::AppendNode(child));
        }
    }
}
