// The `test` of all specs: a stack per worker, and no fault in the browser goes unnoticed.

import { test as base, expect, type Page } from '@playwright/test';
import { Emulator } from './emulator.ts';
import { Faults } from './faults.ts';
import { Mails } from './mails.ts';
import { type Person, type Stack, type StackOptions, startStack } from './stack.ts';

interface TestFixtures {
  /** Faults in the browser; `faults.expect(...)` declares those that belong to the test. */
  faults: Faults;
  /** The platforms that the stack publishes to. */
  emulator: Emulator;
  /** What has arrived by mail. */
  mails: Mails;
}

interface WorkerFixtures {
  /** `test.use({ stackOptions: {...} })` at the top of a spec gives it a stack of its own kind. */
  stackOptions: StackOptions;
  stack: Stack;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  stackOptions: [{}, { scope: 'worker', option: true }],

  stack: [
    async ({ stackOptions }, use) => {
      const stack = await startStack(stackOptions);
      await use(stack);
      await stack.stop();
    },
    { scope: 'worker', timeout: 120_000 },
  ],

  baseURL: async ({ stack }, use) => use(stack.url),

  emulator: async ({ stack }, use) => use(new Emulator(stack.emulatorUrl)),

  mails: async ({ stack }, use) => use(new Mails(stack.mailUrl)),

  faults: async ({ stack }, use) => {
    const faults = new Faults(stack.url);
    await use(faults);
    expect(faults.unexpected(), 'faults in the browser').toEqual([]);
  },

  context: async ({ context, faults }, use) => {
    faults.watch(context);
    await use(context);
  },
});

export { expect };

/** Waits until the page is live: the root element says so when hydration is done. */
export async function hydrated(page: Page): Promise<void> {
  await page.locator('html[data-hydrated]').waitFor({ state: 'attached' });
}

/** Signs in by the form, from wherever the front page leads. */
export async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto('/');
  await page.getByLabel('Email').fill(person.email);
  await page.getByLabel('Password', { exact: true }).fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  // The button changes its words while it works: only the address says that it is done.
  await page.waitForURL(/\/clients/);
  await hydrated(page);
}
