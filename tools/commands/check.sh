# ./dev check: what can be judged without running anything.
need cc
need_rust lints
step "Format" cargo fmt --all --check
step "Lints (server)" cargo clippy "${NATIVE[@]}" --all-targets -- --deny warnings
step "Lints (browser)" cargo clippy "${BROWSER[@]}" --profile wasm-dev -- --deny warnings
step "Dependency rules" bash tools/dependency-rules.sh
