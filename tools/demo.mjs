// node tools/demo.mjs: gives a running server a small demo agency, by the same addresses that a browser uses.
// Safe to run again: what is there stays; the accounts are connected anew, because the emulator forgets its tokens.
// Environment: ADDRESS (the server), MAIL_ADDRESS (the mail sink), DEMO_EMAIL, DEMO_PASSWORD (also that of the
// client's approver), DEMO_APPROVER (their address), DEMO_FOLDER (where the clips are made).

import { execFileSync } from "node:child_process";
import { mkdirSync, existsSync, readFileSync } from "node:fs";
import { join } from "node:path";

const address = process.env.ADDRESS;
const origin = new URL(address).origin;
const folder = process.env.DEMO_FOLDER;
let cookie = "";

const CLIENTS = [
  {
    name: "Kestrel Coffee",
    zone: "Europe/London",
    account: "kestrelcoffee",
    bluesky: "kestrelcoffee.bsky.test",
    posts: [
      { caption: "Pour-over myths, answered #coffee #v60", colours: ["0x7a3b1d", "0xe8c9a0"], minutes: 2 },
      { caption: "Regulars rate the new roast. Nobody gave it a nine. #londoncoffee", colours: ["0x20494a", "0xd9722e"], days: 1, at: "17:30" },
      {
        platform: "bluesky",
        caption: "Two mornings on the ridge above Pitalito. The washed lot lands on Thursday #coffee",
        pictures: [
          { colours: ["0xf2b37a", "0x4d7a5b"], alt: "Sun rising over a green ridge" },
          { colours: ["0x9fc2d6", "0x3c5a48"], alt: "Mist between rows of coffee trees" },
        ],
        minutes: 3,
      },
      { caption: "From the ridge above Pitalito", colours: ["0xf2b37a", "0x4d7a5b"], days: 3, at: "09:00" },
      { caption: "Swan in a cup, first attempt", colours: ["0xc98b74", "0xf5e4d4"], days: 4, at: "17:30", intent: "SaveDraft" },
    ],
  },
  {
    name: "Northbank Climbing",
    zone: "America/New_York",
    account: "northbankclimbing",
    // Nothing goes out without this person's approval.
    approver: { name: "Tessa Grant", color: "#1f6f9e" },
    posts: [
      { caption: "New set on the north wall", colours: ["0x1f6f9e", "0xf0c419"], days: 2, at: "12:00", intent: "SendForApproval" },
      { caption: "Chalk up: the crux of problem nine, slowly", colours: ["0xd7d2c8", "0x7b4b94"], days: 3, at: "18:00", intent: "SendForApproval" },
      {
        caption: "Kids’ hour is back on Saturdays",
        colours: ["0xf0c419", "0xd9722e"],
        days: 4,
        at: "09:30",
        intent: "SendForApproval",
        changes: { note: "It is Sundays from now on. Could the sign be in the picture here?", at: 3 },
      },
      { caption: "Three drills before breakfast", colours: ["0x23303f", "0x3fb3a8"], days: 5, at: "10:00", intent: "SaveDraft" },
    ],
  },
];

const OPTIONS = {
  tiktok: { platform: "tiktok", privacy_level: "PUBLIC_TO_EVERYONE", allow_comment: true },
  bluesky: { platform: "bluesky", langs: ["en"] },
};

async function request(path, { method = "POST", headers = {}, body } = {}) {
  const answer = await fetch(new URL(path, address), {
    method,
    redirect: "manual",
    headers: { origin, cookie, ...headers },
    body,
  });
  const set = answer.headers.getSetCookie().map((line) => line.split(";")[0]);
  if (set.length > 0) cookie = set.join("; ");
  if (answer.status >= 400) throw new Error(`${path} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`);
  return answer;
}

const form = (fields) => ({ body: new URLSearchParams(fields) });
const json = (value) => ({ headers: { "content-type": "application/json" }, body: JSON.stringify(value) });
const call = async (name, options) => (await request(`/api/${name}`, options)).json();

// The way of a browser: to the consent page, agree there, and back.
async function connect(client, username) {
  const away = await request(`/clients/${client}/accounts/connect/tiktok`);
  const consent = new URL(away.headers.get("location"));
  const fields = new URLSearchParams({ account: username, decision: "allow" });
  for (const scope of consent.searchParams.get("scope").split(",")) fields.append("scope", scope);
  const back = await fetch(consent, { method: "POST", body: fields, redirect: "manual" });
  await request(back.headers.get("location"), { method: "GET" });
}

// Bluesky is told the handle first, and answers with a page that leads on.
async function connectBluesky(client, handle) {
  const away = await request(`/clients/${client}/accounts/connect/bluesky`, form({ handle }));
  const onward = away.headers.get("refresh");
  if (onward === null) throw new Error(`Bluesky was not connected: ${decodeURIComponent(away.headers.get("location"))}`);
  const consent = onward.slice(onward.indexOf("http"));
  const fields = new URLSearchParams({ account: handle, decision: "allow" });
  const back = await fetch(consent, { method: "POST", body: fields, redirect: "manual" });
  await request(back.headers.get("location"), { method: "GET" });
}

async function connectAll(client, { account, bluesky }) {
  await connect(client, account);
  if (bluesky !== undefined) await connectBluesky(client, bluesky);
}

function picture(name, [from, to]) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  if (!existsSync(path)) {
    const source = `gradients=size=1200x900:duration=1:c0=${from}:c1=${to}:x0=0:y0=0:x1=1200:y1=900`;
    execFileSync("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", source, "-frames:v", "1", path]);
  }
  return readFileSync(path);
}

