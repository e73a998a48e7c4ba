// What TikTok requires of whoever posts by its Content Posting API, one test for each point of docs/tiktok-audit.md.
// AUTOPOST_SCREENS=1 ./dev e2e tests/tiktok-experience.spec.ts --project=desktop takes the pictures of that page anew.

import path from 'node:path';
import type { Cookie, Locator, Page } from '@playwright/test';
import { accessible, Agency } from '../support/steps.ts';
import type { Stack } from '../support/stack.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';
import { picture, portraitVideo, sha256 } from '../support/videos.ts';

const CREATOR = 'kestrelroastery';
const NICKNAME = 'Kestrel Roastery';
const PICTURES = path.resolve(import.meta.dirname, '../../docs/screenshots');

/** What the account is like at the start of each test. */
const ORDINARY = {
  ...{ display_name: NICKNAME, private: false, banned: false, posts_elsewhere: 0 },
  ...{ comment_disabled: false, duet_disabled: false, stitch_disabled: false, max_video_post_duration_sec: 600 },
};

const NEVER_PRIVATE = 'Branded content visibility cannot be set to private.';
const SAY_WHOM = 'You need to indicate if your content promotes yourself, a third party, or both.';

let client = '';
let cookies: Cookie[] = [];

test.beforeAll(async ({ browser, stack }) => {
  const context = await browser.newContext({ baseURL: stack.url });
  const page = await context.newPage();
  await signIn(page, stack.owner);
  const agency = await Agency.found(page, stack, NICKNAME, CREATOR);
  client = agency.client;
  cookies = await context.cookies();
  await context.close();
});

test.beforeEach(async ({ context, page, stack }) => {
  await context.addCookies(cookies);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  // TikTok lets an account be asked about twenty times a minute.
  await control(stack, 'POST', 'clock/advance', { seconds: 61 });
  await creator(stack, {});
});

test('G1: TikTok is asked about the account when the composer opens, not taken from an earlier time @desktop', async ({ page, stack }) => {
  await creator(stack, { display_name: 'Kestrel Before' });
  await compose(page);
  await expect(panel(page)).toContainText('Kestrel Before');
  const asked = await timesAsked(stack, 'creator_info');
  await creator(stack, { display_name: 'Kestrel After', comment_disabled: true });
  await compose(page);
  await expect(panel(page)).toContainText('Kestrel After');
  await expect(panel(page)).toContainText('Checked with TikTok just now');
  await expect(panel(page).getByLabel('Comment')).toBeDisabled();
  expect(await timesAsked(stack, 'creator_info')).toBeGreaterThan(asked);
});

test('G2: the nickname, handle and picture of whoever posts stand beside the settings @desktop', async ({ page }) => {
  await compose(page, await portraitVideo(6));
  await expect(panel(page)).toContainText(NICKNAME);
  await expect(panel(page)).toContainText(`@${CREATOR}`);
  await expect(panel(page).locator('.panel-head .avatar, .panel-head img').first()).toBeVisible();
  await accessible(page);
  await shoot(page, 'panel');
});

test('G3: an account that cannot post now is told so, and nothing can be sent @desktop', async ({ page, stack, faults }) => {
  faults.expect(/\b502\b/);
  const clip = await portraitVideo(6);
  for (const [change, reason] of [
    [{ posts_elsewhere: 99 }, /reached TikTok’s daily limit/],
    [{ banned: true }, /banned this account from posting/],
  ] as const) {
    await creator(stack, change);
    await compose(page, clip);
    await expect(panel(page).getByRole('alert')).toContainText(reason);
    await expect(panel(page).getByRole('alert')).toContainText('Try again later');
    await expect(send(page)).toBeDisabled();
    await page.getByLabel('Other ways to send').click();
    await expect(page.getByRole('button', { name: 'Publish now' })).toBeDisabled();
    await page.keyboard.press('Escape');
  }
  await accessible(page);
  await shoot(page, 'cannot-post', panel(page));
  await creator(stack, {});
  await panel(page).getByRole('button', { name: 'Check again' }).last().click();
  await expect(panel(page).getByLabel('Who can see it')).toBeVisible();
});

