/** Milliseconds: a length of time, or a moment since the epoch. */
export type Millis = number;

/** A name for one order or command, under which its outcome comes back. */
export type Ref = string;
