//! What the tools that quote promise: reading text, summaries, passages that argue against, and
//! screening by rules, called as other crates call them.

mod counter_argue;
mod example_folders;
mod fixture;
mod option_names;
mod robust;
mod rule_pack;
mod screen_risk;
mod sentence;
mod summarise;
mod whole_corpus;