test('G4: a video longer than the account may post is refused with the length that is allowed @desktop', async ({ page, stack }) => {
  await creator(stack, { max_video_post_duration_sec: 5 });
  await compose(page, await portraitVideo(6));
  await audience(page).selectOption('PUBLIC_TO_EVERYONE');
  await expect(checks(page)).toContainText('The video runs 0:06; this account may post at most 0:05. Cut it shorter.');
  await expect(send(page)).toBeDisabled();
  await shoot(page, 'too-long', checks(page));
  await creator(stack, { max_video_post_duration_sec: 6 });
  await panel(page).getByRole('button', { name: 'Check again' }).click();
  await expect(checks(page)).toContainText('0:06 is within this account’s 0:06 limit');
  await expect(send(page)).toBeEnabled();
});

test('G5: the caption starts empty, and everything in it can be changed @desktop', async ({ page }) => {
  await compose(page, await portraitVideo(6));
  const caption = page.getByRole('textbox', { name: 'Caption' });
  await expect(caption).toHaveValue('');
  await caption.fill('Regulars rate the new roast #londoncoffee');
  await caption.fill('Regulars rate it');
  await expect(caption).toHaveValue('Regulars rate it');
  await expect(page.getByText('16 / 2,200')).toBeVisible();
});

test('G6: who can see it is chosen by a person from the account’s own levels, and nothing can be sent before @desktop', async ({ page, stack }) => {
  const clip = await portraitVideo(6);
  const everyone = ['', 'PUBLIC_TO_EVERYONE', 'MUTUAL_FOLLOW_FRIENDS', 'SELF_ONLY'];
  for (const [change, levels] of [
    [{ private: true }, ['', 'FOLLOWER_OF_CREATOR', 'MUTUAL_FOLLOW_FRIENDS', 'SELF_ONLY']],
    [{ private: false }, everyone],
  ] as const) {
    await creator(stack, change);
    await compose(page, clip);
    await expect(audience(page)).toHaveValue('');
    const offered = await audience(page).locator('option').evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value));
    expect(offered).toEqual(levels);
    await expect(send(page)).toBeDisabled();
  }
  await shoot(page, 'audience', panel(page));
  await audience(page).selectOption('MUTUAL_FOLLOW_FRIENDS');
  await expect(send(page)).toBeEnabled();
  await audience(page).selectOption('');
  await expect(send(page)).toBeDisabled();
});

test('G6: a level that the account no longer offers is asked for again, never replaced @desktop', async ({ page, stack }) => {
  await compose(page, await portraitVideo(6));
  await audience(page).selectOption('PUBLIC_TO_EVERYONE');
  await creator(stack, { private: true });
  await panel(page).getByRole('button', { name: 'Check again' }).click();
  await expect(panel(page)).toContainText('This account no longer offers “Everyone”. Choose who can see it again.');
  await expect(audience(page)).toHaveValue('');
  await expect(send(page)).toBeDisabled();
});

test('G7: comment, duet and stitch are off at the start, and grey where the account has switched them off @desktop', async ({ page, stack }) => {
  const clip = await portraitVideo(6);
  await compose(page, clip);
  for (const interaction of ['Comment', 'Duet', 'Stitch']) {
    await expect(panel(page).getByLabel(interaction)).not.toBeChecked();
    await expect(panel(page).getByLabel(interaction)).toBeEnabled();
  }
  await creator(stack, { comment_disabled: true, duet_disabled: true, stitch_disabled: true });
  await compose(page, clip);
  for (const interaction of ['Comment', 'Duet', 'Stitch']) {
    await expect(panel(page).getByLabel(interaction)).toBeDisabled();
    await expect(panel(page).getByLabel(interaction)).not.toBeChecked();
  }
  await expect(panel(page).getByText('Off in this account')).toHaveCount(3);
  await shoot(page, 'interactions', panel(page).getByRole('group', { name: 'Allow users to' }));
});

