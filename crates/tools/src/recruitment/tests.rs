//! What the tools of recruitment say, and what they never do.
