/**
 * For authors of adapters: the ports that `calling:`, `conversations:` and `devices:` of `createClient` take, and the reducers that
 * an adapter hands on. A port is one stream in and one function out; an adapter makes one attempt, and never waits.
 */

// Any port.
export type { Adapter, Done, Failure } from './core/port.js';
export type { Ref } from './core/port.js';

// A line, and its calls.
export { callReducer } from './client/call-reducer.js';
export type {
  CallingContext,
  CallingOrder,
  CallingReport,
  CallReducer,
  TextOrder,
  TextReport,
} from './call/calling.js';
export type { Flow } from './call/model.js';
export type { CallOrder, CallReport, Context, Destination, Microphone, Place, Restart, Traits } from './call/port.js';
export type { LineOrder, LineReport, Registered } from './line/port.js';

// Subscriptions of a line. RFC 6665.
export type {
  CreateWatching,
  Grant,
  Notice as WatchNotice,
  Package,
  Watching,
  WatchId,
  WatchingContext,
  WatchNews,
  WatchOrder,
  WatchReport,
} from './subscriptions/port.js';

// Conversations.
export { createMessaging } from './conversation/store.js';
export type {
  Channel,
  ConversationProperties,
  LegParty,
  Location,
  MemberStatus,
  MemberStatuses,
  Said,
  Template,
  Unknown,
  Whatsapp,
} from './conversation/model.js';
export type {
  Ask,
  ConversationReport,
  ConversingOrder,
  ConversingReport,
  Request,
  Verb,
  Verbs,
} from './conversation/port.js';

// Devices and the page.
export type { DeviceOrder, DeviceReport, Ear, Media } from './media/port.js';