test('G7: pictures have neither duet nor stitch @desktop', async ({ page }) => {
  await compose(page, await picture('orange'), await picture('teal'));
  await expect(panel(page).getByLabel('Comment')).not.toBeChecked();
  await expect(panel(page).getByLabel('Duet')).toHaveCount(0);
  await expect(panel(page).getByLabel('Stitch')).toHaveCount(0);
  await page.getByRole('textbox', { name: 'Caption' }).fill('Two rooms');
  await expect(page.getByText('9 / 4,000')).toBeVisible();
  await panel(page).getByLabel('Title').fill('a'.repeat(91));
  await expect(checks(page)).toContainText('The title is 1 over TikTok’s limit of 90 characters.');
  await checks(page).getByRole('button', { name: 'Show what is too much' }).click();
  await expect(panel(page).getByLabel('Title')).toBeFocused();
  await page.keyboard.press('Delete');
  await expect(panel(page).getByLabel('Title')).toHaveValue('a'.repeat(90));
  await accessible(page);
  await panel(page).getByLabel('Title').fill('Before the guests come');
  await expect(page.locator('.preview-title')).toHaveText('Before the guests come');
  await shoot(page, 'pictures');
});

test('G8: the disclosure is off at the start, and opens two boxes of which both can be ticked @desktop', async ({ page }) => {
  await compose(page, await portraitVideo(6));
  await expect(disclosure(page)).not.toBeChecked();
  await expect(own(page)).toHaveCount(0);
  await disclosure(page).check();
  await expect(own(page)).not.toBeChecked();
  await expect(branded(page)).not.toBeChecked();
  await own(page).check();
  await branded(page).check();
  await expect(own(page)).toBeChecked();
  // Nothing stays ticked where nobody sees it.
  await disclosure(page).uncheck();
  await disclosure(page).check();
  await expect(own(page)).not.toBeChecked();
  await expect(branded(page)).not.toBeChecked();
});

test('G9: while the disclosure is on and neither box is ticked nothing can be sent, and the button says why @desktop', async ({ page }) => {
  await compose(page, await portraitVideo(6));
  await audience(page).selectOption('PUBLIC_TO_EVERYONE');
  await expect(send(page)).toBeEnabled();
  await disclosure(page).check();
  await expect(send(page)).toBeDisabled();
  await expect(page.locator('.split-button')).toHaveAttribute('title', SAY_WHOM);
  await expect(panel(page)).toContainText(SAY_WHOM);
  await accessible(page);
  await shoot(page, 'disclosure', panel(page));
  await own(page).check();
  await expect(send(page)).toBeEnabled();
});

test('G10: your brand alone is labelled as promotional content @desktop', async ({ page }) => {
  await compose(page, await portraitVideo(6));
  await disclosure(page).check();
  await own(page).check();
  await expect(panel(page)).toContainText("Your photo/video will be labeled as 'Promotional content'");
  await shoot(page, 'promotional', panel(page));
});

test('G11: branded content, alone or with your brand, is labelled as paid partnership @desktop', async ({ page }) => {
  await compose(page, await portraitVideo(6));
  await disclosure(page).check();
  await branded(page).check();
  await expect(panel(page)).toContainText("Your photo/video will be labeled as 'Paid partnership'");
  await own(page).check();
  await expect(panel(page)).toContainText("Your photo/video will be labeled as 'Paid partnership'");
  await expect(panel(page)).not.toContainText('Promotional content');
});

test('G12: what only you can see cannot become branded content @desktop', async ({ page }) => {
  await compose(page, await portraitVideo(6));
  await audience(page).selectOption('SELF_ONLY');
  await disclosure(page).check();
  await expect(branded(page)).toBeDisabled();
  await expect(branded(page).locator('xpath=ancestor::label')).toHaveAttribute('title', NEVER_PRIVATE);
  await expect(panel(page)).toContainText(NEVER_PRIVATE);
  await expect(own(page)).toBeEnabled();
  await shoot(page, 'private', panel(page));
  await audience(page).selectOption('PUBLIC_TO_EVERYONE');
  await expect(branded(page)).toBeEnabled();
});

