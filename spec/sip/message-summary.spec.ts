import * as fc from 'fast-check';
import { parseMessageSummary } from '../../lib/sip/subscription.js';

describe('parseMessageSummary', () => {
  it.each([
    ['with nothing', 'Messages-Waiting: no\r\n', { waiting: false, counts: {} }],
    [
      'with a class',
      'Messages-Waiting: yes\r\nMessage-Account: sip:alice@vmail.example.com\r\nVoice-Message: 2/8 (0/2)\r\n',
      { waiting: true, counts: { 'voice-message': { new: 2, old: 8 } } },
    ],
    [
      'with several classes, in any case and with any line ends',
      'messages-waiting:YES\nvoice-message : 4/8\n\nFax-Message:0 / 1 ( 0 / 0 )\nNone: 1/0\n',
      {
        waiting: true,
        counts: {
          'voice-message': { new: 4, old: 8 },
          'fax-message': { new: 0, old: 1 },
          none: { new: 1, old: 0 },
        },
      },
    ],
    [
      'with headers of the messages, and counts that are none',
      'Messages-Waiting: yes\r\nVoice-Message: many/few\r\nText-Message: 1\r\n__proto__-message: 1/1\r\n\r\nTo: <sip:a@b>\r\nVoice: 1/2\r\n',
      { waiting: true, counts: {} },
    ],
  ])('%s', (_, body, said) => {
    expect(parseMessageSummary(body)).toEqual({ _tag: 'messages', ...said });
  });

  it.each([
    ['nothing', ''],
    ['something else', '<xml/>'],
    ['neither yes nor no', 'Messages-Waiting: maybe\r\nVoice-Message: 1/0\r\n'],
    ['only a class', 'Voice-Message: 1/0\r\n'],
  ])('%s is unreadable', (_, body) => {
    expect(parseMessageSummary(body)).toEqual({ _tag: 'unreadable' });
  });

  it('is read or not, whatever it is', () => {
    fc.assert(
      fc.property(fc.string(), rest => {
        expect(parseMessageSummary(`Messages-Waiting: no\r\n${rest}`)).toMatchObject({ waiting: false });
        expect(['messages', 'unreadable']).toContain(parseMessageSummary(rest)._tag);
      }),
    );
  });
});
