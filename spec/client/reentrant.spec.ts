import { filter, take, type Observable } from 'rxjs';
import type { Client, Session } from '../../lib/client/model.js';
import { failed, fakeDevices, type Replies } from '../../lib/testing/index.js';
import { phone, quick } from '../call/support/phone.js';
import { acts, marbles } from '../support/marbles.js';
import { snapshot } from '../../lib/core/streams.js';

/** What of a session the score below changes. */
const summary = ({ calls: [call], devices }: Session): string =>
  [call?.status ?? 'none', call?.muted ? 'muted' : '', devices.input.chosen ?? ''].join(' ').trim();

/** The first moment at which each stream speaks of the call that rings and is answered. */
const moments: Readonly<Record<string, (client: Client) => Observable<unknown>>> = {
  session$: ({ session$ }) => session$.pipe(filter(({ calls }) => calls[0]?.status === 'active')),
  call$: client => client.call$('in').pipe(filter(call => call?.status === 'active')),
  device$: ({ device$ }) => device$.pipe(filter(({ permission }) => permission === 'granted')),
  incoming$: ({ incoming$ }) => incoming$,
  callEvent$: ({ callEvent$ }) => callEvent$,
  fault$: ({ fault$ }) => fault$,
};

/** A choice that the live call cannot follow: a fault. */
const input: Replies['input'] = order => [failed(order, 'mic-missing')];

describe('client: commands inside a subscriber', () => {
  it.each(Object.entries(moments))('of %s corrupts nobody', (name, moment) => {
    marbles(helpers => {
      const { client } = phone(helpers, '^-----------!', '-i---*', {
        replies: { ...quick, input },
        devices: fakeDevices(),
      });
      const seen: Readonly<Record<'before' | 'after', string[]>> = { before: [], after: [] };
      const mixtures: string[] = [];
      const acted: string[] = [];
      const act = (): void => {
        const shown = snapshot(client.session$);
        client.mute('in', true);
        client.chooseInput('desk');
        client.hangup('in');
        // Nothing of it has happened yet: this turn is not over.
        acted.push(snapshot(client.session$) === shown ? 'later' : 'now');
      };
      client.session$.subscribe(session => seen.before.push(summary(session)));
      // A call is asked for once it is there; the others have their actor between the two viewers.
      if (name === 'call$') acts(helpers, '--c', { c: () => moment(client).pipe(take(1)).subscribe(act) });
      else moment(client).pipe(take(1)).subscribe(act);
      client.session$.subscribe(session => seen.after.push(summary(session)));
      client.session$.subscribe(session => {
        const { calls, devices } = session;
        if (snapshot(client.session$) !== session) mixtures.push('session$');
        if (snapshot(client.device$) !== devices) mixtures.push('device$');
        if (calls[0] && snapshot(client.call$('in')) !== calls[0]) mixtures.push('call$');
      });
      acts(helpers, '---A--C', { A: () => client.answer('in'), C: () => client.chooseInput('horn') });
      helpers.flush();
      expect(acted).toEqual(['later']);
      expect(mixtures).toEqual([]);
      expect(seen.after).toEqual(seen.before);
      const ended = seen.before.filter(shown => shown.startsWith('terminated'));
      expect(ended[0]).toBe('terminated muted desk');
      expect(seen.before.at(-1)).toMatch(/^none/);
    });
  });
});
