//! Counts what an evaluation looks at, and stops it when its allowance is used up.
//!
//! The interpreter has no such limit. So each list that is walked, and each operand of a function
//! whose work grows with its operands, is passed through a function of ours that counts it and
//! hands it on unchanged.

use std::cell::Cell;

use cel::common::ast::{CallExpr, EntryExpr, Expr, operators};
use cel::common::types::{CelString, DYN_TYPE};
use cel::common::value::{BuiltinRef, CowVal, Val};
use cel::parser::Expression as Tree;
use cel::{Env, ExecutionError};

/// The name of our function; an expression cannot write it, as `@` begins no name.
const COUNT: &str = "@count";
/// How many bytes of a text count as one step.
const TEXT_BYTES_PER_STEP: u64 = 16;

thread_local! {
    /// The steps that are left to the evaluation that runs on this thread, and those spent.
    static LEFT: Cell<(u64, u64)> = const { Cell::new((0, 0)) };
}

/// Declares the counting function.
pub(super) fn declare(environment: &mut Env) {
    environment
        .add_overload(COUNT, "consort_count", vec![DYN_TYPE], count)
        .expect("the name cannot be taken: no library begins one with @");
}

/// Evaluates with this allowance; gives the answer and the steps spent.
pub(super) fn within<T>(steps: u64, evaluate: impl FnOnce() -> T) -> (T, u64) {
    LEFT.set((steps, 0));
    let answer = evaluate();
    (answer, LEFT.get().1)
}

/// The same expression with the counting put in.
pub(super) fn counted(tree: &Tree) -> Tree {
    let mut tree = tree.clone();
    put_in(&mut tree);
    tree
}

fn put_in(tree: &mut Tree) {
    match &mut tree.expr {
        Expr::Unspecified | Expr::Ident(_) | Expr::Literal(_) => {}
        Expr::Call(call) => {
            let grows = grows_with_its_operands(&call.func_name);
            for operand in call
                .target
                .iter_mut()
                .map(Box::as_mut)
                .chain(&mut call.args)
            {
                put_in(operand);
                if grows {
                    wrap(operand);
                }
            }
        }
        Expr::Comprehension(walk) => {
            put_in(&mut walk.iter_range);
            wrap(&mut walk.iter_range);
            put_in(&mut walk.loop_cond);
            put_in_step(&mut walk.loop_step, &walk.accu_var);
            put_in(&mut walk.result);
        }
        Expr::List(list) => list.elements.iter_mut().for_each(put_in),
        Expr::Select(select) => put_in(&mut select.operand),
        Expr::Map(map) => map
            .entries
            .iter_mut()
            .for_each(|entry| match &mut entry.expr {
                EntryExpr::MapEntry(entry) => {
                    put_in(&mut entry.key);
                    put_in(&mut entry.value);
                }
                EntryExpr::StructField(field) => put_in(&mut field.value),
            }),
        Expr::Struct(made) => made
            .entries
            .iter_mut()
            .for_each(|entry| match &mut entry.expr {
                EntryExpr::MapEntry(entry) => put_in(&mut entry.value),
                EntryExpr::StructField(field) => put_in(&mut field.value),
            }),
    }
}

/// A step of a walk. The interpreter appends to a walk's own list in constant time, if it finds
/// `list + [item]` unchanged; so what is appended to is not wrapped there.
fn put_in_step(step: &mut Tree, gathered: &str) {
    let is_gathered = |tree: &Tree| matches!(&tree.expr, Expr::Ident(name) if name == gathered);
    match &mut step.expr {
        Expr::Call(call)
            if call.func_name == operators::ADD && call.args.first().is_some_and(is_gathered) =>
        {
            call.args.iter_mut().skip(1).for_each(put_in);
        }
        Expr::Call(call) if call.func_name == operators::CONDITIONAL => {
            for (index, operand) in call.args.iter_mut().enumerate() {
                if index == 1 {
                    put_in_step(operand, gathered);
                } else {
                    put_in(operand);
                }
            }
        }
        Expr::Unspecified
        | Expr::Call(_)
        | Expr::Comprehension(_)
        | Expr::Ident(_)
        | Expr::List(_)
        | Expr::Literal(_)
        | Expr::Map(_)
        | Expr::Select(_)
        | Expr::Struct(_) => put_in(step),
    }
}

fn grows_with_its_operands(function: &str) -> bool {
    !matches!(
        function,
        operators::CONDITIONAL
            | operators::LOGICAL_AND
            | operators::LOGICAL_OR
            | operators::LOGICAL_NOT
            | operators::NOT_STRICTLY_FALSE
            | operators::INDEX
            | operators::SUBSTRACT
            | operators::MULTIPLY
            | operators::DIVIDE
            | operators::MODULO
            | operators::NEGATE
    )
}

fn wrap(tree: &mut Tree) {
    if matches!(tree.expr, Expr::Literal(_)) {
        return;
    }
    let inner = std::mem::take(tree);
    *tree = Tree {
        id: inner.id,
        expr: Expr::Call(CallExpr {
            func_name: COUNT.to_owned(),
            target: None,
            args: vec![inner],
        }),
    };
}

fn count<'b, 'v>(mut operands: Vec<CowVal<'b, 'v>>) -> Result<CowVal<'b, 'v>, ExecutionError> {
    let operand = operands
        .pop()
        .ok_or_else(ExecutionError::missing_argument_or_target)?;
    let (allowed, mut spent) = LEFT.get();
    weigh(operand.as_ref(), allowed, &mut spent);
    LEFT.set((allowed, spent));
    if spent > allowed {
        return Err(ExecutionError::InternalError("too many steps".to_owned()));
    }
    Ok(operand)
}

/// Adds what looking at all of this value costs, and leaves off where it is too much anyway.
fn weigh(value: &dyn Val, allowed: u64, spent: &mut u64) {
    *spent = spent.saturating_add(1);
    if *spent > allowed {
        return;
    }
    match value.as_builtin() {
        BuiltinRef::String(text) => {
            let text: &CelString<'_> = text;
            *spent = spent.saturating_add(text.inner().len() as u64 / TEXT_BYTES_PER_STEP);
        }
        BuiltinRef::List(_) | BuiltinRef::Map(_) => {
            let Some(walked) = value.as_iterable() else {
                return;
            };
            let mut entries = walked.iter();
            while let Some(entry) = entries.next() {
                weigh(entry, allowed, spent);
                // A map walks its keys; what they lead to is looked at as well.
                if let (BuiltinRef::Map(_), Some(map)) = (value.as_builtin(), value.as_indexer())
                    && let Ok(found) = map.get(entry)
                {
                    weigh(found.as_ref(), allowed, spent);
                }
                if *spent > allowed {
                    return;
                }
            }
        }
        _ => {}
    }
}
