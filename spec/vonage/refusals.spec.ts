import { VonageClient } from 'callstream/vonage';
import { snapshot } from 'callstream';
import { switchboard, told } from './support/switchboard.js';
import { reasonOf, refusalOf } from './support/world.js';

const noCall = ['INTERNAL_ERROR', 'voice:error:no_call_found'];
const noInvite = ['INTERNAL_ERROR', 'voice:error:no_invite_found'];
const tooLate = ['INTERNAL_ERROR', 'voice:error:invalid_call_action'];
const illegal = ['INTERNAL_ERROR', 'internal:error:illegal_argument_exception'];

describe('vonage voice methods with an unknown call id', () => {
  const home = switchboard();

  it('is refused by what it is not, in the document’s words', async () => {
    const alice = await home().caller('alice');
    const all = [
      alice.hangup('nope'),
      alice.mute('nope'),
      alice.unmute('nope'),
      alice.enableEarmuff('nope'),
      alice.disableEarmuff('nope'),
      alice.say('nope', 'x'),
      alice.sendDTMF('nope', '1'),
      alice.getCallLegs('nope'),
      alice.reconnectCall(''),
      alice.hangup(undefined as never),
    ];
    expect(await Promise.all(all.map(refusalOf))).toEqual(all.map(() => noCall));
    expect((await reasonOf(alice.hangup('nope'))).message).toBe('No call found');
    expect(await Promise.all([alice.answer('nope'), alice.reject('nope')].map(refusalOf))).toEqual([
      noInvite,
      noInvite,
    ]);
    expect((await reasonOf(alice.answer('nope'))).message).toBe('No invite found');
    const noLeg = { type: 'INTERNAL_ERROR', code: 'voice:error:no_leg_found', message: 'No leg found' };
    expect(await reasonOf(alice.reconnectCall('nope'))).toMatchObject(noLeg);
    expect(await reasonOf(alice.getLeg('nope'))).toMatchObject(noLeg);
  });

  it('is none without a session', async () => {
    const alice = home().client();
    const none = ['SESSION_ERROR', 'session:error:no-active-session'];
    expect(await Promise.all([alice.serverCall(), alice.getLeg('L'), alice.hangup('L')].map(refusalOf))).toEqual([
      none,
      none,
      none,
    ]);
    expect([alice.getPeerConnection('L'), alice.getAudioOutputElement()]).toEqual([undefined, undefined]);
  });
});

describe('vonage voice methods in the wrong call state', () => {
  const home = switchboard();

  it('is told: twice answered, twice hung up, answered where we call', async () => {
    const [alice, bob] = [await home().caller('alice'), await home().caller('bob')];
    const [invited, ended] = [told(bob, 'callInvite'), told(bob, 'callHangup')];
    const ours = await alice.serverCall({ callee: 'bob' });
    const [theirs] = await invited.next();
    expect(await refusalOf(alice.answer(ours))).toEqual(noInvite);
    await bob.answer(theirs);
    expect(await refusalOf(bob.answer(theirs))).toEqual(tooLate);
    expect(await refusalOf(bob.reject(theirs))).toEqual(tooLate);
    await alice.hangup(ours);
    expect((await reasonOf(alice.hangup(ours))).message).toBe('Invalid call action');
    expect(await refusalOf(alice.mute(ours))).toEqual(tooLate);
    await ended.next();
    expect(await refusalOf(bob.hangup(theirs))).toEqual(tooLate);
  });
});

describe('vonage voice methods with invalid arguments', () => {
  const home = switchboard();

  it('that are none are refused before anything is sent', async () => {
    const alice = await home().caller('alice');
    const ours = await alice.serverCall({ callee: 'echo' });
    const wrong = [
      alice.serverCall('no JSON'),
      alice.serverCall('[1]'),
      alice.serverCall([1] as never),
      alice.say(ours, ''),
      alice.say(ours, 7 as never),
      alice.say(ours, { text: 'x', level: 7 }),
      alice.say(ours, { text: 'x', level: '1' as never }),
      alice.say(ours, { text: 'x', loop: 0.5 }),
      alice.say(ours, { text: 'x', queue: 'no' as never }),
      alice.sendDTMF(ours, 'x'),
      alice.sendDTMF(ours, 1 as never),
    ];
    expect(await Promise.all(wrong.map(refusalOf))).toEqual(wrong.map(() => illegal));
    expect((await reasonOf(alice.say(ours, { text: 'x', level: 'loud' as never, ssml: 1 as never }))).message).toBe(
      'Incorrect arguments provided to method - invalid_parameters: [' +
        'InvalidParameter(name=level, reason=a number), InvalidParameter(name=ssml, reason=a boolean)]',
    );
  });
});

