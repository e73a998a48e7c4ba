// What has arrived at the mail sink.

/** A mail as it arrived. */
export interface Mail {
  subject: string;
  text: string;
  html: string;
  headers: Record<string, string>;
  to: { address: string }[];
  attachments: { contentId?: string; contentType: string; size: number }[];
}

export class Mails {
  constructor(private readonly url: string) {}

  /** All mail for an address, oldest first. */
  async to(address: string): Promise<Mail[]> {
    const response = await fetch(`${this.url}/api/email`);
    if (!response.ok) throw new Error(`The mail sink answered ${response.status}`);
    const mails = (await response.json()) as (Mail & { time: string })[];
    return mails
      .filter((mail) => mail.to.some((to) => to.address.toLowerCase() === address.toLowerCase()))
      .toSorted((one, other) => one.time.localeCompare(other.time));
  }

  /** Waits for a mail for an address that fits, and gives the newest. */
  async waitFor(address: string, fits: (mail: Mail) => boolean = () => true, seconds = 30): Promise<Mail> {
    for (const end = Date.now() + seconds * 1000; Date.now() < end; ) {
      const found = (await this.to(address)).filter(fits).at(-1);
      if (found) return found;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    const there = (await this.to(address)).map((mail) => mail.subject);
    throw new Error(`No such mail came for ${address} within ${seconds} s; these did: ${there.join(', ') || 'none'}`);
  }
}
