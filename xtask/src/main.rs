//! One entry for every chore.

fn main() {}
