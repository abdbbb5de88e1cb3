import { map, timer } from 'rxjs';
import { createClient } from '../../lib/client/client.js';
import {
  agreeable,
  connectFor,
  done,
  failed,
  fakeDevices,
  fakeLine,
  names,
  type Letter,
} from '../../lib/testing/index.js';
import { changesOf, lineOf, orderOf } from '../support/legend.js';
import { marbles } from '../support/marbles.js';

describe('callstream/testing', () => {
  it('is a backend made of a marble: it connects, registers, and ends with its link', () => {
    const line = fakeLine();
    const end = marbles(({ expectObservable, time }) => {
      const client = createClient({ calling: [line], newId: names() });
      expectObservable(client.session$.pipe(changesOf(lineOf))).toBe('(dcu)-----(ld)');
      expectObservable(line.order$.pipe(map(orderOf))).toBe('        (OR)------(UC)');
      timer(0).subscribe(() => connectFor(client, time('                                        ----------|')));
    });
    expect([end, line.subscribers.count]).toEqual([10, 0]);
  });

  it('tells a letter which call began last, and which order waits', () => {
    marbles(({ hot, flush }) => {
      const letters: Readonly<Record<string, Letter>> = {
        a: call => ({ _tag: 'accepted', call }),
        r: (_, refOf) => done({ ref: refOf('prepare') }),
      };
      const line = fakeLine({ report$: hot('-a-r', letters), replies: {} });
      const heard: unknown[] = [];
      const port = line.open({ newId: names() });
      const { input, output } = { input: { volume: 1, processing: true }, output: { volume: 1, muted: false } };
      const link = port.report$.subscribe(report => heard.push(report));
      port.perform({ _tag: 'prepare', ref: 'p1', call: 'c1', input, output, live: true, hold: false, parallel: true });
      flush();
      link.unsubscribe();
      expect(heard).toEqual([
        { _tag: 'accepted', call: 'c1' },
        { _tag: 'done', ref: 'p1', result: { _tag: 'Right', right: undefined } },
      ]);
      expect(line.subscribers.count).toBe(0);
    });
  });

  it('answers what the table says, and nothing where the row is empty', () => {
    const line = fakeLine({ replies: { ...agreeable, probe: () => [] } });
    const port = line.open({ newId: names() });
    const heard: string[] = [];
    const link = port.report$.subscribe(({ _tag }) => heard.push(_tag));
    port.perform({ _tag: 'probe', ref: 'p' });
    port.perform({ _tag: 'open' });
    port.perform({ _tag: 'register', ref: 'r', expires: 60 });
    link.unsubscribe();
    expect(heard).toEqual(['opened', 'heard', 'done']);
  });

  it('names in order, and fails with a code', () => {
    const name = names('a');
    expect([name(), name(), names()()]).toEqual(['a1', 'a2', 'id1']);
    expect(failed({ ref: 'r' }, 'server-error', { statusCode: 503, retryAfter: 7_000 })).toMatchObject({
      _tag: 'done',
      ref: 'r',
      result: { _tag: 'Left', left: { fault: { code: 'server-error', statusCode: 503 }, retryAfter: 7_000 } },
    });
  });

  it('has a person who grants the microphone', () => {
    const devices = fakeDevices();
    const heard: unknown[] = [];
    const link = devices.report$.subscribe(report => heard.push(report));
    devices.perform({ _tag: 'ask-permission', ref: 'r' });
    link.unsubscribe();
    expect(heard).toEqual([{ _tag: 'done', ref: 'r', result: { _tag: 'Right', right: undefined } }]);
  });
});
