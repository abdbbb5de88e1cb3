/** The local development server: SIP over WebSocket, the conversation service, the REST endpoints, the softphone page, and faults to order. */
export { openStorage } from './chat/sql/open.js';
export { startServer } from './server.js';
export type { Chat, ChatOptions, LostAnswer } from './chat/controls.js';
export type { Chance } from './chat/faults.js';
export type { ChatMatch, ChatPassing } from './chat/traffic-item.js';
export type { EventRow } from './chat/model.js';
export type { Keeping } from './chat/sql/open.js';
export type { Storage } from './chat/storage.js';
export type { Bounds, DevServer, ServerOptions } from './devserver.js';
export type { Hotline } from './sip/dial-plan.js';
export type { Hold } from './holds.js';
export type { Match, Passing } from './sip/message-match.js';
export type { Lifetimes } from './sip/registrar.js';
export type { Answer, PathAnswer } from './sip/traffic.js';
export type { Credentials } from './users.js';
export type { LegView, Voice } from './voice/controls.js';
export type { LegStatus } from './voice/legs.js';
export type { Messages } from './subscriptions/documents.js';
