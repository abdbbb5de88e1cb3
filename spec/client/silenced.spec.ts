import { map } from 'rxjs';
import { fakeDevices, type Letter } from '../../lib/testing/index.js';
import { phone } from '../call/support/phone.js';
import { callSays, changesOf } from '../support/legend.js';
import { acts, marbles } from '../support/marbles.js';

/** `m` the platform takes the microphone's sound away, `n` it gives it back. */
const says: Readonly<Record<string, Letter>> = {
  ...callSays,
  m: call => ({ _tag: 'silenced', call, on: true }),
  n: call => ({ _tag: 'silenced', call, on: false }),
};

describe('client: microphone muted by the platform', () => {
  it('is seen in the call and in the devices, with one fault, until it is heard again', () => {
    marbles(helpers => {
      const devices = fakeDevices({});
      const { client } = phone(helpers, '^-----------!', '---i--m-n-m-', { devices, says });
      acts(helpers, '                           ----A', { A: () => client.answer('in') });
      const inCall$ = client.session$.pipe(changesOf(({ calls: [call] }) => (call?.silenced === true ? 's' : '-')));
      const inDevices$ = client.device$.pipe(changesOf(({ input }) => (input.silenced === true ? 's' : '-')));
      const fault$ = client.fault$.pipe(map(({ code }) => code));
      helpers.expectObservable(inCall$, '                 ^----------!').toBe('a-----b-a-b', marks);
      helpers.expectObservable(inDevices$, '              ^----------!').toBe('a-----b-a-b', marks);
      helpers.expectObservable(fault$, '                  ^----------!').toBe('------f---f', { f: 'mic-failed' });
    });
  });
});

const marks = { a: '-', b: 's' };
