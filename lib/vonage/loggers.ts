import {
  distinctUntilChanged,
  filter,
  map,
  merge,
  skip,
  skipWhile,
  takeUntil,
  takeWhile,
  tap,
  type Observable,
} from 'rxjs';
import type { Client } from '../client/model.js';
import type { Fault } from '../core/fault.js';
import type { ConnectionStatus } from '../line/model.js';
import { Topics, type LoggingLevel } from './enums.js';
import { defaultLevel } from './level.js';
import type { SessionEvent } from './session-events.js';
import type { Nullable } from './option.js';

/** Topic of a log line: the part of the client and its subject. */
export type LogTopic = { readonly name: Topics; readonly tag: string };
export type Topic = LogTopic;
export type OnLog = (level: LoggingLevel, topic: LogTopic, message: string) => void;

/** Receivers of faults and session changes. A log line never contains a token. */
export type VonageLogger = {
  name: string;
  /** Everything, unless given. */
  minLogLevel?: Nullable<LoggingLevel>;
  /** All, unless given. */
  topics?: Nullable<Topics[]>;
  onLog: OnLog;
};

/** Where a client writes its log. */
export type LogSettings = {
  /** How much is written to the console: `Error` unless given. */
  loggingLevel?: Nullable<LoggingLevel>;
  customLoggers?: Nullable<VonageLogger[]>;
  /** True disables the console. */
  disableInternalLogger?: Nullable<boolean>;
};

/** A logger for `customLoggers`. */
export function createVonageLogger(
  name: string,
  onLog: OnLog,
  minLogLevel?: Nullable<LoggingLevel>,
  topics?: Nullable<readonly Topics[]>,
): VonageLogger {
  return { name, onLog, minLogLevel, topics: topics && [...topics] };
}

const order: readonly LoggingLevel[] = ['Verbose', 'Debug', 'Info', 'Warn', 'Error', 'Assert'];

function hears({ minLogLevel, topics }: VonageLogger, level: LoggingLevel, { name }: LogTopic): boolean {
  return (
    order.indexOf(level) >= order.indexOf(minLogLevel ?? 'Verbose') &&
    (topics === null || topics === undefined || topics.length === 0 || topics.includes(name))
  );
}

const methods = {
  Verbose: 'debug',
  Debug: 'debug',
  Info: 'info',
  Warn: 'warn',
  Error: 'error',
  Assert: 'error',
} as const satisfies Record<LoggingLevel, keyof Console>;

function internal(minLogLevel: LoggingLevel): VonageLogger {
  return createVonageLogger(
    'callstream',
    (level, { name, tag }, message) => {
      console[methods[level]](`[callstream/vonage] ${name} ${tag}: ${message}`);
    },
    minLogLevel,
  );
}

/** Writes to all loggers of a configuration. */
export function logging({ loggingLevel, customLoggers, disableInternalLogger }: LogSettings): OnLog {
  const own = disableInternalLogger === true ? [] : [internal(loggingLevel ?? defaultLevel())];
  const loggers = [...own, ...(customLoggers ?? [])];
  return (level, topic, message) => {
    loggers
      .filter(logger => hears(logger, level, topic))
      .forEach(({ onLog }) => {
        onLog(level, topic, message);
      });
  };
}

/** Topic of a fault: a response of the service, or its socket. */
function topicOf({ code, statusCode }: Fault): LogTopic {
  return {
    name: statusCode === undefined ? Topics.WS : Topics.HTTP,
    tag: code,
  };
}

/** Logs faults, session errors and connection changes until the disconnect. */
export function logged(
  { session$, fault$ }: Pick<Client, 'session$' | 'fault$'>,
  news$: Observable<SessionEvent>,
  log: OnLog,
): Observable<unknown> {
  const connectionNow$ = session$.pipe(map(({ connection }) => connection));
  const others$ = merge(
    fault$.pipe(
      tap(survived => {
        log('Warn', topicOf(survived), survived.message);
      }),
    ),
    news$.pipe(
      tap(news => {
        if (news._tag === 'error') log('Error', { name: Topics.WS, tag: 'sessionError' }, news.reason);
      }),
    ),
  );
  const connection$ = connectionNow$.pipe(
    distinctUntilChanged(),
    skip(1),
    // The last `disconnected` is logged too.
    takeWhile(connection => connection !== 'disconnected', true),
    tap(connection => {
      log('Info', { name: Topics.WS, tag: 'session' }, connection);
    }),
  );
  return merge(connection$, others$.pipe(takeUntil(connectionNow$.pipe(skipWhile(isAway), filter(isAway)))));
}

function isAway(connection: ConnectionStatus): boolean {
  return connection === 'disconnected';
}
