# ./dev e2e [--release] [PLAYWRIGHT ARGUMENTS]: the end-to-end tests alone.

profile=dev
if [[ ${1:-} == --release ]]; then
  profile=release
  shift
fi

need ffmpeg chromium postgres
need_new_node
build_all "$profile"
npm_packages end2end
run_browser_tests "$profile" "$@"
