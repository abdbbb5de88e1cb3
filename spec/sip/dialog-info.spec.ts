import * as fc from 'fast-check';
import { parseDialogInfo } from '../../lib/sip/dialog-info.js';
import { parseXml } from '../../lib/sip/xml.js';
import { runs } from '../support/runs.js';
import { cpu } from '../support/cpu.js';

const info = (dialogs: string, attributes = 'version="3" state="full" entity="sip:bob@example.com"'): string =>
  `<?xml version="1.0"?>\r\n<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" ${attributes}>${dialogs}</dialog-info>`;
const unreadable = { _tag: 'unreadable' };

describe('parseDialogInfo', () => {
  it('is taken apart', () => {
    const body = info(`
      <dialog id="as7d900as8" call-id="a84b4c76e66710" local-tag="1" remote-tag="2" direction="initiator">
        <state event="1xx-tag">early</state>
        <duration>15</duration>
        <local><identity>sip:bob@example.com</identity></local>
        <remote>
          <identity display="Carol &amp; &#67;o &quot;&#x1F44B;&quot;">sip:carol@example.com</identity>
          <target uri="sip:carol@192.0.2.1"/>
        </remote>
      </dialog>
      <dialog id='b'><state>confirmed</state></dialog>
      <dialog id="c" direction="recipient"><state> terminated </state><remote><target uri="tel:+4930"/></remote></dialog>
    `);
    expect(parseDialogInfo(body)).toEqual({
      _tag: 'dialogs',
      version: 3,
      full: true,
      dialogs: [
        {
          id: 'as7d900as8',
          state: 'early',
          direction: 'initiator',
          remote: 'sip:carol@example.com',
          remoteName: 'Carol & Co "👋"',
        },
        { id: 'b', state: 'confirmed' },
        { id: 'c', state: 'terminated', direction: 'recipient', remote: 'tel:+4930' },
      ],
    });
  });

  it('may have prefixes, comments, marked sections and elements of others', () => {
    const body = `\ufeff<!-- a --><di:dialog-info xmlns:di="urn:ietf:params:xml:ns:dialog-info" version="0" state="partial">
      <x:dialog-set xmlns:x="urn:x"><x:dialog id="inner"/></x:dialog-set>
      <di:dialog id="1" x:id="2"><di:state><![CDATA[confirmed]]></di:state></di:dialog><!-- <b> --></di:dialog-info>\n`;
    expect(parseDialogInfo(body)).toEqual({
      _tag: 'dialogs',
      version: 0,
      full: false,
      dialogs: [{ id: '1', state: 'confirmed' }],
    });
  });

  it.each([
    ['nothing', ''],
    ['no XML', 'hello'],
    ['another document', '<presence version="1" state="full"/>'],
    ['no version', info('', 'state="full"')],
    ['a version that is none', info('', 'version="x" state="full"')],
    ['a negative version', info('', 'version="-1" state="full"')],
    ['no state', info('', 'version="1"')],
    ['another state', info('', 'version="1" state="half"')],
    ['a dialog without a name', info('<dialog><state>early</state></dialog>')],
    ['a dialog without a state', info('<dialog id="1"/>')],
    ['a dialog in an unknown state', info('<dialog id="1"><state>odd</state></dialog>')],
    ['a DTD', `<!DOCTYPE dialog-info [<!ENTITY a "b">]>${info('')}`],
    ['an entity that is not predefined', info('<dialog id="&a;"><state>early</state></dialog>')],
    ['a bare ampersand', info('a & b')],
    ['a reference to no character', info('&#0;')],
    ['a reference beyond all characters', info('&#x110000;')],
    ['a control character', info('\u0007')],
    ['an element that is not closed', '<dialog-info version="1" state="full"><dialog id="1">'],
    ['elements that cross', info('<a><b></a></b>')],
    ['an end without a beginning', `${info('')}</a>`],
    ['two roots', `${info('')}${info('')}`],
    ['text behind the root', `${info('')}x`],
    ['an attribute twice', info('', 'version="1" version="2" state="full"')],
    ['an attribute without quotes', info('', 'version=1 state="full"')],
    ['a comment without an end', info('<!-- ')],
    ['more depth than anybody needs', info(`${'<a>'.repeat(40)}${'</a>'.repeat(40)}`)],
    ['more text than anybody needs', info(' '.repeat(70_000))],
  ])('%s is unreadable', (_, body) => {
    expect(parseDialogInfo(body)).toEqual(unreadable);
  });

  it('is read or not, whatever it is, and in no time', () => {
    const pieces = fc.constantFrom(
      ...[
        '<',
        '>',
        '/',
        '<a',
        '</a>',
        '<a>',
        ' ',
        '="',
        '"',
        "'",
        '&',
        '&amp;',
        '&#',
        ';',
        '<!--',
        '-->',
        '<![CDATA[',
        ']]>',
      ],
      ...['<?', '?>', '<!', 'a', '\n', ':', '<dialog-info version="1" state="full">', '</dialog-info>', '\ud800', '\0'],
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), parts => {
        const body = parts.join('');
        expect(['dialogs', 'unreadable']).toContain(parseDialogInfo(body)._tag);
      }),
      runs(0.25),
    );
    for (const piece of ['<', '<a ', '<a b="', '&', '<!--', ' ', '<a b="c"', '<a', "<a b='c' "]) {
      const started = cpu();
      expect(parseXml(`<a${piece.repeat(Math.floor(60_000 / piece.length))}`)).toBeUndefined();
      expect(cpu() - started).toBeLessThan(500);
    }
  });

  it('gives back what was written', () => {
    const escaped = (text: string): string =>
      text.replace(/[&<>"']/g, char => `&#x${char.charCodeAt(0).toString(16)};`);
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
      .filter(value => value.trim() === value && !/\p{Cc}|\s{2}|[^\S ]/u.test(value));
    fc.assert(
      fc.property(text, text, text, (id, remote, remoteName) => {
        const who = `<remote><identity display="${escaped(remoteName)}">${escaped(remote)}</identity></remote>`;
        const body = info(`<dialog id="${escaped(id)}"><state>early</state>${who}</dialog>`);
        expect(parseDialogInfo(body)).toMatchObject({ dialogs: [{ id, state: 'early', remote, remoteName }] });
      }),
    );
  });
});
