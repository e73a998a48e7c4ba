//! The binary `autopost`.
fn main() {}
