export { createClient } from './client/client.js';
export type { Client, ClientOptions, ForCall, InviteOptions, Session } from './client/model.js';
export type { EndCause } from './call/cause.js';
export type { Call, CallEnd, CallEvent, CallId, CallStatus, Identity, Leg } from './call/model.js';
export type {
  CallOrder,
  CallReport,
  Calling,
  CallingContext,
  CallingOrder,
  CallingReport,
  Context,
  Headers,
  Microphone,
  Place,
} from './call/port.js';
export { isLeft, isRight, left, right, type Either, type Left, type Right } from './kernel/either.js';
export { fault, type Fault, type FaultCode } from './kernel/fault.js';
export type { Outcome } from './kernel/outcome.js';
export type { Adapter, Done, Failure } from './kernel/port.js';
export { snapshot } from './kernel/snapshot.js';
export type { Millis, Ref } from './kernel/units.js';
export type { ConnectionStatus, Line, Registration, Verdict } from './line/model.js';
export type { LineOrder, LineReport, Registered } from './line/port.js';
export type { Device, Devices, InputSettings, OutputSettings, Page, Permission } from './media/model.js';
export type { DeviceOrder, DevicePort, DeviceReport, Media } from './media/port.js';