function clip(name, [from, to]) {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  if (!existsSync(path)) {
    const picture = `gradients=size=540x960:rate=30:duration=6:c0=${from}:c1=${to}:x0=0:y0=0:x1=540:y1=960:speed=0.02`;
    execFileSync("ffmpeg", ["-v", "error", "-y", "-f", "lavfi", "-i", picture, "-f", "lavfi", "-i", "sine=frequency=220:duration=6",
      "-c:v", "libx264", "-pix_fmt", "yuv420p", "-c:a", "aac", "-shortest", "-movflags", "+faststart", path]);
  }
  return readFileSync(path);
}

// By tus, in one part.
async function upload(client, name, bytes) {
  const tus = { "tus-resumable": "1.0.0" };
  const metadata = `filename ${Buffer.from(name).toString("base64")}`;
  const begun = await request(`/clients/${client}/uploads`, {
    headers: { ...tus, "upload-length": String(bytes.length), "upload-metadata": metadata },
  });
  const address = begun.headers.get("location");
  await request(address, {
    method: "PATCH",
    headers: { ...tus, "upload-offset": "0", "content-type": "application/offset+octet-stream" },
    body: bytes,
  });
  return (await (await request(`${address}/finish`, {})).json()).id;
}

// A time on the client's wall: "2026-10-15T17:30".
function wall(now, { minutes, days, at }) {
  const time = new Date(`${now}:00Z`);
  if (minutes !== undefined) return new Date(time.getTime() + minutes * 60_000).toISOString().slice(0, 16);
  return `${new Date(time.getTime() + days * 86_400_000).toISOString().slice(0, 10)}T${at}`;
}

const mailsTo = async (email) => {
  const answer = await fetch(new URL("/api/email", process.env.MAIL_ADDRESS));
  const mails = await answer.json();
  return mails
    .filter((mail) => mail.to.some((to) => to.address === email))
    .sort((one, other) => one.time.localeCompare(other.time));
};

// The invitation is read from the mail, as the person would.
async function tokenIn(email, known) {
  for (let tries = 0; tries < 120; tries += 1) {
    const mails = await mailsTo(email);
    const link = mails.length > known && /\/invitation\/(\S+)/.exec(mails.at(-1).text);
    if (link) return link[1];
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  throw new Error(`No invitation came for ${email}`);
}

// Does something in another browser, as it were.
async function elsewhere(something) {
  const own = cookie;
  cookie = "";
  await something();
  cookie = own;
}

async function addApprover(client, { name, approver }) {
  const email = process.env.DEMO_APPROVER;
  const settings = { "form[name]": name, "form[approval_policy]": "required", "form[brand_color]": approver.color };
  await request("/api/save_client_settings", form({ client, ...settings }));
  const known = (await mailsTo(email)).length;
  await request("/api/invite", form({ email, name: approver.name, role: "client_approver", "clients[0]": client }));
  const token = await tokenIn(email, known);
  await elsewhere(() => request("/api/accept_invitation", form({ token, name: approver.name, password: process.env.DEMO_PASSWORD })));
}

// What the client's person has to say about a post.
async function askForChanges(client, post, asset, { note, at }) {
  await elsewhere(async () => {
    await request("/api/sign_in", form({ email: process.env.DEMO_APPROVER, password: process.env.DEMO_PASSWORD }));
    const { version } = (await call("portal_inbox", form({}))).mine.find((one) => one.post === post);
    const said = { verdict: "changes", note, asset, minute: "0", second: `${at}` };
    await request("/api/portal_decide", form({ client, post, version, ...said }));
  });
}

async function addClient(planned) {
  const { name, zone, account, approver, posts } = planned;
  const created = await request("/api/create_client", form({ name, time_zone: zone }));
  const id = (created.headers.get("location") ?? created.headers.get("serverfnredirect")).split("/")[2];
  await connectAll(id, planned);
  if (approver !== undefined) await addApprover(id, planned);
  const { now_local, accounts } = await call("composer", form({ client: id }));
  for (const [index, post] of posts.entries()) {
    const platform = post.platform ?? "tiktok";
    const media = [];
    if (platform === "tiktok") {
      const file = `${account}-${index + 1}.mp4`;
      media.push({ id: await upload(id, file, clip(file, post.colours)), alt: "" });
    }
    for (const [place, { colours, alt }] of (post.pictures ?? []).entries()) {
      const file = `${account}-${index + 1}-${place + 1}.jpg`;
      media.push({ id: await upload(id, file, picture(file, colours)), alt });
    }
    const target = accounts.find((account) => account.platform === platform).id;
    const options = OPTIONS[platform];
    const saved = await call("save_post", json({
      client: id,
      form: { id: null, caption: post.caption, media, targets: [{ account: target, options }], local_time: wall(now_local, post) },
      intent: post.intent ?? "Schedule",
    }));
    if (post.changes !== undefined) await askForChanges(id, saved.id, media[0].id, post.changes);
  }
}

await request("/api/sign_in", form({ email: process.env.DEMO_EMAIL, password: process.env.DEMO_PASSWORD }));
const known = await call("list_clients", form({}));
const { guests } = await call("team", form({}));
const hasApprover = guests.some((guest) => guest.email === process.env.DEMO_APPROVER);
for (const client of CLIENTS) {
  const row = known.find((row) => row.client.name === client.name);
  if (row === undefined) await addClient(client);
  else if (row.accounts > 0) await connectAll(row.client.id, client);
  // A demo agency from before there were approvals.
  if (row !== undefined && client.approver !== undefined && !hasApprover) await addApprover(row.client.id, client);
}
