import type { Channel, Member, MemberState, User } from '../conversation/model.js';
import { compact } from '../core/compact.js';
import { isFields, struct, text, textOf, type Shape, type Fields } from './codec-shapes.js';
import type { JsonObject } from '../core/port.js';

type Writable<A> = { -readonly [Key in keyof A]: A[Key] };

/** An embedded user, if there is one. Assigned instead of spread, because it runs for each event. */
export function personOf(value: unknown): User | undefined {
  if (!isFields(value)) return undefined;
  const { id = value['user_id'], name, display_name, image_url, custom_data } = value as Record<string, unknown>;
  if (typeof id !== 'string' || typeof name !== 'string') return undefined;
  const user: Writable<User> = { id, name };
  if (typeof display_name === 'string') user.displayName = display_name;
  if (typeof image_url === 'string') user.imageUrl = image_url;
  if (isFields(custom_data)) user.customData = custom_data as JsonObject;
  return user;
}
export const person: Shape<unknown> = {
  is: (value): value is unknown => personOf(value) !== undefined,
  wrong: value => (isFields(value) ? `.${textOf(value['id'] ?? value['user_id']) === undefined ? 'id' : 'name'}` : ''),
};

export function times(value: unknown, ...names: readonly string[]): { readonly [name: string]: string } {
  return isFields(value)
    ? Object.fromEntries(
        names.flatMap(name => {
          const time = value[name];
          return typeof time === 'string' ? [[name, time]] : [];
        }),
      )
    : {};
}

function channelOf(value: unknown): Channel | undefined {
  return isFields(value) ? compact({ id: textOf(value['id']), number: textOf(value['number']) }) : undefined;
}

export const userShape = struct({ id: text, name: text });

/** A user as `getUser` gives it. */
export function userOf(value: Fields): User {
  const { timestamp, channels, properties } = value;
  const { customData: _, ...user } = personOf(value) as User;
  const customData = isFields(properties) ? properties['custom_data'] : undefined;
  return compact({
    ...user,
    customData: isFields(customData) ? (customData as JsonObject) : undefined,
    channels: isFields(channels) ? channelsOf(channels) : undefined,
    timestamp: isFields(timestamp) ? times(timestamp, 'created', 'updated', 'destroyed') : undefined,
  });
}

function channelsOf(channels: Fields): Readonly<Record<string, readonly Channel[]>> {
  return Object.fromEntries(
    Object.entries(channels).flatMap(([kind, ways]) =>
      Array.isArray(ways) ? [[kind, ways.flatMap(way => channelOf(way) ?? [])]] : [],
    ),
  );
}

export const memberShape = struct({ id: text, state: text });

const states: readonly string[] = ['INVITED', 'JOINED', 'LEFT'];
export function stateOf(value: string): MemberState {
  const state = value.toUpperCase();
  return states.includes(state) ? (state as MemberState) : 'UNKNOWN';
}

/** A member as the list and `getConversationMember` give it. */
export function memberOf(value: { readonly id: string; readonly state: string } & Fields): Member {
  const { id, state, _embedded, channel, timestamp } = value;
  return compact({
    id,
    state: stateOf(state),
    user: isFields(_embedded) ? personOf(_embedded['user']) : undefined,
    channel: isFields(channel) ? wayOf(channel) : undefined,
    timestamp: isFields(timestamp) ? times(timestamp, 'invited', 'joined', 'left') : undefined,
  });
}

function wayOf({ type, from, to }: Fields): Member['channel'] {
  return typeof type === 'string'
    ? compact({ type: type.toUpperCase(), from: channelOf(from), to: channelOf(to) })
    : undefined;
}
