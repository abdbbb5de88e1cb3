import type { Letter } from '../../lib/testing/index.js';
import { acts, marbles } from '../support/marbles.js';
import { says, score } from './support/score.js';

const by = (channel: string | undefined): Letter => ({
  _tag: 'incoming',
  call: 'in',
  ref: 'LEG-IN',
  identity: { phoneNumber: '447700900000', anonymous: false },
  autoAnswer: false,
  ...(channel === undefined ? {} : { channel }),
});

describe('vonage callInvite', () => {
  it('is told of each call that comes in, once', () => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^---------!', '-i---l-');
      acts(helpers, '                                  ---I', { I: () => client.invite('101') });
      helpers.expectObservable(told('callInvite')).toBe('-i', { i: ['in@far', '102', 'app'] });
    });
  });

  it('is not told to who comes late', () => {
    marbles(helpers => {
      const { told } = score(helpers, '       ^---------!', '-i-----');
      helpers.expectObservable(told('callInvite'), '---^-----!').toBe('---');
    });
  });

  it.each([
    ['phone', 'phone'],
    ['sip', 'sip'],
    ['websocket', 'websocket'],
    ['app', 'app'],
    ['carrier pigeon', 'app'],
    [undefined, 'app'],
  ])('says by what is called: %j is %s', (channel, said) => {
    marbles(helpers => {
      const { told } = score(helpers, '^---------!', '-i', { says: { ...says, i: by(channel) } });
      helpers.expectObservable(told('callInvite')).toBe('-i', { i: ['LEG-IN', '447700900000', said] });
    });
  });
});

describe('vonage callInviteCancel', () => {
  it.each([
    ['the caller gives up', '-i-l-d', '-----c', 'RemoteCancel'],
    ['the caller gives up', '-i-d-l', '-----c', 'RemoteCancel'],
    ['another session of ours refuses', '-i-R-d', '-----c', 'RejectedElsewhere'],
    ['the service gives up', '-i-l-n', '-----c', 'RemoteTimeout'],
    ['another session of ours answers', '-i---@', '-----c', 'AnsweredElsewhere'],
  ])('when %s: %s', (_, report$, cancel$, reason) => {
    marbles(helpers => {
      const { told } = score(helpers, '^---------!', report$);
      helpers.expectObservable(told('callInviteCancel')).toBe(cancel$, { c: ['in@far', reason] });
      helpers.expectObservable(told('callHangup')).toBe('');
    });
  });

  it('when it has rung here for as long as it may', () => {
    marbles(helpers => {
      const { told } = score(helpers, '^ 90ms !', '-i', { noAnswer: { incoming: 50 } });
      helpers.expectObservable(told('callInviteCancel')).toBe('- 50ms c', { c: ['in@far', 'RemoteTimeout'] });
    });
  });

  it('when the service has lost it', () => {
    marbles(helpers => {
      const { told } = score(helpers, '^---------!', '-i---e', {
        says: { ...says, e: call => ({ _tag: 'ended', call, by: 'network', cause: 'line_lost' }) },
      });
      helpers.expectObservable(told('callInviteCancel')).toBe('-----c', { c: ['in@far', 'RemoteCancel'] });
    });
  });

  it.each([
    ['it was rejected here', 'X'],
    ['it was hung up here', 'E'],
  ])('not when %s', (_, letter) => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^--------- 4s !', '-i-----d');
      acts(helpers, `                                   ---${letter}`, {
        X: () => client.reject('in'),
        E: () => client.hangup('in'),
      });
      helpers.expectObservable(told('callInviteCancel')).toBe('');
      helpers.expectObservable(told('callHangup')).toBe('');
    });
  });

  it('not when it was answered, and not to who comes late', () => {
    marbles(helpers => {
      const { client, told } = score(helpers, '^------------!', '-i-----d--');
      acts(helpers, '                                  ---A', { A: () => client.answer('in') });
      helpers.expectObservable(told('callInviteCancel')).toBe('');
    });
    marbles(helpers => {
      const { told } = score(helpers, '             ^------------!', '-i-@');
      helpers.expectObservable(told('callInviteCancel'), '-----^---').toBe('');
    });
  });
});
