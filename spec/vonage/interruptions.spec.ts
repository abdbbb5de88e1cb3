import type { Letter } from '../../lib/testing/index.js';
import { acts, marbles } from '../support/marbles.js';
import { quick } from '../call/support/phone.js';
import { says, score, type Score } from './support/score.js';

const ref = ['c1@far'];
const lost = ['c1@far', 'networkChange'];

const talking = (
  helpers: Parameters<typeof score>[0],
  report$: string,
  ...more: [Parameters<typeof score>[3]?]
): Score => {
  const made = score(helpers, '^ 9s !', report$, ...more);
  acts(helpers, '-I', { I: () => made.client.invite('bob') });
  return made;
};

describe('vonage media interruption', () => {
  it('is made anew by itself: callMediaReconnecting, callMediaReconnection', () => {
    marbles(helpers => {
      const { told } = talking(helpers, '--m2~-%%-c~~-%-~', {
        config: { autoReconnectMedia: true },
        traits: { mediaLost: 'restart' },
      });
      helpers.expectObservable(told('callMediaReconnecting')).toBe('------s------s', { s: ref });
      helpers.expectObservable(told('callMediaReconnection')).toBe('----------b----b', { b: ref });
      helpers.expectObservable(told('callMediaDisconnect')).toBe('  |');
    });
  });

  it.each([{}, { autoReconnectMedia: false }])('is to be reconnected: callMediaDisconnect, with %j', config => {
    marbles(helpers => {
      const { told } = talking(helpers, '--m2~-%%-c~--%', { config });
      helpers.expectObservable(told('callMediaDisconnect')).toBe('  ------s------s', { s: lost });
      helpers.expectObservable(told('callMediaReconnecting')).toBe('|');
      helpers.expectObservable(told('callMediaReconnection')).toBe('|');
    });
  });

  it('is told of no more once the call is over, nor to who comes when it flows', () => {
    marbles(helpers => {
      const { told } = talking(helpers, '                             --m2~-%d-~', {
        config: { autoReconnectMedia: true },
      });
      helpers.expectObservable(told('callMediaReconnection')).toBe('');
      helpers.expectObservable(told('callMediaReconnecting'), '-------^---').toBe('');
    });
  });
});

describe('vonage callMediaError', () => {
  const failing = { ...quick, restart: () => [] };
  const broken: Letter = (_, refOf) => ({
    _tag: 'done',
    ref: refOf('restart'),
    result: {
      _tag: 'Left',
      left: { fault: { code: 'media-failed', retryable: false, message: 'The media negotiation failed.' } },
    },
  });

  it('says that the sound could not be made anew', () => {
    marbles(helpers => {
      const { client, told } = talking(helpers, '            --m2~-%--f', {
        replies: failing,
        says: { ...says, f: broken },
      });
      acts(helpers, '                                           -------W', { W: () => client.reconnectCall('c1') });
      helpers.expectObservable(told('callMediaError')).toBe('---------e', {
        e: [
          'c1@far',
          expect.objectContaining({
            name: 'VonageError',
            type: 'INTERNAL_ERROR',
            code: 'voice:error:media_failed',
            message: 'The media negotiation failed.',
          }),
        ],
      });
    });
  });
});
