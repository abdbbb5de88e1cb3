import type { ConversationInfo, Page } from '../conversation/model.js';
import { isSaid } from '../conversation/content.js';
import type { ConversationChanges, ConversationReport } from '../conversation/port.js';
import { isLeft, left, right, type Either } from '../core/either.js';
import { compact } from '../core/compact.js';
import { decodeEvent } from './codec.js';
import { stateOf, times } from './members.js';
import {
  decode,
  isFields,
  list,
  numberOf,
  struct,
  text,
  textOf,
  type Fields,
  isTooDeep,
  tooDeep,
} from './codec-shapes.js';
import type { Json, JsonObject } from '../core/port.js';

export const conversationShape = struct({ id: text, name: text });

/** A conversation in a response; a null property counts as absent. */
export function conversationOf(value: { readonly id: string; readonly name: string } & Fields): ConversationInfo {
  const { id, name, display_name, image_url, state, timestamp, properties, _embedded } = value;
  const { ttl, custom_sort_key, custom_data } = isFields(properties) ? properties : ({} as Fields);
  const me = isFields(_embedded) ? _embedded['member'] : undefined;
  return compact({
    id,
    name,
    displayName: textOf(display_name),
    imageUrl: textOf(image_url),
    state: conditions.find(one => one === state),
    timestamp: times(timestamp, 'created', 'updated', 'destroyed'),
    properties: compact({
      ttl: numberOf(ttl),
      customSortKey: textOf(custom_sort_key),
      customData: isFields(custom_data) ? (custom_data as JsonObject) : {},
    }),
    me: isFields(me) ? membershipOf(me) : undefined,
    ...(isFields(_embedded) ? standingOf(_embedded, id) : {}),
  });
}

/** Last event and unread count; sent by callstream-server only. */
function standingOf({ last_event: last, unread }: Fields, id: string): Pick<ConversationInfo, 'lastEvent' | 'unread'> {
  const event = isFields(last) ? decodeEvent(textOf(last['type']) ?? '', last, id) : undefined;
  return compact({
    lastEvent: event !== undefined && !isLeft(event) && isSaid(event.right) ? event.right : undefined,
    unread: numberOf(unread),
  });
}

/** Events about a conversation itself, changed or deleted; sent by callstream-server only. */
export function changeOf(type: string, payload: unknown): ConversationReport | undefined {
  if (!isFields(payload)) return undefined;
  const { cid, body } = payload;
  if (type === 'conversation:deleted' && typeof cid === 'string') return { _tag: 'deleted', conversation: cid };
  const decoded = type === 'conversation:updated' && !isTooDeep(body) ? decode(conversationShape, body) : undefined;
  return decoded === undefined || isLeft(decoded)
    ? undefined
    : { _tag: 'updated', info: conversationOf(decoded.right) };
}

const conditions = ['ACTIVE', 'INACTIVE', 'DELETED'] as const;

function membershipOf({ id, state }: Fields): ConversationInfo['me'] {
  return typeof id === 'string' ? { id, state: stateOf(textOf(state) ?? '') } : undefined;
}

/** An absent property stays unchanged, `null` clears it. */
export function wireOf({ name, displayName, imageUrl, ttl, customSortKey, customData }: ConversationChanges): {
  readonly [key: string]: Json;
} {
  const properties = compact({
    ttl,
    custom_sort_key: customSortKey,
    custom_data: customData === undefined ? undefined : customDataOf(customData),
  });
  return compact({
    name,
    display_name: displayName,
    image_url: imageUrl,
    properties: Object.keys(properties).length === 0 ? undefined : properties,
  });
}

/** An object, or the text of one. */
export function customDataOf(value: Json): Json {
  return typeof value === 'string' ? (JSON.parse(value) as Json) : value;
}

/**
 * A page. What can't be understood is left out of it and told, so that one stranger does not end the history. The
 * cursors are what stands in the links, letter by letter.
 */
export function pageOf<A>(
  name: 'conversations' | 'events' | 'members' | 'legs',
  item: (value: unknown) => Either<string, A>,
  skipped: (path: string) => void,
) {
  return (answer: unknown): Either<string, Page<A>> => {
    const page = decode(struct({ _embedded: struct({ [name]: list }) }), answer);
    if (isLeft(page)) return page;
    const items = (page.right._embedded[name] ?? []).flatMap((value, at) => {
      const decoded = isTooDeep(value) ? left(tooDeep) : item(value);
      if (!isLeft(decoded)) return [decoded.right];
      skipped(`_embedded.${name}.${String(at)}.${decoded.left}`);
      return [];
    });
    const { _links } = answer as Fields;
    const { prev, next } = isFields(_links) ? _links : ({} as Fields);
    return right(compact({ items, previousCursor: cursorOf(prev), nextCursor: cursorOf(next) }));
  };
}

function cursorOf(link: unknown): string | undefined {
  const href = isFields(link) ? textOf(link['href']) : undefined;
  return href === undefined ? undefined : /[?&]cursor=([^&#]+)/.exec(href)?.[1];
}
