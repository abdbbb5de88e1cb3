import type { Call } from '../call/model.js';
import { isLeft } from '../kernel/either.js';
import { toRequestUri } from '../sip/uri.js';
import type { VBotAccount, VBotOptions } from './options.js';

/** A number together with the hotline to call it from, as one target: `sip:{number}@{realm};hotline={hotline}`. */
const withHotline = /^sip:([^@]+)@([^@;]+);hotline=([^;]*)$/;
const elsewhere = /^sips?:|@/i;

/** A number as it stands in the user part of a URI; empty for what is none. */
const userOf = (number: string, realm: string): string => {
  const uri = elsewhere.test(number) ? undefined : toRequestUri(number, realm);
  return uri === undefined || isLeft(uri) ? '' : uri.right.slice('sip:'.length, uri.right.lastIndexOf('@'));
};

/**
 * What is handed to `Client.invite`. A number alone goes as it is; a hotline travels as a parameter beside it, so that
 * the streams know what was dialled and only the adapter knows how it is asked for. What is no number stays as it is,
 * and is refused there.
 */
export const toTarget = (number: string, hotline: string | null | undefined, { realm }: VBotAccount): string => {
  if (hotline === undefined || hotline === null) return number;
  const user = userOf(number, realm);
  return user === '' ? '' : `sip:${user}@${realm};hotline=${encodeURIComponent(hotline)}`;
};

/** The number that was dialled, without the hotline. */
export const dialled = ({ direction, phoneNumber }: Call): string => {
  const user = direction === 'outgoing' ? withHotline.exec(phoneNumber)?.[1] : undefined;
  return user === undefined ? phoneNumber : decodeURIComponent(user);
};

const compose = (number: string, hotline: string | undefined, { realm, pid }: VBotAccount): string => {
  const parts = [...(hotline === undefined ? [] : [hotline]), pid, number].map(part => userOf(part, realm));
  return parts.includes('') ? '' : `sip:${parts.join('*')}@${realm}`;
};

/**
 * How a target is asked of VBot's server: `sip:{hotline}*{pid}*{number}@{realm}`, without a hotline
 * `sip:{pid}*{number}@{realm}`. A SIP URI stays as it is. Empty where a part is empty or malformed: then nothing is sent.
 */
export const vbotUri =
  (account: VBotAccount, { requestUri = compose }: VBotOptions): ((target: string) => string) =>
  target => {
    const [, user, realm, hotline = ''] = withHotline.exec(target) ?? [];
    if (user !== undefined && realm === account.realm)
      return requestUri(decodeURIComponent(user), decodeURIComponent(hotline), account);
    return elsewhere.test(target) ? target : requestUri(target, undefined, account);
  };
