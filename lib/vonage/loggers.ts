import type { Fault } from '../kernel/fault.js';
import type { ClientInitConfigObject } from './config.js';
import { LoggingLevel, Topics } from './enums.js';
import type { Nullable } from './option.js';

/** What a line of the log is about: the part of the client, and what it speaks of. */
export type LogTopic = { readonly name: Topics; readonly tag: string };
export type OnLog = (level: LoggingLevel, topic: LogTopic, message: string) => void;

/** Who hears of faults and of what becomes of the session. No line ever holds a token. */
export type VonageLogger = {
  readonly name: string;
  /** Everything, unless given. */
  readonly minLogLevel?: Nullable<LoggingLevel>;
  /** All, unless given. */
  readonly topics?: Nullable<readonly Topics[]>;
  readonly onLog: OnLog;
};

/** A logger for `customLoggers`. */
export const createVonageLogger = (
  name: string,
  onLog: OnLog,
  minLogLevel?: Nullable<LoggingLevel>,
  topics?: Nullable<readonly Topics[]>,
): VonageLogger => ({ name, onLog, minLogLevel, topics });

const order: readonly LoggingLevel[] = ['Verbose', 'Debug', 'Info', 'Warn', 'Error', 'Assert'];

const hears = ({ minLogLevel, topics }: VonageLogger, level: LoggingLevel, { name }: LogTopic): boolean =>
  order.indexOf(level) >= order.indexOf(minLogLevel ?? 'Verbose') &&
  (topics === null || topics === undefined || topics.length === 0 || topics.includes(name));

const methods = {
  Verbose: 'debug',
  Debug: 'debug',
  Info: 'info',
  Warn: 'warn',
  Error: 'error',
  Assert: 'error',
} as const satisfies Record<LoggingLevel, keyof Console>;

const internal = (minLogLevel: LoggingLevel): VonageLogger =>
  createVonageLogger(
    'callstream',
    (level, { name, tag }, message) => {
      console[methods[level]](`[callstream/vonage] ${name} ${tag}: ${message}`);
    },
    minLogLevel,
  );

/** Writes to all loggers of a configuration. */
export const logging = ({
  loggingLevel,
  customLoggers,
  disableInternalLogger,
}: Pick<ClientInitConfigObject, 'loggingLevel' | 'customLoggers' | 'disableInternalLogger'>): OnLog => {
  const own = disableInternalLogger === true ? [] : [internal(loggingLevel ?? LoggingLevel.Error)];
  const loggers = [...own, ...(customLoggers ?? [])];
  return (level, topic, message) => {
    loggers
      .filter(logger => hears(logger, level, topic))
      .forEach(({ onLog }) => {
        onLog(level, topic, message);
      });
  };
};

/** What a fault is about: an answer of the service, or its socket. */
export const topicOf = ({ code, statusCode }: Fault): LogTopic => ({
  name: statusCode === undefined ? Topics.WS : Topics.HTTP,
  tag: code,
});
