// What goes wrong in the browser without a test looking for it: console errors, uncaught errors, failed requests.

import type { BrowserContext } from '@playwright/test';

export class Faults {
  private readonly seen: string[] = [];
  private readonly expected: RegExp[] = [];

  constructor(private readonly origin: string) {}

  /** Declares faults that belong to the test, for example `/\b404\b/` when it asks for a page that is not there. */
  expect(...patterns: RegExp[]): void {
    this.expected.push(...patterns);
  }

  /** Listens to all pages of a context. Contexts that a test makes by itself have to be handed over. */
  watch(context: BrowserContext): void {
    context.on('console', (message) => {
      if (message.type() !== 'error') return;
      const { url } = message.location();
      // That the emulator's own pages miss a file is nothing to us.
      if (message.text().startsWith('Failed to load resource') && !this.isOurs(url)) return;
      this.seen.push(`console error: ${message.text()} (${url})`);
    });
    context.on('weberror', (error) => this.seen.push(`uncaught: ${error.error().stack ?? error.error().message}`));
    context.on('requestfailed', (request) => {
      const reason = request.failure()?.errorText ?? 'unknown';
      // A page that is left aborts what it was still loading.
      if (!this.isOurs(request.url()) || reason === 'net::ERR_ABORTED') return;
      this.seen.push(`request failed: ${request.method()} ${request.url()}: ${reason}`);
    });
    context.on('response', (response) => {
      if (!this.isOurs(response.url()) || response.status() < 400) return;
      this.seen.push(`response ${response.status()}: ${response.request().method()} ${response.url()}`);
    });
  }

  /** What was seen and not declared. */
  unexpected(): string[] {
    return this.seen.filter((fault) => !this.expected.some((pattern) => pattern.test(fault)));
  }

  private isOurs(url: string): boolean {
    return url.startsWith(`${this.origin}/`);
  }
}
