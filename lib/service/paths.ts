import type { ConversationId } from '../conversation/model.js';
import type { PageOptions } from '../conversation/port.js';

/** Where a conversation is asked. */
export const room = (conversation: ConversationId, version = 'v0.3'): string =>
  `/${version}/conversations/${encodeURIComponent(conversation)}`;

/** What is absent is left out. The cursor stands in it as the service has given it: encoded already. */
export const query = (parameters: { readonly [name: string]: string | number | boolean | undefined }): string => {
  const given = Object.entries(parameters).flatMap(([name, value]) => {
    if (value === undefined) return [];
    return `${name}=${name === 'cursor' ? String(value) : encodeURIComponent(value)}`;
  });
  return given.length === 0 ? '' : `?${given.join('&')}`;
};

export const paged = ({ order, pageSize, cursor }: PageOptions): Parameters<typeof query>[0] => ({
  order: order?.toUpperCase(),
  page_size: pageSize,
  cursor,
});
