//! `bindgen INPUT.wasm OUTPUT_DIR NAME`: writes `NAME.js` and `NAME_bg.wasm`, ready for `<script type="module">`,
//! and beside them the parts that are loaded when a page needs them.
//!
//! First the module is split at the pages that are `lazy`, then its main part goes through the same work as by
//! the `wasm-bindgen` command. Both are library calls: so the versions always equal those in `Cargo.lock`, and
//! there is no separate tool to compile or install.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use wasm_bindgen_cli_support::Bindgen;
use wasm_split_cli_support::Options;

/// How Leptos calls the script that loads the parts, and the list of what each part needs.
const LINK_SCRIPT: &str = "./__wasm_split.______________________.js";
const MANIFEST: &str = "__wasm_split_manifest.json";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, name] = args.as_slice() else {
        eprintln!("usage: bindgen INPUT.wasm OUTPUT_DIR NAME");
        return ExitCode::from(2);
    };
    match make(Path::new(input), Path::new(output), name) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bindgen: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn make(input: &Path, output: &Path, name: &str) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(output)?;
    let module = std::fs::read(input)?;
    // Not into the folder that is served: the main part is only an input of the next step.
    let main_part = input.with_extension("main.wasm");
    let main_script = format!("./{name}.js");
    let mut options = Options::new(&module);
    options.output_dir = output;
    options.main_out_path = &main_part;
    options.main_module = &main_script;
    options.link_name = LINK_SCRIPT;
    let parts = wasm_split_cli_support::transform(options)?;
    std::fs::write(
        output.join(MANIFEST),
        serde_json::to_vec(&parts.prefetch_map)?,
    )?;
    Bindgen::new()
        .input_path(&main_part)
        .web(true)?
        .out_name(name)
        .typescript(false)
        // The parts find by these names what the main part lends them.
        .keep_lld_exports(true)
        .demangle(false)
        .generate(output)?;
    std::fs::remove_file(main_part)?;
    Ok(())
}
