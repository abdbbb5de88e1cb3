import { LoggingLevel } from './enums.js';

let level: LoggingLevel = LoggingLevel.Error;

/** How much is written to the console by clients that do not say so themselves. */
export function defaultLevel(): LoggingLevel {
  return level;
}

/** The same for clients to come: `Error` before. */
export function setDefaultLoggingLevel(next: LoggingLevel): void {
  level = next;
}
