import { Timers, UserAgentCore } from '../../../lib/sip/sipjs.js';
import { plainMedia } from '../../../lib/rtc/media.js';
import { startServer, type DevServer } from '../../../server/lib/index.js';
import { standIn, standInMicrophone } from '../../support/standin.js';
import { line, stopAll, type Line } from './line.js';

/** Two registered lines without real media, whose sip.js can be looked into. */
export type Pair = {
  readonly server: DevServer;
  readonly alice: Line;
  readonly bob: Line;
  /** sip.js's cores, as whatever reaches them shows them. */
  readonly cores: () => readonly UserAgentCore[];
  readonly close: () => Promise<void>;
};

/** @param timers - RFC 3261's transaction timers that are others until `close`, in milliseconds */
export const openPair = async (timers: Partial<Record<keyof typeof Timers, number>>): Promise<Pair> => {
  const usual = { ...Timers };
  Object.assign(Timers, timers);
  const reached = jest.spyOn(UserAgentCore.prototype, 'receiveIncomingResponseFromTransport');
  const server = await startServer({ port: 0, media: false });
  const open = (user: string): Line => line(server, user, { peerConnection: standIn }, plainMedia(standInMicrophone));
  const [alice, bob] = [open('alice'), open('bob')];
  await Promise.all([alice.up(), bob.up()]);
  return {
    server,
    alice,
    bob,
    cores: () => [...new Set(reached.mock.contexts as UserAgentCore[])],
    close: () => {
      Object.assign(Timers, usual);
      reached.mockRestore();
      stopAll();
      return server.close();
    },
  };
};
