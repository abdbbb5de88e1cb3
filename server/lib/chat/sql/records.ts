/** Maps table columns to rows of the storage port. */
import type {
  ConversationRow,
  EventRow,
  Json,
  MemberRow,
  MemberState,
  Positions,
  Receipt,
  SessionRow,
  UserRow,
} from '../model.js';
import type { Row } from './database.js';
import { decode } from './text.js';

/** The columns of members under names that a conversation's do not have. */
export const memberColumns = [
  'conversation',
  'id',
  'user_id',
  'state',
  'channel',
  'invited_by',
  'invited_at',
  'joined_at',
  'left_at',
  'entered',
  'gone',
]
  .map(name => `m.${name} as m_${name}`)
  .join(', ');

/** The columns of an event `e` with its receipts, which come as one JSON text. */
export const eventColumns = `e.*, (
  select json_agg(json_build_array(r.member, r.status, r.at) order by r.reported)::text
  from callstream.receipts r where r.conversation = e.conversation and r.event = e.id
) as receipts`;

export function userOf(row: Row): UserRow {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    display: text(row, 'display'),
    created: Number(row['created']),
  };
}

export function conversationOf(row: Row): ConversationRow {
  return {
    id: text(row, 'id'),
    name: text(row, 'name'),
    display: textOrNull(row, 'display'),
    image: textOrNull(row, 'image'),
    ttl: numberOrNull(row, 'ttl'),
    sortKey: textOrNull(row, 'sort_key'),
    customData: json(row, 'custom_data'),
    creator: text(row, 'creator'),
    created: Number(row['created']),
    updated: numberOrNull(row, 'updated'),
    last: Number(row['last']),
  };
}

export function memberOf(row: Row): MemberRow {
  return {
    id: text(row, 'm_id'),
    conversation: text(row, 'm_conversation'),
    user: text(row, 'm_user_id'),
    state: text(row, 'm_state') as MemberState,
    channel: json(row, 'm_channel'),
    invitedBy: textOrNull(row, 'm_invited_by'),
    invited: numberOrNull(row, 'm_invited_at'),
    joined: numberOrNull(row, 'm_joined_at'),
    left: numberOrNull(row, 'm_left_at'),
    entered: Number(row['m_entered']),
    gone: numberOrNull(row, 'm_gone'),
  };
}

export function eventOf(row: Row): EventRow {
  return {
    conversation: text(row, 'conversation'),
    id: Number(row['id']),
    type: text(row, 'type'),
    from: textOrNull(row, 'member'),
    user: textOrNull(row, 'user_id'),
    at: Number(row['at']),
    body: json(row, 'body'),
    key: textOrNull(row, 'key'),
    deleted: numberOrNull(row, 'deleted'),
    receipts: receiptsOf(row['receipts']),
  };
}

export function sessionOf(row: Row): SessionRow {
  return {
    id: text(row, 'id'),
    user: text(row, 'user_id'),
    parameters: json(row, 'parameters') as SessionRow['parameters'],
    opened: Number(row['opened']),
    expires: Number(row['expires']),
    positions: json(row, 'positions') as Positions,
  };
}

export function positionsOf(rows: readonly Row[]): Positions {
  return Object.fromEntries(rows.map(row => [text(row, 'id'), Number(row['last'])]));
}

function receiptsOf(cell: Row[string] | undefined): readonly Receipt[] {
  if (typeof cell !== 'string') return [];
  const found = JSON.parse(cell) as readonly (readonly [string, Receipt['status'], number])[];
  return found.map(([member, status, at]) => ({ member: decode(member), status, at }));
}

function text(row: Row, column: string): string {
  return decode(String(row[column]));
}

function textOrNull(row: Row, column: string): string | null {
  return (row[column] ?? null) === null ? null : text(row, column);
}

function numberOrNull(row: Row, column: string): number | null {
  return (row[column] ?? null) === null ? null : Number(row[column]);
}

function json(row: Row, column: string): Json {
  return JSON.parse(text(row, column)) as Json;
}
