// What the emulated platforms have received, asked by their control address.

/** A post as TikTok's stand-in keeps it. */
export interface EmulatedPost {
  /** The received files. */
  media: { sha256: string }[];
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
}
