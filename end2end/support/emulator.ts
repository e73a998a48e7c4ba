// What the emulated platforms have received, asked by their control address.

/** A post as TikTok's stand-in keeps it. */
export interface EmulatedPost {
  /** The received files. */
  media: { sha256: string }[];
  [field: string]: unknown;
}

/** A post as Bluesky's stand-in keeps it. */
export interface EmulatedRecord {
  text: string;
  langs: string[];
  media: { sha256: string; alt: string; mime: string }[];
  [field: string]: unknown;
}

export class Emulator {
  constructor(readonly url: string) {}

  /** All that was posted to the emulated TikTok, oldest first. */
  async tiktokPosts(): Promise<EmulatedPost[]> {
    const response = await fetch(`${this.url}/control/tiktok/posts`);
    if (!response.ok) throw new Error(`The emulator answered ${response.status} when asked for its posts`);
    return (await response.json()) as EmulatedPost[];
  }

  /** All that was posted to the emulated Bluesky, oldest first. */
  async blueskyPosts(): Promise<EmulatedRecord[]> {
    return (await this.control('posts')) as EmulatedRecord[];
  }

  /** The app password that an account of the emulated Bluesky has made. */
  async blueskyPassword(handle: string): Promise<string> {
    const accounts = (await this.control('accounts')) as { handle: string; app_password: string }[];
    const account = accounts.find((account) => account.handle === handle);
    if (!account) throw new Error(`The emulator has no account ${handle}`);
    return account.app_password;
  }

  private async control(what: string): Promise<unknown> {
    const response = await fetch(`${this.url}/control/bluesky/${what}`);
    if (!response.ok) throw new Error(`The emulator answered ${response.status} when asked for its ${what}`);
    return response.json();
  }
}
