import type { Message, StreamEvent } from 'callstream';

export type EventKind = 'message' | 'receipt' | 'deletion' | 'member' | 'moment' | 'other' | 'gap';

/** The twenty kinds of events, and what is none of them, as the few that a page tells apart. */
export const kindOf = ({ kind }: StreamEvent): EventKind => {
  switch (kind) {
    case 'gap':
      return 'gap';
    case 'ephemeral':
      return 'moment';
    case 'event:delete':
      return 'deletion';
    case 'custom':
    case 'unknown':
      return 'other';
    case 'member:invited':
    case 'member:joined':
    case 'member:left':
      return 'member';
    case 'message:seen':
    case 'message:delivered':
    case 'message:rejected':
    case 'message:submitted':
    case 'message:undeliverable':
      return 'receipt';
    default:
      return 'message';
  }
};

export const isMessage = (event: StreamEvent): event is Message => kindOf(event) === 'message';
