import { filter, map } from 'rxjs';
import type { Client } from '../../lib/client/model.js';
import { createClient } from '../../lib/client/client.js';
import type { Calling } from '../../lib/call/calling.js';
import type { WatchReport } from '../../lib/subscriptions/port.js';
import { agreeable, fakeLine, names, type Letter } from '../../lib/testing/index.js';
import { lineSays, orderOf } from '../support/legend.js';
import { marbles, owns } from '../support/marbles.js';
import { dialog, looks, read, seen, whole } from './support/scene.js';

/** A notice of what 102 does. */
const tells =
  (notice: WatchReport['notice']): Letter =>
  (_, __, watchOf) => ({ _tag: 'notified', watch: watchOf('102'), state: 'active', notice });

const says: Readonly<Record<string, Letter>> = {
  ...lineSays,
  0: tells(whole(0)),
  1: tells(whole(1, dialog('1', 'early'))),
  2: tells(whole(2, dialog('1', 'confirmed'))),
  v: (_, __, watchOf) => ({
    _tag: 'notified',
    watch: watchOf(''),
    state: 'active',
    notice: { _tag: 'messages', waiting: true, counts: { 'voice-message': { new: 1, old: 0 } } },
  }),
};

/** What was asked about lamps: `l` watch, `u` unwatch. */
const watches = (of: ReturnType<typeof fakeLine>) =>
  of.order$.pipe(
    filter(({ _tag }) => _tag === 'watch' || _tag === 'unwatch'),
    map(orderOf),
  );

describe('subscriptions: client', () => {
  it('a lamp: from when somebody looks until nobody does', () => {
    marbles(helpers => {
      const far = '   ----0-1-2------';
      const holds = ' --^------------- 6s !';
      const viewer = '^------------!';
      const orders = '--l---------- 5s u';
      const shown = ' a-u-i-r-b----';
      const line = fakeLine({ report$: helpers.hot(far, says) });
      const client = createClient({ calling: [line], newId: names() });
      owns(client, holds);
      expect(client.lamp$('102')).toBe(client.lamp$('102'));
      helpers.expectObservable(watches(line)).toBe(orders);
      helpers.expectObservable(client.lamp$('102').pipe(map(seen)), viewer).toBe(shown, looks);
    });
  });

  it('our own mailbox, and the lamp of a line that is named', () => {
    marbles(helpers => {
      const line = fakeLine({ report$: helpers.hot('-----v', says) });
      const other = fakeLine({ id: 'other', report$: helpers.hot('-----1', says) });
      const client = createClient({ calling: [line, other], newId: names() });
      owns(client, '^-------!');
      helpers.expectObservable(client.mailbox$().pipe(map(read)), '^------!').toBe('(ae)-w', {
        a: 'empty {} asking',
        e: 'empty {} yes',
        w: 'waiting {"voice-message":{"new":1,"old":0}} yes',
      });
      helpers.expectObservable(client.lamp$('102', { via: 'other' }).pipe(map(seen)), '^------!').toBe('(au)-r', looks);
    });
  });

  it('nothing any more once it has left, which it tells the server while it can', () => {
    marbles(helpers => {
      const far = '   ----1----';
      const holds = ' --^----!';
      const viewer = '---^-----!';
      const orders = '---l---u--';
      const shown = ' ---ur--d-';
      const line = fakeLine({ report$: helpers.hot(far, says) });
      const client = createClient({ calling: [line], newId: names() });
      owns(client, holds);
      helpers.expectObservable(watches(line)).toBe(orders);
      helpers
        .expectObservable(client.lamp$('102').pipe(map(seen)), viewer)
        .toBe(shown, { ...looks, d: 'unknown no disconnected' });
    });
  });

  it('nothing to nobody: who has just looked away is told of with the rest', () => {
    marbles(helpers => {
      const holds = ' ^----!';
      const viewer = '-^-!';
      const orders = '-l---u';
      const line = fakeLine();
      const client = createClient({ calling: [line], newId: names() });
      owns(client, holds);
      helpers.expectObservable(client.lamp$('102').pipe(map(seen)), viewer).toBe('-u', looks);
      helpers.expectObservable(watches(line)).toBe(orders);
    });
  });

  it('why a lamp is dark, and says so once', () => {
    marbles(helpers => {
      const line = fakeLine({ replies: { ...agreeable, watch: () => [] }, report$: helpers.hot('-----x', says) });
      const client = createClient({ calling: [line], newId: names() });
      owns(client, '^-------!');
      helpers
        .expectObservable(client.lamp$('102').pipe(map(seen)), '^------!')
        .toBe('a----x', { ...looks, x: 'unknown asking line-lost' });
      helpers.expectObservable(client.fault$.pipe(map(({ code }) => code))).toBe('-----x', { x: 'line-lost' });
    });
  });

  it('no lamp where no line can watch', () => {
    const { createWatching: _, ...line } = fakeLine();
    const deaf: Calling = line;
    const client: Client = createClient({ calling: [deaf], newId: names() });
    marbles(({ expectObservable }) => {
      const no = { n: 'unknown no unsupported' };
      expectObservable(client.lamp$('102').pipe(map(seen))).toBe('(n|)', no);
      expectObservable(client.lamp$('102', { via: 'elsewhere' }).pipe(map(seen))).toBe('(n|)', no);
      expectObservable(client.mailbox$().pipe(map(read))).toBe('(n|)', { n: 'empty {} no' });
    });
  });
});