describe('vonage serverCall', () => {
  const home = switchboard();
  const denied = (name: string) => () => Promise.reject(Object.assign(new Error(name), { name }));

  it.each([
    ['NotAllowedError', 'voice:error:media_permission_denied'],
    ['NotFoundError', 'voice:error:media_device_not_found'],
    ['NotReadableError', 'voice:error:media_failed'],
  ])('rejects without a microphone: %s', async (name, code) => {
    const alice = await home().caller('alice', { userMedia: denied(name) });
    expect(await refusalOf(alice.serverCall({ callee: 'echo' }))).toEqual(['INTERNAL_ERROR', code]);
    expect(snapshot(alice.streams!.session$).calls).toEqual([]);
  });

  it.each([
    [403, ['CS_ERROR', 'voice:error:call_refused']],
    [429, ['CS_ERROR', 'voice:error:call_refused']],
    [500, ['INTERNAL_ERROR', 'internal:error:service_no_available']],
    [503, ['NETWORK_ERROR', 'internal:error:serviceNotAvailable']],
  ])('rejects when the service refuses: %i', async (status, refusal) => {
    const alice = await home().caller('alice');
    const hung = told(alice, 'callHangup');
    home().server.respondHttp(
      { method: 'POST', path: '/v0.3/knocking' },
      { status, body: JSON.stringify({ title: 'T', detail: 'not now', code: 'x:y' }), times: 20 },
    );
    const reason = await reasonOf(alice.serverCall({ callee: 'echo' }));
    expect([reason.type, reason.code]).toEqual(refusal);
    if (status < 500) expect(reason.message).toBe('not now');
    expect(hung.all).toEqual([]);
  });

  it('is over at once where nobody is there: it takes place, and callHangup tells of its end', async () => {
    const alice = await home().caller('alice');
    const hung = told(alice, 'callHangup');
    const ours = await alice.serverCall({ callee: 'nobody-of-this-name' });
    const [callId, , reason] = await hung.next();
    expect([callId, reason, hung.all.length]).toEqual([ours, 'REMOTE_HANGUP', 1]);
  });

  it('rejects when the service is not there any more', async () => {
    const { server, caller } = home();
    const alice = await caller('alice');
    const held = server.chat.hold({ method: 'POST', path: /\/knocking$/ });
    const refused = refusalOf(alice.serverCall({ callee: 'echo' }));
    await held.seen;
    await alice.deleteSession();
    held.release();
    expect((await refused)[0]).not.toBe('INTERNAL_ERROR');
  });
});

describe('vonage emergency call', () => {
  it('is refused, in plain words, with and without a session', async () => {
    const client = new VonageClient({ disableInternalLogger: true });
    const all = [
      client.emergencyCall('token', 'alice', '112', { ringbackTone: null }),
      client.emergencyCall('token', 'alice', '911'),
      client.reconnectEmergencyCall('token', 'call', 'reconnect'),
      client.hangupEmergencyCall('call'),
      client.muteEmergencyCall('call'),
      client.unmuteEmergencyCall('call'),
      client.enableEarmuffEmergencyCall('call'),
      client.disableEarmuffEmergencyCall('call'),
    ];
    const refused = ['INTERNAL_ERROR', 'emergency:error:not-supported'];
    expect(await Promise.all(all.map(refusalOf))).toEqual(all.map(() => refused));
    const { message } = await reasonOf(client.emergencyCall('token', 'alice', '112'));
    expect(message).toMatch(/does not place emergency calls.*[Dd]ial the emergency number with a phone/);
  });

  it('can be listened for, though nothing is ever heard', () => {
    const client = new VonageClient({ disableInternalLogger: true });
    const listeners = (['emergencyCallDisconnected', 'emergencyCallHangup'] as const).map(
      event => [event, client.on(event, () => undefined)] as const,
    );
    expect(listeners.map(([event, listener]) => client.off(event, listener))).toEqual([true, true]);
  });
});
