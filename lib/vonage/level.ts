import { LoggingLevel } from './enums.js';

let level: LoggingLevel = LoggingLevel.Error;

/** Default log level. */
export function defaultLevel(): LoggingLevel {
  return level;
}

/** Sets the log level of clients made later. */
export function setDefaultLoggingLevel(next: LoggingLevel): void {
  level = next;
}