test('G12: branded content cannot become what only you can see @desktop', async ({ page }) => {
  await compose(page, await portraitVideo(6));
  await disclosure(page).check();
  await branded(page).check();
  const onlyYou = audience(page).locator('option[value=SELF_ONLY]');
  await expect(onlyYou).toBeDisabled();
  await expect(onlyYou).toHaveAttribute('title', NEVER_PRIVATE);
  await expect(panel(page)).toContainText('“Only you” is off: branded content visibility cannot be set to private.');
  await branded(page).uncheck();
  await expect(onlyYou).toBeEnabled();
});

test('G13: the music usage confirmation stands before the button, always @desktop', async ({ page }) => {
  await compose(page);
  const declaration = page.locator('.declaration');
  await expect(declaration).toHaveText("By posting, you agree to TikTok's Music Usage Confirmation");
  await expect(declaration.getByRole('link')).toHaveAttribute('href', 'https://www.tiktok.com/legal/page/global/music-usage-confirmation/en');
  for (const viewport of [{ width: 1440, height: 900 }, { width: 390, height: 844 }]) {
    await page.setViewportSize(viewport);
    await expect(declaration).toBeInViewport({ ratio: 1 });
    const [above, button] = [await declaration.boundingBox(), await send(page).boundingBox()];
    expect((above?.x ?? 0) < (button?.x ?? 0) || (above?.y ?? 0) < (button?.y ?? 0)).toBe(true);
  }
});

test('G14: for branded content the declaration names its policy as well @desktop', async ({ page }) => {
  await compose(page, await portraitVideo(6));
  await page.getByRole('textbox', { name: 'Caption' }).fill('We asked Tuesday’s regulars to rate the new Kenya AA out of ten. #londoncoffee');
  await audience(page).selectOption('PUBLIC_TO_EVERYONE');
  await panel(page).getByLabel('Comment').check();
  await disclosure(page).check();
  const declaration = page.locator('.declaration');
  await own(page).check();
  await expect(declaration).toHaveText("By posting, you agree to TikTok's Music Usage Confirmation");
  for (const both of [true, false]) {
    await own(page).setChecked(both);
    await branded(page).check();
    await expect(declaration).toHaveText("By posting, you agree to TikTok's Branded Content Policy and Music Usage Confirmation");
    await expect(declaration.getByRole('link')).toHaveCount(2);
    await expect(declaration.getByRole('link').first()).toHaveAttribute('href', 'https://www.tiktok.com/legal/page/global/bc-policy/en');
  }
  await accessible(page);
  await shoot(page, 'branded');
});

test('G15: what will be posted is shown beside the settings @desktop', async ({ page }) => {
  await compose(page, await portraitVideo(6));
  await page.getByRole('textbox', { name: 'Caption' }).fill('Regulars rate the new roast');
  const preview = page.locator('.composer-side');
  await expect(preview).toContainText('Regulars rate the new roast');
  await expect(preview).toContainText(NICKNAME);
  await preview.getByRole('button', { name: 'Play' }).click();
  await expect(preview.getByLabel('What will be posted')).toBeVisible();
});

