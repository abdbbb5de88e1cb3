import { fakeLine, names, type Letter } from '../../lib/testing/index.js';
import { createClient } from '../../lib/client/client.js';
import { quick } from '../call/support/phone.js';
import { acts, marbles, owns } from '../support/marbles.js';
import { voiceSources } from '../../lib/vonage/voicesources.js';
import { measured, says, score } from './support/score.js';

const nothing = Object.fromEntries(Object.keys(measured).map(name => [name, 0]));

describe('vonage callHangup of an outgoing call', () => {
  it.each([
    ['the far side hangs up', 'd', 'REMOTE_HANGUP'],
    ['it is busy', 'D', 'REMOTE_REJECT'],
    ['it declines', 'r', 'REMOTE_REJECT'],
    ['nobody answers', 'z', 'REMOTE_NO_ANSWER_TIMEOUT'],
    ['no sound comes through', 't', 'MEDIA_TIMEOUT'],
  ])('when %s', (_, letter, reason) => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^-----------!', `---m--${letter}`);
      acts(helpers, '                                  -I', { I: () => client.invite('bob') });
      helpers.expectObservable(told('callHangup')).toBe('      ------h', { h: ['c1@far', measured, reason] });
      helpers.expectObservable(told('callInviteCancel')).toBe('');
    });
  });

  it('when we hang up: with what the service has measured, which comes a moment later', () => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^------------!', '---m2--d--d');
      acts(helpers, '                                  -I---E', {
        I: () => client.invite('bob'),
        E: () => client.hangup('c1'),
      });
      helpers.expectObservable(told('callHangup')).toBe('      -------h', { h: ['c1@far', measured, 'LOCAL_HANGUP'] });
    });
  });

  it('when we hang up, and the service says nothing: once the call has left the session', () => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^--------- 4s !', '---m2', { linger: 7 });
      acts(helpers, '                                  -I---E', {
        I: () => client.invite('bob'),
        E: () => client.hangup('c1'),
      });
      helpers
        .expectObservable(told('callHangup'))
        .toBe('                                       ------------h', { h: ['c1@far', nothing, 'LOCAL_HANGUP'] });
    });
  });

  it('when we leave: before the session is over', () => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^---------!', '---m2', {});
      acts(helpers, '                                  -I', { I: () => client.invite('bob') });
      helpers
        .expectObservable(told('callHangup'))
        .toBe('                                       ----------h', { h: ['c1@far', nothing, 'LOCAL_HANGUP'] });
    });
  });

  it('when nobody answers as long as it may ring', () => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^ 90ms !', '---m', { noAnswer: { outgoing: 50 }, linger: 5 });
      acts(helpers, '                                  -I', { I: () => client.invite('bob') });
      helpers
        .expectObservable(told('callHangup'))
        .toBe('- 55ms h', { h: ['c1@far', nothing, 'REMOTE_NO_ANSWER_TIMEOUT'] });
    });
  });

  it('when nothing is heard of it but that our membership is over', () => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^ 6s !', '---m2l');
      acts(helpers, '                                  -I', { I: () => client.invite('bob') });
      helpers.expectObservable(told('callHangup')).toBe('----- 5s h', { h: ['c1@far', nothing, 'REMOTE_HANGUP'] });
    });
  });

  it('not before it takes place: then it is the promise that says so', () => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^-----------!', '------D');
      acts(helpers, '                                  -I', { I: () => client.invite('bob') });
      helpers.expectObservable(told('callHangup')).toBe('');
    });
  });

  it('each of two, also when they end as one', () => {
    const byName =
      (call: string): Letter =>
      () => ({ _tag: 'leg-hung-up', call, statusCode: 200 });
    marbles(helpers => {
      const line = fakeLine({
        report$: helpers.hot('--m--m--(xy)', { ...says, x: byName('c1'), y: byName('c3') }),
        replies: quick,
      });
      const client = createClient({ calling: [line], newId: names('c') });
      owns(client, '^-----------!');
      acts(helpers, '-I--I', { I: () => client.invite('bob') });
      helpers.expectObservable(voiceSources.callHangup({ client, config: {} })).toBe('--------(xy)', {
        x: ['c1@far', nothing, 'REMOTE_HANGUP'],
        y: ['c3@far', nothing, 'REMOTE_HANGUP'],
      });
    });
  });
});

describe('vonage callHangup of an incoming call', () => {
  it.each([
    ['the far side hangs up', '--', '---d', 'REMOTE_HANGUP'],
    ['we hang up', 'E-', '---d', 'LOCAL_HANGUP'],
  ])('when it was answered, and %s', (_, act, far, reason) => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^------------!', `-i---${far}`);
      acts(helpers, `                                   ---A-${act}`, {
        A: () => client.answer('in'),
        E: () => client.hangup('in'),
      });
      helpers.expectObservable(told('callHangup')).toBe('      --------h', { h: ['in@far', measured, reason] });
    });
  });

  it('when it was hung up while it was being answered', () => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^------------!', '-i------d', {
        replies: { ...quick, answer: () => [] },
      });
      acts(helpers, '                                  ---A-E', {
        A: () => client.answer('in'),
        E: () => client.hangup('in'),
      });
      helpers.expectObservable(told('callHangup')).toBe('      --------h', { h: ['in@far', measured, 'LOCAL_HANGUP'] });
      helpers.expectObservable(told('callInviteCancel')).toBe('');
    });
  });

  it('is not told to who comes late', () => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^------------!', '-i---d----');
      acts(helpers, '                                  ---A', { A: () => client.answer('in') });
      helpers.expectObservable(told('callHangup'), '  -------^----').toBe('');
    });
  });
});
