//! The limits of playbooks, each with its reason. The kernel's own limits on tasks hold besides.

/// The longest playbook, in bytes: people read it, and every text in it is bounded by this.
pub const PLAYBOOK_BYTES_MAX: usize = 256 * 1024;
/// How deeply a playbook's YAML nests; an inline schema of a deep shape fits.
pub const DEPTH_MAX: usize = 32;
/// How many values a playbook's YAML has: what a file of the longest size sensibly holds.
pub const NODES_MAX: usize = 20_000;
/// How many inputs a playbook asks for: a person is asked for each.
pub const INPUTS_MAX: usize = 64;
/// How many task templates a playbook has: a person has to read the plan.
pub const TEMPLATES_MAX: usize = 256;
/// The longest name or key that an author writes, in bytes.
pub const NAME_BYTES_MAX: usize = 64;
/// The longest title, in bytes: it stands on one line of a list.
pub const TITLE_BYTES_MAX: usize = 200;
/// The longest expression, in bytes: a longer one belongs in a program.
pub const EXPRESSION_BYTES_MAX: usize = 2_000;
/// How many tasks one outcome may have; plan and routing are measured up to this.
pub const TASKS_PER_OUTCOME_MAX: usize = 100_000;
/// How many tasks one expansion may give: they are added to the plan in one go.
pub const TASKS_PER_EXPANSION_MAX: usize = 10_000;
/// The longest name of an item in a task's key, in bytes; a longer one is cut and marked.
pub const ITEM_NAME_BYTES_MAX: usize = 120;
/// The longest text that a person gives as an input, in bytes: longer material is a file.
pub const INPUT_TEXT_BYTES_MAX: usize = 64 * 1024;
/// How many entries a list input may have: a person writes them.
pub const INPUT_LIST_MAX: usize = 1_000;
/// The largest price of one task, in minor units: a slip of the keyboard stops here.
pub const PRICE_MINOR_MAX: i64 = 1_000_000_000_000;
/// The largest weight: shares are compared, and a million steps are fine enough.
pub const WEIGHT_MAX: i64 = 1_000_000;
/// The longest lease: who needs longer hands in parts. 30 days.
pub const LEASE_MS_MAX: u64 = 30 * 24 * 60 * 60 * 1_000;
/// The shortest lease: a claim has to reach its contributor. One second.
pub const LEASE_MS_MIN: u64 = 1_000;
/// The furthest deadline: five years.
pub const DEADLINE_MS_MAX: u64 = 5 * 365 * 24 * 60 * 60 * 1_000;
