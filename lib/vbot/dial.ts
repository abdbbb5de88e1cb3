import type { Context } from '../call/port.js';
import { isLeft } from '../core/either.js';
import { toRequestUri } from '../sip/uri.js';
import type { VBotAccount, VBotOptions } from './options.js';

const elsewhere = /^sips?:|@/i;

/** Context of a call with the hotline, for `requestUri`. */
export function fromHotline(hotline: string | null | undefined): Context {
  return hotline === undefined || hotline === null ? {} : { hotline };
}

/** A number as user part; empty for an address or an invalid number. */
function userOf(number: string, realm: string): string {
  const uri = elsewhere.test(number) ? undefined : toRequestUri(number, realm);
  return uri === undefined || isLeft(uri) ? '' : uri.right.slice('sip:'.length, uri.right.lastIndexOf('@'));
}

function compose(number: string, hotline: string | undefined, { realm, pid }: VBotAccount): string {
  const parts = [...(hotline === undefined ? [] : [hotline]), pid, number].map(part => userOf(part, realm));
  return parts.includes('') ? '' : `sip:${parts.join('*')}@${realm}`;
}

/**
 * How a number is asked of VBot's server: `sip:{hotline}*{pid}*{number}@{realm}`, without a hotline
 * `sip:{pid}*{number}@{realm}`. A SIP URI stays as it is. Empty where a part is empty or malformed: then nothing is sent.
 */
export function vbotUri(account: VBotAccount, { requestUri = compose }: VBotOptions) {
  return (target: string, { hotline }: Context): string => {
    if (typeof hotline === 'string') return requestUri(target, hotline, account);
    return elsewhere.test(target) ? target : requestUri(target, undefined, account);
  };
}
