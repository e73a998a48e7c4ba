// Pictures of every page for looking at, in both colour schemes: AUTOPOST_SCREENS=1 ./dev e2e screens
// They land in end2end/results/screens/<project>-<scheme>/.

import path from 'node:path';
import type { Page } from '@playwright/test';
import { eachKind, kindOf } from '../support/crawl.ts';
import { Agency, fits } from '../support/steps.ts';
import { expect, hydrated, signIn, test } from '../support/test.ts';

const FOLDER = path.resolve(import.meta.dirname, '../results/screens');
const PUBLIC_PAGES = ['/sign-in', '/reset', '/email/half', '/privacy', '/terms', '/data-deletion', '/no-such-page'];

test.skip(!process.env.AUTOPOST_SCREENS, 'only when asked for by AUTOPOST_SCREENS=1');
test.use({ stackOptions: { demo: true } });

for (const colorScheme of ['light', 'dark'] as const) {
  test(`screens, ${colorScheme}`, async ({ page, stack, faults }, { project }) => {
    test.setTimeout(600_000);
    faults.expect(/\b404\b/);
    const folder = path.join(FOLDER, `${project.name}-${colorScheme}`);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });

    for (const address of PUBLIC_PAGES) await picture(page, address, folder);

    await signIn(page, stack.owner);
    const kinds = await eachKind(page, stack.url, new URL(page.url()).pathname, (kind) => shootAs(page, kind, folder));
    expect(kinds.length).toBeGreaterThan(PUBLIC_PAGES.length);
  });
}

