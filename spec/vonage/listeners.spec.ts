import { EMPTY, of, Subject } from 'rxjs';
import type { ConversationEvent } from 'callstream/vonage';
import { createListeners, type Sources } from '../../lib/vonage/listeners.js';
import { sourcesOf } from '../../lib/vonage/sources.js';
import { listen, next, roomOf, world } from './support/world.js';

const voiceless = sourcesOf(of(undefined));

describe('vonage listeners', () => {
  const sources = (): { readonly away: Subject<[]>; readonly all: Sources } => {
    const away = new Subject<[]>();
    const silent = { conversationEvent: EMPTY, sessionError: EMPTY, reconnection: EMPTY };
    return { away, all: { ...voiceless, ...silent, reconnecting: away } };
  };

  it('are known by their symbols, each its own', () => {
    const { away, all } = sources();
    const { on, off } = createListeners(all);
    const heard = jest.fn();
    const [one, other] = [on('reconnecting', heard), on('reconnecting', heard)];
    expect([typeof one, one === other]).toEqual(['symbol', false]);
    away.next([]);
    expect(heard).toHaveBeenCalledTimes(2);
    expect(off('reconnecting', one)).toBe(true);
    away.next([]);
    expect(heard).toHaveBeenCalledTimes(3);
    expect(heard).toHaveBeenLastCalledWith();
  });

  it('are unregistered once, and by the event that they were registered for', () => {
    const { away, all } = sources();
    const { on, off } = createListeners(all);
    const listener = on('reconnecting', () => undefined);
    expect(off('reconnection', listener)).toBe(false);
    expect(off('reconnecting', Symbol('reconnecting'))).toBe(false);
    expect(away.observed).toBe(true);
    expect(off('reconnecting', listener)).toBe(true);
    expect(off('reconnecting', listener)).toBe(false);
    expect(away.observed).toBe(false);
  });

  it('are cleared by event', () => {
    const { away, all } = sources();
    const { on, off, clear } = createListeners(all);
    const kept = on('reconnection', () => undefined);
    const gone = [on('reconnecting', () => undefined), on('reconnecting', () => undefined)];
    clear('reconnecting');
    expect(away.observed).toBe(false);
    expect(gone.map(listener => off('reconnecting', listener))).toEqual([false, false]);
    expect(off('reconnection', kept)).toBe(true);
  });

  it('of names that are no events have a symbol like any other, and are told of', () => {
    const { all } = sources();
    const unknown: string[] = [];
    const { on, off, clear } = createListeners(all, event => unknown.push(event));
    const never = jest.fn();
    for (const name of ['callAnswered', 'constructor', '__proto__', '']) {
      const listener = on(name as never, never as never);
      expect([typeof listener, listener.description]).toEqual(['symbol', name]);
      expect([off('mute', listener), off(name as never, listener), off(name as never, listener)]).toEqual([
        false,
        true,
        false,
      ]);
      clear(name as never);
    }
    expect(unknown).toEqual(['callAnswered', 'constructor', '__proto__', '']);
    expect(never).not.toHaveBeenCalled();
  });

  it('that throw are written to the console, and the others are called', () => {
    const { away, all } = sources();
    const { on } = createListeners(all);
    const written = jest.spyOn(console, 'error').mockImplementation(() => undefined);
    const heard = jest.fn();
    const error = new Error('of the application');
    on('reconnecting', () => {
      throw error;
    });
    on('reconnecting', undefined as never);
    on('reconnecting', heard);
    away.next([]);
    away.next([]);
    expect(heard).toHaveBeenCalledTimes(2);
    expect(written.mock.calls.map(([what]) => what instanceof TypeError || what === error)).toEqual([
      true,
      true,
      true,
      true,
    ]);
    written.mockRestore();
  });

  it('may unregister themselves while they are called', () => {
    const { away, all } = sources();
    const { on, off } = createListeners(all);
    const heard: boolean[] = [];
    const listener = on('reconnecting', () => {
      heard.push(off('reconnecting', listener));
    });
    away.next([]);
    away.next([]);
    expect(heard).toEqual([true]);
  });
});

describe('VonageClient listeners', () => {
  const home = world();

  it('are registered before the session, and stay for the next one', async () => {
    const { server, client } = home();
    const alice = client();
    const ear = listen(alice, 'conversationEvent');
    const token = await server.token('alice');
    for (let session = 0; session < 2; session += 1) {
      await alice.createSession(token);
      await roomOf(alice);
      await next(ear, 'member:joined');
      await alice.deleteSession();
    }
    expect(ear.heard).toHaveLength(2);
  });

  it('hear nothing any more once they are off', async () => {
    const alice = await home().person('alice');
    const heard: ConversationEvent[] = [];
    const listener = alice.on('conversationEvent', event => heard.push(event));
    expect(alice.off('conversationEvent', listener)).toBe(true);
    const ear = listen(alice, 'conversationEvent');
    await roomOf(alice);
    await next(ear, 'member:joined');
    expect(heard).toEqual([]);
    alice.clearCallbacks('conversationEvent');
    const id = await alice.createConversation();
    await alice.joinConversation(id);
    await alice.sendMessageTextEvent(id, 'x');
    expect(ear.heard).toHaveLength(1);
  });
});
