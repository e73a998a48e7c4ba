// ./dev bench NAME: prints one JSON object a line: {"name": "server.idle_rss_mb", "value": 41.2, "unit": "MB"}

import { monthOfMany } from './calendar.mjs';
import { freshDatabase, removeFolder } from './lib.mjs';
import { firstVisit, scores } from './pages.mjs';
import { coldStart, idleMemory } from './start.mjs';
import { upload } from './upload.mjs';

const GROUPS = {
  start: [coldStart, idleMemory],
  // The calendar comes last: its posts would be on the pages that are measured before.
  pages: [firstVisit, scores, monthOfMany],
  calendar: [monthOfMany],
  upload: [upload],
};
GROUPS.server = [...GROUPS.start, ...GROUPS.upload, ...GROUPS.pages];

await freshDatabase();
try {
  for (const measure of GROUPS[process.argv[2]]) await measure(report);
} finally {
  await removeFolder();
}

function report(name, value, unit) {
  console.log(JSON.stringify({ name, value: Number(value.toPrecision(4)), unit }));
}
