// Staff send drafts for approval, see who holds them up, talk about them, and take them back.

import type { Page } from '@playwright/test';
import { portalUser } from '../support/portal.ts';
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
