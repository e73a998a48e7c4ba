// Staff send drafts for approval, see who holds them up, talk about them, and take them back.

import type { Page } from '@playwright/test';
import { buttonOf, portalUser } from '../support/portal.ts';
import { accessible, Agency, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

const FOLDER = 'results/screens/approvals';

test('drafts are sent, looked at, talked about and taken back', async ({ page, stack }, { project }) => {
  test.setTimeout(180_000);
  const shoot = shooter(page, project.name);
  await signIn(page, stack.owner);
  const name = `Kestrel Asks ${project.name}`;
  const agency = await Agency.found(page, stack, name, `kestrelasks${project.name}`);
  await portalUser(stack, agency.client, 'Priya Nair', `priya.${project.name}@kestrel.example`);
  await agency.draft('Kenya AA: blackcurrant, lime', 4);
  const second = await agency.draft('Swan in a cup, first attempt', 5);

  await test.step('choose and send', async () => {
    await agency.open('approvals?tab=ready');
    await expect(page.getByText('Kenya AA: blackcurrant, lime')).toBeVisible();
    await shoot('ready');
    await page.getByRole('checkbox', { name: 'Choose “Kenya AA: blackcurrant, lime”' }).check();
    await page.getByRole('checkbox', { name: 'Choose “Swan in a cup, first attempt”' }).check();
    const bar = page.getByRole('toolbar');
    await expect(bar).toContainText('2 selected');
    await accessible(page);
    await bar.getByRole('button', { name: 'Send for approval' }).click();
    await expect(page.getByText('2 sent for approval.')).toBeVisible();
    await expect(bar).toBeHidden();
  });

  await test.step('look at one, and say something that stays within the agency', async () => {
    await page.getByRole('link', { name: /With the client/ }).click();
    await page.getByRole('link', { name: 'Kenya AA: blackcurrant, lime' }).click();
    const inspector = page.getByRole('complementary', { name: 'The post that is chosen' });
    await expect(inspector).toContainText('With Priya Nair for');
    await inspector.getByLabel('Comment').fill('She is on holiday until Monday.');
    await inspector.getByRole('checkbox', { name: 'Internal note' }).check();
    await expect(inspector.getByText('Only the agency reads this.')).toBeVisible();
    await inspector.getByRole('button', { name: 'Say it' }).click();
    const said = inspector.getByRole('listitem').filter({ hasText: 'She is on holiday until Monday.' });
    await expect(said).toContainText('Internal');
    await expect(said).not.toContainText('Settled');
    await said.getByRole('button', { name: /^Settle/ }).click();
    await expect(said).toContainText('Settled');
    await said.getByRole('button', { name: /^Open again/ }).click();
    await expect(said).not.toContainText('Settled');
    await accessible(page);
    await fits(page);
    await shoot('inspector');
  });

  await test.step('the composer says how it stands', async () => {
    await agency.open(`posts/${second}`);
    await expect(page.getByText('With Priya Nair for')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Send for approval' })).toBeDisabled();
    await accessible(page);
    await fits(page);
    await shoot('composer');
    await page.getByRole('textbox', { name: 'Caption' }).fill('Swan in a cup, second attempt');
    await page.getByRole('button', { name: 'Send for approval' }).click();
    await page.waitForURL(/calendar/);
    await expect(page.getByText('Sent for approval. You are told once somebody has decided.')).toBeVisible();
    await expect(agency.card('Swan in a cup, second attempt')).toContainText('Waiting');
  });

  await test.step('all of it is taken back', async () => {
    await agency.open('approvals');
    await page.getByRole('checkbox', { name: 'Choose “Swan in a cup, second attempt”' }).check();
    await shoot('chosen');
    await fits(page);
    await page.getByRole('toolbar').getByRole('button', { name: 'Take back' }).click();
    await expect(page.getByText('1 taken back.')).toBeVisible();
    await expect(page.getByText('Swan in a cup, second attempt')).toBeHidden();
  });

  await test.step('what is set for the client', async () => {
    await agency.open('settings');
    await accessible(page);
    await fits(page);
    await shoot('settings');
    await page.getByLabel('Approval', { exact: true }).selectOption('two_steps');
    await expect(page.getByText('First a manager or owner agrees')).toBeVisible();
    await page.getByLabel('Approved after its minute').selectOption('ask');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    await page.reload();
    await hydrated(page);
    await expect(page.getByLabel('Approval', { exact: true })).toHaveValue('two_steps');
    await expect(page.getByLabel('Approved after its minute')).toHaveValue('ask');
  });
});

test('who holds posts up is found and reminded, and what was said is settled @desktop', async ({ page, stack, mails, browser, faults }) => {
  test.setTimeout(180_000);
  // Without scripts, ours is not loaded.
  faults.expect(/(autopost|__wasm_split)[\w.]*\.js: csp$/);
  await signIn(page, stack.owner);
  const kestrel = await Agency.found(page, stack, 'Kestrel Holds', 'kestrelholds');
  const osprey = await Agency.found(page, stack, 'Osprey Holds', 'ospreyholds');
  await portalUser(stack, kestrel.client, 'Petra Holm', 'petra@holds.example');
  await portalUser(stack, osprey.client, 'Ben Osprey', 'ben@holds.example');
  const captions = ['Geisha, one', 'Geisha, two', 'Geisha, three'];
  const picks = [];
  for (const caption of captions) picks.push({ client: kestrel.client, post: await kestrel.draft(caption, 6) });
  picks.push({ client: osprey.client, post: await osprey.draft('Steel is real', 6) });
  const sent = await page.request.post('/api/send_for_approval', { headers: { origin: stack.url }, data: { picks } });
  expect(await sent.json()).toEqual({ done: 4, refused: [] });

  await test.step('one person’s posts alone, by an address that says so', async () => {
    await page.goto('/approvals?tab=client');
    await hydrated(page);
    await expect(page.getByRole('link', { name: 'Steel is real' })).toBeVisible();
    await expect(page.getByRole('navigation', { name: 'Approvals' }).getByRole('combobox')).toHaveCount(0);
    const filter = page.getByLabel('Held by');
    await page.setViewportSize({ width: 390, height: 844 });
    await fits(page);
    await expect(filter).toBeInViewport({ ratio: 1 });
    await page.setViewportSize({ width: 1440, height: 900 });
    await filter.selectOption('Petra Holm');
    await expect(page.getByRole('link', { name: 'Steel is real' })).toBeHidden();
    await expect(page.getByRole('link', { name: /^Geisha/ })).toHaveCount(3);
    expect(new URL(page.url()).searchParams.get('held')).toBe('Petra Holm');
    await accessible(page);
    await page.reload();
    await hydrated(page);
    await expect(filter).toHaveValue('Petra Holm');
    await expect(page.getByRole('link', { name: /^Geisha/ })).toHaveCount(3);
    await expect(page.getByRole('link', { name: 'Steel is real' })).toBeHidden();
  });

  await test.step('the same without scripts', async () => {
    const plain = await browser.newContext({ baseURL: stack.url, javaScriptEnabled: false, storageState: await page.context().storageState() });
    faults.watch(plain);
    const bare = await plain.newPage();
    await bare.goto('/approvals?tab=client');
    await bare.getByLabel('Held by').selectOption('Ben Osprey');
    await bare.getByRole('button', { name: 'Show' }).click();
    await expect(bare.getByRole('link', { name: 'Steel is real' })).toBeVisible();
    await expect(bare.getByRole('link', { name: /^Geisha/ })).toHaveCount(0);
    await expect(bare.getByLabel('Held by')).toHaveValue('Ben Osprey');
    await plain.close();
  });

  const told = async () => (await mails.to('petra@holds.example')).map((mail) => mail.text);
  const toldOfAll = (texts: string[]) => captions.every((caption) => texts.some((text) => text.includes(caption)));
  await test.step('all that one client holds is reminded of', async () => {
    await expect.poll(async () => toldOfAll(await told()), { timeout: 30_000 }).toBe(true);
    await mails.waitFor('ben@holds.example');
    const before = (await told()).length;
    const ofOthers = (await mails.to('ben@holds.example')).length;
    await page.getByRole('button', { name: 'Remind all 3' }).click();
    await expect(page.getByText('3 reminded of.')).toBeVisible();
    await expect.poll(async () => toldOfAll((await told()).slice(before)), { timeout: 30_000 }).toBe(true);
    expect((await mails.to('ben@holds.example')).length).toBe(ofOthers);
  });

  await test.step('a comment is settled, and the client sees that it is', async () => {
    await page.getByRole('link', { name: 'Geisha, one' }).click();
    const inspector = page.getByRole('complementary', { name: 'The post that is chosen' });
    for (const [words, internal] of [['Is the cup the new one?', false], ['Ask Ann about the invoice.', true]] as const) {
      await inspector.getByLabel('Comment').fill(words);
      await inspector.getByRole('checkbox', { name: 'Internal note' }).setChecked(internal);
      await inspector.getByRole('button', { name: 'Say it' }).click();
      const said = inspector.getByRole('listitem').filter({ hasText: words });
      await said.getByRole('button', { name: /^Settle/ }).click();
      await expect(said).toContainText('Settled');
    }
    await accessible(page);
    const phone = await browser.newContext({ baseURL: stack.url, viewport: { width: 390, height: 844 } });
    faults.watch(phone);
    const portal = await phone.newPage();
    await portal.goto(buttonOf(await mails.waitFor('petra@holds.example')));
    await hydrated(portal);
    await portal.getByRole('button', { name: 'Continue as Petra Holm' }).click();
    await portal.waitForURL(/\/portal/);
    await portal.goto(`/portal/clients/${kestrel.client}/posts/${picks[0]?.post}`);
    await hydrated(portal);
    await expect(portal.getByRole('listitem').filter({ hasText: 'Is the cup the new one?' })).toContainText('Settled');
    await expect(portal.getByText('Ask Ann about the invoice.')).toHaveCount(0);
    await accessible(portal);
    await fits(portal);
    await phone.close();
  });
});

/** A picture for looking at, light and dark: only when asked for by AUTOPOST_SCREENS=1. */
function shooter(page: Page, project: string): (name: string) => Promise<void> {
  return async (name) => {
    if (!process.env.AUTOPOST_SCREENS) return;
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.screenshot({ path: `${FOLDER}/${name}-${project}-${colorScheme}.png` });
    }
    await page.emulateMedia({ colorScheme: null });
  };
}
