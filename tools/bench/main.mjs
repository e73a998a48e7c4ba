// ./dev bench NAME: prints one JSON object a line: {"name": "server.idle_rss_mb", "value": 41.2, "unit": "MB"}

import { firstVisit } from './pages.mjs';
import { freshDatabase, removeFolder } from './lib.mjs';
import { coldStart, idleMemory } from './start.mjs';
import { upload } from './upload.mjs';

const GROUPS = {
  start: [coldStart, idleMemory],
  pages: [firstVisit],
  upload: [upload],
};
GROUPS.server = [...GROUPS.start, ...GROUPS.pages, ...GROUPS.upload];

await freshDatabase();
try {
  for (const measure of GROUPS[process.argv[2]]) await measure(report);
} finally {
  await removeFolder();
}

function report(name, value, unit) {
  console.log(JSON.stringify({ name, value: Number(value.toPrecision(4)), unit }));
}
