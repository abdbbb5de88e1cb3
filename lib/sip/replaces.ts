import { splitOutside } from './message.js';
import { NULL_TAG } from './rfc2543.js';

/** A dialog of the one who is asked, by which a call names the one that it takes the place of. RFC 3891 §6.1. */
export type Replaces = {
  readonly callId: string;
  /** The tag of whoever is asked. */
  readonly toTag: string;
  readonly fromTag: string;
  readonly earlyOnly: boolean;
};

/** A tag that a far side has not given is zero here. RFC 3891 §4. */
const zero = '0';
const tagOf = (tag: string): string => (tag === zero ? NULL_TAG : tag);

const token = /^[\w\-.!%*+`'~]+$/;
const name = /^[\w\-.!%*+`'~()<>:\\"/[\]?{}@]+$/;

/** The value of a Replaces header; `undefined` where it is malformed. Total. */
export const parseReplaces = (value: string): Replaces | undefined => {
  const [callId = '', ...rest] = splitOutside(value, ';');
  const parameters = rest.map(part => {
    const [key = '', said] = part.split('=', 2);
    return [key.trim().toLowerCase(), said?.trim()] as const;
  });
  const only = (key: string): string | undefined => {
    const found = parameters.filter(([one]) => one === key);
    return found.length === 1 ? found[0]?.[1] : undefined;
  };
  const [toTag = '', fromTag = ''] = [only('to-tag'), only('from-tag')];
  if (!name.test(callId) || !token.test(toTag) || !token.test(fromTag)) return undefined;
  return { callId, toTag, fromTag: tagOf(fromTag), earlyOnly: parameters.some(([key]) => key === 'early-only') };
};

export const formatReplaces = ({ callId, toTag, fromTag }: Omit<Replaces, 'earlyOnly'>): string =>
  `${callId};to-tag=${toTag === NULL_TAG ? zero : toTag};from-tag=${fromTag}`;
