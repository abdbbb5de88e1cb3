/**
 * The API of the VBot Web SDK over the streams of this package: an application written against that document runs as
 * it stands, and finds the streams behind it in `client.streams`.
 */
export { VBotClient } from './client.js';
export { VBotError } from './error.js';
export type { Listening } from './listeners.js';
export type {
  VBotAccepted,
  VBotClientEvents,
  VBotHotline,
  VBotLampStatus,
  VBotInput,
  VBotInputChange,
  VBotMedia,
  VBotOutput,
  VBotOutputChange,
  VBotProgress,
  VBotRejection,
  VBotSession,
  VBotSessionEvents,
  VBotSessionMedia,
  VBotStatus,
  VBotTermination,
} from './model.js';
export type { VBotAccount, VBotOptions } from './options.js';
