import type { Page } from 'playwright-core';

declare global {
  interface Window {
    /** How often the page has asked a connection what it has counted. */
    measurements: number;
    /** Every microphone that the page has got. */
    opened: MediaStreamTrack[];
    /** What was taken away from a sender. */
    taken: MediaStreamTrack | undefined;
  }
}

/** Runs in the page: what is asked of the platform is counted. */
export const withMeters = (): void => {
  window.measurements = 0;
  window.opened = [];
  window.RTCPeerConnection = class extends RTCPeerConnection {
    override async getStats(selector?: MediaStreamTrack | null): Promise<RTCStatsReport> {
      window.measurements += 1;
      return super.getStats(selector);
    }
  };
  const { mediaDevices } = navigator as Partial<Navigator>;
  // The empty page that is gone to has none.
  if (mediaDevices === undefined) return;
  const open = mediaDevices.getUserMedia.bind(mediaDevices);
  mediaDevices.getUserMedia = async constraints => {
    const stream = await open(constraints);
    window.opened.push(...stream.getTracks());
    return stream;
  };
};

/** How often a page measures while somebody does this. */
export const measurementsDuring = async (page: Page, act: () => Promise<void>): Promise<number> => {
  const before = await page.evaluate(() => window.measurements);
  await act();
  return (await page.evaluate(() => window.measurements)) - before;
};

/** What a page has got from the platform and not given back. */
export const inUse = (page: Page): Promise<{ readonly connections: number; readonly microphones: number }> =>
  page.evaluate(() => ({
    connections: window.peers.filter(({ connectionState }) => connectionState !== 'closed').length,
    microphones: window.opened.filter(({ readyState }) => readyState === 'live').length,
  }));

/** Stops what a page sends, packets and all: by its encoding, or by taking the track away. Twice gives it back. */
export const toggleSending = (page: Page, how: 'encoding' | 'track'): Promise<void> =>
  page.evaluate(async way => {
    const sender = window.peers.at(-1)?.getSenders()[0];
    if (sender === undefined) throw new Error('nothing is sent');
    if (way === 'encoding') {
      const parameters = sender.getParameters();
      parameters.encodings.forEach(encoding => {
        encoding.active = !encoding.active;
      });
      await sender.setParameters(parameters);
      return;
    }
    window.taken = sender.track ?? window.taken;
    await sender.replaceTrack(sender.track === null ? (window.taken ?? null) : null);
  }, how);

/** The page opens its microphone, negotiates as always, and never sends a packet of it. */
export const neverSending = (page: Page): Promise<void> =>
  page.evaluate(() => {
    RTCRtpSender.prototype.replaceTrack = () => Promise.resolve();
  });
