import { defineConfig } from '@playwright/test';

// The browser is the one of the system: nothing is downloaded. Run through ./dev e2e, which builds what is tested.
export default defineConfig({
  testDir: 'tests',
  outputDir: 'results/artifacts',
  forbidOnly: !!process.env.CI,
  // A machine that is busy with something else gets a second chance; on a desk a failure is looked at.
  retries: process.env.CI ? 1 : 0,
  workers: 2,
  timeout: 60_000,
  expect: { timeout: 10_000 },
  reporter: [['list'], ['json', { outputFile: 'results/report.json' }]],
  use: {
    actionTimeout: 15_000,
    navigationTimeout: 15_000,
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    locale: 'en-GB',
    // Far from every client's zone in the tests, so that a time shown in the wrong one is noticed.
    timezoneId: 'America/New_York',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
  projects: [
    { name: 'desktop', use: { viewport: { width: 1440, height: 900 } } },
    {
      name: 'phone',
      use: { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 },
      // A story that is the same on every screen is told once.
      grepInvert: /@desktop/,
    },
  ],
});
