import { setTimeout as later } from 'node:timers/promises';
import { catchError, firstValueFrom, map, of } from 'rxjs';
import { fromPromise } from '../../lib/rtc/from-promise.js';
import { eventually } from '../e2e/support/eventually.js';
import { collect } from '../support/collect.js';

describe('rtc fromPromise', () => {
  it('comes once, and is over', async () => {
    let asked = 0;
    const answer$ = fromPromise(() => Promise.resolve((asked += 1)));
    expect(asked).toBe(0);
    expect(await firstValueFrom(answer$)).toBe(1);
    expect(asked).toBe(1);
  });

  it.each([
    ['refused', () => Promise.reject(new Error('no'))],
    [
      'not even asked for',
      () => {
        throw new Error('no');
      },
    ],
  ])('fails where it is %s', async (_, ask: () => Promise<string>) => {
    const told$ = fromPromise(ask).pipe(catchError((error: unknown) => of((error as Error).message)));
    expect(await firstValueFrom(told$)).toBe('no');
  });

  it('keeps nobody who has left, though it never comes', async () => {
    const never = new Promise<string>(() => undefined);
    const listen = (): WeakRef<object> => {
      const heard: string[] = [];
      const listening = fromPromise(() => never)
        .pipe(map(text => text.length))
        .subscribe(length => heard.push(String(length)));
      listening.unsubscribe();
      return new WeakRef(heard);
    };
    const gone = listen();
    const isGone = await eventually(
      () => {
        collect();
        return Promise.resolve(gone.deref() === undefined);
      },
      is => is,
      1_000,
    );
    expect(isGone).toBe(true);
    await expect(Promise.race([never, later(0, 'waiting')])).resolves.toBe('waiting');
  });
});
