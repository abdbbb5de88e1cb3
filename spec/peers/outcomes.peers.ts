import { snapshot } from 'callstream';
import { eventually } from '../e2e/support/eventually.js';
import { startPeers, type Peers } from './support/peers.js';
import { done, person, type Person } from './support/person.js';

/** What becomes of calls that are not answered, or not here. */
describe('call outcomes with baresip', () => {
  let peers: Peers;
  let alice: Person;

  beforeAll(async () => {
    peers = await startPeers();
    alice = person(peers, 'alice', { settings: { noAnswer: { outgoing: 1_500 } } });
    await alice.online();
  });

  afterAll(async () => {
    await alice.leave();
    await peers.stop();
  });

  it.each([
    ['code486', 486, 'busy'],
    ['code603', 603, 'declined'],
    ['code404', 404, 'not_found'],
    ['code480', 480, 'temporarily_unavailable'],
    ['nobody', 480, 'temporarily_unavailable'],
    ['code302', 302, 'redirected'],
    ['code500', 500, 'server_error'],
  ])('to %s ends with %i, which is %s', async (target, statusCode, cause) => {
    const id = await alice.invite(target);
    expect((await alice.ended(id)).end).toMatchObject({ by: 'remote', statusCode, cause });
  });

  /** How many requests of this kind have come from her, once there are so many. */
  const heard = (method: string, wanted: number): Promise<number> =>
    eventually(
      () => peers.registrar.heard(method, 'alice'),
      count => count >= wanted,
    );

  it('that nobody answers is given up in time, with a CANCEL', async () => {
    const before = await peers.registrar.heard('CANCEL', 'alice');
    const id = await alice.invite('blackhole');
    expect((await alice.ended(id)).end).toMatchObject({ cause: 'no_answer' });
    expect(await heard('CANCEL', before + 1)).toBe(before + 1);
  });

  it('that nobody answers can be hung up, with a CANCEL', async () => {
    const before = await peers.registrar.heard('CANCEL', 'alice');
    const invites = await peers.registrar.heard('INVITE', 'alice');
    const id = await alice.invite('blackhole');
    // With a password only when it was asked for: from then on the proxy tries.
    await heard('INVITE', invites + 2);
    alice.client.hangup(id);
    expect(snapshot(alice.client.call$(id))?.end).toMatchObject({ by: 'local', cause: 'cancelled' });
    expect(await heard('CANCEL', before + 1)).toBe(before + 1);
  });

  describe('to somebody at two places', () => {
    let atHome: Person;
    let atWork: Person;

    beforeAll(async () => {
      [atHome, atWork] = [person(peers, 'bob'), person(peers, 'bob')];
      await Promise.all([atHome.online(), atWork.online()]);
    });

    afterAll(async () => {
      await Promise.all([atHome.leave(), atWork.leave()]);
    });

    const ring = async () => {
      const rung = Promise.all([atHome.rung(), atWork.rung()]);
      const id = await alice.invite('bob');
      const [home, work] = await rung;
      await alice.sees({ id, status: 'ringing' });
      return { id, home: home.id, work: work.id };
    };

    it('rings at both, is answered at one, and has been answered elsewhere at the other', async () => {
      const { id, home, work } = await ring();
      await done(atWork.client.answer(work));
      expect((await atHome.ended(home)).end).toMatchObject({ by: 'remote', cause: 'answered_elsewhere' });
      await alice.sees({ id, status: 'active', media: 'flowing' });
      await done(alice.client.hangup(id));
      expect((await atWork.ended(work)).end).toMatchObject({ by: 'remote', cause: 'hung_up' });
    });

    it('stops ringing at both when the caller gives up', async () => {
      const { id, home, work } = await ring();
      await done(alice.client.hangup(id));
      expect((await atHome.ended(home)).end).toMatchObject({ by: 'remote', cause: 'cancelled' });
      expect((await atWork.ended(work)).end).toMatchObject({ by: 'remote', cause: 'cancelled' });
    });

    it('rings on at one when the other refuses, and is busy when both have', async () => {
      const { id, home, work } = await ring();
      await done(atHome.client.reject(home));
      await alice.sees({ id, status: 'ringing' });
      await done(atWork.client.reject(work));
      expect((await alice.ended(id)).end).toMatchObject({ by: 'remote', statusCode: 486, cause: 'busy' });
    });
  });
});