// One post is followed from before its consent to the profile.
test('G16 to G19: nothing is sent before consent, then exactly what was chosen, and what becomes of it is told @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(180_000);
  const clip = await portraitVideo(6);
  const caption = 'Exactly these words, and no others #roast';
  const before = await timesAsked(stack, 'init');
  await compose(page, clip);
  await page.getByRole('textbox', { name: 'Caption' }).fill(caption);
  await audience(page).selectOption('MUTUAL_FOLLOW_FRIENDS');
  await panel(page).getByLabel('Stitch').check();
  await disclosure(page).check();
  await own(page).check();

  await test.step('G17: TikTok has nothing while it is written and kept', async () => {
    await expect(page.getByText(/^Saved \d\d:\d\d/)).toBeVisible();
    expect(await timesAsked(stack, 'init')).toBe(before);
    expect(await begun(stack)).toEqual([]);
  });

  await test.step('G18: whoever publishes is told that it may take some minutes', async () => {
    await page.getByLabel('Other ways to send').click();
    await page.getByRole('button', { name: 'Publish now' }).click();
    await expect(page.locator('.toast')).toHaveText('On its way. TikTok may take a few minutes to process it and show it on the profile.');
    await page.waitForURL(/\/calendar/);
    await hydrated(page);
  });

  // In the list: the month shows the first few of a day, and there may be more than those.
  const card = page.locator('.post-row').filter({ hasText: 'Exactly these words' }).first();
  await test.step('G19: the page follows what TikTok says', async () => {
    await page.keyboard.press('l');
    await expect(card).toContainText('Published', { timeout: 90_000 });
  });

  await test.step('G16: the words and the bytes are those of the person, and every choice arrives', async () => {
    const post = (await emulator.tiktokPosts()).find((post) => post.caption === caption);
    expect(post?.media.map((file) => file.sha256)).toEqual([await sha256(clip)]);
    expect(post).toMatchObject({
      ...{ privacy_level: 'MUTUAL_FOLLOW_FRIENDS', mode: 'direct', is_aigc: false },
      ...{ disable_comment: true, disable_duet: true, disable_stitch: false },
      ...{ brand_organic: true, brand_content: false },
    });
  });

  await test.step('what was agreed to is in the history', async () => {
    await card.getByRole('link').first().click();
    await hydrated(page);
    await expect(page.getByText('Agreed to TikTok’s Music Usage Confirmation. Visible to “Friends”. Allowed: Stitch. Disclosed: Your brand.')).toBeVisible();
    await expect(page.getByText('TikTok may take a few minutes to show it on the profile.').first()).toBeVisible();
    await shoot(page, 'history');
  });
});

test('G18: whoever schedules is told that it may take some minutes, unless it ends in the inbox @desktop', async ({ page }) => {
  const clip = await portraitVideo(6);
  const told = 'TikTok may take a few minutes to process it and show it on the profile.';
  for (const [asDraft, sentence] of [[false, ` ${told}`], [true, '']] as const) {
    await compose(page, clip);
    await audience(page).selectOption('PUBLIC_TO_EVERYONE');
    if (asDraft) await panel(page).getByRole('radio', { name: 'Send as a draft' }).check();
    await page.getByLabel('Goes out').fill('2030-03-05T09:30');
    await send(page).click();
    await expect(page.locator('.toast')).toHaveText(`Scheduled for Tue 5 Mar, 09:30 London.${sentence}`);
    await page.waitForURL(/\/calendar/);
  }
});

test('G20: the secret of the TikTok app reaches no browser @desktop', async ({ page, stack }) => {
  const secret = stack.environment.AUTOPOST_TIKTOK_CLIENT_SECRET ?? '';
  expect(secret.length).toBeGreaterThan(16);
  const bodies: Promise<string>[] = [];
  page.on('response', (response) => bodies.push(response.text().catch(() => '')));
  await compose(page);
  await page.goto(`/clients/${client}/accounts`);
  await hydrated(page);
  const seen = await Promise.all(bodies);
  expect(seen.length).toBeGreaterThan(5);
  expect(seen.filter((body) => body.includes(secret))).toEqual([]);
});

