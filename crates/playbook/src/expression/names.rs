//! The names that an expression uses, found without evaluating it.

use cel::common::ast::{EntryExpr, Expr};
use cel::parser::Expression as Tree;

/// A name from outside the expression, with the fields that follow it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Path {
    /// As in `["tasks", "research", "outputs"]`; never empty.
    pub(crate) segments: Vec<String>,
}

/// What an expression uses.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) paths: Vec<Path>,
    pub(super) functions: Vec<String>,
    /// How deeply walks over lists stand inside each other.
    pub(super) walks_nested: usize,
}

pub(super) fn of(tree: &Tree) -> Names {
    let mut names = Names::default();
    walk(tree, &mut Vec::new(), 0, &mut names);
    names
}

/// `bound` are the names that walks around this place give to their items.
fn walk<'t>(tree: &'t Tree, bound: &mut Vec<&'t str>, walks: usize, names: &mut Names) {
    match &tree.expr {
        Expr::Unspecified | Expr::Literal(_) => {}
        Expr::Ident(_) | Expr::Select(_) => match path_of(tree) {
            Some(segments) => {
                if !bound.contains(&segments[0]) && !segments[0].starts_with('@') {
                    let segments = segments.into_iter().map(str::to_owned).collect();
                    names.paths.push(Path { segments });
                }
            }
            None => {
                if let Expr::Select(select) = &tree.expr {
                    walk(&select.operand, bound, walks, names);
                }
            }
        },
        Expr::Call(call) => {
            // Operators are written with signs, as in `_+_` and `@in`.
            if call
                .func_name
                .starts_with(|first: char| first.is_ascii_alphabetic())
            {
                names.functions.push(call.func_name.clone());
            }
            for operand in call.target.iter().map(Box::as_ref).chain(&call.args) {
                walk(operand, bound, walks, names);
            }
        }
        Expr::Comprehension(comprehension) => {
            names.walks_nested = names.walks_nested.max(walks + 1);
            walk(&comprehension.iter_range, bound, walks, names);
            walk(&comprehension.accu_init, bound, walks, names);
            let before = bound.len();
            bound.push(&comprehension.accu_var);
            bound.push(&comprehension.iter_var);
            bound.extend(comprehension.iter_var2.as_deref());
            walk(&comprehension.loop_cond, bound, walks + 1, names);
            walk(&comprehension.loop_step, bound, walks + 1, names);
            walk(&comprehension.result, bound, walks + 1, names);
            bound.truncate(before);
        }
        Expr::List(list) => {
            for element in &list.elements {
                walk(element, bound, walks, names);
            }
        }
        Expr::Map(map) => {
            for entry in &map.entries {
                walk_entry(&entry.expr, bound, walks, names);
            }
        }
        Expr::Struct(made) => {
            names.functions.push(made.type_name.clone());
            for entry in &made.entries {
                walk_entry(&entry.expr, bound, walks, names);
            }
        }
    }
}

fn walk_entry<'t>(entry: &'t EntryExpr, bound: &mut Vec<&'t str>, walks: usize, names: &mut Names) {
    match entry {
        EntryExpr::MapEntry(entry) => {
            walk(&entry.key, bound, walks, names);
            walk(&entry.value, bound, walks, names);
        }
        EntryExpr::StructField(field) => walk(&field.value, bound, walks, names),
    }
}

/// `a.b.c` as its words; nothing for anything else. A field that is only asked after, as in
/// `has(a.b)`, counts like one that is used.
fn path_of(tree: &Tree) -> Option<Vec<&str>> {
    let mut segments = Vec::new();
    let mut tree = tree;
    loop {
        match &tree.expr {
            Expr::Ident(name) => {
                segments.push(name.as_str());
                segments.reverse();
                return Some(segments);
            }
            Expr::Select(select) => {
                segments.push(select.field.as_str());
                tree = &select.operand;
            }
            Expr::Unspecified
            | Expr::Call(_)
            | Expr::Comprehension(_)
            | Expr::List(_)
            | Expr::Literal(_)
            | Expr::Map(_)
            | Expr::Struct(_) => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::expression::Expression;

    #[test]
    fn names_from_outside_are_found_and_the_items_of_walks_are_not() {
        for (source, expected) in [
            ("inputs.a.b + c", vec!["inputs.a.b", "c"]),
            ("inputs.a.all(x, x.y == z.w)", vec!["inputs.a", "z.w"]),
            ("has(a.b)", vec!["a.b"]),
            ("a[b.c].d", vec!["a", "b.c"]),
            ("{'k': a, 'l': [b]}", vec!["a", "b"]),
            ("x.map(x, x + y)", vec!["x", "y"]),
            ("'text' + \"inputs.z\"", vec![]),
        ] {
            let expression = Expression::read(source).unwrap();
            let mut found: Vec<String> = expression
                .paths()
                .into_iter()
                .map(|path| path.segments.join("."))
                .collect();
            found.dedup();
            assert_eq!(found, expected, "{source}");
        }
    }
}
