// node pds.mjs FOLDER: a PDS and a directory of identities (PLC) on loopback, for tests. Keeps its data in FOLDER,
// writes their addresses to FOLDER/env once both answer, and ends with SIGTERM.

import { mkdirSync, renameSync, writeFileSync } from "node:fs";
import net from "node:net";
import { join } from "node:path";

const folder = process.argv[2];
// Known to the tests, which make tokens that have ended with it.
const JWT_SECRET = "tests-make-tokens-that-have-ended";
const ROTATION_KEY = "7f".repeat(32);

// Both listen on every interface unless told otherwise, and neither can be told.
const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  if (typeof args[0] === "number" && typeof args[1] !== "string") args.splice(1, 0, "127.0.0.1");
  return listen.apply(this, args);
};

// A client id is an https address of a public host: https://p40001.autopost.internal/ stands for port 40001 here,
// so that the tests can be such a client. Replaced before the PDS is loaded, because that keeps it.
const realFetch = globalThis.fetch;
globalThis.fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  const port = /^p(\d+)\.autopost\.internal$/.exec(url.hostname)?.[1];
  if (!port || url.protocol !== "https:") return realFetch(input, init);
  const here = new URL(url.pathname + url.search, `http://127.0.0.1:${port}`);
  // Without what keeps the PDS from talking to bare addresses.
  const { dispatcher, ...rest } = init ?? {};
  return realFetch(input instanceof Request ? new Request(here, input) : here, rest);
};

const freePort = () =>
  new Promise((resolve, reject) => {
    const server = net.createServer().on("error", reject);
    server.listen(0, () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });

const { PlcServer, Database } = await import("@did-plc/server");
const { PDS } = await import("@atproto/pds");

const plcPort = await freePort();
const plc = PlcServer.create({ db: Database.mock(), port: plcPort });
await plc.start();

const blobs = join(folder, "blobs");
mkdirSync(blobs, { recursive: true });
const port = await freePort();
const pds = await PDS.fromEnv({
  devMode: true,
  port,
  hostname: "localhost",
  dataDirectory: folder,
  blobstoreDiskLocation: blobs,
  blobstoreDiskTmpLocation: join(folder, "blobs-tmp"),
  blobUploadLimit: 314_572_800,
  adminPassword: "admin",
  jwtSecret: JWT_SECRET,
  plcRotationKeyK256PrivateKeyHex: ROTATION_KEY,
  didPlcUrl: `http://localhost:${plcPort}`,
  serviceHandleDomains: [".test"],
  inviteRequired: false,
  disableSsrfProtection: true,
  // Nobody is there: the tests bring a stand-in where they need one.
  bskyAppViewUrl: "http://127.0.0.1:9",
  bskyAppViewDid: "did:web:appview.test",
});
await pds.start();

const stop = async () => {
  await Promise.allSettled([pds.destroy(), plc.destroy()]);
  process.exit(0);
};
process.on("SIGTERM", stop);
process.on("SIGINT", stop);

writeFileSync(
  join(folder, "env.new"),
  `export AUTOPOST_TEST_PDS_URL=http://localhost:${port}\nexport AUTOPOST_TEST_PLC_URL=http://localhost:${plcPort}\n`,
);
renameSync(join(folder, "env.new"), join(folder, "env"));
