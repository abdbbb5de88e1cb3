import { methods, snippet, type Program } from './snippet.js';

const client = 'client: VonageClient';
const exhaustive = 'exhaustiveCheck: (event: never) => void';
const symbols = 'reeconnectingListener: symbol, reeconnectionListener: symbol, sessionErrorListener: symbol';

/** The free names of the snippets that have more than `client`. */
const given: Readonly<Record<string, string>> = {
  createSession: 'console: { readonly log: (what: object) => void }',
  getConversation: 'console: { readonly log: (what: object) => void }',
  getConversationMember: 'console: { readonly log: (text: string) => void }',
  off: symbols,
  on: `${exhaustive}, console: { readonly log: (text: string) => void }`,
  sendMessageAudioEvent: 'audioURL: URL',
  sendMessageFileEvent: 'fileURL: URL',
  sendMessageImageEvent: 'imageUrl: URL',
  sendMessageVCardEvent: 'vCardUrl: URL',
  sendMessageVideoEvent: 'videoURL: URL',
};

/** What a snippet has found out; a message's is its timestamp. */
const gives: Readonly<Record<string, string>> = {
  on: 'eventHandler',
  updateConversation: 'conversation',
  createConversation: 'conversationId',
  getConversationEvents: '{ events, nextCursor, previousCursor }',
  getConversationMember: '{ id, state, channel }',
  getConversationMembers: '{ members, nextCursor, previousCursor }',
  getConversations: '{ conversations, nextCursor, previousCursor }',
  inviteToConversation: 'memberId',
  getCallLegs: '{ legs, nextCursor, previousCursor }',
  serverCall: 'callId',
};

/** Every snippet of the document, with the names that it takes for granted, and nothing else. */
export const programs: Readonly<Record<string, Program>> = Object.fromEntries(
  methods.map(method => [
    method,
    {
      given: [client, ...(method in given ? [given[method]!] : [])].join(', '),
      code: snippet(method),
      ...(method.startsWith('send') ? { gives: 'timestamp' } : {}),
      ...(method in gives ? { gives: gives[method]! } : {}),
    },
  ]),
);