test('G21: TikTok fetches pictures from AutoPost, and is handed a video @desktop', async ({ page, stack, emulator }) => {
  test.setTimeout(180_000);
  for (const [caption, kind, source, files] of [
    ['Fetched from here', 'photo', 'pull', [await picture('orange')]],
    ['Handed over', 'video', 'file', [await portraitVideo(6)]],
  ] as const) {
    await control(stack, 'POST', 'clock/advance', { seconds: 61 });
    await compose(page, ...files);
    await page.getByRole('textbox', { name: 'Caption' }).fill(caption);
    await audience(page).selectOption('PUBLIC_TO_EVERYONE');
    await page.getByLabel('Other ways to send').click();
    await page.getByRole('button', { name: 'Publish now' }).click();
    await page.waitForURL(/\/calendar/);
    await hydrated(page);
    await expect(page.locator('.post-card').filter({ hasText: caption }).first()).toContainText('Published', { timeout: 90_000 });
    const post = (await emulator.tiktokPosts()).find((post) => JSON.stringify(post).includes(caption));
    expect(post).toMatchObject({ kind, source });
  }
});

test('G22: the label for what AI has made is offered, and off at the start @desktop', async ({ page }) => {
  await compose(page, await portraitVideo(6));
  const label = panel(page).getByRole('switch', { name: 'Made with AI' });
  await expect(label).not.toBeChecked();
  await label.check();
  await expect(label).toBeChecked();
});

function panel(page: Page): Locator {
  return page.getByRole('region', { name: 'TikTok settings' });
}

function audience(page: Page): Locator {
  return panel(page).getByLabel('Who can see it');
}

function disclosure(page: Page): Locator {
  return panel(page).getByRole('switch', { name: 'Disclose content' });
}

function own(page: Page): Locator {
  return panel(page).getByRole('checkbox', { name: /^Your brand/ });
}

function branded(page: Page): Locator {
  return panel(page).getByRole('checkbox', { name: /^Branded content/ });
}

function checks(page: Page): Locator {
  return page.getByRole('region', { name: 'Checks' });
}

function send(page: Page): Locator {
  return page.getByRole('button', { name: 'Schedule', exact: true });
}

/** A new post on the account, with these files. */
async function compose(page: Page, ...files: string[]): Promise<void> {
  await page.goto(`/clients/${client}/posts/new`);
  await hydrated(page);
  await expect(panel(page)).not.toContainText('Asking TikTok');
  if (files.length === 0) return;
  await page.locator('input[type=file]').setInputFiles(files);
  await expect(page.getByRole('group', { name: /^File / })).toHaveCount(files.length, { timeout: 60_000 });
}

/** Makes the account what it is at the start, but for these. */
async function creator(stack: Stack, changes: Partial<typeof ORDINARY>): Promise<void> {
  await control(stack, 'PATCH', `tiktok/accounts/${CREATOR}`, { ...ORDINARY, ...changes });
}

async function control(stack: Stack, method: string, what: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${stack.emulatorUrl}/control/${what}`, { method, headers, body: JSON.stringify(body) });
  expect(answer.ok, await answer.text()).toBe(true);
}

/** How often TikTok was called at endpoints of this name. */
async function timesAsked(stack: Stack, endpoint: string): Promise<number> {
  const answer = await fetch(`${stack.emulatorUrl}/control/requests`);
  const requests = (await answer.json()) as { platform: string; endpoint: string }[];
  return requests.filter((request) => request.platform === 'tiktok' && request.endpoint.includes(endpoint)).length;
}

/** What was begun on the account. */
async function begun(stack: Stack): Promise<unknown[]> {
  const answer = await fetch(`${stack.emulatorUrl}/control/tiktok/tasks`);
  const tasks = (await answer.json()) as { account: string }[];
  return tasks.filter((task) => task.account === CREATOR);
}

/** A picture for docs/tiktok-audit.md: of the page, or of a part of it. */
async function shoot(page: Page, name: string, part?: Locator): Promise<void> {
  if (!process.env.AUTOPOST_SCREENS) return;
  await page.evaluate(() => document.fonts.ready);
  await part?.scrollIntoViewIfNeeded();
  await (part ?? page).screenshot({ path: path.join(PICTURES, `tiktok-${name}.png`) });
}
