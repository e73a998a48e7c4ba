//! `bindgen INPUT.wasm OUTPUT_DIR NAME`: writes `NAME.js` and `NAME_bg.wasm`, ready for `<script type="module">`.
//!
//! The same work as the `wasm-bindgen` command, as a library call: so the version always equals the
//! one in `Cargo.lock`, and there is no separate tool to compile or install.

use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, name] = args.as_slice() else {
        eprintln!("usage: bindgen INPUT.wasm OUTPUT_DIR NAME");
        return ExitCode::from(2);
    };
    let result = Bindgen::new()
        .input_path(input)
        .web(true)
        .and_then(|bindgen| bindgen.out_name(name).typescript(false).generate(output));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}
