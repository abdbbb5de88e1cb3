import { WebSocket } from 'ws';
import { listen, next, platform, reasonOf, refusalOf, roomOf, world } from './support/world.js';

describe('a session', () => {
  const home = world();

  it('begins with a token, gives its id, and ends', async () => {
    const { server, client } = home();
    const alice = client();
    expect(alice.streams).toBeUndefined();
    const id = await alice.createSession(await server.token('alice'));
    expect(id).toMatch(/^SES-/);
    expect(server.chat.sockets('alice')).toBe(1);
    expect(alice.streams).toBeDefined();
    await expect(alice.deleteSession()).resolves.toBeUndefined();
    expect(alice.streams).toBeUndefined();
  });

  it('is resumed by its id, with what was missed', async () => {
    const { server, client, person } = home();
    const alice = await person('alice');
    const { id, members } = await roomOf(alice, await person('bob'));
    expect(members).toHaveLength(2);
    const ear = listen(alice, 'conversationEvent');
    await alice.sendMessageTextEvent(id, 'one');
    expect((await next(ear, 'message:text')).body.text).toBe('one');
    expect(client()).toBeDefined();
    expect(server.chat.sockets('alice')).toBe(1);
  });

  it('without one, every method rejects, and there is nothing to delete', async () => {
    const alice = home().client();
    await expect(alice.deleteSession()).resolves.toBeUndefined();
    const none = ['SESSION_ERROR', 'session:error:no-active-session'];
    expect(await refusalOf(alice.getUser('me'))).toEqual(none);
    expect(await refusalOf(alice.refreshSession('token'))).toEqual(none);
    expect(await refusalOf(alice.sendMessageTextEvent('CON-1', 'text'))).toEqual(none);
    expect(await reasonOf(alice.getConversations())).toBeInstanceOf(Error);
    expect([platform, WebSocket]).toHaveLength(2);
  });
});
