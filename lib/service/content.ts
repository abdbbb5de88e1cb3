import type { Content } from '../conversation/model.js';
import { customDataOf } from './conversations.js';
import type { Json } from '../core/port.js';

/** An event as it is posted. */
export type Posted = { readonly type: string; readonly body: Json };

type Words = { readonly [key: string]: Json };
type Is<Kind extends Content['kind']> = Extract<Content, { readonly kind: Kind }>;

const linked = ({ kind, url }: Is<'image'>): Words => ({ [kind]: { url } });

/** What a message says, by its kind; an event of one's own is none. */
const bodies: {
  readonly [Kind in Exclude<Content['kind'], 'event'>]: (content: Is<Kind>) => Words;
} = {
  text: ({ text }) => ({ text }),
  image: linked,
  audio: linked,
  video: linked,
  file: linked,
  vcard: linked,
  location: ({ location: { latitude, longitude, name, address } }) => ({
    location: {
      latitude,
      longitude,
      ...(name === undefined ? {} : { name }),
      ...(address === undefined ? {} : { address }),
    },
  }),
  template: ({ template: { name, parameters }, whatsapp: { policy, locale } }) => ({
    template: parameters === undefined ? { name } : { name, parameters },
    whatsapp: { policy, locale },
  }),
  custom: ({ customData }) => ({ custom: customDataOf(customData) }),
};

/** Content in the words of the wire. It has been checked. */
export const postedOf = (content: Content): Posted => {
  if (content.kind === 'event') {
    const { type, body } = content;
    return { type: type.startsWith('custom:') ? type : `custom:${type}`, body: customDataOf(body) };
  }
  const { kind } = content;
  const said = (bodies[kind] as (content: Content) => Words)(content);
  return { type: 'message', body: { message_type: kind, ...said } };
};