// What the demo agency never shows: trouble, pauses and what is asked about them. At the desk also at 1024 px.
for (const colorScheme of ['light', 'dark'] as const) {
  test(`screens of trouble, ${colorScheme}`, async ({ page, stack, faults }, { project }) => {
    test.setTimeout(600_000);
    faults.expect(/\b422\b/);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await signIn(page, stack.owner);
    const agency = await Agency.found(page, stack, `Kestrel ${colorScheme}`, `kestrel${colorScheme}`);
    const trouble: [string, string, Record<string, unknown>, string][] = [
      ['How the beans get here', 'status/fetch', { times: 1000, status: 400, code: 'invalid_params' }, 'Unknown'],
      ['Three signs of a good roast', 'video/init', { status: 403, code: 'spam_risk' }, 'Failed'],
    ];
    for (const [caption, endpoint, fault, state] of trouble) {
      await agency.breaks(endpoint, fault);
      await agency.publish(caption);
      await agency.open('calendar');
      await expect(agency.card(caption)).toContainText(state, { timeout: 60_000 });
      await agency.mend();
    }
    await agency.call('set_paused', { client: agency.client, paused: 'true' });
    await agency.publish('Tuesday is for tasting');
    await agency.open('calendar');
    await expect(agency.card('Tuesday is for tasting')).toContainText('Held', { timeout: 30_000 });

    for (const width of project.name === 'phone' ? [390] : [1440, 1024]) {
      await page.setViewportSize({ width, height: width === 390 ? 844 : 900 });
      const folder = path.join(FOLDER, `trouble-${width}-${colorScheme}`);
      const shoot = async (name: string) => {
        await page.screenshot({ path: path.join(folder, `${name}.png`) });
        await fits(page);
      };
      await agency.open('calendar');
      await shoot('calendar');
      await page.locator('.attention > summary').click();
      await shoot('calendar-attention');
      for (const [name, caption, button] of [
        ['unknown', 'How the beans get here', 'It is there…'],
        ['failed', 'Three signs of a good roast', 'Try again…'],
        ['held', 'Tuesday is for tasting', 'Cancel…'],
      ] as const) {
        await agency.open('calendar');
        await agency.card(caption).getByRole('link').click();
        await page.waitForURL(/\/(history|posts)\//);
        await hydrated(page);
        await shoot(name);
        if (await page.getByRole('button', { name: button }).isVisible()) {
          await page.getByRole('button', { name: button }).click();
          await shoot(`${name}-asked`);
          await page.keyboard.press('Escape');
        }
        const post = page.getByRole('link', { name: 'Open the post' });
        if (await post.isVisible()) {
          await post.click();
          await page.waitForURL(/\/posts\//);
          await hydrated(page);
          await shoot(`${name}-composer`);
        }
      }
      for (const name of ['accounts', 'history', 'activity', 'settings']) {
        await agency.open(name);
        await shoot(name);
      }
      await page.goto('/clients');
      await hydrated(page);
      await shoot('clients');
    }
  });
}

// People: the team with everybody in it, oneself, and what links from mails open.
for (const colorScheme of ['light', 'dark'] as const) {
  test(`screens of people, ${colorScheme}`, async ({ page, browser, stack, mails }, { project }) => {
    test.setTimeout(300_000);
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    const folder = path.join(FOLDER, `people-${project.name}-${colorScheme}`);
    const shoot = async (name: string) => {
      await page.evaluate(() => document.fonts.ready);
      await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
      await fits(page);
    };
    await signIn(page, stack.owner);
    const call = (name: string, form: Record<string, string>) => page.request.post(`/api/${name}`, { headers: { origin: stack.url }, form });
    const { clients } = (await (await call('gift', {})).json()) as { clients: [string, string][] };
    const invite = async (email: string, role: string, client: number) => {
      const of: Record<string, string> = client < 0 ? { all_clients: 'true' } : { 'clients[0]': clients[client]?.[0] ?? '' };
      expect((await call('invite', { email, name: '', role, ...of })).ok()).toBe(true);
      const mail = await mails.waitFor(email);
      return /http\S+\/invitation\/\S+/.exec(mail.text)?.[0] ?? '';
    };
    for (const [name, role, client] of [
      ['Mira Manager', 'manager', -1],
      ['Edgar Ellison', 'editor', 0],
      ['Priya Nair', 'client_approver', 0],
      ['Vera Lind', 'client_viewer', 0],
    ] as const) {
      const email = `${name.split(' ')[0]?.toLowerCase()}-${colorScheme}@people.example`;
      const link = await invite(email, role, client);
      const context = await browser.newContext({ baseURL: stack.url });
      await context.request.post('/api/accept_invitation', {
        headers: { origin: stack.url },
        form: { token: link.split('/').at(-1) ?? '', name, password: role.startsWith('client') ? '' : 'a password of theirs' },
      });
      await context.close();
    }
    const open = await invite(`new-${colorScheme}@people.example`, 'client_approver', 0);
    await page.goto('/team');
    await hydrated(page);
    await shoot('team');
    const team = (await (await call('team', {})).json()) as { staff: { id: string; name: string }[]; guests: { id: string; name: string }[] };
    for (const [name, person] of [['staff', team.staff.find(({ name }) => name === 'Edgar Ellison')], ['guest', team.guests[0]]] as const) {
      await page.goto(`/team/${person?.id}`);
      await hydrated(page);
      await shoot(`member-${name}`);
    }
    for (const address of ['/team/invite', '/me', '/me?done=password']) {
      await page.goto(address);
      await hydrated(page);
      await shoot(address.replaceAll(/\W+/g, '-').slice(1));
    }
    await call('change_email', { email: `olga-${colorScheme}@people.example`, present: stack.owner.password });
    await page.goto('/me');
    await hydrated(page);
    await shoot('me-pending');
    const confirm = await mails.waitFor(`olga-${colorScheme}@people.example`);
    for (const [name, link] of [
      ['invitation', open],
      ['email', /http\S+\/email\/\S+/.exec(confirm.text)?.[0] ?? ''],
    ] as const) {
      await page.goto(link);
      await hydrated(page);
      await shoot(name);
    }
    await call('cancel_email_change', {});
  });
}

async function picture(page: Page, address: string, folder: string): Promise<void> {
  await page.goto(address);
  await hydrated(page);
  await shootAs(page, kindOf(address), folder);
}

async function shootAs(page: Page, kind: string, folder: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  const name = kind.replaceAll(/[^\w:-]+/g, '_').replaceAll(':', '').replace(/^_/, '') || 'front';
  await page.screenshot({ path: path.join(folder, `${name}.png`), fullPage: true });
}
