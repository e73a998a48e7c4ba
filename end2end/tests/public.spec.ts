import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../support/test.ts';

const PUBLIC_PAGES = ['/sign-in', '/privacy', '/terms', '/data-deletion'];

for (const address of PUBLIC_PAGES) {
  test(`${address} can be read by anybody, with any aid`, async ({ page }) => {
    const response = await page.goto(address);
    expect(response?.status()).toBe(200);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa']).analyze();
    expect(violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' ')}`)).toEqual([]);
  });
}

test('an address that is not there says so with a page', async ({ page, faults }) => {
  faults.expect(/\b404\b/);
  const response = await page.goto('/no-such-page');
  expect(response?.status()).toBe(404);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('machines can ask for health', async ({ request }) => {
  const response = await request.get('/health');
  expect(response.status()).toBe(200);
});
