import type { ConversationInfo, Page } from '../conversation/model.js';
import type { ConversationChanges } from '../conversation/port.js';
import { isLeft, left, right, type Either } from '../kernel/either.js';
import type { Json, JsonObject } from '../kernel/json.js';
import { present } from '../kernel/present.js';
import { isTooDeep, tooDeep } from './json.js';
import { stateOf, times } from './people.js';
import { decode, isWords, list, numberOf, struct, text, textOf, type Words } from './shape.js';

export const conversationShape = struct({ id: text, name: text });

/** A conversation as the service tells it; absent where it says null. */
export const conversationOf = (value: { readonly id: string; readonly name: string } & Words): ConversationInfo => {
  const { id, name, display_name, image_url, state, timestamp, properties, _embedded } = value;
  const { ttl, custom_sort_key, custom_data } = isWords(properties) ? properties : ({} as Words);
  const me = isWords(_embedded) ? _embedded['member'] : undefined;
  return present({
    id,
    name,
    displayName: textOf(display_name),
    imageUrl: textOf(image_url),
    state: conditions.find(one => one === state),
    timestamp: times(timestamp, 'created', 'updated', 'destroyed'),
    properties: present({
      ttl: numberOf(ttl),
      customSortKey: textOf(custom_sort_key),
      customData: isWords(custom_data) ? (custom_data as JsonObject) : {},
    }),
    me: isWords(me) ? membershipOf(me) : undefined,
  });
};

const conditions = ['ACTIVE', 'INACTIVE', 'DELETED'] as const;

const membershipOf = ({ id, state }: Words): ConversationInfo['me'] =>
  typeof id === 'string' ? { id, state: stateOf(textOf(state) ?? '') } : undefined;

/** What is absent stays, `null` clears. */
export const wireOf = ({
  name,
  displayName,
  imageUrl,
  ttl,
  customSortKey,
  customData,
}: ConversationChanges): { readonly [key: string]: Json } => {
  const properties = present({
    ttl,
    custom_sort_key: customSortKey,
    custom_data: customData === undefined ? undefined : customDataOf(customData),
  });
  return present({
    name,
    display_name: displayName,
    image_url: imageUrl,
    properties: Object.keys(properties).length === 0 ? undefined : properties,
  });
};

/** An object, or the text of one. */
export const customDataOf = (value: Json): Json => (typeof value === 'string' ? (JSON.parse(value) as Json) : value);

/**
 * A page. What can't be understood is left out of it and told, so that one stranger does not end the history. The
 * cursors are what stands in the links, letter by letter.
 */
export const pageOf =
  <A>(
    name: 'conversations' | 'events' | 'members' | 'legs',
    item: (value: unknown) => Either<string, A>,
    skipped: (path: string) => void,
  ) =>
  (answer: unknown): Either<string, Page<A>> => {
    const page = decode(struct({ _embedded: struct({ [name]: list }) }), answer);
    if (isLeft(page)) return page;
    const items = (page.right._embedded[name] ?? []).flatMap((value, at) => {
      const decoded = isTooDeep(value) ? left(tooDeep) : item(value);
      if (!isLeft(decoded)) return [decoded.right];
      skipped(`_embedded.${name}.${String(at)}.${decoded.left}`);
      return [];
    });
    const { _links } = answer as Words;
    const { prev, next } = isWords(_links) ? _links : ({} as Words);
    return right(present({ items, previousCursor: cursorOf(prev), nextCursor: cursorOf(next) }));
  };

const cursorOf = (link: unknown): string | undefined => {
  const href = isWords(link) ? textOf(link['href']) : undefined;
  return href === undefined ? undefined : /[?&]cursor=([^&#]+)/.exec(href)?.[1];
};
