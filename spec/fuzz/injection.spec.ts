import { sip } from '../../lib/sip/index.js';
import { closeFar } from '../sip/adapter/platform.js';
import { fields } from './fields.js';
import { headOf, hostile, namesOf, partsOf } from './hostile.js';

/** Every code with which a text may be refused. */
const codes = ['invalid-target', 'invalid-header', 'invalid-dtmf', 'invalid-argument'];

/** The names that stand there more often than they should. */
const surplus = (names: readonly string[], allowed: readonly string[]): readonly string[] =>
  allowed.reduce((left, name) => left.filter((other, index) => other !== name || index !== left.indexOf(name)), names);

describe('fuzz: header injection by application values', () => {
  afterEach(closeFar);

  it.each(Object.entries(fields))('begins no header of its own as %s', async (field, put) => {
    const harmless = await put('5');
    if (!('frame' in harmless)) throw new Error(`Not even 5 is sent: ${harmless.refused}.`);
    const allowed = namesOf(harmless.frame);
    const allowedParts = partsOf(harmless.frame);
    for (const [what, text] of Object.entries(hostile)) {
      const outcome = await put(text);
      const own = field === 'the name of a header' ? [text.toLowerCase()] : [];
      if ('refused' in outcome) {
        expect({ what, known: codes.includes(outcome.refused) }).toEqual({ what, known: true });
        continue;
      }
      const lines = headOf(outcome.frame);
      const found = {
        controls: lines.filter(line => /\p{Cc}/u.test(line)),
        surplus: surplus(namesOf(outcome.frame), [...allowed, ...own]),
      };
      expect({ what, ...found }).toEqual({ what, controls: [], surplus: [] });
      // An instance is written by the programmer: a UUID.
      expect({ what, ...allowedParts, ...partsOf(outcome.frame) }).toEqual({ what, ...allowedParts });
    }
  });

  it('is no address of record if it has a line break', () => {
    const server = 'ws://127.0.0.1:1';
    for (const text of Object.values(hostile).filter(each => /\p{Cc}/u.test(each)))
      expect(() => sip({ server, aor: `sip:${text}@example.com` })).toThrow(TypeError);
  });
});
