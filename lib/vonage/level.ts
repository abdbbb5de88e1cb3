import { LoggingLevel } from './enums.js';

let level: LoggingLevel = LoggingLevel.Error;

/** How much is written to the console by clients that do not say so themselves. */
export const defaultLevel = (): LoggingLevel => level;

/** The same for clients to come: `Error` before. */
export const setDefaultLoggingLevel = (next: LoggingLevel): void => {
  level = next;
};
