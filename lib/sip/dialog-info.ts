import type { WatchedDialog } from '../subscriptions/model.js';
import type { Notice } from '../subscriptions/port.js';
import { parseXml, type Xml } from './xml.js';

/** The type of such a body. RFC 4235 §4. */
export const DIALOG_INFO = 'application/dialog-info+xml';

const states: ReadonlySet<string> = new Set<WatchedDialog['state']>([
  'trying',
  'proceeding',
  'early',
  'confirmed',
  'terminated',
]);
const directions: ReadonlySet<string> = new Set<NonNullable<WatchedDialog['direction']>>(['initiator', 'recipient']);

function isState(text: string): text is WatchedDialog['state'] {
  return states.has(text);
}
function isDirection(text: string | undefined): text is NonNullable<WatchedDialog['direction']> {
  return directions.has(text ?? '');
}

function child({ children }: Xml, name: string): Xml | undefined {
  return children.find(one => one.name === name);
}
function textOf(xml: Xml | undefined): string {
  return xml?.text.replace(/\s+/g, ' ').trim() ?? '';
}

/** A property with this text, or none for an empty text. */
function said<Name extends string>(name: Name, text: string): { readonly [Key in Name]?: string } {
  return text === '' ? {} : ({ [name]: text } as { readonly [Key in Name]: string });
}

/** A `<dialog>` element; `undefined` without an id or a state of RFC 4235. */
function dialogOf(xml: Xml): WatchedDialog | undefined {
  const id = xml.attributes.get('id') ?? '';
  const state = textOf(child(xml, 'state'));
  if (id === '' || !isState(state)) return undefined;
  const direction = xml.attributes.get('direction');
  const remote = child(xml, 'remote');
  const identity = remote && child(remote, 'identity');
  const target = remote && child(remote, 'target');
  return {
    id,
    state,
    ...(isDirection(direction) ? { direction } : {}),
    ...said('remote', textOf(identity) || (target?.attributes.get('uri') ?? '')),
    ...said('remoteName', identity?.attributes.get('display') ?? ''),
  };
}

/** Dialog state in a document (RFC 4235); `unreadable` where it cannot be parsed. Total. */
export function parseDialogInfo(body: string): Notice {
  const root = parseXml(body);
  const version = root?.attributes.get('version') ?? '';
  const state = root?.attributes.get('state') ?? '';
  if (root?.name !== 'dialog-info' || !/^\d{1,10}$/.test(version) || !/^(?:full|partial)$/.test(state))
    return { _tag: 'unreadable' };
  const dialogs = root.children.filter(({ name }) => name === 'dialog').map(dialogOf);
  return dialogs.includes(undefined)
    ? { _tag: 'unreadable' }
    : {
        _tag: 'dialogs',
        version: Number(version),
        full: state === 'full',
        dialogs: dialogs.filter(dialog => dialog !== undefined),
      };
}
