# ./dev build: what is shipped, one binary plus the site folder.
build_all release
say "Binary: $TARGET/release/autopost ($(du -h "$TARGET/release/autopost" | cut -f1))"
say "Site:   $TARGET/site-release ($(du -sh "$TARGET/site-release" | cut -f1)); point AUTOPOST_SITE_ROOT at it"
