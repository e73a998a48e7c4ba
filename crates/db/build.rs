//! The migrations are embedded: a changed one is a reason to compile anew.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
