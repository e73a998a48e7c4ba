// The board of approvals by keyboard alone: drafts are sent, talked about, and taken back.

import { portalUser } from '../support/portal.ts';
import { press, signInByKeys, somewhere, tick, write } from '../support/keyboard.ts';
import { Agency } from '../support/steps.ts';
import { expect, test } from '../support/test.ts';

test('drafts are sent, talked about and taken back by keyboard alone @desktop', async ({ page, stack }) => {
  test.setTimeout(120_000);
  await signInByKeys(page, stack.owner);
  const agency = await Agency.found(page, stack, 'Kestrel Board', 'kestrelboard');
  await portalUser(stack, agency.client, 'Priya Nair', 'board@kestrel.example');
  for (const caption of ['First on the board', 'Second on the board']) await agency.draft(caption, 6);
  await agency.open('approvals?tab=ready');
  const bar = page.getByRole('toolbar');

  await test.step('send all', async () => {
    await tick(page, page.getByRole('checkbox', { name: 'Choose all' }));
    await press(page, bar.getByRole('button', { name: 'Send for approval' }));
    await expect(page.getByText('2 sent for approval.')).toBeVisible();
    await expect(bar).toBeHidden();
    await somewhere(page);
  });

  await test.step('say something, settle it, answer', async () => {
    await press(page, page.getByRole('link', { name: /With the client/ }));
    await press(page, page.getByRole('link', { name: 'First on the board' }));
    const inspector = page.getByRole('complementary', { name: 'The post that is chosen' });
    await somewhere(page);
    const comment = inspector.getByLabel('Comment');
    await write(page, comment, 'Is the cup the new one?');
    await press(page, inspector.getByRole('button', { name: 'Say it' }));
    const said = inspector.getByRole('listitem').filter({ hasText: 'Is the cup the new one?' });
    await expect(said).toBeVisible();
    await somewhere(page);
    await press(page, said.getByRole('button', { name: /^Settle/ }));
    await expect(said).toContainText('Settled');
    await somewhere(page);
    await write(page, comment, 'It is.');
    await tick(page, inspector.getByRole('checkbox', { name: 'Internal note' }));
    await press(page, inspector.getByRole('button', { name: 'Say it' }));
    await expect(inspector.getByRole('listitem').filter({ hasText: 'It is.' })).toContainText('Internal');
    await somewhere(page);
  });

  await test.step('take one back', async () => {
    await tick(page, page.getByRole('checkbox', { name: 'Choose “Second on the board”' }));
    await press(page, bar.getByRole('button', { name: 'Take back' }));
    await expect(page.getByText('1 taken back.')).toBeVisible();
    await expect(page.getByRole('link', { name: 'Second on the board' })).toBeHidden();
    await somewhere(page);
  });
});
