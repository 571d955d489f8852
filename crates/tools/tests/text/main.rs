//! What reading text promises: the text half of the tools, called as other crates call it.

mod fixture;
mod option_names;
mod sentence;
mod whole_corpus;
