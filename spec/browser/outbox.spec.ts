import { firstValueFrom, type Observable } from 'rxjs';
import type { StoredMessage } from '../../lib/conversation/port.js';
import { isLeft, type Either } from '../../lib/core/either.js';
import type { Fault } from '../../lib/core/fault.js';
import { outboxOn, type Shelf } from '../../lib/browser/outbox.js';

const message = (key: string, order = 1): StoredMessage => ({
  conversation: 'CON-1',
  key,
  content: { kind: 'text', text: `text ${key}` },
  since: 10 - order,
  order,
});

/** A shelf in memory: what a page leaves there, the next one finds. Node has no locks, so nobody waits. */
const shelf = (): Shelf & { readonly lying: Map<string, unknown> } => {
  const lying = new Map<string, unknown>();
  return {
    lying,
    read: () => Promise.resolve([...lying]),
    write: (name, entry) => {
      lying.set(name, JSON.parse(JSON.stringify(entry)));
      return Promise.resolve();
    },
    remove: name => {
      lying.delete(name);
      return Promise.resolve();
    },
  };
};

const valueOf = async <A>(answer$: Observable<Either<Fault, A>>): Promise<A> => {
  const answer = await firstValueFrom(answer$);
  if (isLeft(answer)) throw new Error(answer.left.code);
  return (answer as { readonly right: A }).right;
};

describe('browser: outbox storage across pages', () => {
  it('gives the next page what the last one has left, in order, whatever the clock said', async () => {
    const place = shelf();
    const last = outboxOn(place);
    await valueOf(last.put('USR-1', message('b', 2)));
    await valueOf(last.put('USR-1', message('a', 1)));
    expect(await valueOf(outboxOn(place).open('USR-1'))).toEqual([message('a', 1), message('b', 2)]);
  });

  it('gives what an earlier version has left, which had no order, by its time', async () => {
    const place = shelf();
    const { order: _, ...former } = message('a');
    place.lying.set('callstream/outbox/USR-1/b', { ...former, key: 'b', since: 2, owner: 'gone' });
    place.lying.set('callstream/outbox/USR-1/a', { ...former, since: 1, owner: 'gone' });
    const found = await valueOf(outboxOn(place).open('USR-1'));
    expect(found.map(({ key }) => key)).toEqual(['a', 'b']);
  });

  it('takes over what lies there where locks are refused', async () => {
    const place = shelf();
    await valueOf(outboxOn(place).put('USR-1', message('a')));
    const locks = { request: () => Promise.reject(new DOMException('sandboxed', 'SecurityError')) };
    const navigator = Object.getOwnPropertyDescriptor(globalThis, 'navigator');
    Object.defineProperty(globalThis, 'navigator', { value: { locks }, configurable: true });
    try {
      expect(await valueOf(outboxOn(place).open('USR-1'))).toEqual([message('a')]);
    } finally {
      if (navigator === undefined) Reflect.deleteProperty(globalThis, 'navigator');
      else Object.defineProperty(globalThis, 'navigator', navigator);
    }
  });

  it('gives nothing twice: what a page has taken over is its own', async () => {
    const place = shelf();
    await valueOf(outboxOn(place).put('USR-1', message('a')));
    const second = outboxOn(place);
    await valueOf(second.open('USR-1'));
    const again: unknown[] = [];
    const open = second.open('USR-1').subscribe(found => again.push(found));
    await new Promise(resolve => setImmediate(resolve));
    open.unsubscribe();
    expect(again).toEqual([]);
  });

  it('forgets what was sent, and keeps users apart', async () => {
    const place = shelf();
    const box = outboxOn(place);
    await valueOf(box.put('USR-1', message('a')));
    await valueOf(box.put('USR-2', message('b')));
    await valueOf(box.remove('USR-1', 'a'));
    expect(await valueOf(outboxOn(place).open('USR-2'))).toEqual([message('b')]);
    expect(place.lying.size).toBe(1);
  });

  it('does not look at what others have written under its names', async () => {
    const place = shelf();
    await valueOf(outboxOn(place).put('USR-1', message('a')));
    [null, 7, 'text', { key: 1 }, { ...message('c'), owner: 5 }].forEach((other, index) => {
      place.lying.set(`callstream/outbox/USR-1/other${index}`, other);
    });
    expect(await valueOf(outboxOn(place).open('USR-1'))).toEqual([message('a')]);
  });

  it('tells that storage fails, and does not throw', async () => {
    const full = outboxOn({
      read: () => Promise.reject(new Error('no cookies')),
      write: () => Promise.reject(new Error('disk full')),
      remove: () => Promise.reject(new Error('no cookies')),
    });
    const answers = [full.open('u'), full.put('u', message('a')), full.remove('u', 'a')];
    const codes = await Promise.all(
      answers.map(async answer$ => {
        const answer = await firstValueFrom<Either<Fault, unknown>>(answer$);
        return isLeft(answer) ? answer.left.code : 'right';
      }),
    );
    expect(codes).toEqual(['storage-failed', 'storage-failed', 'storage-failed']);
  });
});
