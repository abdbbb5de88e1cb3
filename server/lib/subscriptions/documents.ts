/**
 * Bodies of NOTIFY: `application/dialog-info+xml` (RFC 4235 §4) and `application/simple-message-summary` (RFC 3842 §5).
 */
import type { Part } from './dialog-state.js';

/** Voice messages: unheard and heard. */
export interface Messages {
  readonly new: number;
  readonly old: number;
}

/** The counts in a JSON body, if it has both. */
export function messagesIn(body: unknown): Messages | undefined {
  if (typeof body !== 'object' || body === null || !('new' in body) || !('old' in body)) return undefined;
  return isCount(body.new) && isCount(body.old) ? { new: body.new, old: body.old } : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** @param full - true for all dialogs of the user, false for the changed ones */
export function dialogInfo(entity: string, version: number, full: boolean, parts: readonly Part[]): string {
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="${version}" state="${full ? 'full' : 'partial'}" entity="${escaped(entity)}">`,
    ...parts.flatMap(part => dialogOf(part, entity)),
    '</dialog-info>',
    '',
  ].join('\r\n');
}

function dialogOf(part: Part, entity: string): readonly string[] {
  const { display, uri } = part.remote;
  const tags = [
    ['local-tag', part.localTag],
    ['remote-tag', part.remoteTag],
  ].flatMap(([name = '', tag = '']) => (tag === '' ? [] : [` ${name}="${escaped(tag)}"`]));
  const shown = display === undefined ? '' : ` display="${escaped(display)}"`;
  return [
    `  <dialog id="${part.id}" call-id="${escaped(part.callId)}"${tags.join('')} direction="${part.direction}">`,
    `    <state>${part.state}</state>`,
    `    <local><identity>${escaped(entity)}</identity></local>`,
    `    <remote><identity${shown}>${escaped(uri)}</identity></remote>`,
    '  </dialog>',
  ];
}

/** A mailbox and what waits in it. */
export function messageSummary(account: string, messages: Messages): string {
  return [
    `Messages-Waiting: ${messages.new > 0 ? 'yes' : 'no'}`,
    `Message-Account: ${account}`,
    `Voice-Message: ${messages.new}/${messages.old}`,
    '',
  ].join('\r\n');
}

/** As text or attribute; what XML cannot carry is left out. */
function escaped(text: string): string {
  return text.replace(/\p{Cc}/gu, '').replace(/[&<>"']/g, char => `&#${char.charCodeAt(0)};`);
}
